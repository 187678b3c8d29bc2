"""The domain lists and rules of one group as resources: one for each, or one for all overrides."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from cdktf import Fn, TerraformElement, TerraformLocal, TerraformProvider, TerraformResource, Token
from cdktf_cdktf_provider_aws.route53_resolver_firewall_domain_list import Route53ResolverFirewallDomainList
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule import (
    Route53ResolverFirewallRule,
    Route53ResolverFirewallRuleConfig,
)
from constructs import Construct

from northsouth.adoption.instances import refuse_import_from
from northsouth.dns.layout import LIST_TYPE as LIST
from northsouth.dns.layout import RULE_TYPE as RULE
from northsouth.dns.layout import PlannedGroup, PlannedRule
from northsouth.dns.override_rows import Row, override_rows
from northsouth.dns.overrides import Redirection, target_name
from northsouth.moves import Moves
from northsouth.tokens import is_token, mapped


class OneEach(NamedTuple):
    """A list and a rule for each rule of the plan, and the ids of the lists, by the plan's keys."""

    lists: dict[str, Route53ResolverFirewallDomainList]
    rules: dict[str, Route53ResolverFirewallRule]
    list_ids: dict[str, str]


class ForEach(NamedTuple):
    """One resource for all lists and one for all rules, and the ids of the lists by the plan's keys."""

    lists: Route53ResolverFirewallDomainList
    rules: Route53ResolverFirewallRule
    list_ids: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class GroupRules:
    """Declares the lists and rules of one group, in one of two forms.

    Attributes:
        scope: the group's construct.
        group: the plan of it.
        group_id: the rule group's id.
        roster: what every rule depends on.
        moved: whether to tell Terraform that overrides stood in the other form before.
        provider: the Region or account, if not the stack's default.
        tags: tags of the lists.

    """

    scope: Construct
    group: PlannedGroup
    group_id: str
    roster: TerraformResource
    moved: bool
    provider: TerraformProvider | None
    tags: Mapping[str, str] | None

    def one_each(self) -> OneEach:
        """Declare a list and a rule for each rule of the plan."""
        moved = self.moved and self.group.holds_overrides
        # An element that declares nothing has a logical id too: that of the resource that is here in the other form.
        kind = TerraformElement if moved else Construct
        list_scope, rule_scope = kind(self.scope, "list"), kind(self.scope, "rule")
        lists: dict[str, Route53ResolverFirewallDomainList] = {}
        rules: dict[str, Route53ResolverFirewallRule] = {}
        list_ids: dict[str, str] = {}
        for rule in self.group.rules:
            list_id = rule.list_id
            if list_id is None and rule.threat is None:
                lists[rule.list_key] = self._list(list_scope, rule)
                list_id = list_ids[rule.list_key] = lists[rule.list_key].id
            rules[rule.key] = self._rule(rule_scope, rule, list_id)
        if isinstance(list_scope, TerraformElement) and isinstance(rule_scope, TerraformElement):
            from_lists, from_rules = _address(LIST, list_scope), _address(RULE, rule_scope)
            moves: dict[str, str] = {}
            for rule in self.group.rules:
                moves[_instance(from_lists, rule)] = _address(LIST, lists[rule.list_key])
                moves[_instance(from_rules, rule)] = _address(RULE, rules[rule.key])
            Moves(self.scope, "moved", moves)
        return OneEach(lists, rules, list_ids)

    def for_each(self) -> ForEach:
        """Declare one resource for the lists of all overrides, and one for their rules."""
        rows = override_rows(self.group, _with_dot)
        columns = {word for row in rows.values() for word in row}
        # In a local value, because Terraform evaluates the expression of a `for_each` again for each of its instances.
        table = f"${{{TerraformLocal(self.scope, 'table', _with_nulls(rows)).fqn}}}"
        lists = Route53ResolverFirewallDomainList(
            self.scope,
            "list",
            name="${each.value.list}",
            domains=["${each.value.domain}"],
            provider=self.provider,
            tags=self.tags,
        )
        all_lists = lists.fqn
        lists.add_override("for_each", table)
        rules = Route53ResolverFirewallRule(
            self.scope,
            "rule",
            name="${each.value.name}",
            firewall_rule_group_id=self.group_id,
            firewall_domain_list_id=f"${{{all_lists}[each.key].id}}",
            priority=Token.as_number("${each.value.priority}"),
            action="BLOCK",
            block_response="OVERRIDE",
            block_override_dns_type="CNAME",
            block_override_domain="${each.value.target}",
            block_override_ttl=Token.as_number("${each.value.ttl}"),
            firewall_domain_redirection_action=(
                "${each.value.redirection}" if "redirection" in columns else Redirection.INSPECT.value
            ),
            q_type="${each.value.q_type}" if "q_type" in columns else None,
            depends_on=[self.roster],
            provider=self.provider,
        )
        rules.add_override("for_each", table)
        refuse_import_from(lists, rows)
        refuse_import_from(rules, rows)
        if self.moved:
            to_lists, to_rules = _address(LIST, lists), _address(RULE, rules)
            moves: dict[str, str] = {}
            for rule in self.group.rules:
                # Elements that declare nothing, in the places and therefore with the logical ids of the other form.
                moves[_address(LIST, TerraformElement(lists, rule.list_key))] = _instance(to_lists, rule)
                moves[_address(RULE, TerraformElement(rules, rule.key))] = _instance(to_rules, rule)
            Moves(self.scope, "moved", moves)
        list_ids = {rule.list_key: f"${{{_instance(all_lists, rule)}.id}}" for rule in self.group.rules}
        return ForEach(lists, rules, list_ids)

    def _list(self, scope: Construct, rule: PlannedRule) -> Route53ResolverFirewallDomainList:
        return Route53ResolverFirewallDomainList(
            scope,
            rule.list_key,
            name=self.group.list_name(rule),
            domains=[_with_dot(domain) for domain in rule.domains],
            provider=self.provider,
            tags=self.tags,
        )

    def _rule(self, scope: Construct, rule: PlannedRule, list_id: str | None) -> Route53ResolverFirewallRule:
        judged: dict[str, Any] = {
            "firewall_domain_list_id": list_id,
            "firewall_domain_redirection_action": rule.redirection.value,
            "q_type": rule.q_type,
        }
        if rule.threat is not None:
            judged = {"dns_threat_protection": rule.threat.kind, "confidence_threshold": str(rule.threat.confidence)}
        target = None if rule.action.target is None else target_name(rule.action.target)
        return Route53ResolverFirewallRule(
            scope,
            rule.key,
            name=rule.name,
            firewall_rule_group_id=self.group_id,
            priority=rule.priority,
            action=rule.action.action,
            block_response=rule.action.response,
            block_override_dns_type=None if target is None else "CNAME",
            block_override_domain=None if target is None else _with_dot(target),
            block_override_ttl=rule.action.ttl,
            depends_on=[self.roster],
            provider=self.provider,
            **judged,
        )


