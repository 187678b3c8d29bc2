"""Puts the operations of DNS Firewall into moto."""

from __future__ import annotations

from moto.route53resolver.responses import Route53ResolverResponse

from northsouth.emulator import patching
from northsouth.emulator.dns_firewall import associations, configs, domain_lists, rule_groups, rules
from northsouth.emulator.dns_firewall.store import store_of
from northsouth.emulator.resolver_arns import taggable

REFUSED = (
    "BatchCreateFirewallRule",
    "BatchDeleteFirewallRule",
    "BatchUpdateFirewallRule",
    "ImportFirewallDomains",
    "ListFirewallRuleTypes",
)


def install() -> None:
    """Add the operations, and let tags be put on what they make."""
    operations = {
        **domain_lists.OPERATIONS,
        **rule_groups.OPERATIONS,
        **rules.OPERATIONS,
        **associations.OPERATIONS,
        **configs.OPERATIONS,
        **{name: _refusal(name) for name in REFUSED},
    }
    patching.add_operations(Route53ResolverResponse, "route53resolver_backend", operations)
    taggable(lambda backend: store_of(backend).arns())


def _refusal(name: str) -> patching.Operation:
    def refuse(_backend: object, _parameters: patching.Parameters) -> dict[str, object]:
        raise patching.RequestError("InvalidRequestException", f"the emulator has no {name}")

    return refuse
