"""Rulesets from Terraform JSON: a synthesized stack, someone else's plan, a state."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from northsouth.dns.deployed import read_ruleset
from northsouth.dns.resolution import Firewall, Verdict
from northsouth.dns.ruleset import Action, Response, Ruleset, UnknownVpcError, Vpc
from northsouth.template import parse, read

PLAN = Path(__file__).parents[1] / "template" / "data" / "plan.json"
PREFIX = "aws_route53_resolver_firewall_"


def document(**resources: Any) -> dict[str, Any]:
    """A stack with one VPC, one group on it, and an override with its list; ``resources`` are added or replace."""
    stack: dict[str, Any] = {
        "aws_vpc": {"main": {"tags": {"Name": "prod"}}},
        f"{PREFIX}domain_list": {"hub": {"name": "hub", "domains": ["api.example.com.", "*.API.example.com"]}},
        f"{PREFIX}rule_group": {"g": {"name": "overrides"}},
        f"{PREFIX}rule": {
            "hub": {
                "name": "hub-api",
                "action": "BLOCK",
                "block_response": "OVERRIDE",
                "block_override_dns_type": "CNAME",
                "block_override_domain": "private.example.net.",
                "block_override_ttl": 60,
                "firewall_domain_list_id": f"${{{PREFIX}domain_list.hub.id}}",
                "firewall_rule_group_id": f"${{{PREFIX}rule_group.g.id}}",
                "priority": 100,
            }
        },
        f"{PREFIX}rule_group_association": {
            "main": {
                "name": "main",
                "firewall_rule_group_id": f"${{{PREFIX}rule_group.g.id}}",
                "vpc_id": "${aws_vpc.main.id}",
                "priority": 101,
            }
        },
    }
    for kind, blocks in resources.items():
        stack.setdefault(kind, {}).update(blocks)
    return {"resource": stack}


def changed(kind: str, name: str, **values: Any) -> dict[str, Any]:
    stack = document()
    stack["resource"][f"{PREFIX}{kind}"][name].update(values)
    return stack


def only(stack: dict[str, Any], **more: Any) -> Vpc:
    return read_ruleset(parse({**stack, **more})).vpc()


def test_a_synthesized_stack() -> None:
    vpc = only(document())
    assert (vpc.address, vpc.name, vpc.id, vpc.fail_open) == ("aws_vpc.main", "prod", "", False)
    (association,) = vpc.associations
    assert (association.priority, association.group.name) == (101, "overrides")
    (rule,) = association.group.rules
    assert (rule.address, rule.name, rule.priority) == (f"{PREFIX}rule.hub", "hub-api", 100)
    assert (rule.action, rule.response, rule.target, rule.ttl) == (
        Action.BLOCK,
        Response.OVERRIDE,
        "private.example.net.",
        60,
    )
    assert rule.domains.names == ("api.example.com.", "*.api.example.com.")
    assert (rule.q_type, rule.inspects, rule.unknown) == (None, True, "")


def test_someone_elses_plan_with_modules() -> None:
    ruleset = read_ruleset(read(PLAN))
    assert [str(vpc) for vpc in ruleset.vpcs] == ['aws_vpc.main["east"] (east)', 'aws_vpc.main["west"] (west)']
    for name in ("east", "west"):
        decision = Firewall(ruleset.vpc(name)).resolve("api.example.com")
        assert decision.verdict is Verdict.OVERRIDDEN
        assert decision.rule is not None
        assert decision.rule.rule.address == f'module.hub.{PREFIX}rule.override["api"]'
        assert decision.rule.rule.target is None
        assert decision.rule.rule.target_expression == "aws_lb.hub.dns_name"


def test_a_state_leads_by_ids() -> None:
    def resource(kind: str, name: str, values: dict[str, Any]) -> dict[str, Any]:
        return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "values": values}

    stack = document()["resource"]
    ids = {
        f"{PREFIX}domain_list": "rslvr-fdl-1",
        f"{PREFIX}rule_group": "rslvr-frg-1",
        "aws_vpc": "vpc-1",
    }
    resources = []
    for kind, blocks in stack.items():
        for name, body in blocks.items():
            text = json.dumps(body)
            for other, known in ids.items():
                text = text.replace(f"${{{other}.hub.id}}", known).replace(f"${{{other}.g.id}}", known)
                text = text.replace(f"${{{other}.main.id}}", known)
            resources.append(resource(kind, name, {"id": ids.get(kind, "x"), **json.loads(text)}))
    ruleset = read_ruleset(parse({"format_version": "1.0", "values": {"root_module": {"resources": resources}}}))
    decision = Firewall(ruleset.vpc("vpc-1")).resolve("x.api.example.com")
    assert decision.verdict is Verdict.OVERRIDDEN
    assert ruleset.vpc("prod").id == "vpc-1"


def test_settings_of_a_rule_are_read() -> None:
    vpc = only(
        changed("rule", "hub", q_type="AAAA", firewall_domain_redirection_action="TRUST_REDIRECTION_DOMAIN"),
    )
    rule = vpc.associations[0].group.rules[0]
    assert (rule.q_type, rule.inspects) == ("AAAA", False)


def test_fail_open_is_read() -> None:
    config = {"c": {"resource_id": "${aws_vpc.main.id}", "firewall_fail_open": "ENABLED"}}
    assert only(document(**{f"{PREFIX}config": config})).fail_open
    config = {"c": {"resource_id": "${aws_vpc.main.id}", "firewall_fail_open": "DISABLED"}}
    assert not only(document(**{f"{PREFIX}config": config})).fail_open


@pytest.mark.parametrize(
    ("kind", "name", "values", "unknown"),
    [
        ("rule", "hub", {"firewall_domain_list_id": "rslvr-fdl-managed"}, "AWS-managed"),
        ("rule", "hub", {"firewall_domain_list_id": "${var.list}"}, "AWS-managed"),
        ("rule", "hub", {"dns_threat_protection": "DGA"}, "Advanced"),
        ("domain_list", "hub", {"domains": "${var.names}"}, "known only after apply"),
        ("domain_list", "hub", {"domains": ["${aws_lb.x.dns_name}"]}, "known only after apply"),
        ("domain_list", "hub", {"domains": ["a.*.com"]}, "does not say what"),
        ("domain_list", "hub", {"count": "${var.n}"}, "not in this file"),
    ],
)
def test_names_that_cannot_be_known_leave_it_open(kind: str, name: str, values: dict[str, Any], unknown: str) -> None:
    vpc = only(changed(kind, name, **values))
    assert unknown in vpc.associations[0].group.rules[0].domains.unknown
    assert Firewall(vpc).resolve("other.example").verdict is Verdict.UNDETERMINED


@pytest.mark.parametrize(
    ("kind", "name", "values"),
    [
        ("rule", "hub", {"priority": "${var.p}"}),
        ("rule", "hub", {"q_type": "${var.t}"}),
        ("rule", "hub", {"firewall_domain_redirection_action": "${var.d}"}),
        ("rule", "hub", {"action": "${var.a}"}),
        ("rule", "hub", {"block_response": "${var.r}"}),
        ("rule", "hub", {"count": "${var.n}"}),
        ("rule_group_association", "main", {"priority": "${var.p}"}),
        ("rule_group_association", "main", {"firewall_rule_group_id": "rslvr-frg-shared"}),
    ],
)
def test_rules_that_cannot_be_known_leave_it_open(kind: str, name: str, values: dict[str, Any]) -> None:
    assert Firewall(only(changed(kind, name, **values))).resolve("api.example.com").verdict is Verdict.UNDETERMINED


def test_rules_added_to_a_group_of_another_stack() -> None:
    stack = changed("rule", "hub", firewall_rule_group_id="rslvr-frg-1")
    stack["resource"][f"{PREFIX}rule_group_association"]["main"]["firewall_rule_group_id"] = "rslvr-frg-1"
    outcome = Firewall(only(stack)).resolve("api.example.com").outcome
    assert [option.verdict for option in outcome.possible] == [Verdict.UNDETERMINED, Verdict.OVERRIDDEN]


def test_a_target_known_only_after_apply_names_its_source() -> None:
    rule = only(changed("rule", "hub", block_override_domain="${aws_lb.hub.dns_name}.")).associations[0].group.rules[0]
    assert (rule.target, rule.target_expression) == (None, "aws_lb.hub.dns_name")
    rule = only(changed("rule", "hub", block_override_domain="not a name")).associations[0].group.rules[0]
    assert (rule.target, rule.target_expression) == (None, "not a name")


def test_a_star_without_a_dot_is_read_as_what_it_may_match() -> None:
    domains = only(changed("domain_list", "hub", domains=["*Example.com"])).associations[0].group.rules[0].domains
    assert (domains.suffixes, domains.unread, domains.unknown) == (("example.com.",), (), "")


def test_a_name_that_no_list_should_hold_still_matches() -> None:
    vpc = only(changed("domain_list", "hub", domains=["a_b.example.com"]))
    assert vpc.associations[0].group.rules[0].domains.unread == ("a_b.example.com",)
    assert Firewall(vpc).resolve("a_b.example.com").verdict is Verdict.OVERRIDDEN


@pytest.mark.parametrize(
    ("vpc_id", "address"),
    [("vpc-0abc", "vpc-0abc"), ("${var.vpc_id}", "var.vpc_id"), ("${data.aws_vpc.old.id}", "data.aws_vpc.old")],
)
def test_vpcs_outside_the_document_are_known_by_what_is_written(vpc_id: str, address: str) -> None:
    stack = changed("rule_group_association", "main", vpc_id=vpc_id)
    ruleset = read_ruleset(parse({**stack, "data": {"aws_vpc": {"old": {"tags": {"Name": "old"}}}}}))
    assert ruleset.vpc(address).associations


def test_associations_repeated_over_vpcs_stay_apart() -> None:
    stack = changed("rule_group_association", "main", for_each={"a": "vpc-a", "b": "vpc-b"}, vpc_id="${each.value}")
    assert [vpc.address for vpc in read_ruleset(parse(stack)).vpcs] == ["aws_vpc.main", "vpc-a", "vpc-b"]
    stack = changed("rule_group_association", "main", for_each="${var.vpcs}", vpc_id="${each.value}")
    assert read_ruleset(parse(stack)).vpc().address == f"vpc_id of {PREFIX}rule_group_association.main"


RECORDS = {
    "aws_route53_zone": {
        "public": {"name": "example.net"},
        "private": {"name": "example.org.", "vpc": [{"vpc_id": "${aws_vpc.main.id}"}]},
        "shared": {"name": "example.edu"},
    },
    "aws_route53_zone_association": {
        "shared": {"zone_id": "${aws_route53_zone.shared.id}", "vpc_id": "${aws_vpc.main.id}"}
    },
    "aws_route53_record": {
        "a": {"zone_id": "${aws_route53_zone.public.id}", "name": "private", "type": "A", "records": ["192.0.2.1"]},
        "b": {
            "zone_id": "${aws_route53_zone.private.id}",
            "name": "b.example.org",
            "type": "AAAA",
            "records": ["fd00::1"],
        },
        "c": {"zone_id": "${aws_route53_zone.private.id}", "name": "", "type": "CNAME", "records": ["B.example.org"]},
        "d": {"zone_id": "Z1", "name": "d.example.net", "type": "A", "alias": {"name": "lb.example.net"}},
        "e": {"zone_id": "Z1", "name": "\\052.example.info", "type": "a", "records": ["192.0.2.9", "${x.y.z}"]},
        "f": {"zone_id": "Z1", "name": "${var.name}", "type": "A", "records": ["192.0.2.9"]},
        "g": {"zone_id": "Z1", "name": "g.example.net", "type": "TXT", "records": ["192.0.2.9"]},
        "h": {"zone_id": "Z1", "name": "h.example.net", "type": "A", "alias": {"name": "${aws_lb.x.dns_name}"}},
        "i": {"zone_id": "Z1", "name": "i i", "type": "A", "records": ["192.0.2.9"]},
        "j": {"zone_id": "${aws_route53_zone.shared.id}", "name": "j", "type": "A", "records": ["10.0.0.1"]},
    },
}


def test_records_of_public_zones_are_read() -> None:
    records = read_ruleset(parse(document(**RECORDS))).records
    seen = {(record.name, record.type): record.values for record in records if record.type not in ("NS", "SOA")}
    assert seen == {("private.example.net.", "A"): ("192.0.2.1",)}


def test_an_override_reaches_the_address_of_a_record_in_the_stack() -> None:
    ruleset = read_ruleset(parse(document(**RECORDS)))
    decision = Firewall(ruleset.vpc("aws_vpc.main"), ruleset.records).resolve("api.example.com")
    assert (decision.connects_to, decision.addresses) == ("private.example.net.", ("192.0.2.1",))


def test_a_vpc_is_found_by_id_address_or_name() -> None:
    ruleset = Ruleset(
        "x.json", (Vpc("aws_vpc.a", "vpc-1", "one"), Vpc("aws_vpc.b", "vpc-2", "two"), Vpc("vpc-3", "vpc-3"))
    )
    assert {ruleset.vpc(name).address for name in ("vpc-1", "aws_vpc.a", "one")} == {"aws_vpc.a"}
    with pytest.raises(
        UnknownVpcError, match=r"x\.json: VPC 'three' is not among the VPCs of this file: aws_vpc\.a \(one\)"
    ):
        ruleset.vpc("three")
    with pytest.raises(UnknownVpcError, match="a VPC names several of the VPCs of this file"):
        ruleset.vpc()
    with pytest.raises(UnknownVpcError, match="a VPC is not among the VPCs of this file: none"):
        Ruleset("x.json", ()).vpc()
