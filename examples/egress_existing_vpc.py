"""NAT gateways with your own Elastic IPs in a VPC that exists already."""

# northsouth comes first: it makes the imports after it fast
from northsouth.egress import Addresses, NatGateways, NatMode, Network

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct


class Egress(TerraformStack):
    """Two zones; the addresses are on partners' allow lists and belong to another team."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        network = Network.existing(
            vpc_id="vpc-0123456789abcdef0",
            public_subnets={"us-east-1a": "subnet-0aaaaaaaaaaaaaaa0", "us-east-1b": "subnet-0bbbbbbbbbbbbbbb0"},
            private_route_tables={"us-east-1a": "rtb-0aaaaaaaaaaaaaaa0", "us-east-1b": "rtb-0bbbbbbbbbbbbbbb0"},
        )
        addresses = Addresses.given(
            {"us-east-1a": "eipalloc-0aaaaaaaaaaaaaaa0", "us-east-1b": "eipalloc-0bbbbbbbbbbbbbbb0"}
        )
        NatGateways(self, "nat", network=network, mode=NatMode.per_az(), addresses=addresses)


if __name__ == "__main__":
    app = App()
    Egress(app, "egress")
    app.synth()
