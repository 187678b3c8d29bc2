"""The metrics carry AWS's own names and all their dimensions."""

import pytest

from northsouth.dns import metrics
from northsouth.metrics import Metric


@pytest.mark.parametrize(
    ("metric", "name", "dimensions"),
    [
        (metrics.rule_group_volume("g"), "FirewallRuleGroupQueryVolume", {"FirewallRuleGroupId": "g"}),
        (metrics.vpc_volume("v"), "VpcFirewallQueryVolume", {"VpcId": "v"}),
        (
            metrics.rule_group_vpc_volume("g", "v"),
            "FirewallRuleGroupVpcQueryVolume",
            {"FirewallRuleGroupId": "g", "VpcId": "v"},
        ),
        (
            metrics.domain_list_volume("g", "l"),
            "FirewallRuleQueryVolume",
            {"FirewallRuleGroupId": "g", "FirewallDomainListId": "l"},
        ),
    ],
)
def test_metrics(metric: Metric, name: str, dimensions: dict[str, str]) -> None:
    assert metric == Metric(
        namespace="AWS/Route53Resolver",
        name=name,
        statistic="Sum",
        unit="Count",
        dimensions=dimensions,
        period=300,
    )
