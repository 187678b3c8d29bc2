from __future__ import annotations

from northsouth.alerts.routes import Opsgenie
from tests.alerts.routes.receivers.case import Case, stored

CASE = Case(
    example=Opsgenie(name="genie", secret=stored("opsgenie"), site="eu"),
    other={"site": "us"},
    refused=[({"site": "asia"}, "site", "'us' or 'eu'")],
    alertmanager="opsgenie_configs",
)
