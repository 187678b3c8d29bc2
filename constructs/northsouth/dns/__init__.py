"""DNS overrides: Route 53 Resolver DNS Firewall rules that send names down private paths."""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.dns.dns_overrides import DnsOverrides
    from northsouth.dns.fleet import DnsOverridesFleet, Place
    from northsouth.dns.group_share import GroupShare
    from northsouth.dns.overrides import (
        Confidence,
        DnsTarget,
        Domains,
        Numbering,
        Override,
        OverrideSet,
        Quotas,
        Redirection,
        Rule,
        RuleAction,
        ThreatProtection,
    )
    from northsouth.dns.query_logs import QueryLogs
    from northsouth.dns.settings import QueryLogging, Share
    from northsouth.dns.vpc_associations import AssociatedGroup, VpcAssociations

__all__ = [
    "AssociatedGroup",
    "Confidence",
    "DnsOverrides",
    "DnsOverridesFleet",
    "DnsTarget",
    "Domains",
    "GroupShare",
    "Numbering",
    "Override",
    "OverrideSet",
    "Place",
    "QueryLogging",
    "QueryLogs",
    "Quotas",
    "Redirection",
    "Rule",
    "RuleAction",
    "Share",
    "ThreatProtection",
    "VpcAssociations",
]

_MODEL = (
    *("Confidence", "DnsTarget", "Domains", "Numbering", "Override", "OverrideSet", "Quotas", "Redirection", "Rule"),
    *("RuleAction", "ThreatProtection"),
)
__getattr__, __dir__ = lazy(
    __name__,
    {
        "AssociatedGroup": "northsouth.dns.vpc_associations",
        "DnsOverrides": "northsouth.dns.dns_overrides",
        "DnsOverridesFleet": "northsouth.dns.fleet",
        "GroupShare": "northsouth.dns.group_share",
        "Place": "northsouth.dns.fleet",
        "QueryLogging": "northsouth.dns.settings",
        "QueryLogs": "northsouth.dns.query_logs",
        "Share": "northsouth.dns.settings",
        "VpcAssociations": "northsouth.dns.vpc_associations",
        **dict.fromkeys(_MODEL, "northsouth.dns.overrides"),
    },
)
