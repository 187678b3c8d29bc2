"""Incidents and how well timelines fit them."""

from __future__ import annotations

from pathlib import Path

import pytest

from northsouth.alerts.replay import State, Timeline, Transition
from northsouth.alerts.replay.incidents import Incident, check_within, read_incidents
from northsouth.alerts.replay.scoring import score
from northsouth.errors import ConfigurationError


def timeline(*edges: int, end: int = 100_000, initial: State = State.OK) -> Timeline:
    """Return a timeline that changes between OK and ALARM at some moments."""
    states = (State.ALARM, State.OK) if initial is State.OK else (State.OK, State.ALARM)
    return Timeline("a", "", 0, end, initial, tuple(Transition(time, states[i % 2]) for i, time in enumerate(edges)))


def test_what_each_change_counts_as() -> None:
    scored = score(timeline(10, 20, 1000, 1100, 1500, 2600), [Incident(900, 2000, "x"), Incident(5000, 6000, "y")])
    seen, missed = scored.verdicts
    assert (seen.delay, seen.resolved_delay, seen.repeats) == (100, 600, 1)
    assert (missed.delay, missed.resolved_delay) == (None, None)
    assert (scored.detected, scored.missed, scored.false_alarms, scored.alarms) == (1, 1, (10,), 3)
    assert scored.quiet == 100_000 - 1100 - 1000
    assert scored.quiet_in_alarm == 10 + 600


def test_an_alarm_that_is_in_alarm_before_has_detected_nothing() -> None:
    scored = score(timeline(initial=State.ALARM), [Incident(900, 2000)])
    assert (scored.detected, scored.false_alarms, scored.stuck) == (0, (), 1.0)


def test_edges_of_an_incident_count_and_only_the_scored_time_does() -> None:
    both = [Incident(900, 2000)]
    assert score(timeline(900), both).detected == 1
    assert score(timeline(2000), both).detected == 1
    assert score(timeline(2001), both).detected == 0
    assert score(timeline(10, 20, 30, 40), both, start=25).false_alarms == (30,)
    assert score(timeline(10, 20, 30, 40), both, end=25).verdicts == ()


@pytest.mark.parametrize(
    "text",
    [
        "Start, End, Label\n2026-10-01T10:00:00Z,2026-10-01T11:00:00Z,down\n",
        '[{"start": 1790848800, "end": "2026-10-01T11:00:00+00:00", "label": "down"}]',
        '{"incidents": [{"start": "2026-10-01 10:00", "end": "2026-10-01 11:00", "label": "down"}]}',
    ],
)
def test_forms(tmp_path: Path, text: str) -> None:
    (tmp_path / "i").write_text(text)
    (incident,) = read_incidents(tmp_path / "i", "UTC")
    assert (incident.end - incident.start, incident.label) == (3600, "down")
    assert str(incident) == "down (2026-10-01T10:00:00Z to 2026-10-01T11:00:00Z)"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "the columns start and end"),
        ("from,to\n1,2\n", "columns from, to"),
        ("start,end\n2026-10-01 10:00,2026-10-01 11:00\n", "has no time zone"),
        ("start,end\n2026-10-01T10:00:00Z,2026-10-01T09:00:00Z\n", "line 2: .*before the start"),
        ("start,end\nyesterday,2026-10-01T09:00:00Z\n", "line 2: .*is no time"),
        ("start,end\n1790848800,1790849800\n1790849000,1790849900\n", "overlap"),
        ('[{"start": ', "JSON that is whole"),
        ('{"a": 1}', "a list of incidents"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, text: str, error: str) -> None:
    (tmp_path / "i").write_text(text)
    with pytest.raises(ConfigurationError, match=error):
        read_incidents(tmp_path / "i")


def test_incidents_outside_the_history_are_refused() -> None:
    check_within((Incident(0, 10),), 10, 20, "i.csv")
    with pytest.raises(ConfigurationError, match=r"late .*no moment in the history.*1970-01-01T00:00:10Z"):
        check_within((Incident(21, 30, "late"),), 10, 20, "i.csv")
