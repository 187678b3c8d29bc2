"""The Resolver's rules of a VPC from Terraform JSON: zones, forwarding rules, endpoints, Profiles, DNS attributes."""

from __future__ import annotations

from typing import Any

import pytest

from northsouth.dns.deployed import read_ruleset
from northsouth.dns.resolution import Decision, Firewall, Verdict
from northsouth.dns.resolver_rules import Kind, ResolverRule, State
from northsouth.template import parse

VPC_ID = "${aws_vpc.v.id}"
ZONE = {"name": "example.com", "vpc": [{"vpc_id": VPC_ID}]}


def stack(*, hostnames: object = True, data: dict[str, Any] | None = None, **resources: Any) -> dict[str, Any]:
    vpc = {"v": {"cidr_block": "10.0.0.0/16", "enable_dns_hostnames": hostnames}}
    return {"resource": {"aws_vpc": vpc, **resources}, **({"data": data} if data else {})}


def rules(document: dict[str, Any], vpc: str = "aws_vpc.v") -> tuple[ResolverRule, ...]:
    return read_ruleset(parse(document)).vpc(vpc).resolver_rules


def ask(document: dict[str, Any], name: str, kind: str = "A", vpc: str = "aws_vpc.v") -> Decision:
    ruleset = read_ruleset(parse(document))
    return Firewall(ruleset.vpc(vpc), ruleset.records).resolve(name, kind)


def record(zone: str, name: str, kind: str = "A", **values: Any) -> dict[str, Any]:
    return {"zone_id": f"${{{zone}.zone_id}}", "name": name, "type": kind, **values}


SPLIT = stack(
    aws_route53_zone={"z": ZONE, "pub": {"name": "example.com"}},
    aws_route53_record={
        "www": record("aws_route53_zone.z", "www", records=["10.0.0.9"]),
        "t": record("aws_route53_zone.pub", "target", records=["198.51.100.7"]),
        "lb": record("aws_route53_zone.z", "lb", alias={"name": "${aws_lb.x.dns_name}", "zone_id": "Z"}),
        "mail": record("aws_route53_zone.z", "", "MX", records=["10 mail.example.com"]),
        "v": record("aws_route53_zone.z", "_v", "CNAME", records=["_x.acm-validations.aws."]),
    },
)


@pytest.mark.parametrize(
    ("name", "kind", "state", "addresses"),
    [
        ("www.example.com", "A", State.RECORDS, ("10.0.0.9",)),
        ("www.example.com", "AAAA", State.MISSING, ()),
        ("target.example.com", "A", State.MISSING, ()),
        ("lb.example.com", "A", State.RECORDS, ()),
        ("lb.example.com", "AAAA", State.MISSING, ()),
        ("example.com", "MX", State.RECORDS, ()),
        ("example.com", "SOA", State.RECORDS, ()),
        ("example.org", "A", State.PUBLIC, ()),
        ("_v.example.com", "A", State.PUBLIC, ()),
    ],
)
def test_a_private_zone_hides_the_public_one(name: str, kind: str, state: State, addresses: tuple[str, ...]) -> None:
    decision = ask(SPLIT, name, kind)
    assert (decision.state, decision.addresses if kind == "A" else ()) == (state, addresses)
    assert decision.missing is (state is State.MISSING)
    assert (decision.connects_to is None) is decision.missing


def test_another_vpc_sees_the_public_zone() -> None:
    document = stack(**SPLIT["resource"])
    document["resource"]["aws_vpc"] = {**SPLIT["resource"]["aws_vpc"], "w": {}}
    assert ask(document, "target.example.com", vpc="aws_vpc.w").addresses == ("198.51.100.7",)


