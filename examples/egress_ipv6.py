"""IPv6: out by an egress-only gateway, and to IPv4-only servers by NAT64."""

# northsouth comes first: it makes the imports after it fast
from northsouth.egress import NatGateways, NatMode, Network

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct


class Egress(TerraformStack):
    """A dual-stack network."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        zones = ["us-east-1a", "us-east-1b"]
        network = Network(self, "network", cidr="10.0.0.0/16", zones=zones, ipv6=True, dns64=True)
        NatGateways(self, "nat", network=network, mode=NatMode.per_az(), nat64=True, ipv6_egress=True)


if __name__ == "__main__":
    app = App()
    Egress(app, "egress")
    app.synth()
