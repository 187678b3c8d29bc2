"""Names that are data: two resources with for_each, in place of two for each name."""

# northsouth comes first: it makes the imports after it fast
from northsouth.dns import DnsOverrides, OverrideSet

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

# Of hundreds, read from a file of your own.
NAMES = {
    "cdn.example.com": "cdn.internal.example.com",
    "login.example.com": "login.internal.example.com",
    "*.models.example.com": "models.internal.example.com",
}


class Dns(TerraformStack):
    """One override set, as instances of one list and one rule."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        DnsOverrides(
            self,
            "dns",
            vpcs={"main": "vpc-0123456789abcdef0"},
            overrides=[OverrideSet(name="hub", ttl=60, names=NAMES)],
            for_each=True,
        )


if __name__ == "__main__":
    app = App()
    Dns(app, "dns")
    app.synth()