@pytest.mark.parametrize(
    ("settings", "kind", "open_"),
    [
        ({}, "aws_vpc", True),  # AWS's default for a VPC of one's own
        ({}, "aws_default_vpc", False),
        ({"enable_dns_hostnames": True}, "aws_vpc", False),
        ({"enable_dns_hostnames": "true"}, "aws_vpc", False),
        ({"enable_dns_hostnames": False}, "aws_vpc", True),
        ({"enable_dns_hostnames": "${var.x}"}, "aws_vpc", True),
        ({"enable_dns_hostnames": True, "enable_dns_support": False}, "aws_vpc", True),
    ],
)
def test_zones_need_both_dns_attributes(settings: dict[str, Any], kind: str, open_: bool) -> None:
    zone = {"name": "example.com", "vpc": {"vpc_id": f"${{{kind}.v.id}}"}}
    document = {"resource": {kind: {"v": settings}, "aws_route53_zone": {"z": zone}}}
    decision = ask(document, "x.example.com", vpc=f"{kind}.v")
    assert decision.state is (State.UNKNOWN if open_ else State.MISSING)
    (rule,) = rules(document, f"{kind}.v")
    assert bool(rule.unset) is open_
    assert read_ruleset(parse(document)).vpc(f"{kind}.v").resolver_off is (settings.get("enable_dns_support") is False)


def test_of_a_vpc_outside_the_file_both_attributes_are_taken_as_set() -> None:
    document = {
        "resource": {"aws_route53_zone": {"z": {"name": "example.com", "vpc": {"vpc_id": "vpc-0abc"}}}},
        "data": {"aws_vpc": {"v": {"id": "vpc-0abc"}}},
    }
    assert ask(document, "x.example.com", vpc="vpc-0abc").missing


UNKNOWN_NAME = {"zone_id": "${aws_route53_zone.z.id}", "name": "${var.name}", "type": "A", "records": ["10.0.0.1"]}


@pytest.mark.parametrize(
    ("resources", "data", "states"),
    [
        # a zone that is not in the file: nobody knows its name
        ({"aws_route53_zone_association": {"a": {"zone_id": "Z123", "vpc_id": VPC_ID}}}, None, "??"),
        # a zone that is only looked up: its name is known, its records are not
        (
            {
                "aws_route53_zone_association": {
                    "a": {"zone_id": "${data.aws_route53_zone.z.zone_id}", "vpc_id": VPC_ID}
                }
            },
            {"aws_route53_zone": {"z": {"name": "example.com", "private_zone": True}}},
            "?p",
        ),
        ({}, {"aws_route53_zone": {"z": {"name": "example.com", "private_zone": True}}}, "?p"),
        ({}, {"aws_route53_zone": {"z": {"name": "example.com", "vpc_id": VPC_ID}}}, "?p"),
        ({}, {"aws_route53_zone": {"z": {"name": "example.com"}}}, "pp"),
        # records of a zone that is not in the file concern their own names only
        ({"aws_route53_record": {"r": {**UNKNOWN_NAME, "zone_id": "Z1", "name": "x.example.com"}}}, None, "?p"),
        ({"aws_route53_zone": {"z": ZONE}, "aws_route53_record": {"r": UNKNOWN_NAME}}, None, "?p"),
        ({"aws_route53_zone": {"z": {**ZONE, "for_each": "${var.x}"}}}, None, "?p"),
        ({"aws_route53_zone": {"z": {**ZONE, "name": "${var.domain}"}}}, None, "??"),
    ],
)  # fmt: skip
def test_what_a_zone_outside_the_file_leaves_open(resources: Any, data: Any, states: str) -> None:
    document = stack(data=data, **resources)
    words = {State.UNKNOWN: "?", State.PUBLIC: "p"}
    assert "".join(words[ask(document, name).state] for name in ("x.example.com", "x.example.org")) == states


def forwarding(domain: str, kind: str = "FORWARD", **values: Any) -> dict[str, Any]:
    servers = [{"ip": "10.9.0.2", "port": 53}, {"ip": "${var.ip}"}]
    return {"domain_name": domain, "rule_type": kind, "target_ip": servers, **values}


def associated(rule: str) -> dict[str, Any]:
    return {"resolver_rule_id": rule, "vpc_id": VPC_ID}


