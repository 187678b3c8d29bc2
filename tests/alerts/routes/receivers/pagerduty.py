from __future__ import annotations

from northsouth.alerts.routes import PagerDuty
from tests.alerts.routes.receivers.case import Case, stored

CASE = Case(
    example=PagerDuty(name="pager", secret=stored("pagerduty")),
    other={"site": "eu"},
    refused=[({"site": "asia"}, "site", "'us' or 'eu'")],
    alertmanager="pagerduty_configs",
)
