"""What the packs' inhibitions are about, and an incident that needs them."""

from __future__ import annotations

import pytest

from northsouth.alerts.alertmanager.delivery import Inhibition
from northsouth.alerts.prometheus import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.packs import INHIBITIONS, KubernetesApiRules
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


@pytest.mark.parametrize("inhibition", INHIBITIONS, ids=lambda each: "-".join(each.source.values()))
def test_an_inhibition_is_about_alerts_that_exist_and_labels_they_have(inhibition: Inhibition) -> None:
    """A label that both lack counts as equal; one that only one of them can have would never be."""
    both = [RULES[labels["alertname"]] for labels in (inhibition.source, inhibition.target)]
    for label in inhibition.equal:
        has = [label in rule.all_labels or label in parse(rule.expr).labels for rule in both]
        assert has[0] == has[1], label
