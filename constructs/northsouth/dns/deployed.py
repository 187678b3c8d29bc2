"""Reads DNS Firewall's configuration out of any Terraform JSON, one's own or someone else's; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from northsouth.dns.deployed_resolver import SUPPORT, ResolverReader
from northsouth.dns.names import InvalidNameError, canonical_domain, canonical_target, suffix_of
from northsouth.dns.profiles import GROUP, Member, read_profiles
from northsouth.dns.records import InvalidQueryError, query_name
from northsouth.dns.ruleset import (
    Action,
    Association,
    DomainList,
    FirewallRule,
    Response,
    RuleGroup,
    Ruleset,
    Vpc,
    without_synthesized,
)
from northsouth.dns.zones import read_zones, written
from northsouth.template import Mode, Resource, Template
from northsouth.tokens import is_token

_PREFIX = "aws_route53_resolver_firewall_"
_LIST, _RULE = f"{_PREFIX}domain_list", f"{_PREFIX}rule"
_ASSOCIATION, _CONFIG = f"{_PREFIX}rule_group_association", f"{_PREFIX}config"
_VPCS = ("aws_vpc", "aws_default_vpc")
_FIRST = -1
_AFTER_APPLY = "known only after apply"


def read_ruleset(template: Template) -> Ruleset:
    """Return the DNS Firewall configuration in a template.

    The result also has the rule groups, lists and VPCs that the document only refers to (AWS-managed lists, other
    stacks). They are marked as unknown.
    """
    return _Reader(template).ruleset()


@dataclass(slots=True)
class _Reader:
    template: Template

    def ruleset(self) -> Ruleset:
        by_address: dict[str, Vpc] = {vpc.address: vpc for vpc in self._declared_vpcs()}
        groups = self._groups()
        associations: dict[str, list[Association]] = {}
        labels: dict[str, set[str]] = {}
        for resource in self.template.of_type(_ASSOCIATION):
            vpc = self._vpc(resource, "vpc_id")
            by_address.setdefault(vpc.address, vpc)
            association = self._association(resource, groups)
            associations.setdefault(vpc.address, []).append(association)
            labels.setdefault(vpc.address, set()).update(self._label(resource, association.group))
        profiles = read_profiles(self.template, self._vpc_address)
        zones = read_zones(self.template, self._vpc_address)
        for address, members in profiles.items():
            by_address.setdefault(address, Vpc(address, address))
            for member in members:
                if member.type in (GROUP, ""):
                    associations.setdefault(address, []).append(self._brought(member, groups))
                elif member.name in zones:
                    zones[member.name].private = True
        seeing = [address for zone in zones.values() for address in zone.vpcs]
        known = {address: self.template.resources.get(address) for address in (*by_address, *seeing)}
        resolver = ResolverReader(self.template, zones, profiles, self._vpc_address)
        rules = resolver.rules(known)
        open_vpcs = set(self._fail_open())
        dns64 = self._dns64()
        vpcs = tuple(
            without_synthesized(
                replace(
                    vpc,
                    associations=tuple(
                        sorted(associations.get(address, ()), key=lambda association: association.priority)
                    ),
                    fail_open=address in open_vpcs,
                    labels=frozenset(labels.get(address, ())),
                    resolver_rules=rules[address],
                    resolver_off=not resolver.has(known[address], SUPPORT),
                ),
                dns64.get(address, ()),
            )
            for address, vpc in by_address.items()
        )
        public = (record for zone in zones.values() if zone.private is False for record in zone.records)
        return Ruleset(self.template.source, vpcs, tuple(public))

    def _vpc_address(self, resource: Resource, path: str) -> str:
        return self._vpc(resource, path).address

    def _brought(self, member: Member, groups: dict[str, RuleGroup]) -> Association:
        """Return the place of a rule group that a Route 53 Profile brings, or of all groups it may bring."""
        address = member.association.address
        if not member.type:
            why = f"what {member.name} brings is not in this file"
            return Association(address, _FIRST, RuleGroup(member.name, member.name, (_opaque(member.name, why),)), why)
        group = groups.get(member.name) or RuleGroup(
            member.name, member.name, (_opaque(member.name, "its rules are not in this file"),)
        )
        if member.priority is None:
            return Association(address, _FIRST, group, f"its priority is {_AFTER_APPLY}")
        return Association(address, member.priority, group)

    def _label(self, resource: Resource, group: RuleGroup) -> Iterator[str]:
        """Yield what :class:`~northsouth.dns.VpcAssociations` calls a VPC: its associations are named GROUP-LABEL."""
        name = self._text(resource, "name")
        if group.name and name.startswith(f"{group.name}-"):
            yield name.removeprefix(f"{group.name}-")

    def _dns64(self) -> dict[str, list[str]]:
        """Return the subnets that may synthesize IPv6 addresses, by the address of their VPC."""
        subnets: dict[str, list[str]] = {}
        for resource in self.template.of_type("aws_subnet", "aws_default_subnet"):
            value = self.template.value(resource, "enable_dns64")
            if value in (True, "true") or is_token(value) or "enable_dns64" in resource.unknown:
                subnets.setdefault(self._vpc_address(resource, "vpc_id"), []).append(resource.address)
        return subnets

    def _declared_vpcs(self) -> Iterator[Vpc]:
        for resource in self.template.of_type(*_VPCS, mode=None):
            if resource.deposed:
                continue
            name = self.template.value(resource, "tags.Name") or self.template.value(resource, "tags_all.Name")
            known = resource.values.get("id")
            yield Vpc(
                resource.address,
                known if isinstance(known, str) and not is_token(known) else "",
                name if isinstance(name, str) and not is_token(name) else "",
                declared=resource.mode is Mode.MANAGED,
            )

    def _vpc(self, resource: Resource, path: str) -> Vpc:
        """Return the VPC an attribute means: one of the document, or a stand-in for one outside it."""
        target = self.template.one(resource, path, *_VPCS)
        if target is not None:
            return Vpc(target.address)
        value = self.template.value(resource, path)
        if isinstance(value, str) and not is_token(value):
            return Vpc(value, value)
        return Vpc(self._expression(resource, path))

    def _groups(self) -> dict[str, RuleGroup]:
        rules: dict[str, list[FirewallRule]] = {}
        for resource in self.template.of_type(_RULE):
            group = self.template.one(resource, "firewall_rule_group_id", GROUP)
            key = group.address if group else self._expression(resource, "firewall_rule_group_id")
            rules.setdefault(key, []).append(self._rule(resource))
        groups: dict[str, RuleGroup] = {}
        for resource in self.template.of_type(GROUP, mode=None):
            members = tuple(sorted(rules.pop(resource.address, ()), key=lambda rule: rule.priority))
            if resource.mode == "data" or resource.repeated:
                members = (*members, _opaque(resource.address, "its rules are not all in this file"))
            groups[resource.address] = RuleGroup(resource.address, self._text(resource, "name"), members)
        # Rules that are added to a group of another stack: the rest of that group is not known.
        for key, others in rules.items():
            members = tuple(sorted(others, key=lambda rule: rule.priority))
            groups[key] = RuleGroup(key, key, (*members, _opaque(key, "its other rules are not in this file")))
        return groups

    def _association(self, resource: Resource, groups: dict[str, RuleGroup]) -> Association:
        target = self.template.one(resource, "firewall_rule_group_id", GROUP)
        key = target.address if target else self._expression(resource, "firewall_rule_group_id")
        group = groups.get(key) or RuleGroup(key, key, (_opaque(key, "its rules are not in this file"),))
        priority = self._number(resource, "priority")
        if priority is None:
            return Association(resource.address, _FIRST, group, f"its priority is {_AFTER_APPLY}")
        return Association(resource.address, priority, group)

    def _rule(self, resource: Resource) -> FirewallRule:
        unknown = f"it stands for instances {_AFTER_APPLY}" if resource.repeated else ""
        priority = self._number(resource, "priority")
        if priority is None:
            unknown = f"its priority is {_AFTER_APPLY}"
        q_type = self._optional(resource, "q_type")
        if q_type is not None and is_token(q_type):
            q_type, unknown = None, f"its query type is {_AFTER_APPLY}"
        redirection = self._optional(resource, "firewall_domain_redirection_action")
        if redirection is not None and is_token(redirection):
            unknown = f"whether it judges redirections is {_AFTER_APPLY}"
        action = self._choice(resource, "action", Action)
        response = self._choice(resource, "block_response", Response)
        target, expression = self._target(resource) if response == Response.OVERRIDE else (None, "")
        return FirewallRule(
            address=resource.address,
            name=self._text(resource, "name"),
            priority=_FIRST if priority is None else priority,
            action=Action(action) if action else None,
            domains=self._domains(resource),
            response=Response(response) if response else None,
            target=target,
            target_expression=expression,
            ttl=self._number(resource, "block_override_ttl"),
            q_type=q_type,
            inspects=redirection != "TRUST_REDIRECTION_DOMAIN",
            unknown=unknown,
        )

    def _target(self, resource: Resource) -> tuple[str | None, str]:
        value = self._text(resource, "block_override_domain")
        if value and not is_token(value):
            try:
                return canonical_target(value), ""
            except InvalidNameError:
                return None, value
        return None, self._expression(resource, "block_override_domain")

    def _domains(self, resource: Resource) -> DomainList:
        if self._text(resource, "dns_threat_protection"):
            return DomainList(resource.address, unknown="DNS Firewall Advanced decides by the traffic")
        if not resource.values.get("firewall_domain_list_id") and "firewall_domain_list_id" not in resource.unknown:
            return DomainList(resource.address, unknown="it judges by something other than a list of domains")
        target = self.template.one(resource, "firewall_domain_list_id", _LIST)
        if target is None:
            written = self._expression(resource, "firewall_domain_list_id")
            return DomainList(written, unknown="its names are not in this file (AWS-managed, or another stack's)")
        if target.mode == "data" or target.repeated:
            return DomainList(target.address, unknown="its names are not in this file")
        return self._entries(target)

    def _entries(self, resource: Resource) -> DomainList:
        domains = self.template.value(resource, "domains")
        if not isinstance(domains, tuple):
            absent = domains is None and "domains" not in resource.unknown
            return DomainList(resource.address, unknown="" if absent else f"its names are {_AFTER_APPLY}")
        names: dict[str, None] = {}
        unread: list[str] = []
        suffixes: list[str] = []
        unknown = f"some of its names are {_AFTER_APPLY}" if "domains" in resource.unknown else ""
        for entry in domains:
            if not isinstance(entry, str) or is_token(entry):
                unknown = unknown or f"some of its names are {_AFTER_APPLY}"
                continue
            try:
                names[canonical_domain(entry)] = None
            except InvalidNameError:
                suffix = suffix_of(entry)
                if suffix is not None:
                    suffixes.append(suffix)
                    continue
                unread.append(entry)
                if "*" in entry:
                    unknown = unknown or f"AWS does not say what {entry!r} matches"
                elif (exact := _exact(entry)) is not None:
                    names[exact] = None
        return DomainList(resource.address, tuple(names), tuple(unread), unknown, tuple(suffixes))

    def _fail_open(self) -> Iterator[str]:
        for resource in self.template.of_type(_CONFIG):
            if self._text(resource, "firewall_fail_open") == "ENABLED":
                yield self._vpc(resource, "resource_id").address

    def _text(self, resource: Resource, path: str) -> str:
        value = self.template.value(resource, path)
        return value if isinstance(value, str) else ""

    def _optional(self, resource: Resource, path: str) -> str | None:
        """Return a text that may be absent; one that is unknown in a plan counts as a token."""
        if path in resource.unknown:
            return "${unknown}"
        return self._text(resource, path) or None

    def _number(self, resource: Resource, path: str) -> int | None:
        value = self.template.value(resource, path)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            return int(value)
        return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 else None

    def _choice(self, resource: Resource, path: str, choices: type[Action] | type[Response]) -> str | None:
        value = self._text(resource, path).upper()
        return value if value in [choice.value for choice in choices] else None

    def _expression(self, resource: Resource, path: str) -> str:
        return written(self.template, resource, path)


def _exact(entry: str) -> str | None:
    """Return a name that no list should hold (an underscore in it, say) in the form in which it would match."""
    try:
        return query_name(entry)
    except InvalidQueryError:
        return None


def _opaque(address: str, why: str) -> FirewallRule:
    """Return a rule that stands for whatever else a group holds: it may match anything and do anything."""
    return FirewallRule(
        address=address, priority=_FIRST, action=None, domains=DomainList(address, unknown=why), unknown=why
    )
