"""The metrics of DNS Firewall; pure.

All are sums, published every five minutes, and only while there is something to count: no data means no query.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-resolver-dns-firewall-with-cloudwatch.html
(older copies of the page write ``VPCFirewallQueryVolume`` and give the last metric the name of the third).
"""

from __future__ import annotations

from northsouth.metrics import Metric

NAMESPACE = "AWS/Route53Resolver"
PERIOD = 300


def rule_group_volume(group_id: str) -> Metric:
    """Count the queries that matched a rule of the group, in all VPCs; zero for long means an association is gone."""
    return _volume("FirewallRuleGroupQueryVolume", FirewallRuleGroupId=group_id)


def vpc_volume(vpc_id: str) -> Metric:
    """Count the queries of a VPC that DNS Firewall looked at."""
    return _volume("VpcFirewallQueryVolume", VpcId=vpc_id)


def rule_group_vpc_volume(group_id: str, vpc_id: str) -> Metric:
    """Count the queries of one VPC that matched a rule of the group."""
    return _volume("FirewallRuleGroupVpcQueryVolume", FirewallRuleGroupId=group_id, VpcId=vpc_id)


def domain_list_volume(group_id: str, list_id: str) -> Metric:
    """Count the queries that matched one domain list of the group: one override, or one list of names to block."""
    return _volume("FirewallRuleQueryVolume", FirewallRuleGroupId=group_id, FirewallDomainListId=list_id)


def _volume(name: str, **dimensions: str) -> Metric:
    return Metric(namespace=NAMESPACE, name=name, statistic="Sum", unit="Count", dimensions=dimensions, period=PERIOD)
