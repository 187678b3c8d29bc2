"""Problems of rules and constructs, in the language of the environment file."""

from __future__ import annotations

import pytest

from northsouth.errors import Problem
from northsouth.stacks.keys import in_toml

FIXES = {
    "Put it into AWS Secrets Manager and give Secret.stored(arn), or give Secret.variable(name).": (
        'Put it into AWS Secrets Manager and write token = { stored = "arn:…" }, '
        'or write token = { variable = "name" }.'
    ),
    "Write percent(90).": 'Write "90 %".',
    "Write count(50).": "Write 50.",
    "Give it one, for example percent(98), gigabits_per_second(2) or seconds(1).": (
        'Give it one, for example "98 %", "2 Gbit/s" or "1 s".'
    ),
    "Say for_datapoints(3, of=4).": "Say datapoints = 3, of = 4.",
    "Raise it, or pass None for no limit.": "Raise it.",
    'Write by=("instance",).': 'Write by = ["instance"].',
    'Write by=("zone", "host").': 'Write by = ["zone", "host"].',
    "Write severity='critical'.": "Write severity = 'critical'.",
    "Shorten summary= or because= by 3 characters.": "Shorten summary or because by 3 characters.",
    "Move the rest to because=.": "Move the rest to because.",
    'Write up{job="api"}.': 'Write up{job="api"}.',
    "Write https://wiki.example.com/alerts?page=2.": "Write https://wiki.example.com/alerts?page=2.",
}


@pytest.mark.parametrize("fix", FIXES)
def test_a_fix_in_python_becomes_toml(fix: str) -> None:
    problem = Problem("alerts.routes.slack_webhook.team.token", "count(5)", "a rule with key=1", fix)
    translated = in_toml(problem)
    assert translated.fix == FIXES[fix]
    assert (translated.where, translated.given, translated.allowed) == (problem.where, problem.given, problem.allowed)
