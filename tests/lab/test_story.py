"""What people heard."""

from __future__ import annotations

from tests.lab.receiver import Notification
from tests.lab.story import EXPECTED, SILENCED, Outcome


def heard(*names: str, firing: bool, seconds: float) -> Notification:
    """Return a notification."""
    return Notification(firing, "title", names, seconds)


def complete() -> Outcome:
    """Return an outcome of which nothing is missing."""
    outcome = Outcome(began=10, silenced=dict(SILENCED))
    outcome.hear([heard(name, name, firing=firing, seconds=20) for firing in (True, False) for name in EXPECTED])
    return outcome


def test_nothing_is_missing_once_all_fired_ended_and_were_silenced() -> None:
    assert complete().missing == []


def test_what_was_not_heard_is_named() -> None:
    outcome = complete()
    outcome.hear([heard("ModelSlow", firing=True, seconds=30)])
    outcome.silenced = {("ModelSlow", "warning"): "ClustersSilent"}
    assert outcome.missing == [
        "ModelSlow is over",
        "ModelSlow (warning) is silenced by ModelSlow",
        "ClusterMetricsStopped (critical) is silenced by ClustersSilent",
    ]


def test_only_the_end_of_busy_processors_is_given_up_on() -> None:
    outcome = complete()
    outcome.hear([heard("HostCpuBusy", firing=True, seconds=5), heard("ModelSlow", firing=True, seconds=30)])
    outcome.busy_elsewhere = 0.97
    assert outcome.missing == ["ModelSlow is over"]
    assert "HostCpuBusy fires on: other programs take 97% of the processors' time" in outcome.table()


def test_the_table_counts_from_the_beginning_of_the_trouble() -> None:
    outcome = Outcome(began=10)
    outcome.hear([heard("A", firing=True, seconds=5), heard("B", "B", firing=True, seconds=12)])
    outcome.hear([heard("B", firing=False, seconds=70)])
    assert [line.split() for line in outcome.table().splitlines()[1:]] == [
        ["A", "before", "-", "1"],
        ["B", "2", "s", "60", "s", "2"],
    ]
