"""A program of cdktf that runs on cdktn as it stands, with NORTHSOUTH_CDK=cdktn, or with its imports renamed."""

# northsouth comes first: it chooses the CDK, and makes the imports after it fast
from northsouth.alerts import Response
from northsouth.alerts.packs import NatAlarms
from northsouth.dns import DnsOverrides, OverrideSet
from northsouth.egress import NatGateways, NatMode, Network

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct


class Edge(TerraformStack):
    """NAT, an override and an alarm, on the version of the AWS provider that the state was written with."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        self.add_override("terraform.required_providers.aws.version", "5.100.0")
        network = Network(self, "network", cidr="10.0.0.0/16", zones=["us-east-1a"])
        nat = NatGateways(self, "nat", network=network, mode=NatMode.per_az())
        DnsOverrides(
            self,
            "overrides",
            vpcs={"main": network.ids.vpc_id},
            overrides=[OverrideSet("hub", ttl=60, names={"hub.example.com": "hub.internal.example.com"})],
        )
        respond = Response("https://wiki.example.com/nat", critical=[SnsTopic(self, "pager", name="pager").arn])
        NatAlarms(self, "alarms", gateways=nat, respond=respond).port_allocation_errors()


if __name__ == "__main__":
    app = App()
    Edge(app, "edge")
    app.synth()
