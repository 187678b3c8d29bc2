"""The CloudWatch metrics of NAT gateways and interface endpoints, each with its statistic, unit and dimensions; pure.

A NAT gateway sees every byte twice, on the side of its clients (source) and on that of the internet (destination). For
the volume that passed, add one metric of each direction, never all four: :func:`nat_bytes_processed` is what AWS bills.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from northsouth.metrics import Expression, Metric

NAT_NAMESPACE = "AWS/NATGateway"
NAT_SOURCE = "https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html"
ENDPOINT_NAMESPACE = "AWS/PrivateLinkEndpoints"
ENDPOINT_SOURCE = "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-cloudwatch-metrics.html"

NatMetricName = Literal[
    "ActiveConnectionCount",
    "BytesInFromDestination",
    "BytesInFromSource",
    "BytesOutToDestination",
    "BytesOutToSource",
    "ConnectionAttemptCount",
    "ConnectionEstablishedCount",
    "ErrorPortAllocation",
    "IdleTimeoutCount",
    "PacketsDropCount",
    "PacketsInFromDestination",
    "PacketsInFromSource",
    "PacketsOutToDestination",
    "PacketsOutToSource",
    "PeakBytesPerSecond",
    "PeakPacketsPerSecond",
]

EndpointMetricName = Literal[
    "ActiveConnections", "BytesProcessed", "NewConnections", "PacketsDropped", "RstPacketsReceived"
]

BANDWIDTH_GIGABITS_PER_SECOND = 100
"""What a NAT gateway scales to, from 5 (https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html)."""

PACKETS_PER_SECOND = 10_000_000
"""What a NAT gateway scales to, from 1 million, before it drops packets."""

CONNECTIONS_PER_ADDRESS = 55_000
"""Simultaneous connections of one address to one destination, before ``ErrorPortAllocation``."""


@dataclass(frozen=True, slots=True)
class MetricFacts:
    """How a metric is to be read.

    Attributes:
        statistic: the statistic that means something.
        unit: what one data point counts, in CloudWatch's words.
        meaning: what it tells.

    """

    statistic: str
    unit: str
    meaning: str


NAT_METRICS: Mapping[NatMetricName, MetricFacts] = MappingProxyType(
    {
        "ActiveConnectionCount": MetricFacts(
            "Maximum", "Count", "Concurrent TCP connections. 0 is no connection; no data is something else."
        ),
        "BytesInFromDestination": MetricFacts("Sum", "Bytes", "Answers that came from the internet."),
        "BytesInFromSource": MetricFacts("Sum", "Bytes", "Requests that came from the VPC's clients."),
        "BytesOutToDestination": MetricFacts(
            "Sum", "Bytes", "Requests sent on. Fewer than BytesInFromSource means loss; many more than usual, a leak."
        ),
        "BytesOutToSource": MetricFacts("Sum", "Bytes", "Answers sent on to the VPC's clients."),
        "ConnectionAttemptCount": MetricFacts("Sum", "Count", "Connections that clients tried to open."),
        "ConnectionEstablishedCount": MetricFacts(
            "Sum", "Count", "Connections that opened. Fewer than attempts means trouble at the destination."
        ),
        "ErrorPortAllocation": MetricFacts(
            "Sum", "Count", "No port was left: over 55,000 connections of one address to one destination."
        ),
        "IdleTimeoutCount": MetricFacts("Sum", "Count", "Connections dropped after 350 idle seconds."),
        "PacketsDropCount": MetricFacts(
            "Sum", "Count", "Packets dropped. Over 0.01 % of all packets means trouble in the service."
        ),
        "PacketsInFromDestination": MetricFacts("Sum", "Count", "Packets from the internet."),
        "PacketsInFromSource": MetricFacts("Sum", "Count", "Packets from the VPC's clients."),
        "PacketsOutToDestination": MetricFacts("Sum", "Count", "Packets sent on to the internet."),
        "PacketsOutToSource": MetricFacts("Sum", "Count", "Packets sent on to the VPC's clients."),
        "PeakBytesPerSecond": MetricFacts(
            "Maximum", "Bytes/Second", "The highest 10-second average of a minute: bursts that a sum hides."
        ),
        "PeakPacketsPerSecond": MetricFacts("Maximum", "Count/Second", "The same for packets."),
    }
)
"""The metrics of a NAT gateway, by name: default statistic, unit, meaning."""

ENDPOINT_METRICS: Mapping[EndpointMetricName, MetricFacts] = MappingProxyType(
    {
        "ActiveConnections": MetricFacts("Maximum", "Count", "Concurrent connections."),
        "BytesProcessed": MetricFacts("Sum", "Bytes", "Bytes in both directions, which is what AWS bills."),
        "NewConnections": MetricFacts("Sum", "Count", "Connections opened."),
        "PacketsDropped": MetricFacts(
            "Sum", "Count", "Packets dropped; a steady rise means the endpoint is unhealthy."
        ),
        "RstPacketsReceived": MetricFacts("Sum", "Count", "RST packets: the service turned connections away."),
    }
)
"""The metrics of an interface endpoint, by name: default statistic, unit, meaning."""


def nat_metric(
    name: NatMetricName, gateway_id: str, *, availability_zone: str | None = None, period: int = 60
) -> Metric:
    """Return a metric of a NAT gateway, with the statistic that means something.

    Args:
        name: the metric's name.
        gateway_id: the gateway.
        availability_zone: the zone, for a regional gateway and only for one: it publishes each metric for each zone,
            and without this dimension an alarm finds nothing.
        period: seconds that one data point covers; a multiple of 60, as the metrics come once a minute.

    Raises:
        KeyError: if there is no such metric.

    """
    facts = NAT_METRICS[name]
    dimensions = {"NatGatewayId": gateway_id}
    if availability_zone is not None:
        dimensions["AvailabilityZone"] = availability_zone
    return Metric(
        namespace=NAT_NAMESPACE,
        name=name,
        statistic=facts.statistic,
        unit=facts.unit,
        dimensions=dimensions,
        period=period,
    )


def nat_bytes_processed(gateway_id: str, *, availability_zone: str | None = None, period: int = 60) -> Expression:
    """Return the bytes AWS bills: what came in from either side, each byte once; arguments as of :func:`nat_metric`."""
    return nat_metric("BytesInFromSource", gateway_id, availability_zone=availability_zone, period=period) + nat_metric(
        "BytesInFromDestination", gateway_id, availability_zone=availability_zone, period=period
    )


def endpoint_metric(
    name: EndpointMetricName, *, endpoint_id: str, vpc_id: str, service_name: str, period: int = 60
) -> Metric:
    """Return a metric of an interface endpoint. Gateway endpoints publish none.

    Args:
        name: the metric's name.
        endpoint_id: the endpoint.
        vpc_id: its VPC.
        service_name: the full endpoint service name.
        period: seconds that one data point covers; a multiple of 60.

    Raises:
        KeyError: if there is no such metric.

    """
    facts = ENDPOINT_METRICS[name]
    return Metric(
        namespace=ENDPOINT_NAMESPACE,
        name=name,
        statistic=facts.statistic,
        unit=facts.unit,
        dimensions={
            "Endpoint Type": "Interface",
            "Service Name": service_name,
            "VPC Endpoint Id": endpoint_id,
            "VPC Id": vpc_id,
        },
        period=period,
    )
