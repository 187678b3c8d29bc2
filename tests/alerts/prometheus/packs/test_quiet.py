"""Quiet days, as promtool evaluates them: no alert of any pack fires, through deploys, nights and a gap of scrapes."""

from __future__ import annotations

import os

import pytest

from northsouth.alerts.prometheus import ExprTest, RulePack, RuleTest
from northsouth.alerts.prometheus.promtool import run_tests
from northsouth.alerts.prometheus.timelines import at, counter, gauge
from tests.alerts.prometheus.packs.every_pack import EVERY_PACK

pytestmark = pytest.mark.slow

STEP = 2
"""Minutes between two scrapes, which is as seldom as a window of five minutes bears."""
DAY = 24 * 60 // STEP
DAYS = int(os.environ.get("QUIET_DAYS", "3"))
"""How many days are tried: three here, a week by ``make quiet``."""
PART = DAYS // 3
"""Days before the restart, and again as many between it and the gap."""
WHOLE = DAYS * DAY
GAP = 15 // STEP + 1
"""Steps for which nothing is scraped."""
PACKS = {pack.name: pack for pack in EVERY_PACK}


def steady(value: float) -> str:
    """Return a gauge that has one value all the time, but for a gap of scrapes."""
    return gauge((value, 2 * PART * DAY), (None, GAP), (value, WHOLE - 2 * PART * DAY - GAP))


def growing(by_day: float, by_night: float) -> str:
    """Return a counter of a process that restarts after a third of the days; a third later scrapes are missing.

    What it counts in the gap is in it at the next scrape.
    """
    half = DAY // 2
    days = [(each, half) for each in (by_day, by_night)]
    before = counter(*days * PART)
    total = PART * half * (by_day + by_night)
    return f"{before} {counter(*days * PART)} {gauge((None, GAP))} {_from(total + GAP * by_day, by_day, by_night)}"


def _from(total: float, by_day: float, by_night: float) -> str:
    half = DAY // 2
    texts = []
    for _ in range(DAYS - 2 * PART):
        for each in (by_day, by_night):
            texts.append(f"{total:g}+{each:g}x{half - 1}")
            total += each * half
    return " ".join(texts)


