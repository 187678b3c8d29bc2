"""The construct that keeps traffic to AWS's own services off NAT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

from cdktf import Annotations, TerraformProvider, TerraformStack
from cdktf_cdktf_provider_aws.security_group import SecurityGroup, SecurityGroupIngress
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint, VpcEndpointDnsOptions
from constructs import Construct

from northsouth.egress.endpoint_services import EndpointServices
from northsouth.egress.endpoints import (
    Claim,
    Endpoint,
    by_key,
    check_claims,
    check_endpoints,
    endpoint_notes,
    inbound_only,
)
from northsouth.egress.metrics import EndpointMetricName, endpoint_metric
from northsouth.egress.topology import TIERS, NetworkIds, NetworkSource, check_network_ids
from northsouth.errors import refuse
from northsouth.identity import provider_region
from northsouth.metrics import Metric
from northsouth.naming import Names, Naming
from northsouth.tree import child_path, stack_of

# What the endpoints declared so far in each stack occupy.
_CLAIMS: WeakKeyDictionary[TerraformStack, list[Claim]] = WeakKeyDictionary()

# The gateway endpoints declared so far in each stack, by VPC and full service name.
_GATEWAYS: WeakKeyDictionary[TerraformStack, dict[tuple[str, str], VpcEndpoint]] = WeakKeyDictionary()


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
        resource_endpoints: endpoints of shared resources, by name.
        service_network_endpoints: endpoints of service networks, by name.
        security_group: the security group of all endpoints with network interfaces, unless others were given. It opens
            the TCP ports of their services to the network, and over IPv6 too if the network has it.

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
        services: EndpointServices | None = None,
        name: str | None = None,
        names: Names | None = None,
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
            client_cidrs: IPv4 and IPv6 blocks that may use the interface endpoints beside the network's own, for
                example of a peered VPC.
            services: what AWS offers in the Region, to compare with: Region, zones, private DNS, policy and addresses.
                Without it, names are compared with a list that has a date.
            name: the ``Name`` tag, and the start of the endpoints'; by default ``id``.
            names: ``Name`` tags in place of those made from ``name``, by resource type and the name that would be
                given: ``{"aws_vpc_endpoint": {"endpoints-s3": "prod-s3"}}``. Empty for no such tag.
            provider: the AWS provider to use, if not the stack's own.
            tags: tags for everything made.

        Raises:
            ConfigurationError: if a service has no such endpoint, a zone no subnet, or the network no route table for
                it, or if another endpoint of the stack has its host names or its route in the same VPC.

        """
        ids = network.ids
        region = provider_region(scope, provider) or ids.region
        declared = _CLAIMS.setdefault(stack_of(scope), [])
        claims = _claims(child_path(scope, id), ids, endpoints, region or "", declared)
        refuse(
            f"PrivateEndpoints {id!r}",
            check_network_ids(ids, region=region, where="network"),
            check_endpoints(
                ids,
                endpoints,
                region=region,
                security_group_ids=security_group_ids,
                client_cidrs=client_cidrs,
                services=services,
            ),
            check_claims([*declared, *claims]),
        )
        super().__init__(scope, id)
        declared += claims
        for note in () if services else endpoint_notes(endpoints):
            Annotations.of(self).add_warning(note)
        self._name = name or id
        self._naming = Naming(names)
        self._provider = provider
        self._tags = dict(tags or {})
        self._vpc_id = ids.vpc_id
        self._service_names = {endpoint.key: endpoint.service_name(region or "") for endpoint in endpoints}
        self._gateways = _GATEWAYS.setdefault(stack_of(self), {})
        self.gateway_endpoints = {
            endpoint.label: VpcEndpoint(
                self,
                key,
                vpc_id=ids.vpc_id,
                vpc_endpoint_type="Gateway",
                service_name=self._service_names[key],
                route_table_ids=_route_tables(ids, endpoint),
                policy=endpoint.policy.document if endpoint.policy else None,
                tags=self._tags_with_name("aws_vpc_endpoint", endpoint.label),
                provider=provider,
            )
            for key, endpoint in by_key(endpoints, "Gateway").items()
        }
        for label, endpoint in self.gateway_endpoints.items():
            self._gateways[ids.vpc_id, self._service_names[f"{label}-gateway"]] = endpoint
        standing = [endpoint for endpoint in endpoints if endpoint.has_interfaces]
        self.security_group: SecurityGroup | None = None
        groups = list(security_group_ids or [])
        if standing and security_group_ids is None:
            self.security_group = self._make_security_group(ids, standing, client_cidrs)
            groups = [self.security_group.id]
        self.interface_endpoints = self._with_interfaces(ids, endpoints, "Interface", groups)
        self.resource_endpoints = self._with_interfaces(ids, endpoints, "Resource", groups)
        self.service_network_endpoints = self._with_interfaces(ids, endpoints, "ServiceNetwork", groups)
        refuse(f"PrivateEndpoints {id!r}", self._naming.unknown())

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

    def _tags_with_name(self, type: str, *parts: str) -> dict[str, str]:
        return self._naming.tags(type, "-".join((self._name, *parts)), self._tags)

    def _with_interfaces(
        self, ids: NetworkIds, endpoints: Sequence[Endpoint], kind: str, groups: Sequence[str]
    ) -> dict[str, VpcEndpoint]:
        declared = {}
        for key, endpoint in by_key(endpoints, kind).items():
            service = self._service_names[key]
            gateway = self._gateways.get((ids.vpc_id, service))
            only = inbound_only(endpoint, gateway_declared=gateway is not None)
            declared[endpoint.label] = VpcEndpoint(
                self,
                key,
                vpc_id=ids.vpc_id,
                vpc_endpoint_type=kind,
                service_name=service if kind == "Interface" else None,
                resource_configuration_arn=service if kind == "Resource" else None,
                service_network_arn=service if kind == "ServiceNetwork" else None,
                service_region=endpoint.service_region,
                private_dns_enabled=endpoint.private_dns,
                dns_options=None
                if only is None
                else VpcEndpointDnsOptions(private_dns_only_for_inbound_resolver_endpoint=only),
                ip_address_type=endpoint.ip_address_type,
                subnet_ids=[ids.subnets(endpoint.tier)[zone] for zone in endpoint.standing_zones(ids)],
                security_group_ids=list(groups),
                policy=endpoint.policy.document if endpoint.policy else None,
                tags=self._tags_with_name("aws_vpc_endpoint", endpoint.label),
                depends_on=[gateway] if gateway is not None and endpoint.private_dns else None,
                provider=self._provider,
            )
        return declared

    def _make_security_group(
        self, ids: NetworkIds, endpoints: Sequence[Endpoint], client_cidrs: Sequence[str]
    ) -> SecurityGroup:
        blocks = {*ids.cidr_blocks, *(block for block in client_cidrs if ":" not in block)}
        ipv6_blocks = {*ids.ipv6_cidr_blocks, *(block for block in client_cidrs if ":" in block)}
        ingress = [
            SecurityGroupIngress(
                description="HTTPS from the network" if port == 443 else f"TCP {port} from the network",
                protocol="tcp",
                from_port=port,
                to_port=port,
                cidr_blocks=sorted(blocks) or None,
                ipv6_cidr_blocks=sorted(ipv6_blocks) or None,
            )
            for port in sorted({port for endpoint in endpoints for port in endpoint.open_ports})
        ]
        return SecurityGroup(
            self,
            "security-group",
            vpc_id=ids.vpc_id,
            description=f"Interface endpoints {self._name}",
            ingress=ingress,
            tags=self._tags_with_name("aws_security_group"),
            provider=self._provider,
        )


