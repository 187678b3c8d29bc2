// The same rules in JavaScript: `node rules.js OUT COUNT index|deep`.
// `index` requires the provider's package, as its documentation shows; `deep` only the modules used.
const { App, TerraformStack } = require("cdktf");

const [out, count, how] = process.argv.slice(2);
const { AwsProvider } = how === "deep"
  ? require("@cdktf/provider-aws/lib/provider")
  : require("@cdktf/provider-aws").provider;
const { Route53ResolverFirewallRule } = how === "deep"
  ? require("@cdktf/provider-aws/lib/route53-resolver-firewall-rule")
  : require("@cdktf/provider-aws").route53ResolverFirewallRule;

const app = new App({ outdir: out });
const stack = new TerraformStack(app, "stack");
new AwsProvider(stack, "aws", { region: "us-east-1" });
for (let number = 0; number < Number(count); number++) {
  new Route53ResolverFirewallRule(stack, `rule-${number}`, {
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
app.synth();
