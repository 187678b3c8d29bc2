"""All arguments of a :class:`~northsouth.dns.DnsOverrides`, as a value that can be checked; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from northsouth.dns.analysis import Code, Finding, analyse, problems_of
from northsouth.dns.layout import ASSOCIATION_SPAN, PlannedGroup, plan_groups
from northsouth.dns.names import check_aws_name
from northsouth.dns.override_checks import (
    check_anything,
    check_association_priority,
    check_names,
    check_overrides,
    check_rules,
)
from northsouth.dns.overrides import Numbering, OverrideSet, Quotas, Rule
from northsouth.dns.plan_checks import check_plan
from northsouth.dns.planned_ruleset import declared_ruleset
from northsouth.dns.settings import FailOpen, QueryLogging, Share, check_fail_open, check_query_logging, check_share
from northsouth.errors import Problem
from northsouth.naming import Names, Naming

_NOTED = frozenset({Code.REDIRECTIONS, Code.UNCLEAR_DOMAIN, Code.SAME_TARGET})


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """The arguments of :class:`~northsouth.dns.DnsOverrides`, of the same names and meanings."""

    name: str
    vpcs: Mapping[str, str]
    overrides: Sequence[OverrideSet] = ()
    first: Mapping[str, Rule] = field(default_factory=dict)
    last: Mapping[str, Rule] = field(default_factory=dict)
    association_priority: int = 1000
    fail_open: FailOpen = None
    query_logging: QueryLogging | None = None
    share: Share | None = None
    min_groups: int = 1
    quotas: Quotas = field(default_factory=Quotas)
    numbering: Numbering = Numbering.BY_NAME
    names: Names = field(default_factory=dict)

    @cached_property
    def naming(self) -> Naming:
        """The names that are given, in place of those made from ``name``."""
        return Naming(self.names)

    @property
    def query_log_name(self) -> str:
        """The name of the query log configuration."""
        return self.naming.name("aws_route53_resolver_query_log_config", self.name)

    @property
    def share_name(self) -> str:
        """The name of the RAM share."""
        return self.naming.name("aws_ram_resource_share", self.name)

    @cached_property
    def groups(self) -> tuple[PlannedGroup, ...]:
        """The rule groups in the order of evaluation; what :meth:`problems` refuses is left out."""
        return plan_groups(
            self.name,
            self.overrides,
            self.first,
            self.last,
            association_priority=self.association_priority,
            min_groups=self.min_groups,
            quotas=self.quotas,
            numbering=self.numbering,
            naming=self.naming,
        )

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the analysis says about the rule groups, on any VPC."""
        return tuple(analyse(declared_ruleset("the declaration", self.groups, {"any VPC": ""})))

    def notes(self) -> Iterator[str]:
        """Yield what is worth a warning, and no mistake for certain."""
        for finding in self.findings:
            if finding.code in _NOTED:
                yield f"{finding.address}: {finding.message}"

    def problems(self) -> Iterator[Problem]:
        """Yield everything that AWS or the provider would not accept, in the order of the arguments."""
        problems = list(self._own_problems())
        yield from problems
        # What is wrong with a rule by itself is not said again as its consequence among the others.
        known = [problem.where for problem in problems]
        for problem in problems_of(self.findings):
            if not any(where.startswith(problem.where) for where in known):
                yield problem

    def _own_problems(self) -> Iterator[Problem]:
        yield from check_names(self.name, self.vpcs)
        yield from check_anything(self.overrides, self.first, self.last)
        yield from check_overrides(self.overrides)
        yield from check_rules("first", self.first)
        yield from check_rules("last", self.last)
        yield from check_association_priority("association_priority", self.association_priority, span=ASSOCIATION_SPAN)
        yield from check_fail_open("fail_open", self.fail_open, self.vpcs)
        yield from check_query_logging("query_logging", self.query_logging)
        yield from check_share("share", self.share)
        yield from check_plan(self.groups, self.quotas, min_groups=self.min_groups)
        yield from self._check_given_names()

    def _check_given_names(self) -> Iterator[Problem]:
        for kind, names in self.names.items():
            for default, name in names.items():
                yield from check_aws_name(f'names["{kind}"]["{default}"]', name)
        # Whoever asks for a name tells that it exists.
        for group in self.groups:
            _ = group.name, [group.association_name(label) for label in self.vpcs]
            _ = [group.list_name(rule) for rule in group.rules if rule.list_id is None and rule.threat is None]
        _ = self.query_log_name if self.query_logging else None, self.share_name if self.share else None
        yield from self.naming.unknown()
