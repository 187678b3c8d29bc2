"""Every example synthesizes, to the same JSON under every supported version of the bindings, and the docs quote it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cdktf import Testing as CdktfTesting

from northsouth.dns.slots import slot
from northsouth.testing import TerraformSnapshot
from tests.harness.examples import load
from tests.harness.synth import resources

ROOT = Path(__file__).parents[2]
DOCS = "".join(page.read_text(encoding="utf-8") for page in sorted(ROOT.glob("docs/dns*.md")))
EXAMPLES = {path.stem.removeprefix("dns_"): path for path in sorted((ROOT / "examples").glob("dns_*.py"))}


def synthesized(name: str) -> str:
    text: str = CdktfTesting.synth(load(EXAMPLES[name]).Dns(CdktfTesting.app(), "dns"), True)
    return text


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_declares_what_it_did(name: str, terraform_snapshot: TerraformSnapshot) -> None:
    terraform_snapshot(synthesized(name), name=name)


def test_a_follower_waits_for_the_share() -> None:
    document: dict[str, Any] = json.loads(synthesized("fleet"))
    followers = [
        association
        for association in resources(document, "aws_route53_resolver_firewall_rule_group_association").values()
        if association.get("provider") == "aws.spoke"
    ]
    assert len(followers) == 1
    assert any(entry.startswith("aws_ram_principal_association.") for entry in followers[0]["depends_on"])


def test_the_docs_quote_and_link_the_examples() -> None:
    quoted = re.findall(r"<!-- examples/dns_(\w+)\.py -->\n```python\n(.*?)```", DOCS, flags=re.DOTALL)
    assert quoted
    for name, code in quoted:
        assert code == EXAMPLES[name].read_text(encoding="utf-8")
    assert all(f"examples/{path.name}" in DOCS for path in EXAMPLES.values())


@pytest.mark.parametrize(
    "domain", ["api.hub.example.com.", "login.hub.example.com.", "*.hub.example.com.", "*.example.com.", "*."]
)
def test_the_worked_example_is_right(domain: str) -> None:
    [row] = re.findall(rf"^\| `{re.escape(domain.removesuffix('.'))}` \|.*$", DOCS, flags=re.MULTILINE)
    assert row.endswith(f"{slot(domain):,} |")