def test_a_forwarding_rule_beats_the_zone_of_its_domain() -> None:
    document = stack(
        aws_route53_zone={"z": ZONE},
        aws_route53_record={"www": record("aws_route53_zone.z", "www", records=["10.0.0.9"])},
        aws_route53_resolver_rule={"f": forwarding("example.com"), "s": forwarding("own.example.com", "SYSTEM")},
        aws_route53_resolver_rule_association={
            name: associated(f"${{aws_route53_resolver_rule.{name}.id}}") for name in ("f", "s")
        },
    )
    decision = ask(document, "www.example.com")
    assert (decision.state, decision.addresses, decision.connects_to) == (State.FORWARDED, (), "www.example.com.")
    assert decision.lookup is not None
    assert decision.lookup.rule is not None
    assert decision.lookup.rule.servers == ("10.9.0.2",)
    assert ask(document, "x.own.example.com").missing


@pytest.mark.parametrize(
    ("rule", "association", "state"),
    [
        (forwarding("."), "${aws_route53_resolver_rule.f.id}", State.FORWARDED),
        (forwarding("example.org"), "${aws_route53_resolver_rule.f.id}", State.PUBLIC),
        (forwarding("${var.domain}"), "${aws_route53_resolver_rule.f.id}", State.UNKNOWN),
        (forwarding("", "DELEGATE"), "${aws_route53_resolver_rule.f.id}", State.UNKNOWN),
        (forwarding("."), "rslvr-rr-0123456789abcdef0", State.UNKNOWN),
        (forwarding("."), "rslvr-autodefined-rr-internet-resolver", State.PUBLIC),
    ],
)
def test_forwarding_rules(rule: dict[str, Any], association: str, state: State) -> None:
    document = stack(
        aws_route53_resolver_rule={"f": rule},
        aws_route53_resolver_rule_association={"a": associated(association)},
    )
    assert ask(document, "x.example.com").state is state


def test_names_of_instances_are_not_forwarded() -> None:
    document = stack(
        aws_route53_resolver_rule={"f": forwarding(".")},
        aws_route53_resolver_rule_association={"a": associated("${aws_route53_resolver_rule.f.id}")},
    )
    assert ask(document, "ip-10-0-0-5.eu-west-1.compute.internal").state is State.UNKNOWN
    assert ask(document, "5.0.0.10.in-addr.arpa", "PTR").state is State.UNKNOWN
    document["resource"]["aws_vpc"]["v"]["enable_dns_hostnames"] = False
    assert ask(document, "ip-10-0-0-5.eu-west-1.compute.internal").state is State.FORWARDED


def endpoint(service: object, **values: Any) -> dict[str, Any]:
    endpoint = {"vpc_id": VPC_ID, "service_name": service, "vpc_endpoint_type": "Interface", **values}
    return stack(aws_vpc_endpoint={"e": {"private_dns_enabled": True, **endpoint}})


SQS = "com.amazonaws.us-east-1.sqs"


@pytest.mark.parametrize(
    ("document", "name", "state"),
    [
        (endpoint(SQS), "sqs.us-east-1.amazonaws.com", State.RECORDS),
        (endpoint(SQS), "sqs.us-west-2.amazonaws.com", State.PUBLIC),
        (endpoint(SQS), "x.sqs.us-east-1.amazonaws.com", State.UNKNOWN),
        (endpoint(SQS, private_dns_enabled=False), "sqs.us-east-1.amazonaws.com", State.PUBLIC),
        (endpoint(SQS, private_dns_enabled="${var.x}"), "sqs.us-east-1.amazonaws.com", State.UNKNOWN),
        (endpoint("com.amazonaws.us-east-1.ecr.api"), "api.ecr.us-east-1.amazonaws.com", State.RECORDS),
        (endpoint("com.amazonaws.us-east-1.kinesis-streams"), "kinesis.us-east-1.amazonaws.com", State.RECORDS),
        (endpoint("cn.com.amazonaws.cn-north-1.sqs"), "sqs.cn-north-1.amazonaws.com.cn", State.RECORDS),
        (endpoint("com.amazonaws.${var.region}.sqs"), "sqs.us-east-1.amazonaws.com", State.UNKNOWN),
        (endpoint("com.amazonaws.${var.region}.sqs"), "x.example.com", State.PUBLIC),
        (endpoint("com.amazonaws.vpce.us-east-1.vpce-svc-0a"), "x.example.com", State.UNKNOWN),
        (endpoint("aws.sagemaker.us-east-1.notebook"), "x.example.com", State.UNKNOWN),
        (endpoint(None), "x.example.com", State.UNKNOWN),
        (
            endpoint(SQS, dns_options=[{"private_dns_only_for_inbound_resolver_endpoint": True}]),
            "sqs.us-east-1.amazonaws.com",
            State.PUBLIC,
        ),
        (
            endpoint(
                "com.amazonaws.vpce.us-east-1.vpce-svc-0a",
                dns_entry=[
                    {"dns_name": "vpce-0a.vpce-svc-0a.us-east-1.vpce.amazonaws.com"},
                    {"dns_name": "*.api.partner.example"},
                ],
            ),
            "api.partner.example",
            State.RECORDS,
        ),
    ],
)
def test_the_private_dns_of_an_endpoint_is_a_zone(document: dict[str, Any], name: str, state: State) -> None:
    assert ask(document, name).state is state


