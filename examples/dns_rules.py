"""Overrides between rules: some names pass, some are blocked, and every query is logged with the rule that decided."""

# northsouth comes first: it makes the imports after it fast
from northsouth.dns import DnsOverrides, Domains, Override, OverrideSet, QueryLogging, Rule, RuleAction

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct


class Dns(TerraformStack):
    """Rules before and after the overrides."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        queries = CloudwatchLogGroup(self, "queries", name="/dns/queries", retention_in_days=30)
        DnsOverrides(
            self,
            "dns",
            vpcs={"main": "vpc-0123456789abcdef0", "batch": "vpc-0fedcba9876543210"},
            first={
                # Mail still goes where the public MX records say.
                "mail": Rule(
                    action=RuleAction.allow(), domains=Domains.of("*.hub.example.com"), priority=100, q_type="MX"
                ),
            },
            overrides=[
                OverrideSet(
                    name="hub",
                    ttl=300,
                    names={
                        "api.hub.example.com": Override("api.internal.example.com", priority=100),
                        "*.hub.example.com": "fallback.internal.example.com",
                    },
                )
            ],
            last={
                "partners": Rule(action=RuleAction.allow(), domains=Domains.of("*.partner.example"), priority=100),
                # The ids of AWS's lists: aws route53resolver list-firewall-domain-lists
                "malware": Rule(
                    action=RuleAction.block_nxdomain(),
                    domains=Domains.existing("rslvr-fdl-2c46f2ecbfec4dcc"),
                    priority=200,
                ),
                "rest": Rule(action=RuleAction.alert(), domains=Domains.of("*"), priority=900),
            },
            fail_open={"main": False, "batch": True},
            mutation_protection=True,
            query_logging=QueryLogging.cloudwatch(queries.arn),
            tags={"team": "network"},
        )


if __name__ == "__main__":
    app = App()
    Dns(app, "dns")
    app.synth()
