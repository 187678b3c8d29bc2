"""An upgrade destroys nothing without a reason: the example as earlier versions declared it, under today's code.

``released`` holds what ``northsouth synth environments/example.toml`` wrote on the day in the file's name.
"""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from northsouth.comparison import Comparison, compare, declared_state
from tests.stacks.test_app import synthesize

pytestmark = pytest.mark.slow

RELEASED = sorted((Path(__file__).parent / "released").glob("*.json.gz"))
GOES = {
    r"aws_(pipes_pipe|sqs_queue|sns_topic_subscription)\.alarms_routes_to_\w+_\w+-(firing|resolved)-": (
        "one queue and one pipe for each receiver and severity, in place of two"
    ),
    r"aws_cloudwatch_event_api_destination\.alarms_routes_to_": "a state machine calls the service itself",
    r"aws_cloudwatch_event_(rule|target)\.alarms_routes_to_incidents_critical-(firing|resolved)-": (
        "one rule for both changes of an alarm"
    ),
    r"aws_athena_named_query\.": "AWS changes no text of a named query: Terraform writes a changed one anew",
    r"aws_cloudwatch_composite_alarm\.": "a composite is replaced when its children change; see docs/alerts.md",
}
"""What goes or is replaced on purpose, by address, with the reason; CHANGELOG.md says what happens on the way."""


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    document, _ = synthesize(tmp_path_factory.mktemp("upgrade"))
    return declared_state(document)


def upgrade(file: Path, today: dict[str, Any]) -> Comparison:
    return compare(declared_state(json.loads(gzip.decompress(file.read_bytes()))), today)


def goes(address: str) -> bool:
    return any(re.match(pattern, address) for pattern in GOES)


@pytest.mark.parametrize("file", RELEASED, ids=lambda file: file.name.partition(".")[0])
def test_nothing_is_destroyed_but_what_is_named(file: Path, today: dict[str, Any]) -> None:
    destroyed = [each.address for each in upgrade(file, today).destructive]
    assert [address for address in destroyed if not goes(address)] == []


@pytest.mark.parametrize("file", RELEASED, ids=lambda file: file.name.partition(".")[0])
def test_nothing_was_only_renamed(file: Path, today: dict[str, Any]) -> None:
    """What looks renamed would want a ``moved`` block."""
    moved = [block["from"] for block in upgrade(file, today).moved_blocks]
    assert [address for address in moved if not goes(address)] == []


def test_each_reason_is_needed(today: dict[str, Any]) -> None:
    destroyed = [each.address for file in RELEASED for each in upgrade(file, today).destructive]
    assert [pattern for pattern in GOES if not any(re.match(pattern, address) for address in destroyed)] == []
