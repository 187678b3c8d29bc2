"""The stack of one environment: network, ways out, private names, log bucket, alarms."""

from __future__ import annotations

from cdktf import LocalBackend, S3Backend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from northsouth.alerts.packs.nat import NatAlarms
from northsouth.alerts.response import Response
from northsouth.dns.dns_overrides import DnsOverrides
from northsouth.egress.endpoints import Endpoint
from northsouth.egress.nat_gateways import NatGateways
from northsouth.egress.network import Network
from northsouth.egress.private_endpoints import PrivateEndpoints
from northsouth.egress.topology import NetworkSource
from northsouth.logs.alb_log_bucket import AlbLogBucket
from northsouth.metrics import parse_rate
from stacks import wording
from stacks.checks import existing_network
from stacks.settings import AlertsSection, Environment, NetworkSection, StateSection


class EdgeStack(TerraformStack):
    """Everything one environment file declares.

    Attributes:
        network: the VPC, made or existing.
        nat: its NAT gateways.
        endpoints: its private endpoints, if the file asks for any.
        overrides: its DNS overrides, if any.
        logs: the load balancers' log bucket, if any.
        topic: the SNS topic that alarms notify, if any.

    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        """Declare the stack, named after the environment.

        Args:
            scope: the app.
            environment: a valid environment file.

        """
        name, region = environment.environment.name, environment.environment.region
        super().__init__(scope, name)
        self._keep_state(name, region, environment.state)
        AwsProvider(
            self, "aws", region=region, default_tags=[AwsProviderDefaultTags(tags=environment.environment.tags)]
        )

        self.network = self._declare_network(name, environment.network)
        self.nat = NatGateways(
            self,
            "nat",
            network=self.network,
            mode=wording.nat_mode(environment.nat),
            addresses=wording.addresses(environment.nat),
            release_addresses=not environment.nat.protect_addresses,
            name=name,
        )
        services = environment.endpoints.gateway
        self.endpoints = (
            PrivateEndpoints(
                self,
                "endpoints",
                network=self.network,
                endpoints=[Endpoint.gateway(service) for service in services],
                name=name,
            )
            if services
            else None
        )
        sets = wording.override_sets(environment.dns)
        self.overrides = (
            DnsOverrides(self, "dns", vpcs={"main": self.network.ids.vpc_id}, overrides=sets, name=name)
            if sets
            else None
        )
        logs = environment.logs
        self.logs = (
            AlbLogBucket(
                self,
                "logs",
                name=logs.bucket,
                region=region,
                prefix=logs.prefix,
                encryption=logs.encryption,
                lifecycle=wording.lifecycle(logs),
                allow_destroy=not logs.protect,
            )
            if logs
            else None
        )
        self.topic = self._declare_topic(environment.alerts)
        self._declare_alarms(environment.alerts)

    def _keep_state(self, name: str, region: str, state: StateSection) -> None:
        if state.backend == "local":
            # Relative to the stack's folder below cdktf.out; the CDK's default is an absolute path of this machine.
            LocalBackend(self, path=f"../../../terraform.{name}.tfstate")
            return
        backend = S3Backend(
            self,
            bucket=state.bucket or "",
            key=state.key or f"northsouth/{name}.tfstate",
            region=state.region or region,
            encrypt=True,
        )
        # Terraform 1.10 and later lock with an object beside the state; the CDK's S3Backend has no argument for it.
        backend.add_override("use_lockfile", value=True)

    def _declare_network(self, name: str, section: NetworkSection) -> NetworkSource:
        if section.cidr is None:
            return existing_network(section)
        return Network(self, "network", cidr=section.cidr, zones=section.zones, name=name)

    def _declare_topic(self, alerts: AlertsSection) -> SnsTopic | None:
        if alerts.topic is None:
            return None
        topic = SnsTopic(self, "topic", name=alerts.topic.name)
        for email in alerts.topic.emails:
            SnsTopicSubscription(self, f"topic-{email}", topic_arn=topic.arn, protocol="email", endpoint=email)
        return topic

    def _declare_alarms(self, alerts: AlertsSection) -> None:
        throughput = alerts.nat_throughput
        if throughput is None:
            return
        respond = Response.notify(throughput.runbook, *([self.topic.arn] if self.topic else []))
        NatAlarms(self, "nat-alarms", gateways=self.nat, respond=respond).throughput(
            parse_rate(throughput.threshold),
            period=60,
            datapoints=throughput.minutes,
            of=throughput.out_of,
            severity=throughput.severity,
        )
