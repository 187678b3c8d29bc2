"""The construct that keeps traffic to AWS's own services off NAT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

from cdktf import Annotations, TerraformProvider, TerraformStack
from cdktf_cdktf_provider_aws.security_group import SecurityGroup, SecurityGroupIngress
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from constructs import Construct

from northsouth.egress._providers import provider_region
from northsouth.egress.endpoints import Claim, Endpoint, by_key, check_claims, check_endpoints, endpoint_notes
from northsouth.egress.metrics import EndpointMetricName, endpoint_metric
from northsouth.egress.topology import TIERS, NetworkIds, NetworkSource, check_network_ids
from northsouth.errors import refuse
from northsouth.metrics import Metric
from northsouth.tree import child_path, stack_of

# What the endpoints declared so far in each stack occupy.
_CLAIMS: WeakKeyDictionary[TerraformStack, list[Claim]] = WeakKeyDictionary()


class PrivateEndpoints(Construct):
    """Gateway and interface endpoints of a network: private paths to AWS services.

    What each keeps away from NAT:

    - ``Endpoint.gateway("s3")``: all traffic to S3 in the Region, image layers of ECR included. Free, so every network
      with a NAT gateway should have it.
    - ``Endpoint.gateway("dynamodb")``: all traffic to DynamoDB in the Region. Free.
    - ``ecr.api`` and ``ecr.dkr``: logins to ECR and image manifests. The layers come from S3.
    - ``logs``, ``monitoring``, ``xray``: log events, metrics and traces sent to CloudWatch and X-Ray, often the most
      bytes of a quiet workload.
    - ``sts``, ``kms``, ``secretsmanager``: credentials, keys and secrets; few bytes, but without them nothing starts
      while NAT is down.
    - ``ssm``, ``ssmmessages``, ``ec2messages``: Session Manager and the agent, so that isolated subnets can be managed.
    - ``sqs``, ``sns``, ``kinesis-streams``, ``events``, ``bedrock-runtime`` and any other: calls to that service.

    An interface endpoint costs per hour in each zone and less per GB than NAT; ``northsouth.egress.cost`` compares
    them.

    Attributes:
        gateway_endpoints: gateway endpoints by service.
        interface_endpoints: interface endpoints by service, or by the name given to one.
        security_group: the interface endpoints' security group, unless others were given.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        network: NetworkSource,
        endpoints: Sequence[Endpoint] = (Endpoint.gateway("s3"),),
        security_group_ids: Sequence[str] | None = None,
        client_cidrs: Sequence[str] = (),
        name: str | None = None,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the endpoints.

        Args:
            scope: the construct to declare them in.
            id: their name there.
            network: a :class:`Network`, or the ids of an existing VPC.
            endpoints: which endpoints; by default the free one for S3.
            security_group_ids: security groups for the interface endpoints, in place of the one that is made.
            client_cidrs: IPv4 blocks that may use the interface endpoints beside the network's own, for example of a
                peered VPC.
            name: the ``Name`` tag, and the start of the endpoints'; by default ``id``.
            provider: the AWS provider to use, if not the stack's own.
            tags: tags for everything made.

        Raises:
            ConfigurationError: if a service has no such endpoint, a zone no subnet, or the network no route table for
                it, or if another endpoint of the stack has its host names or its route in the same VPC.

        """
        ids = network.ids
        region = provider_region(scope, provider) or ids.region
        unique = {each.key: each for each in endpoints}
        claims = [_claim(f"{child_path(scope, id)}: {key}", ids, each, region or "") for key, each in unique.items()]
        declared = _CLAIMS.setdefault(stack_of(scope), [])
        refuse(
            f"PrivateEndpoints {id!r}",
            check_network_ids(ids, region=region, where="network"),
            check_endpoints(
                ids, endpoints, region=region, security_group_ids=security_group_ids, client_cidrs=client_cidrs
            ),
            check_claims([*declared, *claims]),
        )
        super().__init__(scope, id)
        declared += claims
        for note in endpoint_notes(endpoints):
            Annotations.of(self).add_warning(note)
        self._name = name or id
        self._provider = provider
        self._tags = dict(tags or {})
        self._vpc_id = ids.vpc_id
        self._service_names = {endpoint.key: endpoint.service_name(region or "") for endpoint in endpoints}
        self.gateway_endpoints = {
            endpoint.label: VpcEndpoint(
                self,
                key,
                vpc_id=ids.vpc_id,
                vpc_endpoint_type="Gateway",
                service_name=self._service_names[key],
                route_table_ids=_route_tables(ids, endpoint),
                policy=endpoint.policy.document if endpoint.policy else None,
                tags=self._named(endpoint.label),
                provider=provider,
            )
            for key, endpoint in by_key(endpoints, "Gateway").items()
        }
        interfaces = by_key(endpoints, "Interface")
        self.security_group: SecurityGroup | None = None
        groups = list(security_group_ids or [])
        if interfaces and security_group_ids is None:
            self.security_group = self._make_security_group(ids, client_cidrs)
            groups = [self.security_group.id]
        self.interface_endpoints = {
            endpoint.label: VpcEndpoint(
                self,
                key,
                vpc_id=ids.vpc_id,
                vpc_endpoint_type="Interface",
                service_name=self._service_names[key],
                private_dns_enabled=endpoint.private_dns,
                subnet_ids=[ids.subnets(endpoint.tier)[zone] for zone in endpoint.standing_zones(ids)],
                security_group_ids=groups,
                policy=endpoint.policy.document if endpoint.policy else None,
                tags=self._named(endpoint.label),
                provider=provider,
            )
            for key, endpoint in interfaces.items()
        }

    def metric(self, name: EndpointMetricName, *, period: int = 60) -> dict[str, Metric]:
        """Return one metric of each interface endpoint by service; gateway endpoints publish none.

        Args:
            name: the metric's name, for example ``BytesProcessed``.
            period: seconds that one data point covers; a multiple of 60.

        Raises:
            KeyError: if there is no such metric.

        """
        return {
            service: endpoint_metric(
                name,
                endpoint_id=endpoint.id,
                vpc_id=self._vpc_id,
                service_name=self._service_names[f"{service}-interface"],
                period=period,
            )
            for service, endpoint in self.interface_endpoints.items()
        }

    def _named(self, *parts: str) -> dict[str, str]:
        return {"Name": "-".join((self._name, *parts)), **self._tags}

    def _make_security_group(self, ids: NetworkIds, client_cidrs: Sequence[str]) -> SecurityGroup:
        https = SecurityGroupIngress(
            description="HTTPS from the network",
            protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_blocks=sorted({*ids.cidr_blocks, *client_cidrs}),
        )
        return SecurityGroup(
            self,
            "security-group",
            vpc_id=ids.vpc_id,
            description=f"Interface endpoints {self._name}",
            ingress=[https],
            tags=self._named(),
            provider=self._provider,
        )


def _route_tables(ids: NetworkIds, endpoint: Endpoint) -> list[str]:
    tiers = (tier for tier in endpoint.route_tiers if tier in TIERS)
    tables = (table for tier in tiers for _, table in sorted(ids.route_tables(tier).items()))
    return list(dict.fromkeys(tables))


def _claim(where: str, ids: NetworkIds, endpoint: Endpoint, region: str) -> Claim:
    interface = endpoint.kind == "Interface"
    return Claim(
        where=where,
        kind=endpoint.kind,
        service=endpoint.service_name(region),
        vpc_id=ids.vpc_id,
        private_dns=interface and endpoint.private_dns,
        route_tables=() if interface else tuple(_route_tables(ids, endpoint)),
    )
