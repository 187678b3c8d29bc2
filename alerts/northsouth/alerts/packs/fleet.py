"""Alarms on several resources at once, in groups as large as one alarm can hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from northsouth.alerts.composition import any_of
from northsouth.alerts.meaning import MissingData, Severity, SeverityName
from northsouth.alerts.packs.pack import AnyAlarm, Pack
from northsouth.metrics.algebra import Condition, Expression
from northsouth.metrics.functions import MAX, SUM
from northsouth.metrics.metric import metrics_of
from northsouth.metrics.rules import MAX_EXPRESSION, MAX_METRICS, expression_length
from northsouth.metrics.units import Quantity

Series = Mapping[str, Expression]


@dataclass(frozen=True, slots=True)
class AlarmText:
    """What an alarm of a fleet says, whether it is one alarm or several under a composite."""

    missing: MissingData
    severity: Severity | SeverityName
    summary: str
    because: str
    measured: str


class FleetPack(Pack):
    """A pack whose alarms judge a fleet together.

    The metric math of an alarm holds ten metrics and a thousand characters. A larger fleet is split into groups. Each
    group has an alarm without actions, and a composite of these alarms notifies. An alarm on the worst of the fleet
    stays exact, because the worst of the fleet is the worst of a group. A limit on the total is divided among the
    groups by their size. If the total is over the limit, at least one group is over its share, so the composite misses
    nothing. If all load is in one group, the composite notifies before the total reaches the limit.
    """

    def _total(self, id: str, fleet: Series, limit: Quantity, datapoints: int, of: int, text: AlarmText) -> AnyAlarm:
        """Judge the sum over the fleet as a rate; groups get their share of the limit."""

        def judge(group: Series) -> Condition:
            parts = [metric for series in group.values() for metric in metrics_of(series)]
            share = limit if len(group) == len(fleet) else replace(limit, value=limit.value * len(group) / len(fleet))
            return (SUM(*parts).per_second() > share).for_datapoints(datapoints, of=of)

        return self._fleet(id, fleet, judge, text)

    def _highest(self, id: str, fleet: Series, over: Callable[[Expression], Condition], text: AlarmText) -> AnyAlarm:
        """Judge the worst of the fleet."""

        def judge(group: Series) -> Condition:
            series = tuple(group.values())
            return over(series[0] if len(series) == 1 else MAX(*series))

        return self._fleet(id, fleet, judge, text)

    def _fleet(self, id: str, fleet: Series, judge: Callable[[Series], Condition], text: AlarmText) -> AnyAlarm:
        """Declare one alarm, or one for each group that an alarm can hold and a composite of them."""
        size = MAX_METRICS // max(len(metrics_of(series)) for series in fleet.values())
        while size > 1 and any(expression_length(judge(group)) > MAX_EXPRESSION for group in split(fleet, size)):
            size -= 1
        groups = split(fleet, size)
        if len(groups) == 1:
            return self._alarm(
                id,
                when=judge(groups[0]),
                missing=text.missing,
                severity=text.severity,
                summary=text.summary,
                because=text.because,
                measured=text.measured,
            )
        parts = [
            self._alarm(
                f"{id}-{number}",
                when=judge(group),
                missing=text.missing,
                severity=text.severity,
                summary=f"{text.summary} (group {number} of {len(groups)}: {', '.join(group)})",
                because=text.because,
                measured=text.measured,
                section=id,
                actions=(),
            )
            for number, group in enumerate(groups, start=1)
        ]
        return self._composite(
            id, when=any_of(*parts), severity=text.severity, summary=text.summary, because=text.because
        )


def split(fleet: Series, size: int) -> list[dict[str, Expression]]:
    """Return the series in groups of at most ``size``, ordered by name so that the same fleet gives the same groups."""
    keys = sorted(fleet)
    return [{key: fleet[key] for key in keys[start : start + size]} for start in range(0, len(keys), size)]
