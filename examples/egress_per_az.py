"""A NAT gateway in each zone: no traffic crosses zones, and no zone depends on another."""

# northsouth comes first: it makes the imports after it fast
from northsouth.egress import NatGateways, NatMode, Network, PrivateEndpoints

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct


class Egress(TerraformStack):
    """A network of three zones; traffic to S3 keeps off NAT, for nothing."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        network = Network(self, "network", cidr="10.0.0.0/16", zones=["us-east-1a", "us-east-1b", "us-east-1c"])
        NatGateways(self, "nat", network=network, mode=NatMode.per_az(), output="nat_public_ips")
        PrivateEndpoints(self, "private", network=network)


if __name__ == "__main__":
    app = App()
    Egress(app, "egress")
    app.synth()
