"""What the packs' inhibitions are about, and an incident that needs them."""

from __future__ import annotations

import pytest

from northsouth.alerts.alertmanager.delivery import Inhibition
from northsouth.alerts.prometheus import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.packs import (
    BACKLOGS_BEHIND_ELASTICSEARCH,
    INHIBITIONS,
    ElasticsearchRules,
    FilebeatRules,
    KubernetesApiRules,
    LogstashRules,
)
from northsouth.alerts.prometheus.promql import parse
from northsouth.alerts.prometheus.promtool import run_tests
from tests.alerts.prometheus.packs.every_pack import EVERY_ALERT, RUNBOOK

Labels = dict[str, str]
RULES = {rule.alert: rule for rule in reversed(EVERY_ALERT)}
"""By name, the first rule of that name."""
API = KubernetesApiRules(runbook=RUNBOOK)
EVICTION = {"verb": "POST", "resource": "pods", "subresource": "eviction"}
FLOW = {"flow_schema": "service-accounts", "priority_level": "workload-low", "reason": "queue-full"}
DRAIN_LOOP: dict[str, list[Labels]] = {
    "KubernetesApiRefused": [{}],
    "KubernetesApiRefusedFirst": [{"verb": "GET", "resource": "pods"}],
    "KubernetesApiFlowRejected": [FLOW],
    "KubernetesApiFlowRejectedFirst": [FLOW],
    "KubernetesApiOneClient": [EVICTION],
    "KubernetesApiEvictionsRefused": [EVICTION],
}
"""The alerts of a drain loop by their labels; each has the cluster's, too."""

LOGS = {"elasticsearch": "logs"}
LOGSTASH = {"instance": "logstash-0:9198", "pipeline": "main"}
FILEBEAT = {"instance": "10.0.0.9:9479"}
BLOCKED_CLUSTER: dict[str, list[Labels]] = {
    "ElasticsearchReadOnly": [{**LOGS, "cluster": "logs"}],
    "LogstashBackpressure": [{**LOGSTASH, **LOGS}],
    "LogstashStalled": [{**LOGSTASH, **LOGS}],
    "LogstashQueueFills": [{**LOGSTASH, **LOGS}],
    "LogstashDeadLetters": [LOGSTASH],
    "FilebeatFailing": [{**FILEBEAT, "type": "failed", **LOGS}],
    "FilebeatQueueFull": [{**FILEBEAT, "type": "active", **LOGS}],
    "FilebeatBlocked": [{**FILEBEAT, "type": "acked", **LOGS}],
    "FilebeatDropped": [{**FILEBEAT, "type": "dropped"}],
}
"""The alerts of a cluster that takes no writes, while some events are lost; those on backlogs name the cluster."""


def in_main(labels: Labels) -> Labels:
    return {"cluster": "main", **labels}


def test_a_drain_loop_that_overloads_the_api_sets_off_six_alerts(promtool: str) -> None:  # noqa: ARG001
    """A client evicts pods that a PodDisruptionBudget protects, hundreds of times a second, and asks for them."""
    server = 'job="apiserver",cluster="main",instance="10.0.0.1:443"'
    pods = f'{server},resource="pods"'
    flow = ",".join(f'{name}="{value}"' for name, value in FLOW.items())
    series = {
        f'apiserver_request_total{{{pods},verb="GET",subresource="",code="200"}}': "0+6000x60",
        f'apiserver_request_total{{{pods},verb="POST",subresource="eviction",code="429"}}': "_x20 900+3000x40",
        f'apiserver_request_total{{{pods},verb="GET",subresource="",code="429"}}': "_x20 300+600x40",
        f"apiserver_flowcontrol_rejected_requests_total{{{server},{flow}}}": "_x20 300+600x40",
    }
    rates = ("KubernetesApiRefused", "KubernetesApiFlowRejected", "KubernetesApiOneClient")
    bursts = ("KubernetesApiRefusedFirst", "KubernetesApiFlowRejectedFirst")
    alerts = [
        AlertTest(alert, at, [Firing(in_main(labels)) for labels in DRAIN_LOOP[alert]] if fires else [])
        for at, firing in (("25m", ()), ("26m", (*rates, *bursts)), ("52m", (*rates, "KubernetesApiEvictionsRefused")))
        for alert in DRAIN_LOOP
        for fires in [alert in firing]
    ]
    test = RuleTest(name="a drain loop", series=series, alerts=alerts)
    assert run_tests(API.name, API.groups(), [test]).failures == {}


