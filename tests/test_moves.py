"""``moved_from``: everything inside a renamed construct keeps its objects."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct

from northsouth.comparison import compare
from northsouth.dns import DnsOverrides, OverrideSet
from northsouth.egress import NatGateways, NatMode
from northsouth.errors import ConfigurationError
from northsouth.moves import moved_from
from tests.egress.networks import A, existing
from tests.harness.synth import synth


def declare(scope: Construct, id: str) -> Construct:
    """Declare resources of all forms: plain, with ``for_each``, and of Terraform itself."""
    inner = Construct(scope, id)
    NatGateways(inner, "nat", network=existing(A), mode=NatMode.per_az(), name="nat")
    overrides = [OverrideSet("hub", ttl=60, names={"a.example.com": "b.example.com", "c.example.com": "d.example.com"})]
    DnsOverrides(inner, "dns", vpcs={"main": "vpc-12345678"}, overrides=overrides, name="dns")
    DnsOverrides(
        inner,
        "all",
        vpcs={},
        overrides=[OverrideSet("x", ttl=60, names={"e.example.com": "f.example.com"})],
        for_each=True,
    )
    SnsTopic(inner, "chosen", name="chosen").override_logical_id("chosen")
    return inner


def addresses(document: dict[str, Any]) -> set[str]:
    return {f"{kind}.{name}" for kind, blocks in document["resource"].items() for name in blocks}


@pytest.fixture(scope="module")
def before() -> dict[str, Any]:
    return synth(lambda stack: declare(stack, "edge"))


def moved(scope: Construct, id: str) -> None:
    moved_from(declare(scope, id), "edge")


@pytest.mark.parametrize(("above", "id"), [((), "egress"), (("hub", "west"), "edge")])
def test_blocks_lead_from_every_old_address_to_the_new_one(
    before: dict[str, Any], above: tuple[str, ...], id: str
) -> None:
    def build(stack: TerraformStack) -> None:
        scope: Construct = stack
        for each in above:
            scope = Construct(scope, each)
        moved(scope, id)

    after = synth(build)
    blocks = {each["from"]: each["to"] for each in after["moved"]}
    assert blocks.keys() == addresses(before) - {"aws_sns_topic.chosen"}
    assert set(blocks.values()) == addresses(after) - {"aws_sns_topic.chosen"}
    assert not compare(before, after).destructive


@pytest.mark.slow
def test_without_blocks_everything_is_destroyed_and_diff_writes_them(before: dict[str, Any]) -> None:
    after = synth(lambda stack: declare(stack, "egress"))
    found = compare(before, after)
    assert found.destructive
    blocks = {each["from"]: each["to"] for each in found.moved_blocks}
    assert blocks.keys() <= addresses(before)
    declared = synth(lambda stack: moved(stack, "egress"))["moved"]
    assert blocks == {each["from"]: each["to"] for each in declared}


@pytest.mark.parametrize("path", ["", "/edge", "edge/", "egress"])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(ConfigurationError, match="old_path"):
        synth(lambda stack: moved_from(Construct(stack, "egress"), path))
