// The same rules as `cdktf init --template=typescript` begins a project: `ts-node rules.ts OUT COUNT`.
import { App, TerraformStack } from "cdktf";
import { provider, route53ResolverFirewallRule } from "@cdktf/provider-aws";
import { Construct } from "constructs";

class Rules extends TerraformStack {
  constructor(scope: Construct, id: string, count: number) {
    super(scope, id);
    new provider.AwsProvider(this, "aws", { region: "us-east-1" });
    for (let number = 0; number < count; number++) {
      new route53ResolverFirewallRule.Route53ResolverFirewallRule(this, `rule-${number}`, {
        name: `rule-${number}`,
        action: "BLOCK",
        blockResponse: "OVERRIDE",
        blockOverrideDnsType: "CNAME",
        blockOverrideDomain: `target-${number}.internal`,
        blockOverrideTtl: 60,
        firewallDomainListId: "rslvr-fdl-0123456789abcdef",
        firewallRuleGroupId: "rslvr-frg-0123456789abcdef",
        priority: 100 + number,
      });
    }
  }
}

const [out, count] = process.argv.slice(2);
const app = new App({ outdir: out });
new Rules(app, "stack", Number(count));
app.synth();