def test_a_cluster_that_takes_no_writes_sets_off_the_backlogs_behind_it(promtool: str) -> None:  # noqa: ARG001
    """Its disks pass the flood stage; Logstash repeats what it refuses, its queue fills, and Filebeat stops reading."""
    stats, output = 'instance="logstash-0:9198",pipeline="main",cluster="main"', "filebeat_libbeat_output_events"
    beat = 'instance="10.0.0.9:9479",cluster="main"'
    pipeline = "logstash_stats_pipeline"
    series = {
        'elasticsearch_indices_settings_stats_read_only_indices{cluster="logs"}': "0x20 9x60",
        f"{pipeline}_events_in{{{stats}}}": "0+6000x20 120000x60",
        f"{pipeline}_events_out{{{stats}}}": "0+6000x20 120000x60",
        f"{pipeline}_events_queue_push_duration{{{stats}}}": "0x20 60000+60000x60",
        f"{pipeline}_queue_events_count{{{stats}}}": "0x20 9000x60",
        f"{pipeline}_queue_events_queue_size{{{stats}}}": "5x20 98x60",
        f"{pipeline}_queue_max_size_in_bytes{{{stats}}}": "100x90",
        f"{pipeline}_dead_letter_queue_size_in_bytes{{{stats}}}": "0x20 1+1x60",
        f'{output}{{{beat},type="acked"}}': "0+600x20 12000x60",
        f'{output}{{{beat},type="failed"}}': "0x20 50+50x60",
        f'{output}{{{beat},type="dropped"}}': "0x20 1+1x60",
        f'filebeat_libbeat_pipeline_events{{{beat},type="active"}}': "20x20 3200x60",
    }
    packs = [kind(runbook=RUNBOOK, elasticsearch="logs") for kind in (LogstashRules, FilebeatRules)]
    groups = [group for pack in (ElasticsearchRules(runbook=RUNBOOK), *packs) for group in pack.groups()]
    alerts = [
        AlertTest(alert, at, [Firing({"cluster": "main", **labels}) for labels in all_] if at == "60m" else [])
        for alert, all_ in BLOCKED_CLUSTER.items()
        for at in ("20m", "60m")
    ]
    test = RuleTest(name="a cluster that takes no writes", series=series, alerts=alerts)
    assert run_tests("pipeline", groups, [test]).failures == {}


def test_nothing_silences_what_is_lost() -> None:
    silenced = {inhibition.target["alertname"] for inhibition in BACKLOGS_BEHIND_ELASTICSEARCH}
    of_the_pipeline = {name for name in RULES if name.startswith(("Logstash", "Filebeat", "Pipeline"))}
    assert silenced == {name for name in of_the_pipeline if "elasticsearch" in RULES[name].labels}
    assert not {
        name
        for name in silenced
        if any(word in name for word in ("Dropped", "Dead", "Refused", "Restarts", "Pipeline"))
    }


@pytest.mark.parametrize(
    "inhibition", INHIBITIONS, ids=lambda each: "-".join([*each.source.values(), *each.target.values()])
)
def test_an_inhibition_is_about_alerts_that_exist_and_labels_they_have(inhibition: Inhibition) -> None:
    """A label that both lack counts as equal; one that only one of them can have would never be."""
    both = [RULES[labels["alertname"]] for labels in (inhibition.source, inhibition.target)]
    for label in inhibition.equal:
        has = [label in rule.all_labels or label in parse(rule.expr).labels for rule in both]
        assert has[0] == has[1], label
