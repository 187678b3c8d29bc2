"""Alarms on events that end by evidence: at the first success after the failure, however late it comes."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack

from northsouth.alerts.packs import ArchivalSuccess, HandoffAlarms
from northsouth.alerts.replay import Settings, State
from northsouth.testing import replay
from northsouth.testing.alarms import BEGIN
from tests.alerts.packs.example import RESPOND, custom
from tests.harness.synth import resources, synth

BEGINS = int(BEGIN.timestamp())
ALARMS = {"stack-handoff-failed": 60, "stack-archival-failed-run": 300}
"""The alarms with the seconds of their periods."""


def stack(stack: TerraformStack) -> None:
    failed, good = custom("Failed"), custom("Good")
    HandoffAlarms(stack, "handoff", respond=RESPOND).failed(failed, completed=good)
    pack = ArchivalSuccess(stack, "archival", archived=custom("A"), requests=custom("R"), respond=RESPOND)
    pack.failed_run(failed, succeeded=good)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return synth(stack)


def raised(document: dict[str, Any], alarm: str, failed: str, good: str) -> list[tuple[int, int]]:
    """Return when the alarm went to ALARM and when it left it, in minutes; the last time may be open."""
    settings = Settings(initial=State.OK, start=BEGINS, end=BEGINS + 600 * 60)
    result = replay(document, settings=settings).alarm(alarm).given({"Failed": failed, "Good": good}, rest="_ x 600")
    changes = [((each.time - BEGINS) // 60, each.state) for each in result.timeline.transitions]
    begins = [minute for minute, state in changes if state is State.ALARM]
    ends = [minute for minute, state in changes if state is not State.ALARM]
    assert len(begins) - len(ends) in (0, 1)
    return list(zip(begins, [*ends, 600], strict=False))


@pytest.mark.parametrize(("alarm", "period"), ALARMS.items())
def test_an_alarm_ends_with_the_first_success(document: dict[str, Any], alarm: str, period: int) -> None:
    late = period // 60 + 1
    ((begin, end),) = raised(document, alarm, "_ x 100, 1, _ x 499", "_ x 400, 1, _ x 199")
    assert 100 < begin <= 100 + late
    assert 400 < end <= 400 + late


@pytest.mark.parametrize("alarm", ALARMS)
def test_a_failure_that_nothing_follows_stays_raised(document: dict[str, Any], alarm: str) -> None:
    ((_, end),) = raised(document, alarm, "_ x 100, 1, _ x 499", "1, _ x 599")
    assert end == 600


@pytest.mark.parametrize("alarm", ALARMS)
def test_a_success_in_the_same_period_is_no_evidence(document: dict[str, Any], alarm: str) -> None:
    ((_, end),) = raised(document, alarm, "_ x 100, 1, _ x 499", "_ x 100, 1, _ x 499")
    assert end == 600


@pytest.mark.parametrize("alarm", ALARMS)
def test_successes_alone_raise_nothing(document: dict[str, Any], alarm: str) -> None:
    assert raised(document, alarm, "_ x 600", "1 x 600") == []


def test_the_description_says_how_it_ends(document: dict[str, Any]) -> None:
    texts = [each["alarm_description"] for each in resources(document, "aws_cloudwatch_metric_alarm").values()]
    assert sum("Ends: at the next handoff that ends well" in text for text in texts) == 1
    assert sum("Ends: at the next run that ends well" in text for text in texts) == 1
