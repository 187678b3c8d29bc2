"""Rules on Filebeat: what it loses, what waits in it, and whether it runs everywhere; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.packs import filebeat_tests
from northsouth.alerts.prometheus.packs.elasticsearch_parameters import behind
from northsouth.alerts.prometheus.packs.filebeat_parameters import (
    NODE_INFO,
    OUTPUT,
    PIPELINE,
    UPTIME,
    FilebeatParameters,
)
from northsouth.alerts.prometheus.rules import AlertRule
from northsouth.alerts.prometheus.templates import label
from northsouth.alerts.prometheus.testing import RuleTest
from northsouth.alerts.prometheus.timelines import number
from northsouth.metrics.dimensions import COUNT
from northsouth.metrics.units import quantity

_ONE = label("instance", "A Filebeat")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilebeatRules(FilebeatParameters):
    """Rules on Filebeat, by what trustpilot's ``beat-exporter`` exports of it.

    Backpressure is no error for Filebeat: it stops reading. Events are lost later, when a log file is rotated away that
    it has not read. ``FilebeatQueueFull`` and ``FilebeatBlocked`` fire before that.

    :class:`~northsouth.alerts.prometheus.packs.filebeat_parameters.FilebeatParameters` describes the parameters.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    @property
    def name(self) -> str:
        """The pack's name."""
        return "filebeat"

    def tests(self) -> Sequence[RuleTest]:
        """Return the tests of each rule."""
        return filebeat_tests.tests(self, self._rules())

    def _rules(self) -> Sequence[AlertRule]:
        return [*self._events(), *self._processes()]

    def _events(self) -> Iterator[AlertRule]:
        dropped = (f"increase({self._select(metric, '10m', type='dropped')}) > 0" for metric in (OUTPUT, PIPELINE))
        yield self._alert(
            "FilebeatDropped",
            " or ".join(dropped),
            for_="1m",
            severity=Severity.CRITICAL,
            summary=f'{_ONE} lost {{{{ $value | printf "%.0f" }}}} events within 10m',
            description="Its output refused them for good, or its queue does not wait. They are not repeated.",
        )
        yield self._alert(
            "FilebeatFailing",
            f"increase({self._select(OUTPUT, '5m', type='failed')}) > 0",
            for_=self.failing_for,
            summary=f'{_ONE} could not send {{{{ $value | printf "%.0f" }}}} events within 5m',
            description="It repeats them. What is behind it refuses them, or cannot be reached.",
            labels=behind(self.elasticsearch),
            keeps_firing=False,
        )
        yield self._alert(
            "FilebeatQueueFull",
            f"{self._select(PIPELINE, type='active')} >= {number(quantity(self.waiting).number_in(COUNT))}",
            for_=self.waiting_for,
            summary=f"{{{{ $value }}}} events wait in {label('instance', 'a Filebeat')}",
            description="Its queue is full, so it stops reading. Log files are rotated away unread.",
            labels=behind(self.elasticsearch),
        )
        yield self._alert(
            "FilebeatBlocked",
            f"increase({self._select(OUTPUT, '10m', type='acked')}) == 0\n"
            f"  and ignoring (type) {self._select(PIPELINE, type='active')} > 0",
            for_=self.blocked_for,
            severity=Severity.CRITICAL,
            summary=f"{_ONE} sends nothing, and events wait",
            description="What is behind it takes nothing. Log files are rotated away unread.",
            labels=behind(self.elasticsearch),
        )

    def _processes(self) -> Iterator[AlertRule]:
        yield self._alert(
            "FilebeatRestarts",
            f"resets({self._select(UPTIME, '1h')}) >= {number(quantity(self.restarts).number_in(COUNT))}",
            for_="1m",
            summary=f'{_ONE} started {{{{ $value | printf "%.0f" }}}} times within 1h',
            description="Most often it runs out of memory. It sends again what was not acknowledged, so events come "
            "twice.",
        )
        if self.every_node:
            has = f"group by ({self.label}, node)"
            yield self._alert(
                "FilebeatNodeSilent",
                f"{has} ({NODE_INFO})\n  unless\n{has} ({self._select(UPTIME)})",
                for_=self.node_for,
                severity=Severity.CRITICAL,
                summary=f"{label('node', 'A node')} has no Filebeat",
                description="The logs of what runs there are not read, and are rotated away.",
            )
        yield self._silence(
            "FilebeatSilent",
            UPTIME,
            summary="No Filebeat says how it is",
            description="They are gone, or their exporters get no answer. No other alert on them can fire.",
        )