GROUP = "aws_route53_resolver_firewall_rule_group"


def profiled(**members: Any) -> dict[str, Any]:
    block = {
        "name": "b",
        "action": "BLOCK",
        "block_response": "NXDOMAIN",
        "priority": 1,
        "firewall_rule_group_id": f"${{{GROUP}.g.id}}",
        "firewall_domain_list_id": "${aws_route53_resolver_firewall_domain_list.l.id}",
    }
    return stack(
        aws_route53_resolver_firewall_domain_list={"l": {"name": "l", "domains": ["bad.example."]}},
        aws_route53_resolver_firewall_rule_group={"g": {"name": "g"}},
        aws_route53_resolver_firewall_rule={"b": block},
        aws_route53_zone={"z": {"name": "example.com"}},
        aws_route53_resolver_rule={"f": forwarding("example.org")},
        aws_vpc_endpoint={"e": {"vpc_id": "vpc-hub", "service_name": SQS, "private_dns_enabled": True}},
        aws_route53profiles_profile={"p": {"name": "p"}},
        aws_route53profiles_association={
            "p": {"profile_id": "${aws_route53profiles_profile.p.id}", "resource_id": VPC_ID}
        },
        aws_route53profiles_resource_association={
            name: {"name": name, "profile_id": "${aws_route53profiles_profile.p.id}", **member}
            for name, member in members.items()
        },
    )


@pytest.mark.parametrize(
    "properties",
    [
        '{"priority":102}',
        "${jsonencode({priority = 102})}",
        '${jsonencode({"priority" = 102})}',
        '${jsonencode({"priority": 102})}',
    ],
)
def test_a_profile_brings_groups_with_their_priority(properties: str) -> None:
    group = {"resource_arn": f"${{{GROUP}.g.arn}}", "resource_properties": properties}
    ruleset = read_ruleset(parse(profiled(fw=group)))
    (association,) = ruleset.vpc().associations
    assert (association.address, association.priority, association.unknown) == (
        "aws_route53profiles_resource_association.fw",
        102,
        "",
    )
    assert Firewall(ruleset.vpc()).resolve("bad.example").verdict is Verdict.NXDOMAIN
    assert Firewall(ruleset.vpc()).resolve("good.example").verdict is Verdict.PASSED


@pytest.mark.parametrize(
    "properties", [None, "${jsonencode({priority = var.x})}", "{", "[]", "{}", '{"priority": true}']
)
def test_without_its_priority_a_group_stands_anywhere(properties: object) -> None:
    group = {"resource_arn": f"${{{GROUP}.g.arn}}", "resource_properties": properties}
    (association,) = read_ruleset(parse(profiled(fw=group))).vpc().associations
    assert association.unknown


