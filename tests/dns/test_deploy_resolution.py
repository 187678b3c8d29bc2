"""One stack, read four ways: declared, synthesized, from the real plan and from the real state."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from cdktf_cdktf_provider_aws.route53_zone import Route53Zone
from cdktf_cdktf_provider_aws.vpc import Vpc

from northsouth.dns import DnsOverrides, Domains, OverrideSet, Rule, RuleAction
from northsouth.dns.deployed import read_ruleset
from northsouth.dns.resolution import Firewall, Verdict
from northsouth.template import Kind, parse
from tests.harness.plugin import MakeTerraform
from tests.harness.synth import synth

QUERIES = {
    "api.example.com": Verdict.OVERRIDDEN,
    "x.wild.example.com": Verdict.OVERRIDDEN,
    "ok.wild.example.com": Verdict.ALLOWED,
    "x.bad.example": Verdict.NXDOMAIN,
    "www.example.org": Verdict.PASSED,
}


def build(stack: TerraformStack) -> None:
    vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, tags={"Name": "prod"})
    zone = Route53Zone(stack, "zone", name="internal.example.net", vpc=[{"vpcId": vpc.id}])
    record = Route53Record(stack, "api", zone_id=zone.zone_id, name="api", type="A", ttl=60, records=["10.0.0.9"])
    DnsOverrides(
        stack,
        "hub",
        vpcs={"prod": vpc.id},
        overrides=[
            OverrideSet("hub", 60, {"api.example.com": "api.internal.example.net", "*.wild.example.com": record})
        ],
        first={"ok": Rule(action=RuleAction.allow(), domains=Domains.of("ok.wild.example.com"), priority=10)},
        last={"bad": Rule(action=RuleAction.block_nxdomain(), domains=Domains.of("*.bad.example"), priority=10)},
        fail_open=True,
    )


@pytest.mark.deploy
def test_the_stack_its_plan_and_its_state_answer_the_same(terraform_dir: MakeTerraform) -> None:
    document = synth(build)
    terraform = terraform_dir(document)
    planned = terraform.plan().details
    terraform.apply()
    for kind, source in ((Kind.SYNTHESIZED, document), (Kind.PLAN, planned), (Kind.STATE, terraform.show())):
        template = parse(source)
        assert template.kind is kind
        ruleset = read_ruleset(template)
        vpc = ruleset.vpc("prod")
        assert ruleset.vpc() is vpc
        assert vpc.fail_open
        firewall = Firewall(vpc, ruleset.records)
        assert {name: firewall.resolve(name).verdict for name in QUERIES} == QUERIES, kind
        decision = firewall.resolve("api.example.com")
        assert (decision.connects_to, decision.addresses) == ("api.internal.example.net.", ("10.0.0.9",)), kind
        wild = firewall.resolve("x.wild.example.com").rule
        assert wild is not None
        later = (None, "aws_route53_record.api.fqdn")
        known = ("api.internal.example.net.", "")
        assert (wild.rule.target, wild.rule.target_expression) == (known if kind is Kind.STATE else later)