def _route_tables(ids: NetworkIds, endpoint: Endpoint) -> list[str]:
    tiers = (tier for tier in endpoint.route_tiers if tier in TIERS)
    tables = (table for tier in tiers for _, table in sorted(ids.route_tables(tier).items()))
    return list(dict.fromkeys(tables))


def _claims(
    where: str, ids: NetworkIds, endpoints: Sequence[Endpoint], region: str, earlier: Sequence[Claim]
) -> list[Claim]:
    """Return what endpoints occupy, gateway endpoints first, because interface endpoints are written by them."""
    claims: list[Claim] = []
    unique = {endpoint.key: endpoint for endpoint in endpoints}
    for key, endpoint in sorted(unique.items(), key=lambda item: item[1].has_interfaces):
        service = endpoint.service_name(region)
        same = [claim for claim in (*earlier, *claims) if (claim.vpc_id, claim.service) == (ids.vpc_id, service)]
        only = inbound_only(endpoint, gateway_declared=any(claim.kind == "Gateway" for claim in same))
        claims.append(
            Claim(
                where=f"{where}: {key}",
                kind=endpoint.kind,
                service=service,
                vpc_id=ids.vpc_id,
                private_dns=endpoint.kind == "Interface" and endpoint.private_dns,
                route_tables=() if endpoint.has_interfaces else tuple(_route_tables(ids, endpoint)),
                carries_all=only is False and endpoint.private_dns_only_for_inbound_resolver_endpoint is None,
            )
        )
    return claims
