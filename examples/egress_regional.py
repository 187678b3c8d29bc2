"""One regional NAT gateway that AWS extends to the zones in use; needs cdktf-cdktf-provider-aws 21.22 or newer."""

# northsouth comes first: it makes the imports after it fast
from northsouth.egress import NatGateways, NatMode, Network

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct


class Egress(TerraformStack):
    """A network whose public subnets hold only load balancers: a regional gateway needs none."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        network = Network(self, "network", cidr="10.0.0.0/16", zones=["us-east-1a", "us-east-1b"])
        NatGateways(self, "nat", network=network, mode=NatMode.regional(), output="nat_public_ips")


if __name__ == "__main__":
    app = App()
    Egress(app, "egress")
    app.synth()
