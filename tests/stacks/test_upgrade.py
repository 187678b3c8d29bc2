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
from tests.harness.plugin import MakeTerraform
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


APPLIED = ("network_", "nat_", "dns_")
"""How the names of the resources begin that are applied as a version declared them: they refer to nothing else."""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    declared, _ = synthesize(tmp_path_factory.mktemp("upgrade"))
    return declared


@pytest.fixture(scope="module")
def today(document: dict[str, Any]) -> dict[str, Any]:
    return declared_state(document)


def released(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(gzip.decompress(file.read_bytes()))
    return document


def upgrade(file: Path, today: dict[str, Any]) -> Comparison:
    return compare(declared_state(released(file)), today)


def applied_part(document: dict[str, Any]) -> dict[str, Any]:
    def chosen(blocks: dict[str, Any]) -> dict[str, Any]:
        return {name: block for name, block in blocks.items() if name.startswith(APPLIED)}

    resources = {kind: chosen(blocks) for kind, blocks in document["resource"].items()}
    return {
        **{name: document[name] for name in ("terraform", "provider", "moved") if name in document},
        "locals": chosen(document.get("locals", {})),
        "resource": {kind: blocks for kind, blocks in resources.items() if blocks},
    }


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


@pytest.mark.deploy
@pytest.mark.parametrize("file", RELEASED, ids=lambda file: file.name.partition(".")[0])
def test_the_state_of_an_earlier_version_plans_empty(
    file: Path, document: dict[str, Any], terraform_dir: MakeTerraform
) -> None:
    before, after = applied_part(released(file)), applied_part(document)
    assert {"aws_nat_gateway", "aws_eip", "aws_route53_resolver_firewall_rule"} <= before["resource"].keys()
    terraform = terraform_dir(before)
    terraform.apply()
    terraform.write(after)
    assert terraform.plan().empty
