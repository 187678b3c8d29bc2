"""What a quiet start refuses, and the event patterns that watch its alarms; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from northsouth.errors import Problem
from northsouth.policies import ArnScope, Statement, allow
from northsouth.tokens import is_token

MINUTES = range(1, 2881)
"""How long a warm-up may last (alarm-warm-up)."""
MAX_NAME = 55
"""Of 64, the longest name of a rule and of a role; the rest tells several of them apart."""
MAX_PATTERN = 2048
"""Characters of an event pattern (eb-quota)."""
_NAME = re.compile(r"[A-Za-z0-9_-]+")


def quiet_start_problems(*, name: str, minutes: int, alarms: Sequence[str]) -> Iterator[Problem]:
    """Yield what is wrong with the arguments of a quiet start.

    Args:
        name: what its parts are called.
        minutes: how long a new alarm stays quiet.
        alarms: the names of the alarms that it holds back.

    """
    if isinstance(minutes, bool) or minutes not in MINUTES:
        rule = f"a new alarm stays quiet for {MINUTES.start} to {MINUTES.stop - 1} minutes"
        yield Problem("minutes", repr(minutes), rule, "Write 60.")
    if not alarms:
        rule = "it holds back alarms that notify and take missing data for bad"
        yield Problem("alarms", "none", rule, "Declare it after the alarms, or leave it out.")
    if not is_token(name) and not (_NAME.fullmatch(name) and len(name) <= MAX_NAME):
        rule = f"a name is 1 to {MAX_NAME} letters, digits, hyphens and underscores"
        yield Problem("name", repr(name), rule, "Give a shorter name=, or replace the other characters.")


def patterns(names: Sequence[str]) -> list[str]:
    """Return event patterns for the changes of these alarms, as few as their limit allows.

    Args:
        names: the names of the alarms.

    """
    groups: list[list[str]] = [[]]
    for name in sorted(names):
        if groups[-1] and len(_pattern([*groups[-1], name])) > MAX_PATTERN:
            groups.append([])
        groups[-1].append(name)
    return [_pattern(group) for group in groups]


def _pattern(names: Sequence[str]) -> str:
    return json.dumps(
        {
            "source": ["aws.cloudwatch"],
            "detail-type": ["CloudWatch Alarm State Change"],
            "detail": {"alarmName": names, "state": {"value": ["ALARM", "OK"]}},
        }
    )


def machine_statements(place: ArnScope, names: Sequence[str]) -> list[Statement]:
    """Return what the state machine's role may do: look at alarms, switch these on, and set their state.

    Args:
        place: where they live.
        names: the names of the alarms.

    """
    arns = [place.arn("cloudwatch", f"alarm:{name}") for name in sorted(names)]
    return [
        allow("ReadAlarms", ("cloudwatch:DescribeAlarms",), ["*"]),
        allow("SwitchOn", ("cloudwatch:EnableAlarmActions", "cloudwatch:SetAlarmState"), arns),
    ]


def start_statements(state_machine_arn: str) -> list[Statement]:
    """Return what the rules' role may do: start the state machine."""
    return [allow("Start", ("states:StartExecution",), [state_machine_arn])]
