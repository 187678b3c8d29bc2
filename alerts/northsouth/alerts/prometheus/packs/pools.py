"""Rules on pools that run out: connections of a database, slots of a server, entries of a table; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.packs.parameters import (
    fraction,
    length_problems,
    page,
    runbook_problems,
    share_problems,
)
from northsouth.alerts.prometheus.packs.thresholds import Probe, threshold_test
from northsouth.alerts.prometheus.rules import AlertRule, RuleGroup
from northsouth.alerts.prometheus.selectors import (
    Match,
    example,
    label_problems,
    match_problems,
    metric_problems,
    selector,
)
from northsouth.alerts.prometheus.templates import with_label
from northsouth.alerts.prometheus.testing import RuleTest
from northsouth.alerts.prometheus.timelines import number
from northsouth.errors import Problem, refuse
from northsouth.metrics.units import Threshold, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A limited resource, such as the connections of a database.

    Attributes:
        name: what the pool is called in its alerts.
        used: the gauge of how many parts are in use.
        limit: the gauge of how many parts there are, or the number itself if no metric holds it.
        waiting: the gauge of how many wait for a part, if there is one.
        by: the labels that name the pool; series that differ in other labels are added up.
        match: which series of the metrics.

    """

    name: str
    used: str
    limit: str | int
    waiting: str | None = None
    by: Sequence[str] = ("instance",)
    match: Match = field(default_factory=dict)

    @classmethod
    def postgres(cls, match: Match | None = None) -> Pool:
        """Return the connections of PostgreSQL, as postgres_exporter counts them."""
        return cls(
            name="postgres", used="pg_stat_activity_count", limit="pg_settings_max_connections", match=match or {}
        )

    @classmethod
    def hikari(cls, match: Match | None = None) -> Pool:
        """Return the connections of HikariCP, as Micrometer counts them."""
        return cls(
            name="hikari",
            used="hikaricp_connections_active",
            limit="hikaricp_connections_max",
            waiting="hikaricp_connections_pending",
            by=("instance", "pool"),
            match=match or {},
        )

    @classmethod
    def conntrack(cls, match: Match | None = None) -> Pool:
        """Return the connections that a Linux host tracks, as node_exporter counts them."""
        return cls(
            name="conntrack",
            used="node_nf_conntrack_entries",
            limit="node_nf_conntrack_entries_limit",
            match=match or {},
        )

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with it."""
        if not self.name.strip():
            yield Problem("name", repr(self.name), "alerts name the pool", "Give it a name.")
        for where, metric in (("used", self.used), ("limit", self.limit), ("waiting", self.waiting)):
            if isinstance(metric, str):
                yield from metric_problems(where, metric)
        if isinstance(self.limit, int) and self.limit < 1:
            yield Problem("limit", repr(self.limit), "there is at least one", "Write how many there are.")
        if not self.by:
            yield Problem("by", "none", "without a label, all pools are one", 'Write by=("instance",).')
        for index, label in enumerate(self.by):
            yield from label_problems(f"by[{index}]", label)
        yield from match_problems("match", self.match)
        if self.by and all(label in self.match for label in self.by):
            rule = f"{', '.join(self.by)} already tell pools apart, so one label or more is left open"
            yield Problem("match", ", ".join(self.match), rule, "Leave it out, or group by another label.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRules:
    """Rules on pools that are nearly used up, and on those who wait for a part.

    Attributes:
        runbook: address of a page with a section for each alert.
        pools: the pools.
        over: the share of a pool in use above which the alert fires.
        over_for: how long a pool is that full before the alert fires.
        waiting_for: how long somebody waits for a part before the alert fires. A pool in which all parts are used may
            have the right size. If somebody waits, it is too small, or its users are too slow.
        keep_for: how long an alert goes on after its cause.
        interval: how often the rules are evaluated.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    runbook: str
    pools: Sequence[Pool]
    over: Threshold = percent(90)
    over_for: str = "5m"
    waiting_for: str = "5m"
    keep_for: str = "5m"
    interval: str = "1m"

    def __post_init__(self) -> None:
        refuse("PoolRules", problems(self))

    @property
    def name(self) -> str:
        """The pack's name."""
        return "pools"

    def groups(self) -> Sequence[RuleGroup]:
        """Return the rules: one or two for each pool."""
        rules = [rule for pool in self.pools for rule in self._rules(pool)]
        return [RuleGroup(self.name, rules, interval=self.interval)]

    def tests(self) -> Sequence[RuleTest]:
        """Return the tests of each rule."""
        return [test for pool in self.pools for test in self._tests(pool)]

    def _rules(self, pool: Pool) -> Iterator[AlertRule]:
        yield self.nearly_used_up(pool)
        if pool.waiting is not None:
            yield self.waited_for(pool, pool.waiting)

    def _tests(self, pool: Pool) -> Iterator[RuleTest]:
        by = next(label for label in pool.by if label not in pool.match)
        selected = example(pool.match)
        labels = {label: selected.get(label, "one") for label in pool.by if label != by}
        extra = {label: value for label, value in selected.items() if label not in pool.by}
        limit = 1000 if isinstance(pool.limit, str) else pool.limit
        edge = limit * fraction(self.over)
        # In two parts, because the values of a pool are added up.
        parts = [{**extra, "part": part} for part in ("1", "2")]
        probes = [Probe(pool.used, edge / 4, edge / 2, edge * 0.505, part) for part in parts]
        if isinstance(pool.limit, str):
            probes.append(Probe.steady(pool.limit, limit, extra))
        name = f"{pool.name} is nearly used up"
        yield threshold_test(self.nearly_used_up(pool), name, probes, by=by, labels=labels)
        if pool.waiting is not None:
            waits = [Probe(pool.waiting, 0, 0, 1, extra)]
            rule = self.waited_for(pool, pool.waiting)
            yield threshold_test(rule, f"{pool.name} is waited for", waits, by=by, labels=labels)

    def nearly_used_up(self, pool: Pool) -> AlertRule:
        """Return the alert on a pool that is nearly used up."""
        by = ", ".join(pool.by)
        used = f"sum by ({by}) ({selector(pool.used, pool.match)})"
        limit = pool.limit if isinstance(pool.limit, int) else f"sum by ({by}) ({selector(pool.limit, pool.match)})"
        return AlertRule(
            alert="PoolNearlyUsedUp",
            expr=f"{used} / {limit} > {number(fraction(self.over))}",
            for_=self.over_for,
            keep_firing_for=self.keep_for,
            severity=Severity.WARNING,
            labels={"resource": pool.name},
            summary=f"{{{{ $value | humanizePercentage }}}} of {pool.name}{with_label(pool.by[0], ' on ')} is in use",
            description="When all of it is in use, the next request waits or fails.",
            runbook=page(self.runbook, "PoolNearlyUsedUp"),
        )

    def waited_for(self, pool: Pool, waiting: str) -> AlertRule:
        """Return the alert on a pool for which clients wait."""
        by = ", ".join(pool.by)
        return AlertRule(
            alert="PoolExhausted",
            expr=f"sum by ({by}) ({selector(waiting, pool.match)}) > 0",
            for_=self.waiting_for,
            keep_firing_for=self.keep_for,
            severity=Severity.CRITICAL,
            labels={"resource": pool.name},
            summary=f"{{{{ $value }}}} wait for {pool.name}{with_label(pool.by[0], ' on ')}",
            description="Requests wait for a part of it: users see them as slow, and then as failed.",
            runbook=page(self.runbook, "PoolExhausted"),
        )


def problems(pack: PoolRules) -> Iterator[Problem]:
    """Yield what is wrong with the parameters."""
    yield from runbook_problems(pack.runbook)
    if not pack.pools:
        yield Problem("pools", "none", "the pack is for one pool or more", "Leave it out, or write Pool.postgres().")
    for index, pool in enumerate(pack.pools):
        yield from (problem.within(f"pools[{index}]") for problem in pool.problems())
        if pool.name in [other.name for other in pack.pools[:index]]:
            fix = "Give one of them another name."
            yield Problem(f"pools[{index}].name", repr(pool.name), "two pools have two names", fix)
    yield from share_problems(pack, "over")
    yield from length_problems(pack, "over_for", "waiting_for", "keep_for", "interval")
