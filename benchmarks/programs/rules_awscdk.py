"""The same rules with AWS CDK, in one group: ``python rules_awscdk.py OUT COUNT``."""

import sys

from aws_cdk import App, Stack
from aws_cdk.aws_route53resolver import CfnFirewallRuleGroup

app = App(outdir=sys.argv[1])
stack = Stack(app, "stack")
CfnFirewallRuleGroup(
    stack,
    "group",
    firewall_rules=[
        CfnFirewallRuleGroup.FirewallRuleProperty(
            action="BLOCK",
            block_response="OVERRIDE",
            block_override_dns_type="CNAME",
            block_override_domain=f"target-{number}.internal",
            block_override_ttl=60,
            firewall_domain_list_id="rslvr-fdl-0123456789abcdef",
            priority=100 + number,
        )
        for number in range(int(sys.argv[2]))
    ],
)
app.synth()
