"""Alarms as AWS judges them, without Terraform's forms; pure.

:mod:`northsouth.alerts.replay.declared` reads them from Terraform JSON. :class:`MetricAlarm`, :class:`CompositeAlarm`,
:class:`MuteRule` and :class:`Alarms` are stable: fields are only added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from northsouth.alerts.replay.composite import parse_rule
from northsouth.alerts.replay.series import MetricKey
from northsouth.alerts.replay.timeline import Refusal, State, unknown_alarm
from northsouth.errors import Problem, refuse

HIGH_RESOLUTION_PERIODS = (10, 20, 30)
"""Periods of high-resolution alarms, in seconds (API_PutMetricAlarm, Period)."""
DAY = 86400


class Missing(StrEnum):
    """How an alarm treats missing data (API_PutMetricAlarm, TreatMissingData)."""

    MISSING = "missing"
    IGNORE = "ignore"
    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"


class Comparison(StrEnum):
    """When a value breaches (API_PutMetricAlarm, ComparisonOperator). Comparisons with a band are not replayed."""

    GREATER_OR_EQUAL = "GreaterThanOrEqualToThreshold"
    GREATER = "GreaterThanThreshold"
    LESS = "LessThanThreshold"
    LESS_OR_EQUAL = "LessThanOrEqualToThreshold"


@dataclass(frozen=True, slots=True)
class MetricStat:
    """One metric and the statistic taken of it.

    Attributes:
        metric: the metric.
        statistic: ``Sum``, ``Average``, ``Minimum``, ``Maximum``, ``SampleCount``, or one of the percentile kind.
        period: seconds of one data point.
        unit: the unit the alarm insists on, or ``None``.

    """

    metric: MetricKey
    statistic: str
    period: int
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One element of an alarm's metric math: a metric or an expression; exactly one of the two is set.

    Attributes:
        id: its name within expressions.
        stat: the metric it stands for.
        expression: the metric math.

    """

    id: str
    stat: MetricStat | None = None
    expression: str = ""


@dataclass(frozen=True, slots=True)
class WarmUp:
    """The warm-up of a new alarm (alarm-warm-up).

    Attributes:
        minutes: how long it lasts at most.
        waits: true if it lasts the whole time; by default it ends once N periods fit and the newest has a point.

    """

    minutes: int
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Actions:
    """What an alarm does on entering a state: ARNs of topics, functions and policies, or references to them.

    Attributes:
        alarm: on entering ALARM.
        ok: on entering OK.
        insufficient_data: on entering INSUFFICIENT_DATA.
        enabled: false if none of them runs (``actions_enabled``).

    """

    alarm: tuple[str, ...] = ()
    ok: tuple[str, ...] = ()
    insufficient_data: tuple[str, ...] = ()
    enabled: bool = True

    def of(self, state: State) -> tuple[str, ...]:
        """Return the actions of one state."""
        match state:
            case State.ALARM:
                return self.alarm
            case State.OK:
                return self.ok
        return self.insufficient_data


@dataclass(frozen=True, slots=True)
class MetricAlarm:
    """An alarm on a metric or on metric math.

    Attributes:
        name: its name.
        address: its Terraform address.
        queries: the metrics and expressions it reads.
        judged: the id of the query whose points it judges.
        comparison: what breaches.
        threshold: the number that points are compared with.
        periods: how many data points are judged (N).
        datapoints: how many of them must breach (M).
        period: seconds of one data point.
        missing: what a missing data point counts as.
        keeps_on_low_samples: true if a percentile over few samples keeps the state.
        time_zone: the zone of a wall-clock window; ``None`` for a sliding window.
        warm_up: the warm-up after creation, if any.
        actions: what it does.

    """

    name: str
    address: str
    queries: tuple[Query, ...]
    judged: str
    comparison: Comparison
    threshold: float
    periods: int
    datapoints: int
    period: int
    missing: Missing = Missing.MISSING
    keeps_on_low_samples: bool = False
    time_zone: str | None = None
    warm_up: WarmUp | None = None
    actions: Actions = Actions()

    @property
    def stats(self) -> tuple[MetricStat, ...]:
        """The metrics it reads, in the order of the declaration."""
        return tuple(query.stat for query in self.queries if query.stat is not None)

    @property
    def metrics(self) -> tuple[MetricKey, ...]:
        """Those metrics, each once."""
        return tuple(dict.fromkeys(stat.metric for stat in self.stats))

    @property
    def interval(self) -> int:
        """Seconds from one evaluation to the next: 10 for high resolution, an hour for multi-day alarms, else 60.

        Source: alarm-evaluation.
        """
        if self.period in HIGH_RESOLUTION_PERIODS:
            return 10
        return 3600 if self.time_zone is None and self.period * self.periods > DAY else 60