def threats_supported() -> bool:
    """Tell whether the installed provider bindings know rules of DNS Firewall Advanced (``dns_threat_protection``)."""
    return "dns_threat_protection" in inspect.signature(Route53ResolverFirewallRuleConfig).parameters


def _address(kind: str, element: TerraformElement) -> str:
    return f"{kind}.{element.friendly_unique_id}"


def _instance(address: str, rule: PlannedRule) -> str:
    return f"{address}[{json.dumps(rule.each_key)}]"


def _with_nulls(rows: Mapping[str, Row]) -> dict[str, dict[str, object]]:
    """Return rows in which nothing is a token that is written as ``null``: the CDK leaves out a key without a value."""
    if all(value is not None for row in rows.values() for value in row.values()):
        return {key: {**row} for key, row in rows.items()}
    null = Token.null_value()
    return {key: {word: null if value is None else value for word, value in row.items()} for key, row in rows.items()}


def _with_dot(name: str) -> str:
    """Bring a name that Terraform will know into the stored form, as :mod:`northsouth.dns.names` did for the others."""
    if not is_token(name):
        return name
    if "TfToken[" not in name:
        # cdktf's functions would escape a `${...}` that was written as text.
        return f'${{lower(trimsuffix("{name}", "."))}}.'
    head, mark, last = name.rpartition("${TfToken[")
    if not last.endswith("}"):
        return mapped(name.removesuffix("."), str.lower, Fn.lower) + "."
    return mapped(head, str.lower, Fn.lower) + Fn.lower(Fn.trimsuffix(mark + last, ".")) + "."