@pytest.mark.parametrize(
    ("arn", "verdict", "state"),
    [
        ("arn:aws:route53resolver:us-east-1:1:firewall-rule-group/rslvr-frg-1", Verdict.UNDETERMINED, State.PUBLIC),
        ("arn:aws:route53:::hostedzone/Z1", Verdict.PASSED, State.UNKNOWN),
        ("arn:aws:route53resolver:us-east-1:1:resolver-rule/rslvr-rr-1", Verdict.PASSED, State.UNKNOWN),
        ("arn:aws:ec2:us-east-1:1:vpc-endpoint/vpce-1", Verdict.PASSED, State.UNKNOWN),
        ("arn:aws:route53resolver:us-east-1:1:resolver-query-log-config/rqlc-1", Verdict.PASSED, State.PUBLIC),
        ("${var.arn}", Verdict.UNDETERMINED, State.UNKNOWN),
    ],
)
def test_what_a_profile_brings_from_outside_is_undetermined(arn: str, verdict: Verdict, state: State) -> None:
    decision = ask(profiled(x={"resource_arn": arn, "resource_properties": '{"priority":102}'}), "x.example.com")
    assert decision.verdict is verdict
    assert verdict is Verdict.UNDETERMINED or decision.state is state


@pytest.mark.parametrize("profile", ["rp-0123", "${data.aws_route53profiles_profile.p.id}", "${var.profile}"])
def test_a_profile_outside_the_file_leaves_all_open(profile: str) -> None:
    document = stack(
        data={"aws_route53profiles_profile": {"p": {"name": "p"}}},
        aws_route53profiles_association={"p": {"profile_id": profile, "resource_id": VPC_ID}},
    )
    decision = ask(document, "x.example.com")
    assert decision.verdict is Verdict.UNDETERMINED
    (rule,) = rules(document)
    assert (rule.vague, rule.local) == (True, False)


def test_zones_rules_and_endpoints_of_a_profile_stand_behind_those_of_the_vpc() -> None:
    document = profiled(
        z={"resource_arn": "${aws_route53_zone.z.arn}"},
        f={"resource_arn": "${aws_route53_resolver_rule.f.arn}"},
        e={"resource_arn": "${aws_vpc_endpoint.e.arn}"},
    )
    kinds = {(rule.kind, rule.domain, rule.local) for rule in rules(document) if rule.kind is not Kind.OWN}
    assert kinds == {
        (Kind.ZONE, "example.com.", False),
        (Kind.FORWARD, "example.org.", False),
        (Kind.ENDPOINT, "sqs.us-east-1.amazonaws.com.", False),
    }
    assert ask(document, "x.example.com").missing


def test_a_zone_of_a_profile_is_private() -> None:
    document = profiled(z={"resource_arn": "${aws_route53_zone.z.arn}"})
    document["resource"]["aws_route53_record"] = {
        "r": record("aws_route53_zone.z", "r", records=["10.0.0.1"]),
    }
    assert read_ruleset(parse(document)).records == ()
    assert ask(document, "r.example.com").addresses == ("10.0.0.1",)


@pytest.mark.parametrize(
    ("subnet", "q_type", "verdict"),
    [
        ({"enable_dns64": True}, "AAAA", Verdict.UNDETERMINED),
        ({"enable_dns64": "${var.x}"}, "AAAA", Verdict.UNDETERMINED),
        ({"enable_dns64": False}, "AAAA", Verdict.NXDOMAIN),
        ({}, "AAAA", Verdict.NXDOMAIN),
        ({"enable_dns64": True}, None, Verdict.NXDOMAIN),  # AWS says it of rules for AAAA alone
    ],
)
def test_dns64_leaves_nxdomain_on_aaaa_open(subnet: dict[str, Any], q_type: str | None, verdict: Verdict) -> None:
    document = profiled(fw={"resource_arn": f"${{{GROUP}.g.arn}}", "resource_properties": '{"priority":102}'})
    document["resource"]["aws_route53_resolver_firewall_rule"]["b"]["q_type"] = q_type
    document["resource"]["aws_subnet"] = {"s": {"vpc_id": VPC_ID, **subnet}}
    decision = ask(document, "bad.example", "AAAA")
    assert decision.verdict is verdict
    if verdict is Verdict.UNDETERMINED:
        placed = decision.outcome.possible[0].placed
        assert placed is not None
        assert "aws_subnet.s" in placed.rule.unknown
