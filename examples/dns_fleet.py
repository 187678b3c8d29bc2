"""The same overrides in two Regions and, shared by RAM, in another account."""

# northsouth comes first: it makes the imports after it fast
from northsouth.dns import AssociatedGroup, DnsOverridesFleet, OverrideSet, Place, Share, VpcAssociations

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderAssumeRole
from constructs import Construct


class Dns(TerraformStack):
    """One provider alias for each Region or account."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "virginia", region="us-east-1")
        frankfurt = AwsProvider(self, "frankfurt", alias="frankfurt", region="eu-central-1")
        spoke = AwsProvider(
            self,
            "spoke",
            alias="spoke",
            region="us-east-1",
            assume_role=[AwsProviderAssumeRole(role_arn="arn:aws:iam::210987654321:role/network")],
        )
        fleet = DnsOverridesFleet(
            self,
            "dns",
            name="private",
            overrides=[OverrideSet(name="hub", ttl=300, names={"api.hub.example.com": "api.internal.example.com"})],
            places={
                "virginia": Place(vpcs={"main": "vpc-0123456789abcdef0"}),
                "frankfurt": Place(
                    vpcs={"main": "vpc-0fedcba9876543210"},
                    provider=frankfurt,
                    overrides=[OverrideSet(name="eu", ttl=60, names={"eu.example.com": "eu.internal.example.com"})],
                ),
            },
            share=Share(principals={"spoke": "210987654321"}),
        )
        hub = fleet.places["virginia"]
        VpcAssociations(
            self,
            "spoke-vpcs",
            vpcs={"spoke": "vpc-00112233445566778"},
            groups={"hub": AssociatedGroup(hub.rule_groups["overrides"].id, "hub", priority=1000)},
            depends_on=hub.share.ready if hub.share else [],
            provider=spoke,
        )


if __name__ == "__main__":
    app = App()
    Dns(app, "dns")
    app.synth()
