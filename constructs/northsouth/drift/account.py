"""Lists what exists in an account and in no state: of the kinds northsouth declares, read-only.

It calls only ``Describe``, ``List`` and ``Get`` operations, which the policy ``ReadOnlyAccess`` allows. It needs boto3
(the extra ``account``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from northsouth.drift.app import AppError
from northsouth.template import Plan, Value

Client: TypeAlias = Any
"""A client of boto3, which makes its classes at run time."""

Clients: TypeAlias = "Callable[[str, str], Client]"
"""Returns a boto3 client of a service in a Region."""

KINDS = (
    "aws_nat_gateway",
    "aws_vpc_endpoint",
    "aws_route53_resolver_firewall_rule_group",
    "aws_cloudwatch_metric_alarm",
    "aws_cloudwatch_composite_alarm",
    "aws_s3_bucket",
)
"""The resource types that are listed; of buckets those that a log service may write to."""

LOG_SERVICES = ("logdelivery.elasticloadbalancing.amazonaws.com", "delivery.logs.amazonaws.com")
"""Principals that deliver logs: of Application Load Balancers, and of flow logs, query logs and Network Load Balancers.

Source: the Elastic Load Balancing documentation, "Access logs for your Application Load Balancer"; the CloudWatch Logs
documentation, "Enable logging from AWS services".
"""

_IDENTIFIERS = ("id", "arn", "alarm_name", "bucket")
_GONE = frozenset({"deleting", "deleted", "failed"})


@dataclass(frozen=True, slots=True, order=True)
class Unmanaged:
    """One resource that exists and is in no state.

    Attributes:
        type: its type in Terraform.
        id: the id to import it with.
        region: its Region.
        name: its ``Name`` tag or name, if it has one beside its id.
        place: the VPC it is in, if it is in one.

    """

    type: str
    id: str
    region: str
    name: str = ""
    place: str = ""

    @property
    def address(self) -> str:
        """The address by which an ignore file names it."""
        return f"{self.type} {self.id}"

    def __str__(self) -> str:
        details = ", ".join(detail for detail in (self.name, self.place, self.region) if detail)
        return f"{self.address} ({details})"


def identifiers(plan: Plan) -> frozenset[str]:
    """Return the ids, ARNs and names by which a plan knows resources of the listed kinds, deposed ones included."""
    values: list[Mapping[str, Value]] = [resource.values for resource in plan.template.of_type(*KINDS, mode=None)]
    values += [change.before for change in (*plan.changes, *plan.drift) if _type(change.address) in KINDS]
    known = (value.get(key) for value in values for key in _IDENTIFIERS)
    return frozenset(identifier for identifier in known if isinstance(identifier, str) and identifier)


def _type(address: str) -> str:
    """Return the type in an address, which may be inside modules."""
    return next((kind for kind in KINDS if address.startswith(f"{kind}.") or f".{kind}." in address), "")


def regions(documents: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the Regions that the AWS providers of stacks name literally.

    Args:
        documents: the stacks' ``cdk.tf.json``.

    """
    regions_named: dict[str, None] = {}
    for document in documents:
        providers = document.get("provider", {}).get("aws", [])
        for provider in providers if isinstance(providers, list) else [providers]:
            region = provider.get("region")
            if isinstance(region, str) and "${" not in region:
                regions_named[region] = None
    return tuple(regions_named)


def clients() -> Clients:
    """Return boto3's clients, with the credentials of the environment.

    Raises:
        AppError: if boto3 is not installed.

    """
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        raise AppError("asking AWS what exists needs boto3: pip install 'northsouth[account]'") from None
    session, config = boto3.Session(), Config(retries={"mode": "standard", "max_attempts": 5})
    return lambda service, region: session.client(service, region_name=region, config=config)


