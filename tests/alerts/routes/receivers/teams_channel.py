from __future__ import annotations

from northsouth.alerts.routes import TeamsChannel
from tests.alerts.routes.receivers.case import Case

CASE = Case(
    example=TeamsChannel(
        name="teams-room",
        tenant="0a1b2c3d-0000-4000-8000-000000000001",
        team="0a1b2c3d-0000-4000-8000-000000000002",
        channel="19%3ab6ef35dc342d56ba5654e6fc6d25a071%40thread.tacv2",
    ),
    other={
        "tenant": "0a1b2c3d-0000-4000-8000-000000000003",
        "team": "0a1b2c3d-0000-4000-8000-000000000004",
        "channel": "19%3ab6ee35dc342d56ba5654e6fc6d25a071%40thread.tacv2",
    },
    refused=[
        ({"tenant": "acme"}, "tenant", "UUID"),
        ({"team": "edge"}, "team", "UUID"),
        ({"channel": "alerts"}, "channel", "percent-encoded"),
    ],
)
