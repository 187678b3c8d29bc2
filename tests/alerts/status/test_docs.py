"""The examples synthesize as they stand, and the docs quote them; the docs' own code runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cdktf import Testing as CdkTesting

from tests.alerts.dashboards.grafana_schema import faults
from tests.harness.examples import load
from tests.harness.synth import resources

ROOT = Path(__file__).parents[3]
DASHBOARDS = (ROOT / "docs" / "dashboards.md").read_text(encoding="utf-8")
STATUS = (ROOT / "docs" / "status-page.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "page"), [("dashboard", DASHBOARDS), ("status_page", STATUS)])
def test_the_docs_quote_the_example(name: str, page: str) -> None:
    code = (ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8")
    assert f"<!-- examples/{name}.py -->\n```python\n{code}```" in page


def test_the_examples_declare_what_they_say() -> None:
    dashboard = synthesized("dashboard", "Web")
    (resource,) = resources(dashboard, "aws_cloudwatch_dashboard").values()
    titles = [each["properties"].get("title") for each in json.loads(resource["dashboard_body"])["widgets"]]
    assert "Requests" in titles
    status = synthesized("status_page", "Shop")
    assert len(resources(status, "aws_sfn_state_machine")) == 1


def synthesized(name: str, stack: str) -> dict[str, Any]:
    module = load(ROOT / "examples" / f"{name}.py")
    document: dict[str, Any] = json.loads(CdkTesting.synth(getattr(module, stack)(CdkTesting.app(), "it"), True))
    return document


def test_the_docs_code_for_prometheus_runs() -> None:
    (code,) = re.findall(
        r"```python\n(from northsouth\.alerts\.dashboards import Board.*?)```", DASHBOARDS, flags=re.DOTALL
    )
    names: dict[str, Any] = {}
    exec(code, names)
    assert faults(names["text"]) == []
