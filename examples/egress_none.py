"""No NAT: workloads reach AWS services through private endpoints, and nothing else."""

# northsouth comes first: it makes the imports after it fast
from northsouth.egress import Endpoint, EndpointPolicy, FlowLogs, NatGateways, NatMode, Network, PrivateEndpoints

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

ACCOUNT = "123456789012"


class Egress(TerraformStack):
    """Private subnets that can pull images, write logs and read only this account's buckets."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        network = Network(
            self,
            "network",
            cidr="10.0.0.0/16",
            zones=["us-east-1a", "us-east-1b"],
            tiers=("private",),
            flow_logs=FlowLogs.to_cloudwatch(retention_days=30),
        )
        NatGateways(self, "nat", network=network, mode=NatMode.none())
        layers = "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"
        PrivateEndpoints(
            self,
            "private",
            network=network,
            endpoints=[
                Endpoint.gateway("s3", policy=EndpointPolicy.within_accounts(ACCOUNT, also=[layers])),
                Endpoint.interface("ecr.api"),
                Endpoint.interface("ecr.dkr"),
                Endpoint.interface("logs"),
            ],
        )


if __name__ == "__main__":
    app = App()
    Egress(app, "egress")
    app.synth()
