"""What exporters call the metrics of Logstash; pure.

Each exporter has names of its own (the README or the collectors of each repository, read in November 2026). All read
Logstash's API ``_node/stats``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LogstashFamily:
    """The names that one family of exporters gives. An exporter that lacks a metric has ``None`` there.

    Attributes:
        events_in: events that came into a pipeline; a counter.
        events_out: events that left it; a counter. A document that Elasticsearch refuses counts, too.
        push_time: how long inputs waited for the queue; a counter. Logstash's ``flow.queue_backpressure`` is its rate.
        push_unit: the seconds of one unit of ``push_time``.
        queue_events: events in the persistent queue; a gauge. 0 for a queue in memory.
        queue_size: bytes in the persistent queue; a gauge.
        queue_max: the most that it may hold.
        indexed: documents that an output wrote; a counter.
        refused: documents that an output gave up, because to repeat them is no use; a counter.
        dead_letters: bytes in the dead-letter queue; a gauge. 0 if there is none.
        dead_letters_max: the most that it may hold.
        dead_letters_dropped: events that found it full; a counter.
        heap: bytes of the heap in use.
        heap_max: bytes of the heap.
        age: a value that only a restart brings down.
        reload_failures: configurations that could not be loaded; a counter.

    """

    events_in: str
    events_out: str
    push_time: str | None
    push_unit: float
    queue_events: str
    queue_size: str | None
    queue_max: str
    indexed: str | None
    refused: str | None
    dead_letters: str
    dead_letters_max: str | None
    dead_letters_dropped: str | None
    heap: str
    heap_max: str
    age: str
    reload_failures: str | None


_KUSKOMAN = "logstash_stats_pipeline"
FAMILIES: Mapping[str, LogstashFamily] = {
    "kuskoman": LogstashFamily(
        events_in=f"{_KUSKOMAN}_events_in",
        events_out=f"{_KUSKOMAN}_events_out",
        push_time=f"{_KUSKOMAN}_events_queue_push_duration",
        push_unit=0.001,
        queue_events=f"{_KUSKOMAN}_queue_events_count",
        queue_size=f"{_KUSKOMAN}_queue_events_queue_size",
        queue_max=f"{_KUSKOMAN}_queue_max_size_in_bytes",
        indexed=f"{_KUSKOMAN}_plugin_documents_successes",
        refused=f"{_KUSKOMAN}_plugin_documents_non_retryable_failures",
        dead_letters=f"{_KUSKOMAN}_dead_letter_queue_size_in_bytes",
        dead_letters_max=f"{_KUSKOMAN}_dead_letter_queue_max_size_in_bytes",
        dead_letters_dropped=f"{_KUSKOMAN}_dead_letter_queue_dropped_events",
        heap="logstash_stats_jvm_mem_heap_used_bytes",
        heap_max="logstash_stats_jvm_mem_heap_max_bytes",
        age="logstash_stats_jvm_uptime_millis",
        reload_failures=f"{_KUSKOMAN}_reloads_failures",
    ),
    "leroymerlin": LogstashFamily(
        events_in="logstash_node_pipeline_events_in_total",
        events_out="logstash_node_pipeline_events_out_total",
        push_time="logstash_node_pipeline_queue_push_duration_seconds_total",
        push_unit=1,
        queue_events="logstash_node_queue_events",
        queue_size="logstash_node_queue_size_bytes",
        queue_max="logstash_node_queue_max_size_bytes",
        indexed="logstash_node_plugin_documents_successes_total",
        refused="logstash_node_plugin_documents_failures_total",
        dead_letters="logstash_node_dead_letter_queue_size_bytes",
        dead_letters_max=None,
        dead_letters_dropped=None,
        heap="logstash_node_mem_heap_used_bytes",
        heap_max="logstash_node_mem_heap_max_bytes",
        age="logstash_node_process_cpu_total_seconds_total",
        reload_failures=None,
    ),
    "bonniernews": LogstashFamily(
        events_in="logstash_node_pipeline_events_in_total",
        events_out="logstash_node_pipeline_events_out_total",
        push_time=None,
        push_unit=1,
        queue_events="logstash_node_queue_events",
        queue_size=None,
        queue_max="logstash_node_queue_max_size_bytes",
        indexed=None,
        refused=None,
        dead_letters="logstash_node_dead_letter_queue_size_bytes",
        dead_letters_max=None,
        dead_letters_dropped=None,
        heap="logstash_node_mem_heap_used_bytes",
        heap_max="logstash_node_mem_heap_max_bytes",
        age="logstash_node_process_cpu_total_seconds_total",
        reload_failures=None,
    ),
}
"""By exporter: kuskoman/logstash-exporter, leroy-merlin-br/logstash-exporter, BonnierNews/logstash_exporter.

kuskoman's first version lacks the metrics of documents and of the dead-letter queue: their rules are silent there.
"""
