"""The page on the packs says what is true: its example synthesizes, and every alert is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from cdktf import Testing as CdkTesting

from northsouth.alerts.prometheus import AlertRule
from northsouth.alerts.prometheus.packs.as_published import ALERT
from tests.alerts.prometheus.packs.test_completeness import USUAL as COMPLETENESS
from tests.alerts.prometheus.packs.test_elasticsearch import USUAL as ELASTICSEARCH
from tests.alerts.prometheus.packs.test_filebeat import USUAL as FILEBEAT
from tests.alerts.prometheus.packs.test_host_and_serving import PACKS
from tests.alerts.prometheus.packs.test_logstash import USUAL as LOGSTASH
from tests.alerts.prometheus.packs.test_silent_clusters import pack
from tests.harness.examples import load
from tests.harness.synth import resources

ROOT = Path(__file__).parents[4]
EXAMPLE = ROOT / "examples" / "rules_clusters.py"
DOCS = (ROOT / "docs" / "prometheus-packs.md").read_text(encoding="utf-8")
PIPELINE = (ROOT / "docs" / "pipeline.md").read_text(encoding="utf-8")


def test_the_page_quotes_the_example() -> None:
    assert f"```python\n{EXAMPLE.read_text(encoding='utf-8')}```" in DOCS


def test_the_example_puts_every_pack_into_the_workspace() -> None:
    document: dict[str, Any] = json.loads(CdkTesting.synth(load(EXAMPLE).Rules(CdkTesting.app(), "rules"), True))
    namespaces = {each["name"]: each for each in resources(document, "aws_prometheus_rule_group_namespace").values()}
    assert set(namespaces) == {"silent-clusters", "hosts", "targets"}
    (group,) = yaml.safe_load(namespaces["silent-clusters"]["data"])["groups"]
    inventory = [rule["labels"]["cluster"] for rule in group["rules"] if rule.get("record") == "cluster:expected:info"]
    assert inventory == ["eu-prod", "us-prod"]
    alarms = resources(document, "aws_cloudwatch_metric_alarm").values()
    assert {"silent-clusters;silent-clusters"} == {
        alarm["dimensions"]["RuleGroup"] for alarm in alarms if alarm["namespace"] == "AWS/Prometheus"
    }


@pytest.mark.parametrize(
    "given",
    [*PACKS, COMPLETENESS, ELASTICSEARCH, FILEBEAT, LOGSTASH, pack(published=True)],
    ids=lambda given: given.name,
)
def test_every_alert_is_described(given: Any) -> None:
    for group in given.groups():
        for rule in group.rules:
            if isinstance(rule, AlertRule) and rule.alert != ALERT:
                assert f"| `{rule.alert}` |" in DOCS + PIPELINE
