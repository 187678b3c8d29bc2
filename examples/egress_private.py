"""Private NAT gateways: a VPC with an overlapping range reaches the company network under routable addresses."""

# northsouth comes first: it makes the imports after it fast
from northsouth.egress import NatGateways, NatMode, Network

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct


class Egress(TerraformStack):
    """The gateways stand in the isolated subnets, whose route tables lead to a transit gateway (made elsewhere)."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        network = Network(
            self,
            "network",
            cidr="100.64.0.0/16",
            zones=["us-east-1a", "us-east-1b"],
            tiers=("private", "isolated"),
        )
        NatGateways(
            self,
            "nat",
            network=network,
            mode=NatMode.private(tier="isolated", destinations=("10.0.0.0/8",), secondary_private_ips=1),
        )


if __name__ == "__main__":
    app = App()
    Egress(app, "egress")
    app.synth()
