"""Makes a ruleset of rule groups that are declared and not yet written to any JSON; pure.

``DnsOverrides`` plans its groups as values before it creates resources; this is how the analysis sees them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from northsouth.dns.layout import PlannedGroup, PlannedRule
from northsouth.dns.names import suffix_of
from northsouth.dns.overrides import Redirection
from northsouth.dns.ruleset import Action, Association, DomainList, FirewallRule, Response, RuleGroup, Ruleset, Vpc
from northsouth.tokens import is_token


def declared_ruleset(
    subject: str, groups: Iterable[PlannedGroup], vpcs: Mapping[str, str], *, fail_open: Iterable[str] = ()
) -> Ruleset:
    """Return the ruleset of declared groups, associated with each VPC.

    Args:
        subject: what was declared, for messages: ``DnsOverrides 'hub'``.
        groups: the rule groups, as :attr:`northsouth.dns.declaration.Declaration.groups` has them.
        vpcs: the id (or token) of each VPC by its label, which becomes its address in findings.
        fail_open: the labels of VPCs whose queries pass while DNS Firewall cannot judge them.

    """
    associations = tuple(
        sorted(
            (Association(f"{subject}: {group.name}", group.association_priority, _group(group)) for group in groups),
            key=lambda association: association.priority,
        )
    )
    opened = frozenset(fail_open)
    return Ruleset(
        subject,
        tuple(
            Vpc(label, "" if is_token(known) else known, label, associations, fail_open=label in opened)
            for label, known in vpcs.items()
        ),
    )


def _group(group: PlannedGroup) -> RuleGroup:
    rules = sorted((_rule(rule) for rule in group.rules), key=lambda rule: rule.priority)
    return RuleGroup(group.name, group.name, tuple(rules))


def _rule(rule: PlannedRule) -> FirewallRule:
    target = rule.action.target if isinstance(rule.action.target, str) else None
    known = target is not None and not is_token(target)
    entries = [name for name in rule.domains if not is_token(name)]
    suffixes = {entry: suffix for entry in entries if (suffix := suffix_of(entry)) is not None}
    if rule.threat is not None:
        unknown = "DNS Firewall Advanced decides by the traffic"
    elif rule.list_id is not None:
        unknown = "its names are not declared here"
    else:
        unknown = "" if len(entries) == len(rule.domains) else "some of its names are known only after apply"
    names = tuple(entry for entry in entries if entry not in suffixes)
    return FirewallRule(
        address=rule.where,
        name=rule.name,
        priority=rule.priority,
        action=Action(rule.action.action),
        domains=DomainList(rule.list_id or rule.where, names, unknown=unknown, suffixes=tuple(suffixes.values())),
        response=Response(rule.action.response) if rule.action.response else None,
        target=target if known else None,
        target_expression="" if known else target or "",
        ttl=rule.action.ttl,
        q_type=rule.q_type,
        inspects=rule.redirection is Redirection.INSPECT,
    )
