"""Rules of DNS Firewall Advanced: declared where the bindings know them, refused elsewhere."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack
from cdktf import Testing as CdktfTesting

from northsouth.dns import Confidence, DnsOverrides, Rule, RuleAction, ThreatProtection
from northsouth.dns.group_rules import threats_supported
from northsouth.errors import ConfigurationError
from tests.harness.synth import resources, synth

RULE = "aws_route53_resolver_firewall_rule"
RULES = {
    "dga": Rule(action=RuleAction.block_nxdomain(), domains=ThreatProtection.dga(Confidence.HIGH), priority=1),
    "words": Rule(action=RuleAction.alert(), domains=ThreatProtection.dictionary_dga(Confidence.MEDIUM), priority=2),
    "tunnel": Rule(action=RuleAction.alert(), domains=ThreatProtection.dns_tunneling(Confidence.LOW), priority=3),
}


@pytest.mark.skipif(not threats_supported(), reason="the bindings have no DNS Firewall Advanced")
def test_a_threat_is_declared_without_a_list() -> None:
    document = synth(lambda stack: DnsOverrides(stack, "dns", vpcs={"main": "vpc-0a"}, first=RULES))
    rules = {rule["name"]: rule for rule in resources(document, RULE).values()}
    assert {name: (rule["dns_threat_protection"], rule["confidence_threshold"]) for name, rule in rules.items()} == {
        "dga": ("DGA", "HIGH"),
        "words": ("DICTIONARY_DGA", "MEDIUM"),
        "tunnel": ("DNS_TUNNELING", "LOW"),
    }
    for rule in rules.values():
        assert not rule.keys() & {"firewall_domain_list_id", "q_type", "firewall_domain_redirection_action"}
    assert not resources(document, "aws_route53_resolver_firewall_domain_list")


@pytest.mark.skipif(threats_supported(), reason="these bindings have DNS Firewall Advanced")
def test_bindings_without_threats_refuse_them() -> None:
    stack = TerraformStack(CdktfTesting.app(), "stack")
    with pytest.raises(ConfigurationError, match="know no `dns_threat_protection`") as refused:
        DnsOverrides(stack, "dns", vpcs={"main": "vpc-0a"}, first=RULES)
    assert len(refused.value.problems) == len(RULES)
