from __future__ import annotations

from typing import Any

from northsouth.alerts.alertmanager import Alertmanager, Delivery
from northsouth.alerts.alertmanager.tree import configuration
from tests.alerts.alertmanager.routes import OFFICE, ROUTES


def branches(delivery: Delivery, **more: Any) -> dict[str, dict[str, Any]]:
    """Return the branch of each severity."""
    tree = configuration(Alertmanager(routes=ROUTES, delivery=delivery, time_intervals=[OFFICE], **more), {})["route"]
    return {branch["receiver"]: branch for branch in tree["routes"]}


def test_alerts_of_an_incident_are_grouped_by_it_in_the_place_of_their_names() -> None:
    found = branches(Delivery(group_by=["cluster", "alertname", "site"]))
    (incidents,) = found["critical"]["routes"]
    assert incidents == {"matchers": ['incident!=""'], "group_by": ["cluster", "incident", "site"]}


def test_each_severity_groups_incidents_by_its_own_labels_and_keeps_its_time_intervals() -> None:
    """A branch of Alertmanager's tree does not inherit them (prometheus/alertmanager, dispatch/route.go)."""
    waiting = Delivery(group_by=["alertname"], active_time_intervals=["office-hours"])
    found = branches(Delivery(mute_time_intervals=["office-hours"]), by_severity={"warning": waiting})
    (critical,), (warning,) = found["critical"]["routes"], found["warning"]["routes"]
    assert (critical["group_by"], warning["group_by"]) == (["incident", "cluster"], ["incident"])
    assert critical["mute_time_intervals"] == warning["active_time_intervals"] == ["office-hours"]


def test_who_does_not_group_by_the_name_gets_what_was_asked_for() -> None:
    assert "routes" not in branches(Delivery(group_by=["..."]))["critical"]
