"""Ten DNS firewall rules, declared with the provider's own constructs after northsouth has been imported."""

import sys

from northsouth import bindings

bindings.install()

from cdktf import App, TerraformStack  # noqa: E402
from cdktf_cdktf_provider_aws.provider import AwsProvider  # noqa: E402
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule import Route53ResolverFirewallRule  # noqa: E402

app = App(outdir=sys.argv[1])
stack = TerraformStack(app, "stack")
AwsProvider(stack, "aws", region="us-east-1")
for number in range(10):
    Route53ResolverFirewallRule(
        stack,
        f"rule-{number}",
        name=f"rule-{number}",
        action="BLOCK",
        block_response="OVERRIDE",
        block_override_dns_type="CNAME",
        block_override_domain=f"target-{number}.internal",
        block_override_ttl=60,
        firewall_domain_list_id="rslvr-fdl-0123456789abcdef",
        firewall_rule_group_id="rslvr-frg-0123456789abcdef",
        priority=100 + number,
    )
app.synth()
