"""The construct :class:`DnsOverridesFleet`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cdktf import TerraformProvider
from constructs import Construct

from northsouth.dns.declaration import Declaration
from northsouth.dns.dns_overrides import DnsOverrides
from northsouth.dns.overrides import Numbering, NumberingName, OverrideSet, Quotas, Rule
from northsouth.dns.settings import FailOpen, QueryLogging, Share
from northsouth.errors import Problem, refuse
from northsouth.naming import Names


@dataclass(frozen=True, kw_only=True)
class Place:
    """One Region of one account that gets the overrides.

    Attributes:
        vpcs: ids of its VPCs, by a label of your own.
        provider: the provider alias that leads there; the stack's default if none.
        overrides: override sets of this place alone, besides the common ones.
        names: names that are other in this place; see :class:`DnsOverrides`.
        fail_open: see :class:`DnsOverrides`.
        query_logging: see :class:`DnsOverrides`; a destination is in the Region of its VPCs.

    """

    vpcs: Mapping[str, str]
    provider: TerraformProvider | None = None
    overrides: Sequence[OverrideSet] = field(default=())
    names: Names = field(default_factory=dict)
    fail_open: FailOpen = None
    query_logging: QueryLogging | None = None


class DnsOverridesFleet(Construct):
    """The same overrides in several Regions or accounts, each reached by a provider alias.

    Attributes:
        places: the overrides of each place, by its name.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        places: Mapping[str, Place],
        overrides: Sequence[OverrideSet] = (),
        first: Mapping[str, Rule] | None = None,
        last: Mapping[str, Rule] | None = None,
        name: str | None = None,
        names: Names | None = None,
        association_priority: int = 1000,
        mutation_protection: bool = False,
        share: Share | None = None,
        min_groups: int = 1,
        quotas: Quotas | None = None,
        numbering: Numbering | NumberingName = Numbering.BY_NAME,
        for_each: bool = False,
        moved: bool = False,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare overrides for every place.

        Args:
            scope: the parent construct.
            id: the construct's id.
            places: where the overrides hold, by a name of your own (a Region, an account's alias).
            overrides: the override sets that every place gets.
            first: see :class:`DnsOverrides`.
            last: see :class:`DnsOverrides`.
            name: begins the names of all groups and lists; the construct's id by default.
            names: see :class:`DnsOverrides`; for every place, unless the place has its own for a type.
            association_priority: see :class:`DnsOverrides`.
            mutation_protection: see :class:`DnsOverrides`.
            share: see :class:`DnsOverrides`.
            min_groups: see :class:`DnsOverrides`.
            quotas: see :class:`DnsOverrides`.
            numbering: see :class:`DnsOverrides`.
            for_each: see :class:`DnsOverrides`.
            moved: see :class:`DnsOverrides`.
            tags: tags of every resource that takes them.

        Raises:
            ConfigurationError: with everything wrong in any place; what is wrong in all of them is said once.

        """
        super().__init__(scope, id)
        title = name or id
        declarations = {
            label: Declaration(
                name=title,
                vpcs=place.vpcs,
                overrides=[*overrides, *place.overrides],
                first=first or {},
                last=last or {},
                association_priority=association_priority,
                fail_open=place.fail_open,
                query_logging=place.query_logging,
                share=share,
                min_groups=min_groups,
                quotas=quotas or Quotas(),
                numbering=Numbering(numbering),
                names={**(names or {}), **place.names},
            )
            for label, place in places.items()
        }
        refuse(f"DnsOverridesFleet {id!r}", _check_places(places), fleet_problems(declarations))
        self.places = {
            label: DnsOverrides(
                self,
                label,
                name=title,
                names={**(names or {}), **place.names},
                vpcs=place.vpcs,
                overrides=declarations[label].overrides,
                first=first,
                last=last,
                association_priority=association_priority,
                mutation_protection=mutation_protection,
                fail_open=place.fail_open,
                query_logging=place.query_logging,
                share=share,
                min_groups=min_groups,
                quotas=quotas,
                numbering=Numbering(numbering),
                for_each=for_each,
                moved=moved,
                provider=place.provider,
                tags=tags,
            )
            for label, place in places.items()
        }


def fleet_problems(declarations: Mapping[str, Declaration]) -> Iterator[Problem]:
    """Yield the problems of all places: those that all have in common once, the others with their place."""
    by_label = {label: list(declaration.problems()) for label, declaration in declarations.items()}
    common = set.intersection(*map(set, by_label.values())) if by_label else set()
    seen: set[Problem] = set()
    for label, problems in by_label.items():
        for problem in problems:
            if problem not in common:
                yield problem.within(f'places["{label}"]')
            elif problem not in seen:
                seen.add(problem)
                yield problem


def _check_places(places: Mapping[str, Place]) -> Iterator[Problem]:
    if not places:
        yield Problem("places", "nowhere", "at least one place", "Name a Region or account and its VPCs.")
