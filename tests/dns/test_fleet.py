"""The same overrides in several places, with one report for all of them."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack
from cdktf import Testing as CdktfTesting
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.dns import DnsOverridesFleet, Domains, OverrideSet, Place, QueryLogging, Rule, RuleAction, Share
from northsouth.errors import ConfigurationError
from tests.harness.synth import resources, synth

HUB = OverrideSet("hub", 300, {"api.hub.example": "api.internal"})


def build(stack: TerraformStack) -> None:
    frankfurt = AwsProvider(stack, "frankfurt", alias="frankfurt", region="eu-central-1")
    fleet = DnsOverridesFleet(
        stack,
        "dns",
        name="private",
        overrides=[HUB],
        last={"rest": Rule(action=RuleAction.alert(), domains=Domains.of("*"), priority=10)},
        first={"ok": Rule(action=RuleAction.allow(), domains=Domains.of("ok.example"), priority=10)},
        association_priority=500,
        mutation_protection=True,
        min_groups=2,
        share=Share(principals={"spoke": "123456789012"}, allow_external_principals=True),
        places={
            "us": Place(vpcs={"main": "vpc-0a"}, fail_open=True),
            "eu": Place(
                vpcs={"main": "vpc-0b", "old": "vpc-0c"},
                provider=frankfurt,
                overrides=[OverrideSet("eu", 60, {"eu.example": "eu.internal"})],
                fail_open={"old": False},
                query_logging=QueryLogging.s3("arn:aws:s3:::queries"),
            ),
        },
        tags={"team": "network"},
    )
    assert list(fleet.places) == ["us", "eu"]
    assert fleet.places["us"].query_logs is None
    assert list(fleet.places["eu"].configs) == ["old"]


def test_every_place_gets_the_overrides_by_its_own_provider() -> None:
    document = synth(build)
    by_place: dict[str, list[str]] = {}
    for resource in resources(document, "aws_route53_resolver_firewall_rule").values():
        by_place.setdefault(resource.get("provider", "default"), []).append(resource["name"])
    assert {place: sorted(names) for place, names in by_place.items()} == {
        "default": ["hub-api_hub_example", "ok", "rest"],
        "aws.frankfurt": ["eu-eu_example", "hub-api_hub_example", "ok", "rest"],
    }
    associations = resources(document, "aws_route53_resolver_firewall_rule_group_association").values()
    assert {(entry["vpc_id"], entry["priority"]) for entry in associations} == {
        (vpc, priority) for vpc in ("vpc-0a", "vpc-0b", "vpc-0c") for priority in (500, 510, 550, 600)
    }
    assert {entry["mutation_protection"] for entry in associations} == {"ENABLED"}
    configs = resources(document, "aws_route53_resolver_firewall_config").values()
    assert [(entry["resource_id"], entry["firewall_fail_open"]) for entry in configs] == [
        ("vpc-0c", "DISABLED"),
        ("vpc-0a", "ENABLED"),
    ]
    [log] = resources(document, "aws_route53_resolver_query_log_config").values()
    assert log == {
        "name": "private",
        "destination_arn": "arn:aws:s3:::queries",
        "provider": "aws.frankfurt",
        "tags": {"team": "network"},
    }
    logged = resources(document, "aws_route53_resolver_query_log_config_association").values()
    assert {(entry["resource_id"], entry["provider"]) for entry in logged} == {
        ("vpc-0b", "aws.frankfurt"),
        ("vpc-0c", "aws.frankfurt"),
    }
    shares = resources(document, "aws_ram_resource_share").values()
    assert {(entry["name"], entry["allow_external_principals"]) for entry in shares} == {("private", True)}
    assert len(resources(document, "aws_ram_resource_association")) == 8
    principals = resources(document, "aws_ram_principal_association").values()
    assert {(entry["principal"], entry.get("provider")) for entry in principals} == {
        ("123456789012", None),
        ("123456789012", "aws.frankfurt"),
    }


def test_what_is_wrong_everywhere_is_said_once() -> None:
    stack = TerraformStack(CdktfTesting.app(), "stack")
    with pytest.raises(ConfigurationError) as caught:
        DnsOverridesFleet(
            stack,
            "dns",
            overrides=[OverrideSet("hub", 0, {"a.example": "b.example"})],
            places={
                "us": Place(vpcs={"main": "vpc-0a"}),
                "eu": Place(vpcs={"main": "vpc-0b"}, overrides=[OverrideSet("eu", 5, {"A.example": "c.example"})]),
            },
        )
    assert [problem.where for problem in caught.value.problems] == [
        "overrides.hub.ttl",
        'places["eu"].overrides.eu.names["A.example"]',
    ]


def test_a_fleet_has_a_place() -> None:
    with pytest.raises(ConfigurationError, match="at least one place"):
        DnsOverridesFleet(TerraformStack(CdktfTesting.app(), "stack"), "dns", places={}, overrides=[HUB])
