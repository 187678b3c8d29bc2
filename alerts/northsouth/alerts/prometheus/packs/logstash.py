"""Rules on Logstash: what waits in it, what it loses, and whether it runs; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from northsouth.alerts.meaning import INCIDENT, Severity
from northsouth.alerts.prometheus.durations import seconds
from northsouth.alerts.prometheus.packs import logstash_tests
from northsouth.alerts.prometheus.packs.elasticsearch_parameters import behind
from northsouth.alerts.prometheus.packs.logstash_parameters import LogstashParameters
from northsouth.alerts.prometheus.packs.parameters import fraction
from northsouth.alerts.prometheus.rules import AlertRule
from northsouth.alerts.prometheus.templates import label
from northsouth.alerts.prometheus.testing import RuleTest
from northsouth.alerts.prometheus.timelines import number
from northsouth.metrics.dimensions import COUNT
from northsouth.metrics.units import quantity

_LOST = {INCIDENT: "logstash-refusals"}
"""The label of documents that cannot be written."""
_PIPELINE = label("pipeline", "a pipeline")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogstashRules(LogstashParameters):
    """Rules on the backlog, the losses, the memory and the restarts of Logstash, by the family of its exporter.

    A changed field type makes no backpressure and no error: the bulk request is answered with 200, and the document is
    gone. ``LogstashDocumentsRefused`` and ``LogstashDeadLetters`` alone show it.

    :class:`~northsouth.alerts.prometheus.packs.logstash_parameters.LogstashParameters` describes the parameters.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    @property
    def name(self) -> str:
        """The pack's name."""
        return "logstash"

    def tests(self) -> Sequence[RuleTest]:
        """Return the tests of each rule."""
        return logstash_tests.tests(self, self._rules())

    def _rules(self) -> Sequence[AlertRule]:
        return [*self.backlogs(), *self.losses(), *self.processes()]

    def backlogs(self) -> Iterator[AlertRule]:
        """Yield the alerts on what waits. A cluster behind it that is red or takes no writes silences them."""
        names = self.names
        if names.push_time:
            waits = f"rate({self._select(names.push_time, '5m')})"
            share = waits if names.push_unit == 1 else f"{waits} * {number(names.push_unit)}"
            yield self._alert(
                "LogstashBackpressure",
                f"{share} > {number(fraction(self.blocked_over))}",
                for_=self.blocked_for,
                summary=f"Inputs of {_PIPELINE} wait {{{{ $value | humanizePercentage }}}} of the time",
                description="Events come faster than they are written. Look at what is behind Logstash, then at its "
                "filters.",
                labels=behind(self.elasticsearch),
            )
        yield self._alert(
            "LogstashStalled",
            f"increase({self._select(names.events_out, '10m')}) == 0 and (\n"
            f"  increase({self._select(names.events_in, '10m')}) > 0 or {self._select(names.queue_events)} > 0\n)",
            for_=self.stalled_for,
            severity=Severity.CRITICAL,
            summary=f"Nothing leaves {_PIPELINE}, and events wait",
            description="An output is blocked: a cluster that takes no writes, wrong credentials, or one of several "
            "outputs that is slow.",
            labels=behind(self.elasticsearch),
        )
        if names.queue_size:
            ahead = number(seconds(self.queue_within) or 0)
            filling = f"predict_linear({self._select(names.queue_size, '15m')}, {ahead})"
            yield self._alert(
                "LogstashQueueFills",
                f"{filling} / {self._select(names.queue_max)} > 0.95",
                for_=self.queue_for,
                severity=Severity.CRITICAL,
                summary=f"The queue of {_PIPELINE} is full, or will be within {self.queue_within}",
                description="Then its inputs stop, Filebeat stops reading, and log files are rotated away unread.",
                labels=behind(self.elasticsearch),
            )

    def losses(self) -> Iterator[AlertRule]:
        """Yield the alerts on what is lost. Nothing silences them."""
        names = self.names
        if names.refused and names.indexed:
            refused, indexed = (
                f"increase({self._select(counter, '10m')})" for counter in (names.refused, names.indexed)
            )
            share = f"{refused} / ({refused} + {indexed})"
            for expr, severity in ((f"{refused} > 0", Severity.WARNING), (f"{share} > ", Severity.CRITICAL)):
                critical = severity is Severity.CRITICAL
                amount = "{{ $value | humanizePercentage }} of the documents"
                some = '{{ $value | printf "%.0f" }} documents within 10m'
                yield self._alert(
                    "LogstashDocumentsRefused",
                    f"{expr}{number(fraction(self.refused_over))}" if critical else expr,
                    for_="1m",
                    severity=severity,
                    summary=f"Elasticsearch refused {amount if critical else some} of {_PIPELINE}",
                    description="Most often the type of a field changed. They are not repeated: without a dead-letter "
                    "queue they are lost.",
                    labels=_LOST,
                )
        yield self._alert(
            "LogstashDeadLetters",
            f"delta({self._select(names.dead_letters, '10m')}) > 0",
            for_="1m",
            summary=f"Documents of {_PIPELINE} go to the dead-letter queue",
            description="Elasticsearch refuses them for good: look at the reason in their metadata.",
            labels=_LOST,
        )
        if names.dead_letters_max:
            yield self._alert(
                "LogstashDeadLetterQueueFull",
                f"{self._select(names.dead_letters)} / {self._select(names.dead_letters_max)} "
                f"> {number(fraction(self.dead_letters_over))}",
                for_="5m",
                severity=Severity.CRITICAL,
                summary=f"The dead-letter queue of {_PIPELINE} is {{{{ $value | humanizePercentage }}}} full",
                description="When it is full, refused documents are lost. Read it, and empty it.",
                labels=_LOST,
            )
        if names.dead_letters_dropped:
            yield self._alert(
                "LogstashDeadLettersLost",
                f"increase({self._select(names.dead_letters_dropped, '10m')}) > 0",
                for_="1m",
                severity=Severity.CRITICAL,
                summary=f"The dead-letter queue of {_PIPELINE} is full, and documents are lost",
                description="It takes no more than dead_letter_queue.max_bytes.",
                labels=_LOST,
            )

    def processes(self) -> Iterator[AlertRule]:
        """Yield the alerts on Logstash itself."""
        names = self.names
        yield self._alert(
            "LogstashHeapHigh",
            f"{self._select(names.heap)} / {self._select(names.heap_max)} > {number(fraction(self.heap_over))}",
            for_=self.heap_for,
            summary="Logstash uses {{ $value | humanizePercentage }} of its heap",
            description="Collecting garbage takes its time; next it dies. Fewer or smaller batches need less.",
        )
        yield self._alert(
            "LogstashRestarts",
            f"resets({self._select(names.age, '1h')}) >= {number(quantity(self.restarts).number_in(COUNT))}",
            for_="1m",
            severity=Severity.CRITICAL,
            summary='Logstash started {{ $value | printf "%.0f" }} times within 1h',
            description="Most often it runs out of memory that is not its heap: the buffers of its inputs. A queue in "
            "memory is lost each time.",
        )
        if names.reload_failures:
            yield self._alert(
                "LogstashReloadFails",
                f"increase({self._select(names.reload_failures, '15m')}) > 0",
                for_="1m",
                summary=f"A new configuration of {_PIPELINE} cannot be loaded",
                description="Logstash goes on with the old one; after a restart it has none.",
            )
        yield self._silence(
            "LogstashSilent",
            names.events_in,
            summary="No Logstash says how it is",
            description="They are gone, or their exporters get no answer. No other alert on them can fire.",
        )
