"""Every pack on a clock: its incidents fire it, and its ordinary days do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from northsouth.alerts.replay import Outcome, Settings, State
from northsouth.testing import replay
from northsouth.testing.alarms import BEGIN, Judged
from tests.alerts.packs.costs import what_packs_cost
from tests.alerts.packs.example import everything
from tests.alerts.packs.timelines import CASES, NEW, ORDINARY, PACKS, QUIET, Case, what_would_have_happened
from tests.harness.synth import resources, synth

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
RUN = Outcome.RUN
BEGINS = int(BEGIN.timestamp())
DAY = 1440
FIRST_DATA = 30 * 60
"""When alarms are judged first, but in a new environment: every metric has had a point by then."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return synth(everything)


def judged(document: dict[str, Any], case: Case) -> dict[str, Judged]:
    """Return what became of each alarm of the pack that notifies somebody."""
    minutes = case.minutes
    written = {name: text if isinstance(text, str) else f"{text} x {minutes}" for name, text in case.given.items()}
    settings = Settings(
        initial=State.INSUFFICIENT_DATA if case.situation == NEW else State.OK,
        start=BEGINS if case.situation == NEW else BEGINS + FIRST_DATA,
        end=BEGINS + 60 * minutes,
    )
    declared = replay(document, settings=settings)
    every = {**declared.alarms.metric, **declared.alarms.composite}
    results = {}
    for name in (name for name in declared.names if name.startswith(f"stack-{case.pack}-")):
        if every[name].actions.alarm:
            alarm = declared.alarm(name)
            read = {metric.name for metric in alarm.metrics}
            mine = {key: text for key, text in written.items() if key.partition("{")[0] in read}
            results[name.removeprefix(f"stack-{case.pack}-")] = alarm.given(mine, rest=f"_ x {minutes}")
    return results


def fired(document: dict[str, Any], case: Case) -> dict[str, str]:
    """Return the alarms that notified somebody of ``ALARM``, and when first."""
    moments = {
        name: [
            action.time for action in result.timeline.actions if action.state is State.ALARM and action.outcome is RUN
        ]
        for name, result in judged(document, case).items()
    }
    return {name: shown(times[0] - BEGINS - 60 * case.begins) for name, times in moments.items() if times}


def shown(seconds: int) -> str:
    """Return a time as the cases have it: ``1h5m``."""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}h{minutes}m" if hours and minutes else f"{hours}h" if hours else f"{minutes}m"


def ids(case: Case) -> str:
    return f"{case.pack}: {case.situation}"


@pytest.mark.parametrize("case", [case for case in CASES if case.minutes <= DAY], ids=ids)
def test_a_day_at_most(document: dict[str, Any], case: Case) -> None:
    assert fired(document, case) == case.fires


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if case.minutes > DAY], ids=ids)
def test_more_than_a_day(document: dict[str, Any], case: Case) -> None:
    assert fired(document, case) == case.fires


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if case.situation == QUIET], ids=ids)
def test_every_alarm_is_judged_in_a_quiet_week(document: dict[str, Any], case: Case) -> None:
    assert all(result.timeline.start < result.timeline.end for result in judged(document, case).values())


@pytest.mark.parametrize("pack", PACKS)
def test_each_pack_has_each_ordinary_day(pack: str) -> None:
    situations = [case.situation for case in CASES if case.pack == pack]
    assert [each for each in ORDINARY if each in situations] == list(ORDINARY)
    assert len(situations) == len(set(situations))
    assert not any(
        case.fires for case in CASES if case.pack == pack and case.situation in ORDINARY and case.situation != NEW
    )


def test_each_alarm_that_notifies_has_its_incident(document: dict[str, Any]) -> None:
    notifying = {
        each["alarm_name"].removeprefix("stack-")
        for kind in ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")
        for each in resources(document, kind).values()
        if each.get("alarm_actions")
    }
    fleet = {name for name in notifying if name.startswith(("fleet-", "only-"))}
    raised = {f"{case.pack}-{alarm}" for case in CASES if case.is_incident for alarm in case.fires}
    assert raised == notifying - fleet


def test_the_docs_say_what_would_have_happened() -> None:
    assert what_would_have_happened() in (ROOT / "docs/alerts.md").read_text(encoding="utf-8")


def test_the_docs_say_what_each_pack_costs(document: dict[str, Any]) -> None:
    assert what_packs_cost(document) in (ROOT / "docs/alerts.md").read_text(encoding="utf-8")
