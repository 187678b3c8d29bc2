"""Names before and after a change: what changes for clients, and that the resolver itself is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from northsouth.cli.explain import as_json
from northsouth.dns.deployed import read_ruleset
from northsouth.dns.resolution import Firewall
from northsouth.report.naming import naming
from northsouth.report.sides import read_sides
from northsouth.template import parse
from tests.report.change import override, stack, write


def named(folder: Path, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return naming(read_sides(write(folder, "before", before), write(folder, "after", after)))


def test_another_target_a_new_name_and_a_lost_one(tmp_path: Path) -> None:
    before = stack(
        names={"a.example.com": "x.internal.", "b.example.com": "y.internal.", "s.example.com": "s.internal."}
    )
    after = stack(
        names={"a.example.com": "z.internal.", "c.example.com": "y.internal.", "s.example.com": "s.internal."}
    )
    rows = named(tmp_path, before, after)["names"]
    assert [(row["name"], row["before"]["to"], row["after"]["to"], row["changed"]) for row in rows] == [
        ("a.example.com.", "x.internal.", "z.internal.", True),
        ("b.example.com.", "y.internal.", "b.example.com.", True),
        ("c.example.com.", "c.example.com.", "y.internal.", True),
        ("s.example.com.", "s.internal.", "s.internal.", False),
    ]
    assert rows[0]["before"]["ttl"] == 60


def test_a_rule_that_lets_a_name_pass_changes_nothing_for_clients(tmp_path: Path) -> None:
    after = stack()
    resources = after["resource"]
    resources["aws_route53_resolver_firewall_domain_list"]["l7"] = {"name": "p", "domains": ["p.example.com."]}
    resources["aws_route53_resolver_firewall_rule"]["r7"] = {
        **override("p.example.com", "x.", 7)["rule"],
        "action": "ALERT",
        "block_response": None,
    }
    rows = {row["name"]: row for row in named(tmp_path, stack(), after)["names"]}
    assert rows["p.example.com."]["after"]["verdict"] == "alerted"
    assert rows["p.example.com."]["changed"] is False


def test_a_loop_is_new_only_if_it_was_not_there(tmp_path: Path) -> None:
    looping = stack(names={"a.example.com": "b.example.com.", "b.example.com": "a.example.com."})
    section = named(tmp_path, stack(), looping)
    assert [row["after"]["verdict"] for row in section["names"] if row["name"].startswith("a.")] == ["loop"]
    assert any(each["new"] and each["severity"] == "error" for each in section["findings"])
    again = tmp_path / "again"
    again.mkdir()
    assert not any(each["new"] for each in named(again, looping, looping)["findings"])


@pytest.mark.parametrize("name", ["hub.example.com", "other.example.com"])
def test_the_answers_are_those_of_resolve(name: str, tmp_path: Path) -> None:
    document = stack(names={"hub.example.com": "hub.internal.", "other.example.com": "hub.example.com."})
    rows = {row["name"]: row for row in named(tmp_path, document, document)["names"]}
    ruleset = read_ruleset(parse(document))
    decision = as_json(Firewall(ruleset.vpc(), ruleset.records).resolve(name), "x")
    answer = rows[f"{name}."]["after"]
    assert (answer["verdict"], answer["to"]) == (decision["verdict"], decision["connects_to"])
