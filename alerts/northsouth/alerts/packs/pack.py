"""What all packs share: alarms under one construct, answered by one :class:`~northsouth.alerts.response.Response`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from weakref import WeakKeyDictionary

from cdktf import TerraformProvider, TerraformStack
from constructs import Construct

from northsouth.alerts.alarm import Alarm, declared_in, default_name
from northsouth.alerts.composite import CompositeAlarm, Suppressor
from northsouth.alerts.composition import Rule
from northsouth.alerts.meaning import LowSamples, MissingData, Severity, SeverityName
from northsouth.alerts.response import Response
from northsouth.at_synth import judge_at_synth
from northsouth.errors import Problem
from northsouth.metrics.algebra import Condition, Expression, Truth
from northsouth.metrics.render import duration
from northsouth.metrics.units import Quantity, count
from northsouth.tree import stack_of

AnyAlarm = Alarm | CompositeAlarm

# The packs of each stack that have names for their alarms.
_NAMED: WeakKeyDictionary[TerraformStack, list[Pack]] = WeakKeyDictionary()


class Pack(Construct):
    """A set of alarms on one resource or service. Each method declares one alarm and returns it.

    Attributes:
        alarms: the alarms declared so far, by their id.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        respond: Response,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Begin an empty pack.

        Args:
            scope: where it belongs.
            id: its name within ``scope``; the first part of the alarms' names.
            respond: who is notified, and the page that says what to do.
            provider: the Region and account the alarms live in: those of the metrics.
            tags: tags of the alarms.

        """
        super().__init__(scope, id)
        self.alarms: dict[str, AnyAlarm] = {}
        self._respond = respond
        self._provider = provider
        self._tags = tags
        if respond.names:
            _NAMED.setdefault(stack_of(self), []).append(self)
            judge_at_synth(self, _judge_names)

    def _alarm(
        self,
        id: str,
        *,
        when: Condition | Truth,
        missing: MissingData,
        severity: Severity | SeverityName,
        summary: str,
        because: str,
        section: str = "",
        actions: Sequence[str] | None = None,
        low_samples: LowSamples | None = None,
        measured: str = "",
        ends: str = "",
    ) -> Alarm:
        """Declare an alarm. ``section`` defaults to its id, ``actions`` to the ARNs of its severity."""
        alarm = Alarm(
            self,
            id,
            when=when,
            missing=missing,
            severity=severity,
            summary=summary,
            because=because,
            runbook=self._respond.page(section or id),
            actions=self._respond.told(severity) if actions is None else actions,
            low_samples=low_samples,
            measured=measured,
            ends=ends,
            name=self._respond.names.get(default_name(self, id)),
            provider=self._provider,
            tags=self._tags,
        )
        self.alarms[id] = alarm
        return alarm

    def _events(
        self,
        id: str,
        failures: Expression,
        *,
        repaired: Expression | None = None,
        ends: str = "",
        over: Quantity = count(0),
        period: int,
        hold: int,
        severity: Severity | SeverityName,
        summary: str,
        because: str,
        section: str = "",
    ) -> Alarm:
        """Declare an alarm on something that happens at a moment; its description says how it ends.

        It stays raised for ``hold`` seconds. The metric then says no more of it, so the alarm ends by itself. If a
        metric says when it is ``repaired``, the alarm keeps its state until then.
        """
        failed = failures.with_period(period)
        if repaired is None:
            when = (failed > over).for_datapoints(1, of=max(1, hold // max(1, period)))
            missing = MissingData.NOT_BREACHING
            ends = f"by itself, {duration(hold)} after the last one. That does not mean it is repaired"
        else:
            # The sum has a data point wherever one of the two has: a success alone is a point of 0. A period in which
            # both happen counts as a failure, and one in which neither does has no point.
            when = (failed + 0 * repaired.with_period(period) > over).for_datapoints(1)
            missing = MissingData.IGNORE
        return self._alarm(
            id,
            when=when,
            missing=missing,
            severity=severity,
            summary=summary,
            because=because,
            section=section,
            ends=ends,
        )

    def _composite(
        self,
        id: str,
        *,
        when: Rule,
        severity: Severity | SeverityName,
        summary: str,
        because: str,
        section: str = "",
        suppressor: Suppressor | None = None,
    ) -> CompositeAlarm:
        """Declare a composite; arguments as of :meth:`_alarm`."""
        alarm = CompositeAlarm(
            self,
            id,
            when=when,
            severity=severity,
            summary=summary,
            because=because,
            runbook=self._respond.page(section or id),
            actions=self._respond.told(severity),
            suppressor=suppressor,
            name=self._respond.names.get(default_name(self, id)),
            provider=self._provider,
            tags=self._tags,
        )
        self.alarms[id] = alarm
        return alarm


def alarms_of(
    scope: Construct, chosen: Iterable[AnyAlarm | Pack] | None, provider: TerraformProvider | None
) -> list[AnyAlarm]:
    """Return the chosen alarms and those of chosen packs; by default, all of this stack and provider so far."""
    every: Iterable[object] = [alarm for _, alarm in declared_in(scope, provider)] if chosen is None else chosen
    return list(_alarms(every))


def _alarms(chosen: Iterable[object]) -> Iterator[AnyAlarm]:
    for alarm in chosen:
        if isinstance(alarm, Pack):
            yield from alarm.alarms.values()
        elif isinstance(alarm, Alarm | CompositeAlarm):
            yield alarm


def noisy_at_first(alarms: Iterable[AnyAlarm]) -> list[AnyAlarm]:
    """Return the alarms that would send notifications before there are data."""
    return [alarm for alarm in alarms if alarm.is_enabled and alarm.actions.alarm and raises_without_data(alarm)]


def raises_without_data(alarm: object) -> bool:
    """Tell whether an alarm is raised while there are no data: it takes missing data for bad, or one below it does."""
    if isinstance(alarm, CompositeAlarm):
        return any(map(raises_without_data, alarm.judged))
    return isinstance(alarm, Alarm) and alarm.missing is MissingData.BREACHING


def _judge_names(stack: TerraformStack) -> Iterator[Problem]:
    """Yield the names in place of those that no alarm would have: one `Response` may answer several packs."""
    packs = _NAMED.get(stack, ())
    known = {default_name(pack, alarm) for pack in packs for alarm in pack.alarms}
    for name in dict.fromkeys(name for pack in packs for name in pack._respond.names):
        if name not in known:
            listed = ", ".join(map(repr, sorted(known)[:8]))
            yield Problem(
                "respond.names", repr(name), f"a name that an alarm would have: {listed}", "Use one of these."
            )
