"""The construct :class:`DnsOverrides`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cdktf import Annotations, TerraformProvider, TerraformResource
from cdktf_cdktf_provider_aws.route53_resolver_firewall_domain_list import Route53ResolverFirewallDomainList
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule import Route53ResolverFirewallRule
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule_group import Route53ResolverFirewallRuleGroup
from constructs import Construct

from northsouth.dns.declaration import Declaration
from northsouth.dns.group_rules import GroupRules, threats_supported
from northsouth.dns.layout import ASSOCIATION_TYPE, PlannedGroup
from northsouth.dns.neighbours import check_neighbours
from northsouth.dns.override_checks import check_threats
from northsouth.dns.overrides import Numbering, NumberingName, OverrideSet, Quotas, Rule
from northsouth.dns.settings import FailOpen, QueryLogging, Share, fail_open_by_vpc
from northsouth.dns.vpc_associations import AssociatedGroup, VpcAssociations
from northsouth.errors import refuse
from northsouth.naming import Names
from northsouth.terraform_data import terraform_data

# Imported where they are declared: few programs ask for them.
if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.route53_resolver_firewall_config import Route53ResolverFirewallConfig

    from northsouth.dns.group_share import GroupShare
    from northsouth.dns.query_logs import QueryLogs


class DnsOverrides(Construct):
    """Names that VPCs resolve to private targets, and DNS Firewall rules before and after them.

    Every override is a domain list of one name and a rule with action ``BLOCK``, response ``OVERRIDE`` and a ``CNAME``
    to the target. Its number is derived from the name (:func:`northsouth.dns.slots.slot`), so others may come and go,
    unless ``numbering`` says otherwise.

    Attributes:
        groups: the planned groups with their rules, in the order of evaluation; pure values.
        rule_groups: the rule groups by key: ``first``, ``overrides``, ``overrides-2``..., ``last``.
        domain_lists: for each group, the domain lists by key; that of an override is its canonical domain. Empty for
            overrides that are declared with ``for_each``.
        rules: for each group, the rules by key; empty for overrides that are declared with ``for_each``.
        for_each_domain_lists: with ``for_each``, the one resource that is all domain lists of a group of overrides, by
            group. Its instances are keyed by name: ``api.example.com``.
        for_each_rules: with ``for_each``, the one resource that is all rules of a group of overrides, by group.
        domain_list_ids: for each group, the ids of its domain lists by key, in both forms.
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
        names: Names | None = None,
        association_priority: int = 1000,
        mutation_protection: bool = False,
        fail_open: FailOpen = None,
        query_logging: QueryLogging | None = None,
        share: Share | None = None,
        min_groups: int = 1,
        quotas: Quotas | None = None,
        numbering: Numbering | NumberingName = Numbering.BY_NAME,
        for_each: bool = False,
        moved: bool = False,
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
            names: names in place of those made from ``name``, by resource type and the name that would be given:
                ``{"aws_route53_resolver_firewall_rule_group": {"dns": "legacy"}}``. They change no address.
            association_priority: where the groups stand among the groups of a VPC: this number and up to 100 above;
                101 to 9799.
            mutation_protection: refuse changes of the associations; must be off for one apply before they can go.
            fail_open: whether queries pass (``True``) or fail (``False``, AWS's default) while DNS Firewall cannot
                judge them; for all VPCs, or by label. ``None`` leaves the VPC's own setting.
            query_logging: where to log the queries of the VPCs, each with the rule that decided.
            share: who else may associate the groups.
            min_groups: over how many groups the overrides are spread from the start; more are used when they have to.
            quotas: the limits of the account, where they have been raised.
            numbering: whether the numbers of overrides come from their names, the default, or from the order of
                declaration; see docs/dns-numbers.md before you change it.
            for_each: declare the overrides of a group as two resources with ``for_each`` over their names, one of lists
                and one of rules, in place of two for each override. For hundreds of names; see docs/dns-for-each.md.
            moved: tell Terraform, with ``moved`` blocks, that what is deployed has the other form, so that it keeps all
                of it. For the applies in which ``for_each`` changes, either way.
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
            numbering=Numbering(numbering),
            names=names or {},
        )
        places = {group.key: group.association_priority for group in declared.groups}
        refuse(
            f"DnsOverrides {id!r}",
            declared.problems(),
            check_threats({"first": declared.first, "last": declared.last}, supported=threats_supported()),
            check_neighbours(self, vpcs, places, declared.quotas.groups_per_vpc),
        )
        for note in declared.notes():
            Annotations.of(self).add_warning(note)
        self.groups = declared.groups
        self.rule_groups: dict[str, Route53ResolverFirewallRuleGroup] = {}
        self.domain_lists: dict[str, dict[str, Route53ResolverFirewallDomainList]] = {}
        self.rules: dict[str, dict[str, Route53ResolverFirewallRule]] = {}
        self.for_each_domain_lists: dict[str, Route53ResolverFirewallDomainList] = {}
        self.for_each_rules: dict[str, Route53ResolverFirewallRule] = {}
        self.domain_list_ids: dict[str, dict[str, str]] = {}
        self.rosters: dict[str, TerraformResource] = {}
        for group in self.groups:
            self._add_group(group, for_each=for_each, moved=moved, provider=provider, tags=tags)
        self.associations: VpcAssociations | None = None
        self.query_logs: QueryLogs | None = None
        self.share: GroupShare | None = None
        if vpcs:
            self._associate(declared, mutation_protection=mutation_protection, provider=provider, tags=tags)
        self.configs = self._configure(fail_open_by_vpc(fail_open, vpcs), vpcs, provider)
        if query_logging is not None:
            from northsouth.dns.query_logs import QueryLogs

            self.query_logs = QueryLogs(
                self,
                "logs",
                name=declared.query_log_name,
                vpcs=vpcs,
                logging=query_logging,
                provider=provider,
                tags=tags,
            )
        if share is not None:
            from northsouth.dns.group_share import GroupShare

            arns = {key: group.arn for key, group in self.rule_groups.items()}
            self.share = GroupShare(
                self, "share", name=declared.share_name, share=share, group_arns=arns, provider=provider, tags=tags
            )

    def _configure(
        self, open_by_vpc: Mapping[str, bool], vpcs: Mapping[str, str], provider: TerraformProvider | None
    ) -> dict[str, Route53ResolverFirewallConfig]:
        """Declare by VPC what becomes of queries while DNS Firewall is unavailable."""
        scope = Construct(self, "config")
        if not open_by_vpc:
            return {}
        from cdktf_cdktf_provider_aws.route53_resolver_firewall_config import Route53ResolverFirewallConfig

        return {
            label: Route53ResolverFirewallConfig(
                scope,
                label,
                resource_id=vpcs[label],
                firewall_fail_open="ENABLED" if is_open else "DISABLED",
                provider=provider,
            )
            for label, is_open in open_by_vpc.items()
        }

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
                group.key: AssociatedGroup(self.rule_groups[group.key].id, group.title, group.association_priority)
                for group in self.groups
            },
            names={
                resource_type: title
                for resource_type, title in declared.names.items()
                if resource_type == ASSOCIATION_TYPE
            },
            mutation_protection=mutation_protection,
            groups_per_vpc=declared.quotas.groups_per_vpc,
            provider=provider,
            tags=tags,
        )

    def _add_group(
        self,
        group: PlannedGroup,
        *,
        for_each: bool,
        moved: bool,
        provider: TerraformProvider | None,
        tags: Mapping[str, str] | None,
    ) -> None:
        scope = Construct(self, group.key)
        rule_group = Route53ResolverFirewallRuleGroup(scope, "group", name=group.name, provider=provider, tags=tags)
        # Terraform applies changes of separate resources in any order, and AWS refuses two rules with one number. Every
        # rule depends on the roster, and the roster is replaced when a rule comes, goes or gets another list: what goes
        # is therefore destroyed before the old roster, and what comes is created after the new one.
        roster = terraform_data(scope, "roster", triggers_replace=group.roster)
        self.rule_groups[group.key], self.rosters[group.key] = rule_group, roster
        rules = GroupRules(
            scope=scope,
            group=group,
            group_id=rule_group.id,
            roster=roster,
            moved=moved,
            provider=provider,
            tags=tags,
        )
        key = group.key
        if for_each and group.holds_overrides:
            self.domain_lists[key], self.rules[key] = {}, {}
            repeated = rules.for_each()
            self.for_each_domain_lists[key], self.for_each_rules[key], self.domain_list_ids[key] = repeated
        else:
            self.domain_lists[key], self.rules[key], self.domain_list_ids[key] = rules.one_each()
