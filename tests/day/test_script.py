"""The day's script: what it changes, and when schedules are due."""

from __future__ import annotations

import pytest

from northsouth.alerts.replay import MetricKey
from tests.day.script import INCIDENTS, MINUTES, due, script


@pytest.mark.parametrize(
    ("expression", "first", "count"),
    [
        ("rate(15 minutes)", 15, 95),
        ("cron(20 * * * ? *)", 20, 24),
        ("cron(30 3 * * ? *)", 210, 1),
        ("cron(0 0 * * ? *)", 0, 1),
    ],
)
def test_schedules_are_due(expression: str, first: int, count: int) -> None:
    minutes = list(due(expression))
    assert (minutes[0], len(minutes)) == (first, count)


@pytest.mark.parametrize("expression", ["cron(0 0 1 * ? *)", "rate(1 day)", "at(2027-03-01T00:00:00)"])
def test_other_schedules_are_refused(expression: str) -> None:
    with pytest.raises(SystemExit, match="does not know"):
        list(due(expression))


def test_an_incident_changes_its_metrics_and_no_others() -> None:
    throttled, requests = "apiserver_request_total_429", "apiserver_request_total"
    keys = [
        MetricKey("ContainerInsights", name, (("ClusterName", cluster),))
        for name in (throttled, requests)
        for cluster in ("hub-a", "hub-b")
    ]
    others = [name for incident in INCIDENTS for name, _ in incident.points() if name not in (throttled, requests)]
    keys += [MetricKey("Other", name, (("ClusterName", "hub-a"),)) for name in dict.fromkeys(others)]
    day = script(keys)
    assert {len(points) for points in day.values()} == {MINUTES}
    (drain,) = (each for each in INCIDENTS if "drain loop" in each.title)
    usual = day[keys[1]][0]
    changed = {minute for minute, point in enumerate(day[keys[0]]) if point != usual}
    assert changed
    assert changed <= set(drain.span)
    assert all(point == usual for point in day[keys[1]])


def test_an_incident_without_a_metric_of_the_example_is_refused() -> None:
    with pytest.raises(SystemExit, match="no alarm of the example reads"):
        script([])
