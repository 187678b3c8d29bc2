"""The example of rules is what the docs quote; it synthesizes, and its own pack is proved."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from cdktf import Testing as CdkTesting

from northsouth.alerts.prometheus import AlertRule
from northsouth.alerts.prometheus.packs import KubernetesApiRules
from tests.harness.examples import load
from tests.harness.promtool import assert_proved
from tests.harness.synth import resources

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "prometheus_rules.py"
DOCS = (ROOT / "docs" / "prometheus.md").read_text(encoding="utf-8")


def test_the_docs_quote_the_example() -> None:
    assert f"```python\n{EXAMPLE.read_text(encoding='utf-8')}```" in DOCS


def test_the_example_declares_its_packs(promtool: str) -> None:  # noqa: ARG001
    example = load(EXAMPLE)
    document: dict[str, Any] = json.loads(CdkTesting.synth(example.Metrics(CdkTesting.app(), "metrics"), True))
    namespaces = resources(document, "aws_prometheus_rule_group_namespace").values()
    assert {namespace["name"] for namespace in namespaces} == {pack.name for pack in example.PACKS}
    assert_proved(example.QueueRules(longest=7))


def test_the_docs_list_every_alert_on_the_kubernetes_api() -> None:
    groups = KubernetesApiRules(runbook="https://wiki.example.com").groups()
    alerts = [rule.alert for group in groups for rule in group.rules if isinstance(rule, AlertRule)]
    assert re.findall(r"^\| `(Kubernetes\w+)` \|", DOCS, re.MULTILINE) == list(dict.fromkeys(alerts))
