from __future__ import annotations

import json
from typing import Any

import pytest

from northsouth.alerts.prometheus import RecordingRule, RuleGroup, RulePack
from northsouth.alerts.prometheus.board import board_of_rules, without_templates
from northsouth.alerts.prometheus.exports import Format, render
from northsouth.alerts.prometheus.packs import (
    ElasticsearchRules,
    FilebeatRules,
    Hop,
    HostRules,
    KubernetesApiRules,
    LogstashRules,
    ModelRules,
    PipelineCompleteness,
    Pool,
    PoolRules,
    SilentClusterRules,
    TargetRules,
)
from northsouth.alerts.prometheus.promql import Measured, measured
from northsouth.alerts.prometheus.rendering import group_value
from tests.alerts.dashboards.grafana_schema import faults

RUNBOOK = "https://runbooks.example.com/rules"
PACKS: list[RulePack] = [
    ElasticsearchRules(runbook=RUNBOOK),
    FilebeatRules(runbook=RUNBOOK),
    HostRules(runbook=RUNBOOK),
    KubernetesApiRules(runbook=RUNBOOK),
    LogstashRules(runbook=RUNBOOK),
    ModelRules(runbook=RUNBOOK),
    PipelineCompleteness(runbook=RUNBOOK, hops=[Hop.logstash(), Hop.indexed()]),
    PoolRules(runbook=RUNBOOK, pools=[Pool(name="db", used="db_used", limit="db_max")]),
    SilentClusterRules(runbook=RUNBOOK, clusters=["hub-a"], published=True),
    TargetRules(runbook=RUNBOOK),
]


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("a / b > 0.03 and b > 5", Measured("a / b", ">", 0.03)),
        ("((a) <= (7))", Measured("a", "<=", 7)),
        ("a == 0", Measured("a", "==", 0)),
        ("a > 1 unless on (x) b", Measured("a", ">", 1)),
        ("a > b", Measured("a > b")),
        ("a unless b", Measured("a unless b")),
        ("absent(a)", Measured("absent(a)")),
        ("(a > 1) or (b > 2)", Measured("(a > 1) or (b > 2)")),
    ],
)
def test_what_a_rule_measures(expr: str, expected: Measured) -> None:
    assert measured(expr) == expected


def drawn(pack: RulePack) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render(Format.GRAFANA, pack.name, pack.groups()))
    return document


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_grafanas_schema_takes_the_dashboard_of_every_pack(pack: RulePack) -> None:
    document = drawn(pack)
    assert faults(document) == []
    alerts = {rule.name for group in pack.groups() for rule in group.rules if hasattr(rule, "alert")}
    titles = {panel["title"].split(" ")[0] for panel in document["panels"] if panel["type"] == "timeseries"}
    assert alerts <= titles
    assert "{{ $" not in json.dumps(document)


def test_thresholds_are_lines_and_two_severities_share_a_graph() -> None:
    panels = drawn(KubernetesApiRules(runbook=RUNBOOK))["panels"]
    (errors,) = (each for each in panels if each["title"] == "KubernetesApiErrors" and each["type"] == "timeseries")
    defaults = errors["fieldConfig"]["defaults"]
    assert [step["value"] for step in defaults["thresholds"]["steps"]] == [None, 0.03]
    assert "> 0.03" not in errors["targets"][0]["expr"]
    expiring = [each for each in panels if each["title"] == "KubernetesClientCertificateExpires"]
    assert [each["type"] for each in expiring] == ["stat", "timeseries"]
    burning = [each["title"] for each in panels if each["title"].startswith("KubernetesApiErrorBudgetBurn")]
    assert "KubernetesApiErrorBudgetBurn 1 of 4" in burning


def test_groups_without_alerts_are_left_out() -> None:
    recorded = group_value(RuleGroup("recorded", [RecordingRule(record="a:b:sum", expr="sum(b)")]))
    alerting = [group_value(group) for pack in PACKS for group in pack.groups()]
    board = board_of_rules("all", [recorded, *alerting])
    assert [section.title for section in board.sections] == [group["name"] for group in alerting]


def test_texts_name_labels_and_leave_values_open() -> None:
    text = "{{ $labels.cluster }} lost {{ $value | humanizePercentage }} of {{- $labels.job | title }}"
    assert without_templates(text) == "(cluster) lost \N{HORIZONTAL ELLIPSIS} of (job)"


def expressions(document: dict[str, Any]) -> dict[str, str]:
    """Return the first expression of each graph by its title, without line breaks."""
    graphs = (panel for panel in document["panels"] if panel["type"] == "timeseries")
    return {graph["title"]: " ".join(graph["targets"][0]["expr"].split()) for graph in graphs}


def test_the_reader_chooses_clusters_and_their_instances() -> None:
    document = drawn(HostRules(runbook=RUNBOOK))
    _, cluster, instance = document["templating"]["list"]
    assert cluster["query"]["query"] == "label_values(node_cpu_seconds_total, cluster)"
    assert instance["query"]["query"] == 'label_values(node_cpu_seconds_total{cluster=~"$cluster"}, instance)'
    assert all((each["multi"], each["allValue"]) == (True, ".*") for each in (cluster, instance))
    graphs = expressions(document)
    chosen = '{cluster=~"$cluster",instance=~"$instance"}'
    assert graphs["HostMemoryLow"] == f"node_memory_MemAvailable_bytes{chosen} / node_memory_MemTotal_bytes{chosen}"
    assert graphs["Alerts that fire"].endswith(',cluster=~"$cluster|",instance=~"$instance|"})')


def test_only_labels_that_alerts_have_are_chosen_by() -> None:
    """A share of a job's targets is not one of the chosen instances; recorded series have no instance."""
    by_pack = {pack.name: drawn(pack) for pack in PACKS}
    chosen = {name: [each["name"] for each in each_["templating"]["list"]][1:] for name, each_ in by_pack.items()}
    assert chosen == {
        "elasticsearch": ["cluster"],
        "filebeat": ["cluster", "instance"],
        "hosts": ["cluster", "instance"],
        "kubernetes-api": ["cluster"],
        "logstash": ["cluster", "instance"],
        "models": [],
        "pipeline-logs": [],
        "pools": ["instance"],
        "silent-clusters": ["cluster"],
        "targets": ["cluster", "instance"],
    }
    assert "instance" not in expressions(by_pack["targets"])["JobDown"]


def test_the_labels_to_choose_by_are_an_argument() -> None:
    groups = [group_value(group) for group in ModelRules(runbook=RUNBOOK).groups()]
    assert [variable.label for variable in board_of_rules("models", groups, ["model"]).variables] == ["model"]
    assert board_of_rules("models", groups, []).variables == ()
