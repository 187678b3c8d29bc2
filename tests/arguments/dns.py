"""The arguments of `northsouth.dns`."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.vpc import Vpc

from northsouth.dns import (
    AssociatedGroup,
    Confidence,
    DnsOverrides,
    DnsOverridesFleet,
    Domains,
    GroupShare,
    Numbering,
    Override,
    OverrideSet,
    Place,
    QueryLogging,
    QueryLogs,
    Quotas,
    Redirection,
    Rule,
    RuleAction,
    Share,
    ThreatProtection,
    VpcAssociations,
)
from tests.arguments.entries import Entry, Late, construct, other_provider, value

VPCS = {"main": "vpc-0a"}
OTHER_VPCS = {"main": "vpc-0b"}
HUB = OverrideSet("hub", 300, {"api.hub.example": "api.internal"})
WEB = OverrideSet("web", 300, {"www.web.example": "www.internal"})
ALERT = Rule(action=RuleAction.alert(), domains=Domains.of("odd.example"), priority=10)
TWO = Rule(action=RuleAction.alert(), domains=Domains.of("a.example", "b.example"), priority=10)
"""Two names in one rule: a quota of one name for each list makes two lists of it."""
SHARE = Share(principals={"spoke": "123456789012"})
GROUP_TYPE = "aws_route53_resolver_firewall_rule_group"
GROUP = "arn:aws:route53resolver:us-east-1:1:firewall-rule-group/"
S3 = QueryLogging.s3("arn:aws:s3:::queries")
THREATS = "needs bindings that know DNS Firewall Advanced: tests/dns/test_threats.py"
ACCEPTS = "decides what is accepted: tests/dns/test_override_checks.py, tests/dns/test_vpc_associations.py"

EVERYTHING = {"first": {"ok": ALERT}, "share": SHARE}
RULES: dict[str, Any] = {
    "overrides": [WEB],
    "first": {"odd": ALERT},
    "last": {"odd": ALERT},
    "name": "other",
    "names": {f"{GROUP_TYPE}": {"it": "legacy"}, f"{GROUP_TYPE}_association": {"it-main": "legacy"}},
    "association_priority": 2000,
    "share": SHARE,
    "min_groups": 2,
    "quotas": Quotas(names_per_list=1),
    "numbering": Numbering.DECLARED,
    "for_each": True,
    "moved": True,
}


def overrides(stack: TerraformStack, **arguments: Any) -> DnsOverrides:
    return DnsOverrides(stack, "it", **{"vpcs": VPCS, "overrides": [HUB], **arguments})


def fleet(stack: TerraformStack, place: Place) -> DnsOverridesFleet:
    return DnsOverridesFleet(stack, "it", places={"us": place}, overrides=[HUB])


def rule(stack: TerraformStack, given: Rule) -> DnsOverrides:
    return overrides(stack, last={"it": given})


ENTRIES: list[Entry] = [
    construct(
        DnsOverrides,
        {"vpcs": VPCS, "overrides": [HUB], "last": {"two": TWO}},
        changes={"vpcs": OTHER_VPCS, "fail_open": True, "query_logging": S3, **RULES},
        everything={**EVERYTHING, "fail_open": True, "query_logging": S3},
    ),
    construct(
        DnsOverridesFleet,
        {"places": {"us": Place(vpcs=VPCS)}, "overrides": [HUB], "last": {"two": TWO}},
        changes={"places": {"us": Place(vpcs=OTHER_VPCS)}, **RULES},
    ),
    construct(
        GroupShare,
        {"name": "hub", "share": SHARE, "group_arns": {"hub": f"{GROUP}a"}},
        changes={
            "name": "other",
            "share": Share(principals={"spoke": "210987654321"}),
            "group_arns": {"hub": f"{GROUP}b"},
        },
    ),
    construct(
        QueryLogs,
        {"vpcs": VPCS, "logging": S3},
        changes={"vpcs": OTHER_VPCS, "logging": QueryLogging.s3("arn:aws:s3:::others"), "name": "other"},
    ),
    construct(
        VpcAssociations,
        {"vpcs": VPCS, "groups": {"hub": AssociatedGroup("rslvr-frg-0123456789", "hub", 300)}},
        changes={
            "vpcs": OTHER_VPCS,
            "groups": {"hub": AssociatedGroup("rslvr-frg-9876543210", "hub", 300)},
            "names": {f"{GROUP_TYPE}_association": {"hub-main": "legacy"}},
            "depends_on": Late(lambda stack: [Vpc(stack, "vpc")]),
        },
        unseen={"groups_per_vpc": ACCEPTS},
    ),
    value(
        AssociatedGroup,
        lambda stack, it: VpcAssociations(stack, "it", vpcs=VPCS, groups={"hub": it}),
        {"group_id": "rslvr-frg-0123456789", "name": "hub", "priority": 300},
        changes={"group_id": "rslvr-frg-9876543210", "name": "other", "priority": 301},
    ),
    value(
        Domains.of,
        lambda stack, it: rule(stack, Rule(action=RuleAction.alert(), domains=it, priority=10)),
        {"names": ["a.example"]},
        changes={"names": ["a.example", "b.example"]},
    ),
    value(
        Domains.existing,
        lambda stack, it: rule(stack, Rule(action=RuleAction.alert(), domains=it, priority=10)),
        {"list_id": "rslvr-fdl-0123456789ab"},
        changes={"list_id": "rslvr-fdl-ba9876543210"},
    ),
    value(
        Override,
        lambda stack, it: overrides(stack, overrides=[OverrideSet("hub", 300, {"api.hub.example": it})]),
        {"target": "api.internal"},
        changes={
            "target": "other.internal",
            "priority": 110,
            "q_type": "A",
            "redirection": Redirection.TRUST,
        },
    ),
    value(
        OverrideSet,
        lambda stack, it: overrides(stack, overrides=[it]),
        {"name": "hub", "ttl": 300, "names": {"api.hub.example": "api.internal"}},
        changes={"name": "other", "ttl": 60, "names": {"api.hub.example": "other.internal"}},
    ),
    value(
        Place,
        fleet,
        {"vpcs": VPCS},
        changes={
            "vpcs": OTHER_VPCS,
            "provider": Late(other_provider),
            "overrides": [WEB],
            "names": {GROUP_TYPE: {"it": "legacy"}},
            "fail_open": {"main": True},
            "query_logging": S3,
        },
    ),
    *[
        value(make, lambda stack, it: QueryLogs(stack, "it", vpcs=VPCS, logging=it), base, changes=changes)
        for make, base, changes in (
            (
                QueryLogging.cloudwatch,
                {"log_group_arn": "arn:aws:logs:us-east-1:123456789012:log-group:a"},
                {"log_group_arn": "arn:aws:logs:us-east-1:123456789012:log-group:b"},
            ),
            (QueryLogging.s3, {"bucket_arn": "arn:aws:s3:::one"}, {"bucket_arn": "arn:aws:s3:::two", "prefix": "dns"}),
            (
                QueryLogging.firehose,
                {"stream_arn": "arn:aws:firehose:us-east-1:123456789012:deliverystream/a"},
                {"stream_arn": "arn:aws:firehose:us-east-1:123456789012:deliverystream/b"},
            ),
        )
    ],
    value(
        Quotas,
        lambda stack, it: overrides(
            stack,
            quotas=it,
            overrides=[OverrideSet("hub", 300, {"a.hub.example": "a.internal", "b.hub.example": "b.internal"})],
            last={"two": TWO},
        ),
        changes={"rules_per_group": 1, "names_per_list": 1},
        unseen={"names": ACCEPTS, "lists": ACCEPTS, "groups_per_vpc": ACCEPTS},
    ),
    value(
        Rule,
        rule,
        {"action": RuleAction.alert(), "domains": Domains.of("a.example"), "priority": 10},
        changes={
            "action": RuleAction.allow(),
            "domains": Domains.of("b.example"),
            "priority": 11,
            "q_type": "A",
            "redirection": Redirection.TRUST,
        },
    ),
    value(
        RuleAction.override,
        lambda stack, it: rule(stack, Rule(action=it, domains=Domains.of("a.example"), priority=10)),
        {"target": "a.internal", "ttl": 5},
        changes={"target": "b.internal", "ttl": 6},
    ),
    *[
        value(
            make,
            lambda _stack, it: Rule(action=RuleAction.alert(), domains=it, priority=10),
            {"confidence": Confidence.HIGH},
            unseen={"confidence": THREATS},
        )
        for make in (ThreatProtection.dga, ThreatProtection.dictionary_dga, ThreatProtection.dns_tunneling)
    ],
    value(
        Share,
        lambda stack, it: overrides(stack, share=it),
        {"principals": {"spoke": "123456789012"}},
        changes={"principals": {"spoke": "210987654321"}},
    ),
]

READS: dict[Any, str] = {}
"""Methods that declare nothing."""
