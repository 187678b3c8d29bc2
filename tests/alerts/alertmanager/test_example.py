"""The example synthesizes as it stands, and the guide quotes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from cdktf import Testing as CdkTesting

from tests.harness.examples import load
from tests.harness.synth import resources

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "alertmanager.py"


def test_the_example_tells_of_alerts_in_both_ways() -> None:
    example = load(EXAMPLE)
    document: dict[str, Any] = json.loads(CdkTesting.synth(example.Managed(CdkTesting.app(), "managed"), True))
    (declared,) = resources(document, "aws_prometheus_alert_manager_definition").values()
    managed = yaml.safe_load(yaml.safe_load(declared["definition"])["alertmanager_config"])
    own = yaml.safe_load(example.self_run())
    assert managed["route"] == own["route"]
    assert [each["name"] for each in own["receivers"]] == ["nobody", "critical", "warning", "heartbeat"]
    watchdog = next(each for each in managed["receivers"] if each["name"] == "heartbeat")
    assert "watchdog" in watchdog["sns_configs"][0]["topic_arn"]


def test_the_guide_quotes_the_example() -> None:
    guide = (ROOT / "docs" / "alertmanager.md").read_text(encoding="utf-8")
    assert f"<!-- examples/alertmanager.py -->\n```python\n{EXAMPLE.read_text(encoding='utf-8')}```" in guide
