from __future__ import annotations

import json

from northsouth.alerts.routes import StatuspageComponent
from tests.alerts.routes.receivers.case import Case, Request, stored


def accepts(body: str) -> str:
    """Check an update of a component (Statuspage API); return the status."""
    update = json.loads(body)
    assert set(update) == {"component"}
    assert set(update["component"]) == {"status"}
    status: str = update["component"]["status"]
    assert status in ("operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance")
    return status


CASE = Case(
    example=StatuspageComponent(
        name="status",
        page="kctbh9vrtdwd",
        component="8kbf7d35c070",
        alarm="edge-customers",
        secret=stored("statuspage"),
    ),
    other={
        "page": "kctbh9vrtdwe",
        "component": "8kbf7d35c071",
        "alarm": "edge-others",
        "down": "partial_outage",
        "degraded": "edge-slow",
    },
    fixed={"note": "a component has no text"},
    refused=[
        ({"note": "see the wiki"}, "note", "no text"),
        ({"page": "My page"}, "page", "Statuspage"),
        ({"component": "API"}, "component", "Statuspage"),
        ({"alarm": ""}, "alarm", "follows one alarm"),
        ({"down": "fire"}, "down", "major_outage"),
        ({"degraded": "edge-customers"}, "degraded", "another one"),
    ],
    request=Request(
        method="PATCH",
        url="https://api.statuspage.io/v1/pages/kctbh9vrtdwd/components/8kbf7d35c070",
        header="Authorization",
    ),
    accepts=accepts,
)
