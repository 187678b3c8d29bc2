from __future__ import annotations

from northsouth.alerts.routes import SlackChannel
from tests.alerts.routes.receivers.case import Case

CASE = Case(
    example=SlackChannel(name="slack-room", workspace="T07EA123LEP", channel="C07EZ1ABC23"),
    other={"workspace": "T07EA123LEQ", "channel": "C07EZ1ABC24"},
    refused=[
        ({"workspace": "acme"}, "workspace", "workspace's id"),
        ({"channel": "#alerts"}, "channel", "not its name"),
    ],
)