def of_cluster(name: str) -> dict[str, str]:
    """Return the series of a healthy cluster; the numbers are those of a step of two minutes."""
    where = f'cluster="{name}"'
    api = f'{where},job="apiserver",instance="10.0.0.1:443"'
    node = f'{where},job="node",instance="10.0.0.9:9100"'
    disk = f'{node},mountpoint="/",fstype="ext4"'
    link = f'{node},device="eth0"'
    block = f'{node},device="nvme0n1"'
    queue = f'{where},job="prometheus",instance="prometheus-0",remote_name="central",url="https://store.example.com"'
    search = f'{where},job="elasticsearch",instance="exporter:9114"'
    flow = 'flow_schema="service-accounts",priority_level="workload-low",reason="queue-full"'
    requests = "apiserver_request_total"
    certificate = "certmanager_certificate_expiration_timestamp_seconds"
    latency = "apiserver_request_sli_duration_seconds"
    return {
        f'up{{{where},job="api",instance="a:1"}}': steady(1),
        f'up{{{where},job="prometheus",prometheus_replica="0"}}': steady(1),
        f'up{{{where},job="prometheus",prometheus_replica="1"}}': steady(1),
        # A rolling update, each day: one of three is down for four minutes.
        f'up{{{where},job="web",instance="w:1"}}': " ".join(
            gauge((1, 1), (None, GAP), (1, DAY - GAP - 3), (0, 2)) if day == 2 * PART else gauge((1, DAY - 2), (0, 2))
            for day in range(DAYS)
        ),
        f'up{{{where},job="web",instance="w:2"}}': steady(1),
        f'up{{{where},job="web",instance="w:3"}}': steady(1),
        f'{requests}{{{api},verb="GET",resource="pods",subresource="",code="200"}}': growing(6000, 60),
        f'{requests}{{{api},verb="GET",resource="pods",subresource="",code="500"}}': growing(6, 0),
        f'{requests}{{{api},verb="LIST",resource="events",subresource="",code="429"}}': growing(2, 0),
        f'{requests}{{{api},verb="POST",resource="pods",subresource="eviction",code="429"}}': _evictions(),
        f"process_start_time_seconds{{{api}}}": steady(-86_400),
        f"apiserver_flowcontrol_rejected_requests_total{{{api},{flow}}}": growing(2, 0),
        **{
            f'{latency}_{kind}{{{api},verb="GET",scope="resource",subresource=""{le}}}': growing(6000, 60)
            for kind, le in (("bucket", ',le="0.1"'), ("bucket", ',le="1"'), ("bucket", ',le="+Inf"'), ("count", ""))
        },
        f'apiserver_storage_size_bytes{{{api},storage_cluster_id="etcd-0"}}': steady(2**30),
        f'aggregator_unavailable_apiservice{{{api},name="v1beta1.metrics.k8s.io"}}': steady(0),
        f'apiserver_request_terminations_total{{{api},code="504"}}': growing(2, 0),
        f'{certificate}{{{where},namespace="web",name="tls"}}': steady(9_000_000),
        f'node_cpu_seconds_total{{{node},cpu="0",mode="user"}}': growing(60, 5),
        f'node_cpu_seconds_total{{{node},cpu="0",mode="iowait"}}': growing(50, 5),
        f'node_cpu_seconds_total{{{node},cpu="0",mode="idle"}}': growing(10, 110),
        f"node_memory_MemAvailable_bytes{{{node}}}": steady(4e9),
        f"node_memory_MemTotal_bytes{{{node}}}": steady(16e9),
        f"node_vmstat_oom_kill{{{node}}}": steady(0),
        f"node_timex_offset_seconds{{{node}}}": steady(0.0004),
        f"node_timex_sync_status{{{node}}}": steady(1),
        f"node_timex_maxerror_seconds{{{node}}}": steady(0.02),
        # Images fill it by day and are removed at night.
        f"node_filesystem_avail_bytes{{{disk}}}": " ".join(["60-0.04x719"] * DAYS),
        f"node_filesystem_size_bytes{{{disk}}}": steady(100),
        f"node_filesystem_files_free{{{disk}}}": steady(60),
        f"node_filesystem_files{{{disk}}}": steady(100),
        f"node_filesystem_readonly{{{disk}}}": steady(0),
        f"node_network_receive_bytes_total{{{link}}}": growing(6e9, 1e8),
        f"node_network_transmit_bytes_total{{{link}}}": growing(6e9, 1e8),
        f"node_network_receive_packets_total{{{link}}}": growing(6e6, 1e5),
        f"node_network_transmit_packets_total{{{link}}}": growing(6e6, 1e5),
        f"node_network_receive_errs_total{{{link}}}": growing(1, 0),
        f"node_network_transmit_errs_total{{{link}}}": growing(0, 0),
        f"node_network_speed_bytes{{{link}}}": steady(1.25e9),
        f"node_disk_read_time_seconds_total{{{block}}}": growing(12, 1),
        f"node_disk_write_time_seconds_total{{{block}}}": growing(24, 2),
        f"node_disk_reads_completed_total{{{block}}}": growing(6000, 60),
        f"node_disk_writes_completed_total{{{block}}}": growing(12_000, 120),
        **{
            f'elasticsearch_cluster_health_status{{{search},color="{color}"}}': steady(color == "green")
            for color in ("green", "yellow", "red")
        },
        f"elasticsearch_cluster_health_relocating_shards{{{search}}}": " ".join([gauge((0, DAY - 15), (2, 15))] * DAYS),
        f"elasticsearch_indices_settings_stats_read_only_indices{{{search}}}": steady(0),
        f'elasticsearch_filesystem_data_available_bytes{{{search},name="es-1",path="/data"}}': steady(40),
        f'elasticsearch_filesystem_data_size_bytes{{{search},name="es-1",path="/data"}}': steady(100),
        f'elasticsearch_jvm_memory_used_bytes{{{search},name="es-1",area="heap"}}': " ".join(
            ["40+5x9"] * (WHOLE // 10)
        ),
        f'elasticsearch_jvm_memory_max_bytes{{{search},name="es-1",area="heap"}}': steady(100),
        f'elasticsearch_thread_pool_rejected_count{{{search},name="es-1",type="write"}}': growing(1, 0),
        f'elasticsearch_breakers_tripped{{{search},name="es-1",breaker="parent"}}': growing(0, 0),
        **_log_pipeline(where),
        f"hikaricp_connections_active{{{node}}}": steady(6),
        f"hikaricp_connections_max{{{node}}}": steady(10),
        f"hikaricp_connections_pending{{{node}}}": steady(0),
        f'model_quality_score{{{where},model="chat-{name}"}}': steady(0.9),
        f'model_quality_judged_total{{{where},model="chat-{name}"}}': growing(60, 4),
        f'model_drift_score{{{where},model="chat-{name}"}}': steady(0.05),
        f"prometheus_remote_storage_samples_total{{{queue}}}": growing(12_000, 12_000),
        f"prometheus_remote_storage_samples_failed_total{{{queue}}}": growing(3, 3),
        f"prometheus_remote_storage_queue_highest_timestamp_seconds{{{queue}}}": f"0+120x{WHOLE}",
        f"prometheus_remote_storage_queue_highest_sent_timestamp_seconds{{{queue}}}": f"-5+120x{WHOLE}",
    }


def _log_pipeline(where: str) -> dict[str, str]:
    """Return the series of a Logstash and a Filebeat: a burst each day fills the queue for ten minutes."""
    logstash = f'{where},job="logstash",instance="logstash-0:9198"'
    pipeline, output = f'{logstash},pipeline="main"', f'{logstash},pipeline="main",plugin="elasticsearch"'
    beat = f'{where},job="filebeat",instance="10.0.0.9:9479",node="n-1"'
    stats, events = "logstash_stats_pipeline", "filebeat_libbeat_output_events"
    return {
        f"{stats}_events_in{{{pipeline}}}": growing(6000, 60),
        f"{stats}_events_out{{{pipeline}}}": growing(6000, 60),
        f"{stats}_events_queue_push_duration{{{pipeline}}}": growing(30_000, 10),
        f"{stats}_queue_events_count{{{pipeline}}}": " ".join([gauge((0, DAY - 30), (30, 10), (5, 20))] * DAYS),
        f"{stats}_queue_events_queue_size{{{pipeline}}}": " ".join([gauge((5, DAY - 30), (12, 10), (6, 20))] * DAYS),
        f"{stats}_queue_max_size_in_bytes{{{pipeline}}}": steady(100),
        f"{stats}_plugin_documents_successes{{{output}}}": growing(6000, 60),
        f"{stats}_plugin_documents_non_retryable_failures{{{output}}}": growing(0, 0),
        f"{stats}_dead_letter_queue_size_in_bytes{{{pipeline}}}": steady(1),
        f"{stats}_dead_letter_queue_max_size_in_bytes{{{pipeline}}}": steady(100),
        f"{stats}_dead_letter_queue_dropped_events{{{pipeline}}}": growing(0, 0),
        f"{stats}_reloads_failures{{{pipeline}}}": growing(0, 0),
        f"logstash_stats_jvm_mem_heap_used_bytes{{{logstash}}}": " ".join(["40+5x9"] * (WHOLE // 10)),
        f"logstash_stats_jvm_mem_heap_max_bytes{{{logstash}}}": steady(100),
        f"logstash_stats_jvm_uptime_millis{{{logstash}}}": growing(120_000, 120_000),
        f'{events}{{{beat},type="acked"}}': growing(600, 6),
        f'{events}{{{beat},type="failed"}}': growing(0, 0),
        f'{events}{{{beat},type="dropped"}}': growing(0, 0),
        f'filebeat_libbeat_pipeline_events{{{beat},type="active"}}': " ".join([gauge((20, DAY - 5), (3200, 5))] * DAYS),
        f'filebeat_libbeat_pipeline_events{{{beat},type="dropped"}}': growing(0, 0),
        f"filebeat_uptime_seconds_total{{{beat}}}": growing(120, 120),
        f'kube_node_info{{{where},node="n-1"}}': steady(1),
    }


def _evictions() -> str:
    """Return a node's upgrade, each day: two pods that may not be evicted for twenty minutes, asked every 5 seconds."""
    step = 2 * 60 * STEP / 5
    total, texts = 0.0, []
    for day in range(DAYS):
        gap = GAP if day == 2 * PART else 0
        texts += [gauge((None, gap), (total, DAY - 10 - gap)), f"{total + step:g}+{step:g}x9"]
        total += 10 * step
    return " ".join(texts)


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_quiet_days_fire_nothing(pack: RulePack, promtool: str) -> None:  # noqa: ARG001
    series = {**of_cluster("eu"), 'up{cluster="us",job="prometheus",prometheus_replica="0"}': steady(1)}
    series |= {'up{cluster="us",job="prometheus",prometheus_replica="1"}': steady(1)}
    fired = ExprTest('max_over_time(ALERTS{alertstate="firing",alertname!="Watchdog"}[7d])', at(WHOLE * STEP - STEP))
    test = RuleTest(name="quiet days", series=series, interval=at(STEP), exprs=[fired])
    assert run_tests(pack.name, pack.groups(), [test]).failures == {}
