"""``[alerts.mutes]``: the windows of an environment file, and what it refuses of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cdktf
import pytest

from northsouth.alerts.replay import read_alarms
from northsouth.errors import ConfigurationError
from northsouth.stacks.edge import EdgeStack
from northsouth.stacks.loading import read_environment
from northsouth.template import parse
from tests.harness.mute_rules import with_mute_rules, without_mute_rules

FILE = """
[environment]
name = "shop"
region = "us-east-1"
[network]
cidr = "10.40.0.0/16"
zones = ["us-east-1a"]
[nat]
mode = "none"
[alerts]
runbook = "https://runbooks.example.com"
[alerts.routes.email]
oncall = { address = "oncall@example.com", severities = ["critical"] }
[alerts.handoff]
failed = { failures = { namespace = "Router", name = "HandoffFailed" } }
[alerts.meta.heartbeats]
watchdog = { signal = { namespace = "Heartbeat", name = "Watchdog" } }
[alerts.mutes]
"""


WEEK = """
patching = { schedule = "cron(0 2 * * SUN)", duration = "PT4H" }
[alerts.mutes.week]
schedule = "at(2026-12-24T22:00)"
duration = "P2D"
time_zone = "Europe/Berlin"
"""

Declared = Callable[[str], dict[str, Any]]


@pytest.fixture
def declared(tmp_path: Path) -> Declared:
    def declare(mutes: str) -> dict[str, Any]:
        file = tmp_path / "shop.toml"
        file.write_text(FILE + mutes, encoding="utf-8")
        environment, problems = read_environment(file)
        if environment is None:
            raise ConfigurationError(str(file), problems)
        document: dict[str, Any] = json.loads(cdktf.Testing.synth(EdgeStack(cdktf.Testing.app(), environment)))
        return document

    return declare


@pytest.mark.parametrize(
    ("alarms", "names"),
    [
        ("", ["shop-alarms-handoff-failed", "shop-alarms-meta-heartbeat-watchdog"]),
        ('alarms = ["handoff-*"]', ["shop-alarms-handoff-failed"]),
        ('alarms = ["handoff-failed", "hand*"]', ["shop-alarms-handoff-failed"]),
        ('alarms = ["*"]', ["shop-alarms-handoff-failed", "shop-alarms-meta-heartbeat-watchdog"]),
    ],
)
def test_a_window_mutes_the_alarms_of_its_patterns(declared: Declared, alarms: str, names: list[str]) -> None:
    with with_mute_rules():
        document = declared(WEEK + alarms)
    every, chosen = read_alarms(parse(document)).mute_rules
    assert every.alarms == ("shop-alarms-handoff-failed", "shop-alarms-meta-heartbeat-watchdog")
    assert (chosen.name, list(chosen.alarms)) == ("shop-alarms-mute-week", names)
    assert (chosen.time_zone, chosen.duration) == ("Europe/Berlin", 2 * 86400)


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ('duration = "PT4H"', "alerts.mutes.night.schedule: got nothing; this key is required. Add it."),
        ('schedule = "cron(0 2 * * ?  *)"\nduration = "4h"', "alerts.mutes.night.duration: got '4h'"),
        ('schedule = "nightly"\nduration = "PT4H"', "alerts.mutes.night.schedule: got 'nightly'"),
        ('schedule = "cron(0 2 * * *)"\nduration = "PT4H"\nzone = "UTC"', "Did you mean 'time_zone'?"),
        (
            'schedule = "cron(0 2 * * *)"\nduration = "PT4H"\nalarms = ["handof-failed"]',
            "alarms[0]: got 'handof-failed'; no alarm of this file that notifies somebody is called so. Did you mean",
        ),
        (
            'schedule = "cron(0 2 * * *)"\nduration = "PT4H"\nalarms = []',
            "alerts.mutes.night.alarms: got none; a mute rule is for alarms that notify somebody.",
        ),
        (
            'schedule = "cron(0 2 * * *)"\nduration = "PT4H"\nstart = 2026-12-24T22:00:00Z',
            'alerts.mutes.night.start: got a date; it is text. Write it in quotes: "2026-12-24T22:00:00+00:00".',
        ),
    ],
)
def test_what_is_refused(declared: Declared, table: str, line: str) -> None:
    with with_mute_rules(), pytest.raises(ConfigurationError) as refused:
        declared(f"[alerts.mutes.night]\n{table}\n")
    assert line in str(refused.value)


def test_bindings_without_mute_rules_are_refused_with_advice(declared: Declared) -> None:
    with without_mute_rules(), pytest.raises(ConfigurationError) as refused:
        declared('night = { schedule = "cron(0 2 * * *)", duration = "PT4H" }')
    assert "alerts.mutes.night: got the installed provider bindings as aws_cloudwatch_alarm_mute_rule" in str(
        refused.value
    )
    assert "Move to cdktn" in str(refused.value)
