"""The hops of a log pipeline: who counts the records there, and who counts those that wait; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.prometheus.packs.filebeat_parameters import OUTPUT, PIPELINE
from northsouth.alerts.prometheus.packs.logstash_families import FAMILIES
from northsouth.alerts.prometheus.packs.logstash_parameters import family_problems
from northsouth.alerts.prometheus.selectors import Match, label_problems, match_problems, metric_problems, selector
from northsouth.alerts.prometheus.timelines import number
from northsouth.errors import Problem, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A place in a pipeline that counts the records that pass it.

    Attributes:
        name: what alerts call it.
        counter: the counter of its records. All of its series are added up.
        match: which series of the counter.
        waiting: the gauge of records that were counted here and wait for the next hop, if there is one. They are not
            taken for lost.
        waiting_match: which series of that gauge.
        by: the labels that tell the counters apart, if several exporters report the same ones; none if every series
            counts records of its own.
        times: how often it counts a record of the first hop: 2 for an index with one replica, 0.6 if filters before it
            drop 40% of the records on purpose.

    """

    name: str
    counter: str
    match: Match = field(default_factory=dict)
    waiting: str | None = None
    waiting_match: Match = field(default_factory=dict)
    by: Sequence[str] = ()
    times: float = 1

    @classmethod
    def filebeat(cls, match: Match | None = None) -> Hop:
        """Return the events that Filebeat sent, and that were acknowledged, as trustpilot's beat-exporter counts them.

        Args:
            match: which Filebeats; all of them if not given.

        """
        return cls(name="Filebeat", counter=OUTPUT, match={**(match or {}), "type": "acked"})

    @classmethod
    def filebeat_read(cls, match: Match | None = None) -> Hop:
        """Return the events that Filebeat read; those in its queue wait.

        Args:
            match: which Filebeats; all of them if not given.

        """
        read, waiting = ({**(match or {}), "type": kind} for kind in ("published", "active"))
        return cls(name="Filebeat's queue", counter=PIPELINE, match=read, waiting=PIPELINE, waiting_match=waiting)

    @classmethod
    def logstash(cls, match: Match | None = None, *, family: str = "kuskoman") -> Hop:
        """Return the events that came into Logstash; those in its persistent queue wait.

        Args:
            match: which pipelines: ``{"pipeline": "main"}``. Where one pipeline sends to another, choose the first.
            family: the exporter, as of :class:`~northsouth.alerts.prometheus.packs.LogstashRules`.

        Raises:
            ConfigurationError: if there is no such family.

        """
        refuse("Hop.logstash", family_problems(family))
        names, where = FAMILIES[family], match or {}
        return cls(
            name="Logstash", counter=names.events_in, match=where, waiting=names.queue_events, waiting_match=where
        )

    @classmethod
    def indexed(cls, match: Match | None = None, *, family: str = "kuskoman", times: float = 1) -> Hop:
        """Return the documents that Logstash knows to be written. One that Elasticsearch refused is not counted.

        Args:
            match: which outputs: ``{"pipeline": "main"}``.
            family: the exporter, as of :class:`~northsouth.alerts.prometheus.packs.LogstashRules`.
            times: how many documents Logstash makes of an event: 0.6 if its filters drop 40% on purpose.

        Raises:
            ConfigurationError: if there is no such family, or its exporter does not count documents.

        """
        refuse("Hop.indexed", _counts_documents(family))
        return cls(name="the index", counter=str(FAMILIES[family].indexed), match=match or {}, times=times)

    @classmethod
    def elasticsearch(cls, match: Match | None = None, *, replicas: int = 1, times: float = 1) -> Hop:
        """Return what the nodes of Elasticsearch or OpenSearch indexed, as elasticsearch_exporter counts it.

        Every index of the cluster is counted. So this is for a cluster that has logs only.

        Args:
            match: which cluster: ``{"cluster": "logs"}``.
            replicas: ``number_of_replicas`` of the indices: each copy of a document is counted.
            times: as of :meth:`indexed`.

        """
        metric = "elasticsearch_indices_indexing_index_total"
        by, copies = ("cluster", "name"), times * (1 + replicas)
        return cls(name="Elasticsearch", counter=metric, match=match or {}, by=by, times=copies)

    def counted(self) -> str:
        """Return the selector of the counter."""
        return selector(self.counter, self.match)

    def passed(self, window: str) -> str:
        """Return the expression of how many records of the first hop passed within a window."""
        increase = f"increase({selector(self.counter, self.match, window)})"
        return self._once(f"sum(max by ({', '.join(self.by)}) ({increase}))" if self.by else f"sum({increase})")

    def more_waiting(self, window: str) -> str:
        """Return the expression of how many more of them wait than did at the begin of a window."""
        return self._once(f"sum(delta({selector(str(self.waiting), self.waiting_match, window)}))")

    def _once(self, counted: str) -> str:
        return counted if self.times == 1 else f"{counted} / {number(self.times)}"

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with it."""
        if not self.name.strip():
            yield Problem("name", repr(self.name), "alerts name the hop", "Give it a name.")
        yield from metric_problems("counter", self.counter)
        yield from match_problems("match", self.match)
        if self.waiting is not None:
            yield from metric_problems("waiting", self.waiting)
            yield from match_problems("waiting_match", self.waiting_match)
        elif self.waiting_match:
            rule = "it chooses series of the gauge waiting, which is not set"
            yield Problem("waiting_match", ", ".join(self.waiting_match), rule, "Set waiting, or leave it out.")
        for index, label in enumerate(self.by):
            yield from label_problems(f"by[{index}]", label)
        if not 0 < self.times < 1000:
            rule = "it is how often a record is counted: more than 0, and less than 1000"
            yield Problem("times", repr(self.times), rule, "Write 1, or 2 for an index with one replica.")


def _counts_documents(family: str) -> Iterator[Problem]:
    yield from family_problems(family)
    if family in FAMILIES and not FAMILIES[family].indexed:
        able = ", ".join(name for name, names in FAMILIES.items() if names.indexed)
        rule = f"these exporters count documents: {able}"
        yield Problem("family", repr(family), rule, "Use Hop.elasticsearch() in its place.")
