"""The construct :class:`VpcAssociations`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable, TerraformProvider
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule_group_association import (
    Route53ResolverFirewallRuleGroupAssociation,
)
from constructs import Construct

from northsouth.dns.layout import ASSOCIATION_TYPE
from northsouth.dns.names import aws_name, check_aws_name
from northsouth.dns.neighbours import check_neighbours, follow
from northsouth.dns.override_checks import check_association_priority, check_aws_label
from northsouth.errors import Problem, refuse
from northsouth.naming import Names, Naming
from northsouth.terraform_data import terraform_data


@dataclass(frozen=True, slots=True)
class AssociatedGroup:
    """One rule group that VPCs are to follow.

    Attributes:
        group_id: the rule group, which another account may have shared.
        name: begins the names of its associations.
        priority: its place among the groups of a VPC, strictly between 100 and 9900.

    """

    group_id: str
    name: str
    priority: int


class VpcAssociations(Construct):
    """Associates rule groups with VPCs; alone, it follows groups that another account shares.

    Attributes:
        associations: for each VPC's label, the associations by the key of the group.
        roster: the ``terraform_data`` that makes Terraform remove associations before it adds any.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpcs: Mapping[str, str],
        groups: Mapping[str, AssociatedGroup],
        mutation_protection: bool = False,
        groups_per_vpc: int = 5,
        names: Names | None = None,
        depends_on: Sequence[ITerraformDependable] = (),
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare one association for each VPC and group.

        Args:
            scope: the parent construct.
            id: the construct's id.
            vpcs: ids of the VPCs, by a label of your own.
            groups: the rule groups, by a key of your own.
            mutation_protection: refuse changes of the associations; must be off for one apply before they can go.
            groups_per_vpc: how many groups a VPC may have; AWS allows 5.
            names: names of associations in place of ``group-label``, by resource type and that name.
            depends_on: what must be there before, for example ``GroupShare.ready``.
            provider: the Region or account, if not the stack's default.
            tags: tags of the associations.

        Raises:
            ConfigurationError: for a priority out of range or used twice, too many groups, or a bad name.

        """
        super().__init__(scope, id)
        priorities = {key: group.priority for key, group in groups.items()}
        naming = Naming(names)
        titles = {
            label: {key: naming.name(ASSOCIATION_TYPE, aws_name(group.name, label)) for key, group in groups.items()}
            for label in vpcs
        }
        refuse(
            f"VpcAssociations {id!r}",
            check_associations(groups, groups_per_vpc),
            check_neighbours(self, vpcs, priorities, groups_per_vpc),
            (problem for label in vpcs for problem in check_aws_label(f'vpcs["{label}"]', label)),
            (
                problem
                for by_default in (names or {}).values()
                for default, title in by_default.items()
                for problem in check_aws_name(f'names["{default}"]', title)
            ),
            naming.unknown(),
        )
        follow(self, vpcs, priorities)
        self.associations: dict[str, dict[str, Route53ResolverFirewallRuleGroupAssociation]] = {}
        # As with rules: a VPC refuses two groups with one number, so what goes must go before anything comes.
        self.roster = terraform_data(
            self,
            "roster",
            triggers_replace=dict.fromkeys(vpcs, priorities),
        )
        for label, vpc_id in vpcs.items():
            vpc_scope = Construct(self, label)
            of_vpc = self.associations.setdefault(label, {})
            for key, group in groups.items():
                of_vpc[key] = Route53ResolverFirewallRuleGroupAssociation(
                    vpc_scope,
                    f"{key} {group.priority}",
                    name=titles[label][key],
                    firewall_rule_group_id=group.group_id,
                    vpc_id=vpc_id,
                    priority=group.priority,
                    mutation_protection="ENABLED" if mutation_protection else "DISABLED",
                    depends_on=[self.roster, *depends_on],
                    provider=provider,
                    tags=tags,
                )


def check_associations(groups: Mapping[str, AssociatedGroup], groups_per_vpc: int = 5) -> Iterator[Problem]:
    """Yield what is wrong with the groups of a VPC: their number, names and priorities."""
    if len(groups) > groups_per_vpc:
        yield Problem("groups", f"{len(groups)} groups", f"at most {groups_per_vpc} on a VPC", "Associate fewer.")
    uses = Counter(group.priority for group in groups.values())
    for key, group in groups.items():
        where = f'groups["{key}"]'
        yield from check_aws_name(f"{where}.name", group.name)
        yield from check_association_priority(f"{where}.priority", group.priority)
        if uses[group.priority] > 1:
            yield Problem(
                f"{where}.priority", str(group.priority), "priorities are unique on a VPC", "Give each its own."
            )
