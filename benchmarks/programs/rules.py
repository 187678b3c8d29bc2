"""DNS firewall rules with the provider's own constructs: ``python rules.py OUT COUNT [data] [cdktn] [stock]``.

One resource for each, or with ``data`` one resource for all (``for_each``). Northsouth is imported
first unless ``stock`` is said; that is the whole difference.
"""

import importlib
import sys

if "stock" not in sys.argv:
    from northsouth import bindings

    bindings.install()

CDK, PROVIDER = ("cdktn", "cdktn_provider_aws") if "cdktn" in sys.argv else ("cdktf", "cdktf_cdktf_provider_aws")
cdk = importlib.import_module(CDK)
provider = importlib.import_module(f"{PROVIDER}.provider")
rule = importlib.import_module(f"{PROVIDER}.route53_resolver_firewall_rule")


def main(out: str, count: int, *, as_data: bool) -> None:
    app = cdk.App(outdir=out)
    stack = cdk.TerraformStack(app, "stack")
    provider.AwsProvider(stack, "aws", region="us-east-1")
    if as_data:
        rows = {
            f"rule-{number}": {"target": f"target-{number}.internal", "priority": str(100 + number)}
            for number in range(count)
        }
        each = cdk.TerraformIterator.from_map(rows)
        declare(
            stack,
            "rules",
            name=each.key,
            target=each.get_string("target"),
            priority=each.get_number("priority"),
            for_each=each,
        )
    else:
        for number in range(count):
            name = f"rule-{number}"
            declare(stack, name, name=name, target=f"target-{number}.internal", priority=100 + number)
    app.synth()


def declare(stack: object, id: str, *, name: str, target: str, priority: float, for_each: object = None) -> None:
    rule.Route53ResolverFirewallRule(
        stack,
        id,
        name=name,
        action="BLOCK",
        block_response="OVERRIDE",
        block_override_dns_type="CNAME",
        block_override_domain=target,
        block_override_ttl=60,
        firewall_domain_list_id="rslvr-fdl-0123456789abcdef",
        firewall_rule_group_id="rslvr-frg-0123456789abcdef",
        priority=priority,
        for_each=for_each,
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), as_data="data" in sys.argv)
