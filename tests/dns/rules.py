"""Short ways to write rules, groups and VPCs in tests."""

from __future__ import annotations

from northsouth.dns.records import Record
from northsouth.dns.resolution import Firewall
from northsouth.dns.ruleset import Action, Association, DomainList, FirewallRule, Response, RuleGroup, Ruleset, Vpc


def rule(
    priority: int,
    action: str,
    *names: str,
    to: str | None = None,
    q_type: str | None = None,
    inspects: bool = True,
    unknown_list: str = "",
    unknown: str = "",
    ttl: int = 60,
) -> FirewallRule:
    """``action`` is ALLOW, ALERT, NODATA, NXDOMAIN, OVERRIDE, or ``?`` for one that is not known."""
    blocks = action in ("NODATA", "NXDOMAIN", "OVERRIDE")
    known = None if action == "?" else Action.BLOCK if blocks else Action(action)
    return FirewallRule(
        address=f"rule-{priority}",
        priority=priority,
        action=known,
        domains=DomainList(f"list-{priority}", names, unknown=unknown_list),
        response=Response(action) if blocks else None,
        target=to,
        ttl=ttl if action == "OVERRIDE" else None,
        q_type=q_type,
        inspects=inspects,
        unknown=unknown,
    )


def group(*rules: FirewallRule, priority: int = 101, name: str = "group") -> Association:
    return Association(f"association-{name}", priority, RuleGroup(name, name, rules))


def vpc(*associations: Association | FirewallRule, name: str = "vpc", fail_open: bool = False) -> Vpc:
    rules = [item for item in associations if isinstance(item, FirewallRule)]
    groups = [item for item in associations if isinstance(item, Association)]
    return Vpc(f"aws_vpc.{name}", "", name, (*groups, *([group(*rules)] if rules else [])), fail_open)


def firewall(*rules: Association | FirewallRule, records: tuple[Record, ...] = ()) -> Firewall:
    return Firewall(vpc(*rules), records)


def ruleset(*vpcs: Vpc) -> Ruleset:
    return Ruleset("test", vpcs)
