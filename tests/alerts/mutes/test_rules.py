"""What a mute rule refuses, with the limits of AWS."""

from __future__ import annotations

from typing import Any

import pytest

from northsouth.alerts.mutes.rules import bindings_problems, mute_rule_problems

GOOD: dict[str, Any] = {
    "name": "patching",
    "schedule": "cron(0 2 * * SUN)",
    "duration": "PT4H",
    "time_zone": "UTC",
    "start": None,
    "expire": None,
    "description": "",
    "alarms": ["one"],
}


def problems(**changed: Any) -> list[tuple[str, str]]:
    return [(each.where, each.allowed) for each in mute_rule_problems(**{**GOOD, **changed})]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"schedule": "at(2026-12-24T22:00)", "duration": "P15D", "time_zone": "Europe/Berlin"},
        {"schedule": "cron(0 9 * * SUN#4)", "duration": "P2DT12H"},
        {"start": "2026-12-24T22:00:00Z", "expire": "2026-12-24T22:01:00Z"},
        {"start": "2026-12-24T22:00:00+01:00", "expire": "${var.expire}"},
        {"schedule": "${var.schedule}", "duration": "${var.duration}", "time_zone": "${var.zone}", "name": "${var.n}"},
        {"schedule": "at(2026-12-24T22:00)", "start": "2026-12-24T21:00:00Z", "time_zone": "${var.zone}"},
        # Two hours of every three, and 15 days of a month.
        {"schedule": "cron(0 */3 * * *)", "duration": "PT2H"},
        {"schedule": "cron(0 0 1 * *)", "duration": "P15D"},
        {"schedule": "cron(* * * 1 *)", "duration": "P15D"},
        {"schedule": "cron(0 0 31 2 *)"},
    ],
)
def test_what_is_accepted(changed: dict[str, Any]) -> None:
    assert problems(**changed) == []


@pytest.mark.parametrize(
    ("changed", "where", "words"),
    [
        ({"schedule": "0 2 * * SUN"}, "schedule", "a schedule is cron(…) or at(…)"),
        ({"schedule": "rate(1 hour)"}, "schedule", "has 2 fields"),
        ({"schedule": "cron(0 2 ? * SUN *)"}, "schedule", "has 6 fields; a mute rule's cron has five"),
        ({"schedule": "cron(" + ",".join(["0"] * 130) + " 2 * * *)"}, "schedule", "at most 256 characters"),
        ({"schedule": "at(2026-12-24 22:00)"}, "schedule", "at(yyyy-MM-ddThh:mm)"),
        ({"schedule": "at(2026-12-24T22:00:00)"}, "schedule", "at(yyyy-MM-ddThh:mm)"),
        ({"schedule": ""}, "schedule", "has 0 fields"),
        ({"duration": "4h"}, "duration", "not an ISO 8601 duration"),
        ({"duration": "PT30S"}, "duration", "not between PT1M and P15D"),
        ({"duration": "P16D"}, "duration", "not between PT1M and P15D"),
        ({"time_zone": "Berlin"}, "time_zone", "is not known"),
        ({"time_zone": ""}, "time_zone", "1 to 50 characters"),
        ({"start": "2026-12-24"}, "start", "a moment with seconds and an offset"),
        ({"start": "2026-12-24T22:00:00"}, "start", "a moment with seconds and an offset"),
        ({"expire": "tomorrow"}, "expire", "a moment with seconds and an offset"),
        ({"expire": "2026-12-24T22:00:30Z"}, "expire", "by the minute"),
        ({"start": "2026-12-24T22:00:00Z", "expire": "2026-12-24T22:00:00Z"}, "expire", "expires after its start"),
        ({"schedule": "at(2026-12-24T22:00)", "start": "2026-12-24T22:01:00Z"}, "start", "never mutes"),
        (
            {"schedule": "at(2026-12-24T22:00)", "time_zone": "Europe/Berlin", "expire": "2026-12-24T21:00:00Z"},
            "expire",
            "begins at 2026-12-24T21:00:00+00:00, when it has expired",
        ),
        ({"schedule": "cron(0 2 * * *)", "duration": "P1D"}, "duration", "until the next one begins"),
        ({"schedule": "cron(* * * * *)", "duration": "PT1M"}, "duration", "until the next one begins"),
        ({"schedule": "cron(0 0,12 * * *)", "duration": "PT12H"}, "duration", "until the next one begins"),
        ({"schedule": "cron(0 0 * * SAT,SUN)", "duration": "P6D"}, "duration", "until the next one begins"),
        ({"alarms": []}, "alarms", "for alarms that notify somebody"),
        ({"name": ""}, "name", "1 to 255"),
        ({"name": "n" * 256}, "name", "1 to 255"),
        ({"description": "d" * 1025}, "description", "CloudWatch keeps 1024"),
    ],
)
def test_what_is_refused(changed: dict[str, Any], where: str, words: str) -> None:
    ((place, rule),) = problems(**changed)
    assert place == where
    assert words in rule


def test_everything_wrong_is_in_one_report() -> None:
    wrong = {"schedule": "daily", "duration": "long", "time_zone": "Mars", "start": "now", "expire": "never"}
    assert [where for where, _ in problems(**wrong)] == [*wrong]


def test_bindings_without_mute_rules_are_refused_with_advice() -> None:
    assert not list(bindings_problems(known=True))
    (problem,) = bindings_problems(known=False)
    assert str(problem).startswith("aws_cloudwatch_alarm_mute_rule: got the installed provider bindings")
    assert "docs/cdktn.md" in problem.fix
