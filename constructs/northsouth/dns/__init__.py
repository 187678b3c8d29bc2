"""DNS overrides: Route 53 Resolver DNS Firewall rules that send names down private paths."""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.dns.dns_overrides import DnsOverrides
    from northsouth.dns.model import Domains, Override, OverrideSet, Quotas, Redirection, Rule, RuleAction
    from northsouth.dns.vpc_associations import AssociatedGroup, VpcAssociations

__all__ = [
    "AssociatedGroup",
    "DnsOverrides",
    "Domains",
    "Override",
    "OverrideSet",
    "Quotas",
    "Redirection",
    "Rule",
    "RuleAction",
    "VpcAssociations",
]

_MODEL = ("Domains", "Override", "OverrideSet", "Quotas", "Redirection", "Rule", "RuleAction")
__getattr__, __dir__ = lazy(
    __name__,
    {
        "AssociatedGroup": "northsouth.dns.vpc_associations",
        "DnsOverrides": "northsouth.dns.dns_overrides",
        "VpcAssociations": "northsouth.dns.vpc_associations",
        **dict.fromkeys(_MODEL, "northsouth.dns.model"),
    },
)
