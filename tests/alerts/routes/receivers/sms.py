from __future__ import annotations

from northsouth.alerts.routes import Sms
from tests.alerts.routes.receivers.case import Case

CASE = Case(
    example=Sms(name="phone", number="+15550100000"),
    other={"number": "+15550100001"},
    refused=[({"number": "0151"}, "number", "E.164")],
    alertmanager="sns_configs",
)
