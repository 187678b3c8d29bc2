"""How AWS reports the metrics of this library's services: how often, and what a gap in them means; pure.

A gap means different things. Where a metric is published only when something happened, a gap is good news; where a
publisher should always speak, a gap is the failure itself. An alarm that takes one for the other is silent when it
matters.
"""

from __future__ import annotations

import re

from northsouth.metrics.metric import Metric

_INTERVALS = {
    # AWS/Route53Resolver sends one point in five minutes (monitoring-resolver-dns-firewall-with-cloudwatch).
    "AWS/Route53Resolver": 300,
    # DaysToExpiry is sent twice a day (acm/latest/userguide/cloudwatch-metrics); AWS judges it by the day.
    "AWS/CertificateManager": 43200,
}

# The detailed metrics of Resolver endpoints come every minute (monitoring-resolver-with-cloudwatch).
_EVERY_MINUTE = {
    "AWS/Route53Resolver": re.compile(r"P90ResponseTime|\w+Queries|ResolverEndpointCapacityStatus"),
}

# "Reporting criteria: There is a nonzero value", elasticloadbalancing/latest/application/
# load-balancer-cloudwatch-metrics; the other services' pages say the same in a column of their own.
_ONLY_NONZERO = {
    "AWS/ApplicationELB": re.compile(
        r"HTTPCode_(ELB|Target)_[345]\w+|RejectedConnectionCount|TargetConnectionErrorCount|"
        r"(Client|Target)TLSNegotiationErrorCount|DroppedInvalidHeaderRequestCount|HTTP_Fixed_Response_Count|"
        r"HTTP_Redirect_Count|ForwardedInvalidHeaderRequestCount|ELBAuth(Error|Failure)|GrpcRequestCount"
    ),
    "AWS/SNS": re.compile(r"NumberOfNotifications(Failed|FilteredOut|RedrivenToDlq|FailedToRedriveToDlq).*"),
    "AWS/Events": re.compile(r"FailedInvocations|InvocationsFailedToBeSentToDlq|InvocationsSentToDlq|ThrottledRules"),
    # "These metrics are only published when there is an error" (managedomains-cloudwatchmetrics, encryption at rest).
    "AWS/ES": re.compile(r"KMSKeyError|KMSKeyInaccessible"),
}

# AWS stops these series at the very moment the failure happens.
_ENDS_AT_FAILURE = {"AWS/CertificateManager": re.compile(r"DaysToExpiry")}

# The sets of dimensions each service publishes under; CloudWatch matches a set exactly, so any other has no data.
# vpc/latest/userguide/metrics-dimensions-nat-gateway (a regional gateway has its zones apart),
# load-balancer-cloudwatch-metrics, acm/latest/userguide/cloudwatch-metrics, sqs-available-cloudwatch-metrics,
# eks/latest/userguide/cloudwatch, monitor_estimated_charges_with_cloudwatch, sns-monitoring-using-cloudwatch,
# monitoring-resolver-with-cloudwatch, monitoring-resolver-dns-firewall-with-cloudwatch, AMP-CW-usage-metrics,
# managedomains-cloudwatchmetrics (OpenSearch Service).
_DIMENSIONS: dict[str, tuple[frozenset[str], ...]] = {
    "AWS/NATGateway": (frozenset({"NatGatewayId"}), frozenset({"NatGatewayId", "AvailabilityZone"})),
    "AWS/ApplicationELB": (
        frozenset({"LoadBalancer"}),
        frozenset({"LoadBalancer", "AvailabilityZone"}),
        frozenset({"LoadBalancer", "TargetGroup"}),
        frozenset({"LoadBalancer", "TargetGroup", "AvailabilityZone"}),
        frozenset({"TargetGroup"}),
    ),
    "AWS/CertificateManager": (frozenset({"CertificateArn"}),),
    "AWS/SQS": (frozenset({"QueueName"}),),
    "AWS/EKS": (frozenset({"ClusterName"}),),
    "AWS/SNS": (
        frozenset({"TopicName"}),
        frozenset({"Application"}),
        frozenset({"Application", "Platform"}),
        frozenset({"Platform"}),
        frozenset({"Country"}),
        frozenset({"SMSType"}),
        frozenset({"Country", "SMSType"}),
        frozenset({"PhoneNumber"}),
        frozenset(),
    ),
    "AWS/Route53Resolver": (
        frozenset({"FirewallRuleGroupId"}),
        frozenset({"VpcId"}),
        frozenset({"FirewallRuleGroupId", "VpcId"}),
        frozenset({"FirewallRuleGroupId", "FirewallDomainListId"}),
        frozenset({"EndpointId"}),
        frozenset({"RniId"}),
        frozenset({"EndpointId", "RniId"}),
        frozenset({"EndpointID", "TargetNameServerIP"}),
        frozenset(),
    ),
    "AWS/Usage": (
        frozenset({"Service", "Type", "Resource", "Class"}),
        # Amazon Managed Service for Prometheus: of one workspace.
        frozenset({"Service", "Type", "Resource", "Class", "ResourceId"}),
    ),
    "AWS/ES": (frozenset({"DomainName", "ClientId"}), frozenset({"DomainName", "ClientId", "NodeId"})),
    "AWS/Billing": (
        frozenset({"Currency"}),
        frozenset({"Currency", "ServiceName"}),
        frozenset({"Currency", "LinkedAccount"}),
        frozenset({"Currency", "LinkedAccount", "ServiceName"}),
    ),
}

# What a dimension's value begins with: a load balancer is known by the suffix of its ARN, a certificate by all of it.
_VALUES = {
    "NatGatewayId": "nat-",
    "LoadBalancer": "app/",
    "TargetGroup": "targetgroup/",
    "CertificateArn": "arn:",
}


def dimension_sets(metric: Metric) -> tuple[frozenset[str], ...]:
    """Return the sets of dimensions AWS publishes this metric's namespace under; empty if nothing is known."""
    return _DIMENSIONS.get(metric.namespace, ())


def value_prefix(metric: Metric, dimension: str) -> str:
    """Return what the value of a dimension begins with, or nothing if that is not known."""
    return _VALUES.get(dimension, "") if metric.namespace in _DIMENSIONS else ""


def interval(metric: Metric) -> int:
    """Return every how many seconds AWS publishes this metric; 60 where nothing else is known, 1 for custom metrics."""
    if metric.namespace in _INTERVALS and not _matches(_EVERY_MINUTE, metric):
        return _INTERVALS[metric.namespace]
    return 60 if metric.namespace.startswith("AWS/") else 1


def only_nonzero(metric: Metric) -> bool:
    """Tell whether AWS publishes this metric only when it is not zero, so that a gap means none."""
    return _matches(_ONLY_NONZERO, metric)


def ends_at_failure(metric: Metric) -> bool:
    """Tell whether AWS stops publishing this metric when what it warns of has happened."""
    return _matches(_ENDS_AT_FAILURE, metric)


def _matches(table: dict[str, re.Pattern[str]], metric: Metric) -> bool:
    pattern = table.get(metric.namespace)
    return pattern is not None and pattern.fullmatch(metric.name) is not None
