"""Names of a hub that are answered with private ones: a load balancer, an interface endpoint, a host."""

# northsouth comes first: it makes the imports after it fast
from northsouth.dns import DnsOverrides, OverrideSet

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.lb import Lb
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from constructs import Construct


class Dns(TerraformStack):
    """Two override sets for one VPC."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        vpc_id = "vpc-0123456789abcdef0"
        gateway = Lb(self, "gateway", name="gateway", internal=True, subnets=["subnet-0a", "subnet-0b"])
        sqs = VpcEndpoint(
            self,
            "sqs",
            vpc_id=vpc_id,
            service_name="com.amazonaws.us-east-1.sqs",
            vpc_endpoint_type="Interface",
        )
        DnsOverrides(
            self,
            "dns",
            vpcs={"main": vpc_id},
            overrides=[
                OverrideSet(
                    name="hub",
                    ttl=300,
                    names={
                        "api.hub.example.com": gateway,
                        "login.hub.example.com": "login.internal.example.com",
                        "*.hub.example.com": "fallback.internal.example.com",
                    },
                ),
                OverrideSet(name="aws", ttl=60, names={"queue.example.com": sqs}),
            ],
        )


if __name__ == "__main__":
    app = App()
    Dns(app, "dns")
    app.synth()
