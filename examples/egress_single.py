"""One NAT gateway for all zones, with a second address against port exhaustion."""

# northsouth comes first: it makes the imports after it fast
from northsouth.egress import Addresses, NatGateways, NatMode, Network

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct


class Egress(TerraformStack):
    """A network whose zones share the gateway of us-east-1a."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        network = Network(self, "network", cidr="10.0.0.0/16", zones=["us-east-1a", "us-east-1b"])
        NatGateways(
            self,
            "nat",
            network=network,
            mode=NatMode.single("us-east-1a"),
            addresses=Addresses.made(per_gateway=2),
            output="nat_public_ips",
        )


if __name__ == "__main__":
    app = App()
    Egress(app, "egress")
    app.synth()
