"""The example runs as it stands, and the docs quote it and say what is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cdktf import Testing as CdkTesting

from northsouth import testing
from northsouth.testing import Template
from tests.harness.examples import load

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/testing_stack.py"
DOCS = (ROOT / "docs/testing.md").read_text(encoding="utf-8")


def test_the_examples_assertions_hold() -> None:
    example = load(EXAMPLE)
    edge = example.Edge(CdkTesting.app(), "edge")
    template = Template.from_stack(edge)
    example.test_each_zone_has_its_own_way_out(template)
    example.test_every_subnet_is_in_the_vpc_and_has_its_own_block(template)
    example.test_the_rest_of_the_file(template)
    assert [each for each in example.annotations_of(edge) if each.level != "info"] == []
    example.test_logs_are_kept_private(edge, template)


def test_the_docs_quote_it_and_name_the_whole_api() -> None:
    [quoted] = re.findall(r"<!-- examples/testing_stack\.py -->\n```python\n(.*?)```", DOCS, flags=re.DOTALL)
    assert quoted == EXAMPLE.read_text(encoding="utf-8")
    names = set(testing.__all__) - {"Annotation", "Matcher", "TerraformSnapshot", "synthesize"}
    names |= {name for name in vars(Template) if not name.startswith("_")}
    assert [name for name in sorted(names) if not re.search(rf"`(?:Template\.)?{name}[`(]", DOCS)] == []


def test_the_docs_show_a_failure_as_it_is() -> None:
    subnet = {"availability_zone": "us-east-1a", "cidr_block": "10.0.0.0/24"}
    other = {"availability_zone": "us-east-1b", "cidr_block": "10.0.1.0/25"}
    template = Template.from_document({"resource": {"aws_subnet": {"a": subnet, "b": other}}})
    with pytest.raises(AssertionError) as failed:
        template.assert_resource("aws_subnet", {"cidr_block": "10.0.0.0/24", "availability_zone": "us-east-1b"})
    assert f"```text\n{failed.value}\n```" in DOCS
