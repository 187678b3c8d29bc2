"""Which private endpoint carries a host name of AWS's; pure.

The name of an endpoint service and the host names it answers differ for some services: ``ecr.api`` answers
``api.ecr.us-east-1.amazonaws.com``. Services whose host names are not known here are left out, so that no endpoint is
suggested on a guess. Source: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from northsouth.egress.endpoint_names import NAMES

GATEWAY, INTERFACE = "gateway endpoint", "interface endpoint"

_OTHER_HOSTS = {
    "airflow.api": ("api.airflow",),
    "bedrock-agentcore.gateway": ("gateway.bedrock-agentcore",),
    "codeartifact.api": ("codeartifact",),
    "codeartifact.repositories": ("d.codeartifact",),
    "ecr.api": ("api.ecr", "ecr"),
    "ecr.dkr": ("dkr.ecr", "dkr-ecr"),
    "ecs-agent": ("ecs-a",),
    "ecs-telemetry": ("ecs-t",),
    "iot.data": ("iot",),
    "kinesis-firehose": ("firehose",),
    "kinesis-streams": ("kinesis",),
    "models-v2-lex": ("models-v2-lex",),
    "pricing.api": ("api.pricing",),
    "runtime-v2-lex": ("runtime-v2-lex",),
    "sagemaker.api": ("api.sagemaker",),
    "sagemaker.metrics": ("metrics.sagemaker",),
    "sagemaker.runtime": ("runtime.sagemaker",),
    "sagemaker.featurestore-runtime": ("featurestore-runtime.sagemaker",),
}
"""Endpoint services whose host names are not their own name before the Region."""
_GATEWAY_HOSTS = {
    "s3": ("s3", "s3.dualstack", "s3-accesspoint", "s3-accesspoint.dualstack", "s3-website"),
    "dynamodb": ("dynamodb", "ddb"),
}
_CARRIED_BY_GATEWAYS = {"s3", "dynamodb"}


class EndpointHost(NamedTuple):
    """The part of a host name before ``.<region>.amazonaws.com``, and the endpoint that carries its traffic.

    Attributes:
        host: the labels; names that end with them count, too (``bucket.s3``).
        kind: ``GATEWAY`` or ``INTERFACE``.
        service: the short name of the endpoint service.

    """

    host: str
    kind: str
    service: str


def endpoint_hosts() -> Iterator[EndpointHost]:
    """Yield the known host names, sorted."""
    yield from (EndpointHost(host, GATEWAY, name) for name, hosts in _GATEWAY_HOSTS.items() for host in hosts)
    for name in sorted(NAMES - _CARRIED_BY_GATEWAYS):
        hosts = _OTHER_HOSTS.get(name, () if "." in name else (name,))
        yield from (EndpointHost(host, INTERFACE, name) for host in hosts)
