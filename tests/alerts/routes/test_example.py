"""The example synthesizes as it stands, and the guide quotes it and names every receiver."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cdktf import Testing as CdkTesting

from northsouth.alerts.routes.receivers import KINDS
from tests.harness.examples import load
from tests.harness.synth import resources

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "routes.py"
DOCS = (ROOT / "docs" / "routes.md").read_text(encoding="utf-8")


def test_the_example_tells_by_severity() -> None:
    document: dict[str, Any] = json.loads(
        CdkTesting.synth(load(EXAMPLE).NotifiedAlarms(CdkTesting.app(), "told"), True)
    )
    assert {topic["name"] for topic in resources(document, "aws_sns_topic").values()} == {
        "edge-critical",
        "edge-warning",
    }
    assert len(resources(document, "aws_pipes_pipe")) == 2
    assert document["variable"]["matrix_token"]["sensitive"] is True


def test_the_guide_quotes_the_example_and_names_every_receiver() -> None:
    assert f"<!-- examples/routes.py -->\n```python\n{EXAMPLE.read_text(encoding='utf-8')}```" in DOCS
    assert [name for name in KINDS.values() if f"`{name}`" not in DOCS] == []
