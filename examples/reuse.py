"""Someone else's stack: NAT for an existing VPC, and names that stay on private paths."""

import northsouth.bindings  # before the provider's own modules: they then load in a fraction of the time

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.dns import DnsOverrides, OverrideSet
from northsouth.egress import NatGateways, NatMode, Network

northsouth.bindings.install()

app = App()
stack = TerraformStack(app, "edge")
AwsProvider(stack, "aws", region="us-east-1")

network = Network.existing(
    vpc_id="vpc-0a1b2c3d4e5f60718",
    public_subnets={"us-east-1a": "subnet-0aaaaaaaaaaaaaaa1"},
    private_route_tables={"us-east-1a": "rtb-0aaaaaaaaaaaaaaa1"},
)
NatGateways(stack, "nat", network=network, mode=NatMode.per_az())
DnsOverrides(
    stack,
    "overrides",
    vpcs={"main": network.vpc_id},
    overrides=[OverrideSet("hub", ttl=60, names={"hub.example.com": "hub.internal.example.com"})],
)

app.synth()
