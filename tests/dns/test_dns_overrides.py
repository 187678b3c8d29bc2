"""The construct writes what the plan says, and nothing when anything is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf import Testing as CdktfTesting
from cdktf_cdktf_provider_aws.lb import Lb
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint

from northsouth.dns import DnsOverrides, Domains, Override, OverrideSet, Redirection, Rule, RuleAction
from northsouth.dns.slots import slot
from northsouth.errors import ConfigurationError
from tests.harness.synth import resources, synth

LIST = "aws_route53_resolver_firewall_domain_list"
RULE = "aws_route53_resolver_firewall_rule"
GROUP = "aws_route53_resolver_firewall_rule_group"
ASSOCIATION = "aws_route53_resolver_firewall_rule_group_association"


def build(stack: TerraformStack) -> None:
    load_balancer = Lb(stack, "hub-lb", name="hub")
    record = Route53Record(stack, "hub-record", zone_id="Z1", name="hub", type="A")
    endpoint = VpcEndpoint(stack, "s3", vpc_id="vpc-1", service_name="com.amazonaws.us-east-1.s3")
    spoke = AwsProvider(stack, "spoke", alias="spoke", region="eu-west-1")
    dns = DnsOverrides(
        stack,
        "dns",
        name="private",
        vpcs={"main": "vpc-0a", "legacy": "vpc-0b"},
        overrides=[
            OverrideSet("hub", 300, {"API.hub.example": "Gateway.internal", "lb.hub.example": load_balancer}),
            OverrideSet(
                "aws",
                60,
                {
                    "s3.example": Override(endpoint, q_type="a"),
                    "record.example": Override(record, redirection=Redirection.TRUST, priority=110),
                },
            ),
        ],
        first={"allow": Rule(action=RuleAction.allow(), domains=Domains.of("ok.example", "${var.zone}"), priority=5)},
        last={
            "alert": Rule(action=RuleAction.alert(), domains=Domains.of("odd.example"), priority=10, q_type="TXT"),
            "malware": Rule(
                action=RuleAction.block_nxdomain(), domains=Domains.existing("rslvr-fdl-0123456789ab"), priority=20
            ),
            "rest": Rule(action=RuleAction.block_nodata(), domains=Domains.of("*"), priority=30),
            "sink": Rule(
                action=RuleAction.override("sink.internal", ttl=5), domains=Domains.of("sink.example"), priority=15
            ),
        },
        association_priority=2000,
        mutation_protection=True,
        provider=spoke,
        tags={"team": "network"},
    )
    assert list(dns.rule_groups) == list(dns.rules) == list(dns.rosters) == ["first", "overrides", "last"]
    assert list(dns.domain_lists["last"]) == ["alert", "sink", "rest"]
    assert dns.associations is not None
    assert list(dns.associations.associations) == ["main", "legacy"]
    assert dns.rules["overrides"]["api.hub.example."].priority_input == slot("api.hub.example.")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return synth(build)


def named(document: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {resource["name"]: resource for resource in resources(document, kind).values()}


def test_every_override_has_a_list_of_its_name(document: dict[str, Any]) -> None:
    assert {name: entry["domains"] for name, entry in named(document, LIST).items() if "-first" not in name} == {
        "private-api_hub_example": ["api.hub.example."],
        "private-lb_hub_example": ["lb.hub.example."],
        "private-s3_example-A": ["s3.example."],
        "private-record_example": ["record.example."],
        "private-last-alert": ["odd.example."],
        "private-last-sink": ["sink.example."],
        "private-last-rest": ["*."],
    }


def test_an_override_blocks_with_a_cname_to_the_target(document: dict[str, Any]) -> None:
    rule = dict(named(document, RULE)["hub-api_hub_example"])
    [group_name] = [name for name in resources(document, GROUP) if f"{GROUP}.{name}.id" in str(rule)]
    assert resources(document, GROUP)[group_name]["name"] == "private"
    del rule["firewall_domain_list_id"], rule["firewall_rule_group_id"], rule["depends_on"]
    assert rule == {
        "name": "hub-api_hub_example",
        "priority": slot("api.hub.example."),
        "action": "BLOCK",
        "block_response": "OVERRIDE",
        "block_override_dns_type": "CNAME",
        "block_override_domain": "gateway.internal.",
        "block_override_ttl": 300,
        "firewall_domain_redirection_action": "INSPECT_REDIRECTION_DOMAIN",
        "provider": "aws.spoke",
    }


def test_targets_that_terraform_knows_get_their_dot_there(document: dict[str, Any]) -> None:
    rules = named(document, RULE)
    assert rules["hub-lb_hub_example"]["block_override_domain"] == '${lower(trimsuffix(aws_lb.hub-lb.dns_name, "."))}.'
    assert "aws_route53_record.hub-record.fqdn" in rules["aws-record_example"]["block_override_domain"]
    assert "aws_vpc_endpoint.s3.dns_entry[0].dns_name" in rules["aws-s3_example-A"]["block_override_domain"]
    assert named(document, LIST)["private-first-allow"]["domains"] == [
        '${lower(trimsuffix("${var.zone}", "."))}.',
        "ok.example.",
    ]


def test_a_target_may_hold_what_terraform_knows_amid_other_words(capfd: pytest.CaptureFixture[str]) -> None:
    def build(stack: TerraformStack) -> None:
        one = Lb(stack, "one", name="one").dns_name
        names = {"a.example": f"{one}.Internal.", "b.example": f"Lb.{one}", "c.example": f"{one}-{one}"}
        DnsOverrides(stack, "dns", vpcs={}, overrides=[OverrideSet("lb", 60, names)])

    rules = named(synth(build), RULE)
    assert {name: rule["block_override_domain"] for name, rule in rules.items()} == {
        "lb-a_example": "${lower(aws_lb.one.dns_name)}.internal.",
        "lb-b_example": 'lb.${lower(trimsuffix(aws_lb.one.dns_name, "."))}.',
        "lb-c_example": '${lower(aws_lb.one.dns_name)}-${lower(trimsuffix(aws_lb.one.dns_name, "."))}.',
    }
    assert capfd.readouterr() == ("", "")


def test_what_an_override_may_say_reaches_its_rule(document: dict[str, Any]) -> None:
    rules = named(document, RULE)
    assert rules["aws-s3_example-A"]["q_type"] == "A"
    assert rules["aws-record_example"]["priority"] == 110
    assert rules["aws-record_example"]["firewall_domain_redirection_action"] == "TRUST_REDIRECTION_DOMAIN"
    assert rules["aws-record_example"]["block_override_ttl"] == 60


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("allow", {"action": "ALLOW", "priority": 5}),
        ("alert", {"action": "ALERT", "priority": 10, "q_type": "TXT"}),
        ("malware", {"action": "BLOCK", "block_response": "NXDOMAIN"}),
        ("malware", {"firewall_domain_list_id": "rslvr-fdl-0123456789ab"}),
        ("rest", {"action": "BLOCK", "block_response": "NODATA"}),
        ("sink", {"block_response": "OVERRIDE", "block_override_domain": "sink.internal.", "block_override_ttl": 5}),
    ],
)
def test_plain_rules(document: dict[str, Any], name: str, expected: dict[str, Any]) -> None:
    rule = named(document, RULE)[name]
    assert {key: rule[key] for key in expected} == expected
    assert ("block_override_domain" in rule) is (name == "sink")


def test_every_vpc_follows_every_group_in_order(document: dict[str, Any]) -> None:
    associations = named(document, ASSOCIATION)
    assert {name: (entry["vpc_id"], entry["priority"]) for name, entry in associations.items()} == {
        "private-first-main": ("vpc-0a", 2000),
        "private-main": ("vpc-0a", 2050),
        "private-last-main": ("vpc-0a", 2100),
        "private-first-legacy": ("vpc-0b", 2000),
        "private-legacy": ("vpc-0b", 2050),
        "private-last-legacy": ("vpc-0b", 2100),
    }
    assert {entry["mutation_protection"] for entry in associations.values()} == {"ENABLED"}


def test_everything_goes_to_the_given_provider_with_the_tags(document: dict[str, Any]) -> None:
    for kind in (LIST, RULE, GROUP, ASSOCIATION):
        for resource in resources(document, kind).values():
            assert resource["provider"] == "aws.spoke"
            assert kind == RULE or resource["tags"] == {"team": "network"}


def test_every_rule_waits_for_the_roster_of_its_group(document: dict[str, Any]) -> None:
    rosters = resources(document, "terraform_data")
    for kind in (RULE, ASSOCIATION):
        for resource in resources(document, kind).values():
            [dependency] = resource["depends_on"]
            roster = rosters[dependency.removeprefix("terraform_data.")]["triggers_replace"]
            numbers = [str(entry).split()[0] for entry in [*roster.values(), *roster.get("main", {}).values()]]
            assert str(resource["priority"]) in numbers


def test_addresses_carry_the_name_and_no_position(document: dict[str, Any]) -> None:
    assert sorted(address.rsplit("_", 1)[0] for address in resources(document, RULE)) == [
        "dns_first_rule_allowALLOW5",
        "dns_last_rule_alertALERTTXT10",
        "dns_last_rule_malwareBLOCK20",
        "dns_last_rule_restBLOCK30",
        "dns_last_rule_sinkOVERRIDE15",
        "dns_overrides_rule_apihubexample",
        "dns_overrides_rule_lbhubexample",
        "dns_overrides_rule_recordexample110",
        "dns_overrides_rule_s3exampleA",
    ]


def test_everything_wrong_is_in_one_report_and_nothing_is_created() -> None:
    stack = TerraformStack(CdktfTesting.app(), "stack")
    with pytest.raises(ConfigurationError) as caught:
        DnsOverrides(
            stack,
            "dns",
            name="1",
            vpcs={"": "vpc-1"},
            overrides=[OverrideSet("hub", 0, {"a..b": "x.example", "c.example": "C.example"})],
            last={"r": Rule(action=RuleAction.allow(), domains=Domains.of(), priority=0)},
            association_priority=100,
            min_groups=9,
        )
    assert caught.value.subject == "DnsOverrides 'dns'"
    assert [problem.where for problem in caught.value.problems] == [
        "name",
        'vpcs[""]',
        "overrides.hub.ttl",
        'overrides.hub.names["a..b"]',
        'overrides.hub.names["c.example"]',
        'last["r"].domains',
        'last["r"].priority',
        "association_priority",
        "min_groups",
    ]
    assert '"resource"' not in CdktfTesting.synth(stack)


def test_without_vpcs_the_groups_stand_alone() -> None:
    def only_groups(stack: TerraformStack) -> None:
        dns = DnsOverrides(stack, "dns", vpcs={}, overrides=[OverrideSet("hub", 5, {"a.example": "b.example"})])
        assert dns.associations is None

    document = synth(only_groups)
    assert named(document, GROUP).keys() == {"dns"}
    assert resources(document, ASSOCIATION) == {}
