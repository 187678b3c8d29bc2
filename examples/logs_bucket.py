"""A load balancer whose access and connection logs go to a bucket of their own."""

from northsouth.logs import AlbLogBucket, Lifecycle

# northsouth first: it makes the imports below fast
# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.lb import Lb
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct


class Web(TerraformStack):
    """An Application Load Balancer and its log bucket."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="eu-central-1")
        logs = AlbLogBucket(
            self,
            "logs",
            name="acme-web-alb-logs",
            region="eu-central-1",
            lifecycle=Lifecycle.expire(30),
        )
        web = Lb(self, "web", name="web", subnets=["subnet-0aaaaaaaaaaaaaaa1", "subnet-0bbbbbbbbbbbbbbb2"])
        logs.attach(web)


if __name__ == "__main__":
    app = App()
    Web(app, "web")
    app.synth()