@dataclass(frozen=True, slots=True)
class Suppressor:
    """An alarm that holds back a composite's actions (alarm-suppression).

    Attributes:
        alarm: its name.
        wait: seconds that the composite waits for it to go to ALARM.
        extension: seconds that actions stay suppressed after it left ALARM.

    """

    alarm: str
    wait: int
    extension: int


@dataclass(frozen=True, slots=True)
class CompositeAlarm:
    """An alarm on the states of others.

    Attributes:
        name: its name.
        address: its Terraform address.
        rule: its rule in CloudWatch's language.
        suppressor: what holds back its actions, if anything.
        actions: what it does.

    """

    name: str
    address: str
    rule: str
    suppressor: Suppressor | None = None
    actions: Actions = Actions()


@dataclass(frozen=True, slots=True)
class MuteRule:
    """A schedule of times in which alarms run no actions (alarm-mute-rules).

    Attributes:
        name: its name.
        address: its Terraform address.
        expression: ``cron(0 2 * * *)``, with five fields, or ``at(2026-10-01T02:00)``.
        duration: seconds that each mute window lasts.
        time_zone: the zone of the expression.
        alarms: the names of the alarms it mutes.
        start: it mutes nothing before this moment, in seconds since 1970 UTC; ``None`` for no limit.
        end: it begins no window from this moment on; ``None`` for no limit.

    """

    name: str
    address: str
    expression: str
    duration: int
    time_zone: str = "UTC"
    alarms: tuple[str, ...] = ()
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Alarms:
    """The alarms of a file, and the alarms that cannot be replayed.

    Attributes:
        metric: the alarms on metrics, by name.
        composite: the composite alarms, by name.
        mute_rules: the mute rules.
        refused: what cannot be replayed, with the reason.

    """

    metric: Mapping[str, MetricAlarm] = field(default_factory=dict)
    composite: Mapping[str, CompositeAlarm] = field(default_factory=dict)
    mute_rules: tuple[MuteRule, ...] = ()
    refused: tuple[Refusal, ...] = ()

    def __iter__(self) -> Iterator[MetricAlarm | CompositeAlarm]:
        """Yield the alarms that can be replayed, metric alarms first."""
        yield from self.metric.values()
        yield from self.composite.values()

    @property
    def metrics(self) -> tuple[MetricKey, ...]:
        """The metrics they read, each once, in the order of the file."""
        return tuple(dict.fromkeys(metric for alarm in self.metric.values() for metric in alarm.metrics))

    @property
    def stats(self) -> tuple[MetricStat, ...]:
        """The metrics with their statistics and periods, each once, in the order of the file."""
        return tuple(dict.fromkeys(stat for alarm in self.metric.values() for stat in alarm.stats))

    def only(self, *names: str) -> Alarms:
        """Return the named alarms, the alarms that composites among them name, and all mute rules.

        Args:
            *names: names or Terraform addresses.

        Raises:
            ConfigurationError: if the file has no such alarm, or it was refused, with the reason.

        """
        by_address = {alarm.address: alarm.name for alarm in self}
        waiting = [by_address.get(name, name) for name in names]
        refuse("the alarms", chain.from_iterable(map(self._unknown, waiting)))
        chosen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in chosen and name in self.composite:
                alarm = self.composite[name]
                waiting.extend(parse_rule(alarm.rule).alarms())
                waiting.extend([alarm.suppressor.alarm] if alarm.suppressor else [])
            chosen.add(name)
        return Alarms(
            {name: alarm for name, alarm in self.metric.items() if name in chosen},
            {name: alarm for name, alarm in self.composite.items() if name in chosen},
            self.mute_rules,
            tuple(refusal for refusal in self.refused if refusal.alarm in chosen),
        )

    def _unknown(self, name: str) -> Iterator[Problem]:
        if name in self.metric or name in self.composite:
            return
        for refusal in self.refused:
            if name in (refusal.alarm, refusal.address):
                yield Problem(name, "an alarm that cannot be replayed", refusal.reason, refusal.fix)
                return
        yield unknown_alarm(name, [alarm.name for alarm in self])
