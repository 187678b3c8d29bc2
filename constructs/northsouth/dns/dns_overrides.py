"""The construct :class:`DnsOverrides`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdktf import Fn, TerraformProvider, TerraformResource
from cdktf_cdktf_provider_aws.route53_resolver_firewall_config import Route53ResolverFirewallConfig
from cdktf_cdktf_provider_aws.route53_resolver_firewall_domain_list import Route53ResolverFirewallDomainList
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule import Route53ResolverFirewallRule
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule_group import Route53ResolverFirewallRuleGroup
from constructs import Construct

from northsouth.dns.declaration import Declaration
from northsouth.dns.group_share import GroupShare
from northsouth.dns.layout import PlannedGroup, PlannedRule
from northsouth.dns.model import OverrideSet, Quotas, Rule, target_name
from northsouth.dns.neighbours import check_neighbours
from northsouth.dns.query_logs import QueryLogs
from northsouth.dns.settings import FailOpen, QueryLogging, Share, fail_open_by_vpc
from northsouth.dns.vpc_associations import AssociatedGroup, VpcAssociations
from northsouth.errors import refuse
from northsouth.terraform_data import terraform_data
from northsouth.tokens import is_token


class DnsOverrides(Construct):
    """Names that VPCs resolve to private targets, and DNS Firewall rules before and after them.

    Every override is a domain list of one name and a rule with action ``BLOCK``, response ``OVERRIDE`` and a ``CNAME``
    to the target. Its number is derived from the name (:func:`northsouth.dns.slots.slot`), so others may come and go.

    Attributes:
        groups: the planned groups with their rules, in the order of evaluation; pure values.
        rule_groups: the rule groups by key: ``first``, ``overrides``, ``overrides-2``..., ``last``.
        domain_lists: for each group, the domain lists by key; that of an override is its canonical domain.
        rules: for each group, the rules by key.
        rosters: for each group, the ``terraform_data`` that makes Terraform remove rules before it adds any.
        associations: the associations with ``vpcs``, or ``None`` without any.
        configs: the firewall configuration of each VPC whose ``fail_open`` is given, by label.
        query_logs: the query logs, or ``None``.
        share: the RAM share, or ``None``.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpcs: Mapping[str, str],
        overrides: Sequence[OverrideSet] = (),
        first: Mapping[str, Rule] | None = None,
        last: Mapping[str, Rule] | None = None,
        name: str | None = None,
        association_priority: int = 1000,
        mutation_protection: bool = False,
        fail_open: FailOpen = None,
        query_logging: QueryLogging | None = None,
        share: Share | None = None,
        min_groups: int = 1,
        quotas: Quotas | None = None,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare overrides and rules, and the VPCs they hold for.

        Args:
            scope: the parent construct.
            id: the construct's id.
            vpcs: ids of the VPCs that the rules hold for, by a label of your own; empty to associate none here.
            overrides: sets of names and their targets.
            first: rules that are evaluated before the overrides, by name.
            last: rules that are evaluated after them, by name.
            name: begins the names of all groups and lists; the construct's id by default.
            association_priority: where the groups stand among the groups of a VPC: this number and up to 100 above;
                101 to 9799.
            mutation_protection: refuse changes of the associations; must be off for one apply before they can go.
            fail_open: whether queries pass (``True``) or fail (``False``, AWS's default) while DNS Firewall cannot
                judge them; for all VPCs, or by label. ``None`` leaves the VPC's own setting.
            query_logging: where to log the queries of the VPCs, each with the rule that decided.
            share: who else may associate the groups.
            min_groups: over how many groups the overrides are spread from the start; more are used when they have to.
            quotas: the limits of the account, where they have been raised.
            provider: the Region or account, if not the stack's default.
            tags: tags of every resource that takes them.

        Raises:
            ConfigurationError: with everything that AWS or the provider would not accept.

        """
        super().__init__(scope, id)
        declared = Declaration(
            name=name or id,
            vpcs=vpcs,
            overrides=overrides,
            first=first or {},
            last=last or {},
            association_priority=association_priority,
            fail_open=fail_open,
            query_logging=query_logging,
            share=share,
            min_groups=min_groups,
            quotas=quotas or Quotas(),
        )
        places = {group.key: group.association_priority for group in declared.groups}
        refuse(
            f"DnsOverrides {id!r}",
            declared.problems(),
            check_neighbours(self, vpcs, places, declared.quotas.groups_per_vpc),
        )
        self.groups = declared.groups
        self.rule_groups: dict[str, Route53ResolverFirewallRuleGroup] = {}
        self.domain_lists: dict[str, dict[str, Route53ResolverFirewallDomainList]] = {}
        self.rules: dict[str, dict[str, Route53ResolverFirewallRule]] = {}
        self.rosters: dict[str, TerraformResource] = {}
        for group in self.groups:
            self._add_group(group, provider, tags)
        self.associations: VpcAssociations | None = None
        self.query_logs: QueryLogs | None = None
        self.share: GroupShare | None = None
        if vpcs:
            self._associate(declared, mutation_protection=mutation_protection, provider=provider, tags=tags)
        config_scope = Construct(self, "config")
        self.configs = {
            label: Route53ResolverFirewallConfig(
                config_scope,
                label,
                resource_id=vpcs[label],
                firewall_fail_open="ENABLED" if is_open else "DISABLED",
                provider=provider,
            )
            for label, is_open in fail_open_by_vpc(fail_open, vpcs).items()
        }
        if query_logging is not None:
            self.query_logs = QueryLogs(
                self, "logs", name=declared.name, vpcs=vpcs, logging=query_logging, provider=provider, tags=tags
            )
        if share is not None:
            arns = {key: group.arn for key, group in self.rule_groups.items()}
            self.share = GroupShare(
                self, "share", name=declared.name, share=share, group_arns=arns, provider=provider, tags=tags
            )

    def _associate(
        self,
        declared: Declaration,
        *,
        mutation_protection: bool,
        provider: TerraformProvider | None,
        tags: Mapping[str, str] | None,
    ) -> None:
        self.associations = VpcAssociations(
            self,
            "vpcs",
            vpcs=declared.vpcs,
            groups={
                group.key: AssociatedGroup(self.rule_groups[group.key].id, group.name, group.association_priority)
                for group in self.groups
            },
            mutation_protection=mutation_protection,
            groups_per_vpc=declared.quotas.groups_per_vpc,
            provider=provider,
            tags=tags,
        )

    def _add_group(
        self, group: PlannedGroup, provider: TerraformProvider | None, tags: Mapping[str, str] | None
    ) -> None:
        scope = Construct(self, group.key)
        rule_group = Route53ResolverFirewallRuleGroup(scope, "group", name=group.name, provider=provider, tags=tags)
        # Terraform applies changes of separate resources in any order, and AWS refuses two rules with one number. Every
        # rule depends on the roster, and the roster is replaced when a rule comes, goes or gets another list: what goes
        # is therefore destroyed before the old roster, and what comes is created after the new one.
        roster = terraform_data(scope, "roster", triggers_replace=group.roster)
        self.rule_groups[group.key], self.rosters[group.key] = rule_group, roster
        lists, rules = self.domain_lists.setdefault(group.key, {}), self.rules.setdefault(group.key, {})
        group_id = rule_group.id
        list_scope, rule_scope = Construct(scope, "list"), Construct(scope, "rule")
        for rule in group.rules:
            list_id = rule.list_id
            if list_id is None:
                lists[rule.list_key] = Route53ResolverFirewallDomainList(
                    list_scope,
                    rule.list_key,
                    name=group.list_name(rule),
                    domains=[_with_dot(domain) for domain in rule.domains],
                    provider=provider,
                    tags=tags,
                )
                list_id = lists[rule.list_key].id
            rules[rule.key] = _rule(rule_scope, rule, group_id, list_id, roster, provider)


def _rule(
    scope: Construct,
    rule: PlannedRule,
    group_id: str,
    list_id: str,
    roster: TerraformResource,
    provider: TerraformProvider | None,
) -> Route53ResolverFirewallRule:
    target = None if rule.action.target is None else target_name(rule.action.target)
    return Route53ResolverFirewallRule(
        scope,
        rule.key,
        name=rule.name,
        firewall_rule_group_id=group_id,
        firewall_domain_list_id=list_id,
        priority=rule.priority,
        action=rule.action.action,
        block_response=rule.action.response,
        block_override_dns_type=None if target is None else "CNAME",
        block_override_domain=None if target is None else _with_dot(target),
        block_override_ttl=rule.action.ttl,
        firewall_domain_redirection_action=rule.redirection.value,
        q_type=rule.q_type,
        depends_on=[roster],
        provider=provider,
    )


def _with_dot(name: str) -> str:
    """Bring a name that Terraform will know into the stored form, as :mod:`northsouth.dns.names` did for the others."""
    if not is_token(name):
        return name
    if "TfToken[" in name:
        return f"{Fn.lower(Fn.trimsuffix(name, '.'))}."
    # cdktf's functions would escape a `${...}` that was written as text.
    return f'${{lower(trimsuffix("{name}", "."))}}.'
