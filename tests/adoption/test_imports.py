"""``Imports``: blocks in the stack, with addresses that it declares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformStack

from northsouth.adoption import Imports
from northsouth.dns import DnsOverrides, OverrideSet
from northsouth.egress import NatGateways, NatMode
from northsouth.errors import ConfigurationError
from tests.egress.networks import A, existing
from tests.harness.synth import synth

ADDRESS = 'aws_eip.nat_addresses_2E2FCDF9["us-east-1a"]'


def nat(stack: TerraformStack) -> NatGateways:
    return NatGateways(stack, "nat", network=existing(A), mode=NatMode.per_az())


def declared(**arguments: Any) -> dict[str, Any]:
    def build(stack: TerraformStack) -> None:
        nat(stack)
        Imports(stack, "imports", **arguments)

    return synth(build)


def test_blocks_of_a_file_and_ids(tmp_path: Path) -> None:
    file = tmp_path / "imports.tf.json"
    file.write_text(json.dumps({"import": [{"to": ADDRESS, "id": "eipalloc-1"}]}), encoding="utf-8")
    document = declared(file=file)
    assert document["import"] == [{"to": ADDRESS, "id": "eipalloc-1"}]
    assert document["terraform"]["required_version"] == ">= 1.5.0, != 1.16.0"
    assert document["terraform"]["required_providers"]
    assert declared(ids={ADDRESS: "eipalloc-1"}) == document
    file.write_text(json.dumps({"moved": [{"from": "aws_eip.old", "to": ADDRESS}]}), encoding="utf-8")
    document = declared(file=str(file))
    assert document["moved"] == [{"from": "aws_eip.old", "to": ADDRESS}]
    assert "required_version" not in document["terraform"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "a readable file"),
        ("{", "a readable file"),
        ("[]", "import and moved blocks"),
        ('{"import": [{"to": 1}]}', "import and moved blocks"),
        ('{"moved": [{"to": "a.b"}]}', "import and moved blocks"),
        ('{"import": [{"to": "aws_eip.other", "id": "eipalloc-1"}]}', "an address of this stack"),
    ],
)
def test_refused(tmp_path: Path, content: str | None, message: str) -> None:
    file = tmp_path / "imports.tf.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises((ConfigurationError, RuntimeError), match=message):
        declared(file=file)


def test_imports_of_nothing_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="a file that northsouth adopt wrote"):
        declared()


def test_import_from_of_instances_is_answered_with_the_way_that_works() -> None:
    answers = []

    def build(stack: TerraformStack) -> None:
        overrides = [OverrideSet("x", ttl=60, names={"e.example.com": "f.example.com"})]
        dns = DnsOverrides(stack, "dns", vpcs={}, overrides=overrides, for_each=True)
        for repeated in (nat(stack).elastic_ips, *dns.for_each_domain_lists.values(), *dns.for_each_rules.values()):
            assert repeated is not None
            with pytest.raises(ConfigurationError) as refused:
                repeated.import_from("eipalloc-1")
            answers.append(str(refused.value))

    synth(build)
    assert len(answers) == 3
    assert (
        'Imports(stack, "imports", ids={\'aws_eip.nat_addresses_2E2FCDF9["us-east-1a"]\': "eipalloc-1"})' in answers[0]
    )
    assert '["e.example.com"]' in answers[1]
