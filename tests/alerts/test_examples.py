"""Every example of an alarm synthesizes as it stands, and the docs quote it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cdktf import Testing as CdkTesting

from northsouth.alerts import packs
from tests.harness.examples import load
from tests.harness.synth import resources

ROOT = Path(__file__).parents[2]
EXAMPLES = {path.stem.removeprefix("alarm_"): path for path in sorted((ROOT / "examples").glob("alarm_*.py"))}
DOCS = (ROOT / "docs/alerts.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "alarms", "composites"), [("metric_math", 1, 0), ("nat", 6, 0), ("composite", 6, 2)])
def test_an_example_declares_alarms(name: str, alarms: int, composites: int) -> None:
    document: dict[str, Any] = json.loads(
        CdkTesting.synth(load(EXAMPLES[name]).Alarms(CdkTesting.app(), "alarms"), True)
    )
    assert len(resources(document, "aws_cloudwatch_metric_alarm")) == alarms
    assert len(resources(document, "aws_cloudwatch_composite_alarm")) == composites


def test_the_docs_show_the_description_as_it_is() -> None:
    document: dict[str, Any] = json.loads(
        CdkTesting.synth(load(EXAMPLES["metric_math"]).Alarms(CdkTesting.app(), "alarms"), True)
    )
    (alarm,) = resources(document, "aws_cloudwatch_metric_alarm").values()
    assert f"```text\n{alarm['alarm_description']}\n```" in DOCS


def test_every_example_is_tested() -> None:
    (mark,) = test_an_example_declares_alarms.pytestmark
    assert {row[0] for row in mark.args[1]} == EXAMPLES.keys()


def test_the_docs_quote_the_examples() -> None:
    quoted = dict(re.findall(r"<!-- examples/alarm_(\w+)\.py -->\n```python\n(.*?)```", DOCS, flags=re.DOTALL))
    assert quoted
    for name, code in quoted.items():
        assert code == EXAMPLES[name].read_text(encoding="utf-8")
    assert all(f"../examples/{path.name}" in DOCS for path in EXAMPLES.values())


def test_the_docs_name_every_pack_and_every_alarm_of_it() -> None:
    for name in packs.__all__:
        pack = getattr(packs, name)
        if not name.endswith(("Alarms", "Success")):
            continue
        assert f"`{name}`" in DOCS, name
        for method in vars(pack):
            if not method.startswith("_"):
                assert f"`{method}`" in DOCS, f"{name}.{method}"
