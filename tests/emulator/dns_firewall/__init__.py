"""The Route 53 Resolver DNS Firewall API on moto's back end of Route 53 Resolver, which has none of it.

What real AWS does differently:

- A change settles here after a tenth of a second; there it takes seconds to a minute.
- The content of an AWS-managed list is secret there; here such a list is empty, and reading it is refused.
- ``ImportFirewallDomains``, the batch operations and the rules of DNS Firewall Advanced are refused here.
- There, five requests a second are let through for one account and Region; here there is no throttling.
- Error texts that carry an ``RSLVR`` code are AWS's own; the others say the same in other words.
- A rule's query type cannot be changed here: AWS names it as part of what identifies the rule.
"""

from __future__ import annotations

from moto.route53resolver.responses import Route53ResolverResponse

from tests.emulator import patching
from tests.emulator.dns_firewall import associations, configs, domain_lists, rule_groups, rules
from tests.emulator.dns_firewall.store import Store, store_of
from tests.emulator.resolver_arns import taggable

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
    patching.add_operations(Route53ResolverResponse, "route53resolver", "route53resolver_backend", operations)
    taggable(lambda backend: store_of(backend).arns())


def _refusal(name: str) -> patching.Operation:
    def refuse(_backend: object, _parameters: patching.Parameters) -> dict[str, object]:
        raise patching.RequestError("InvalidRequestException", f"the emulator has no {name}")

    return refuse


__all__ = ["Store", "install", "store_of"]
