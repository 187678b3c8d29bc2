from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from northsouth.alerts.replay import Outcome, State, Unknown
from tests.alerts.replay import oracle
from tests.alerts.replay.worked import EXAMPLES, replayed, run, stamp

STATES = [case for case in EXAMPLES if "transitions" in case["expected"]]
ACTIONS = [case for case in EXAMPLES if "actions" in case["expected"]]


def near(found: list[tuple[int, str]], expected: list[list[str]], tolerance: int) -> bool:
    wanted = [(stamp(text), state) for text, state in expected]
    return [state for _, state in found] == [state for _, state in wanted] and all(
        abs(moment - other) <= tolerance for (moment, _), (other, _) in zip(found, wanted, strict=True)
    )


@pytest.mark.parametrize("case", STATES, ids=lambda case: case["id"])
def test_states(case: Mapping[str, Any]) -> None:
    expected = case["expected"]["transitions"]
    result = run(case)
    assert result.refused == ()
    declared = [label for blocks in case["terraform"]["resource"].values() for label in blocks]
    for label in declared:
        wanted = expected[label] if isinstance(expected, dict) else expected
        found = [(each.time, each.state.value) for each in result[label].transitions]
        assert near(found, wanted, case["expected"]["tolerance_s"]), found


@pytest.mark.parametrize("case", STATES, ids=lambda case: case["id"])
def test_the_oracle_reaches_the_same_states(case: Mapping[str, Any]) -> None:
    alarms, history, settings = replayed(case)
    expected = case["expected"]["transitions"]
    if case["id"] == "dev-10-wall-clock":
        # It walks back two days of minutes at each evaluation: only the hours around the change are judged.
        change = stamp(expected[0][0])
        settings = replace(settings, start=change - 3600, end=change + 3600)
    answers = oracle.replay(alarms, history, settings)
    for alarm in alarms:
        wanted = expected[alarm.name] if isinstance(expected, dict) else expected
        changes = [(moment, state.value) for moment, state in answers[alarm.name].changes]
        assert near(changes, wanted, case["expected"]["tolerance_s"]), changes


@pytest.mark.parametrize("case", ACTIONS, ids=lambda case: case["id"])
def test_actions(case: Mapping[str, Any]) -> None:
    result, expected = run(case), case["expected"]
    for name, wanted in expected["actions"].items():
        may = [(stamp(text), state) for text, state in expected.get("may_run", {}).get(name, [])]
        ran = [(each.time, each.state.value) for each in result[name].actions if each.outcome is Outcome.RUN]
        assert near([each for each in ran if each not in may], wanted, expected["tolerance_s"]), ran


def test_the_other_reading_of_the_premature_rule_lets_an_ignored_alarm_go_earlier() -> None:
    (case,) = (each for each in EXAMPLES if each["id"] == "dev-5-ignore-keeps")
    assert run(case)["a"].transitions[1].depends == (Unknown.PREMATURE,)
    assert [(each.time, each.state) for each in run(case, premature="periods")["a"].transitions] == [
        (stamp("2026-10-01T10:11:00Z"), State.ALARM),
        (stamp("2026-10-01T10:36:00Z"), State.OK),
    ]