def unmanaged(clients: Clients, regions: Iterable[str], known: frozenset[str]) -> tuple[Unmanaged, ...]:
    """Return what exists and is not known, in order of type and id.

    Args:
        clients: the clients to ask with.
        regions: the Regions to look in.
        known: what states know (`identifiers`).

    Raises:
        AppError: if AWS refuses to list one of the kinds.

    """
    from botocore.exceptions import BotoCoreError, ClientError

    resources: dict[tuple[str, str], Unmanaged] = {}
    try:
        for region in regions:
            for lister in (_nat_gateways, _endpoints, _rule_groups, _alarms, _log_buckets):
                for resource in lister(clients, region):
                    resources.setdefault((resource.type, resource.id), resource)
    except (BotoCoreError, ClientError) as error:
        raise AppError(f"the account cannot be listed: {error}; the role needs ReadOnlyAccess, or less") from None
    return tuple(sorted(resource for resource in resources.values() if resource.id not in known))


def _pages(client: Client, operation: str, key: str) -> Iterator[Mapping[str, Any]]:
    for page in client.get_paginator(operation).paginate():
        yield from page.get(key, ())


def _name(resource: Mapping[str, Any]) -> str:
    return next((str(tag["Value"]) for tag in resource.get("Tags", ()) if tag["Key"] == "Name"), "")


def _nat_gateways(clients: Clients, region: str) -> Iterator[Unmanaged]:
    for gateway in _pages(clients("ec2", region), "describe_nat_gateways", "NatGateways"):
        if gateway["State"] not in _GONE:
            yield Unmanaged(
                "aws_nat_gateway", gateway["NatGatewayId"], region, _name(gateway), gateway.get("VpcId", "")
            )


def _endpoints(clients: Clients, region: str) -> Iterator[Unmanaged]:
    for endpoint in _pages(clients("ec2", region), "describe_vpc_endpoints", "VpcEndpoints"):
        # A service such as RDS or GuardDuty makes endpoints of its own and takes them away again.
        if endpoint["State"].lower() not in _GONE and not endpoint.get("RequesterManaged"):
            name = _name(endpoint) or endpoint["ServiceName"]
            yield Unmanaged("aws_vpc_endpoint", endpoint["VpcEndpointId"], region, name, endpoint.get("VpcId", ""))


def _rule_groups(clients: Clients, region: str) -> Iterator[Unmanaged]:
    for group in _pages(clients("route53resolver", region), "list_firewall_rule_groups", "FirewallRuleGroups"):
        # Another account shares its groups, and AWS has some of its own.
        if group.get("ShareStatus") != "SHARED_WITH_ME" and not group.get("ManagedOwnerName"):
            yield Unmanaged("aws_route53_resolver_firewall_rule_group", group["Id"], region, group.get("Name", ""))


def _alarms(clients: Clients, region: str) -> Iterator[Unmanaged]:
    client = clients("cloudwatch", region)
    types = {"MetricAlarms": "aws_cloudwatch_metric_alarm", "CompositeAlarms": "aws_cloudwatch_composite_alarm"}
    for page in client.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"]):
        for key, type_ in types.items():
            for alarm in page.get(key, ()):
                # Auto Scaling makes the alarms of its target tracking policies itself.
                if not alarm["AlarmName"].startswith("TargetTracking-"):
                    yield Unmanaged(type_, alarm["AlarmName"], region)


def _log_buckets(clients: Clients, region: str) -> Iterator[Unmanaged]:
    client = clients("s3", region)
    for bucket in client.list_buckets().get("Buckets", ()):
        if _region(client, bucket["Name"]) == region and _takes_logs(client, bucket["Name"]):
            yield Unmanaged("aws_s3_bucket", bucket["Name"], region)


def _region(client: Client, bucket: str) -> str:
    # AWS answers nothing for us-east-1, and EU for buckets of the first years in eu-west-1.
    place = client.get_bucket_location(Bucket=bucket).get("LocationConstraint")
    return {None: "us-east-1", "EU": "eu-west-1"}.get(place, str(place))


def _takes_logs(client: Client, bucket: str) -> bool:
    """Tell whether a bucket's policy lets a log service write to it."""
    from botocore.exceptions import ClientError

    try:
        policy = json.loads(client.get_bucket_policy(Bucket=bucket)["Policy"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucketPolicy":
            return False
        raise
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    principals = [statement.get("Principal") for statement in statements if statement.get("Effect") == "Allow"]
    services = [principal.get("Service", ()) for principal in principals if isinstance(principal, dict)]
    named = {name for service in services for name in ([service] if isinstance(service, str) else service)}
    return bool(named & {*LOG_SERVICES})
