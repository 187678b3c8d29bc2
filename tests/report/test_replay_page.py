"""The page of a replay: whole, the same each time, harmless whatever the names, and quiet in a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from northsouth.cli.main import main
from tests.alerts.status.browser import chromium
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing

START = 1790848800
HOSTILE = '</title></svg><script>alert(1)</script><img src=x onerror=alert(2)>"\' style="\ud800'


def alarm(name: str, **more: Any) -> dict[str, Any]:
    return {
        "alarm_name": name,
        "namespace": "Shop",
        "metric_name": "Orders",
        "statistic": "Sum",
        "period": 60,
        "evaluation_periods": 3,
        "threshold": 5,
        "comparison_operator": "GreaterThanThreshold",
        "alarm_actions": [HOSTILE],
        **more,
    }


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a stack of a hostile alarm, a composite and a refused alarm, and two hours with a hostile incident."""
    monkeypatch.chdir(tmp_path)
    band = alarm(f"band{HOSTILE}", threshold_metric_id="e1", comparison_operator="GreaterThanUpperThreshold")
    both = {"alarm_name": "both", "alarm_rule": "ALARM(orders)"}
    stack = {
        "resource": {
            "aws_cloudwatch_metric_alarm": {"orders": alarm("orders"), "x": alarm(HOSTILE), "band": band},
            "aws_cloudwatch_composite_alarm": {"both": both},
        }
    }
    (tmp_path / "stack").mkdir()
    (tmp_path / "stack/cdk.tf.json").write_text(json.dumps(stack))
    rows = [f"{START + 60 * minute},{9 if 60 <= minute < 70 else 1}" for minute in range(120)]
    (tmp_path / "m.csv").write_text("\n".join(["time,orders", *rows]))
    marked = [{"start": START + 3600, "end": START + 4200, "label": HOSTILE}]
    (tmp_path / "i.json").write_text(json.dumps(marked))


def page(name: str = "page.html") -> str:
    arguments = ["--stack", "stack", "--metrics", "m.csv", "--map", "orders = Sum of Shop/Orders"]
    assert main(["replay", *arguments, "--incidents", "i.json", "--json", "--html", name]) == 0
    return Path(name).read_text(encoding="utf-8")


def test_it_says_what_the_replay_says(capsys: pytest.CaptureFixture[str]) -> None:
    html = page()
    document = json.loads(capsys.readouterr().out)
    assert "3 replayed, 3 of them went to ALARM, 1 refused." in html
    assert len(document["timelines"]) == 3
    assert html.count("<svg ") == 4  # and one of all that fired
    assert html.count('class="threshold"') == 2  # the composite has none
    for timeline in document["timelines"]:
        for change in timeline["transitions"]:
            assert change["time"].replace("T", " ") in html
            assert f">{change['state']}<" in html
    assert "spacing: points of 60 s; 2 exact, 0 bracketed" in html
    assert "incidents: 1 detected, 0 missed" in html
    assert "its threshold is an anomaly band" in html


def test_the_same_replay_gives_the_same_bytes() -> None:
    assert page("a.html") == page("b.html")


def test_its_policy_names_its_one_style_and_nothing_else() -> None:
    html = page()
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_names_are_text() -> None:
    html = page()
    assert "&lt;script&gt;alert(1)" in html
    for mark in ("<script", "<img", ' style="', "\ud800"):
        assert mark not in html


def test_a_page_that_cannot_be_written_is_one_message(capsys: pytest.CaptureFixture[str]) -> None:
    Path("folder").mkdir()
    arguments = ["replay", "--stack", "stack", "--metrics", "m.csv", "--map", "orders = Sum of Shop/Orders", "--html"]
    for target, reason in (("nowhere/page.html", "No such file"), ("folder", "Is a directory")):
        assert main([*arguments, target]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert f"{target}: {reason}" in captured.err
    assert sorted(each.name for each in Path.cwd().iterdir()) == ["folder", "i.json", "m.csv", "stack"]


@pytest.mark.slow
def test_a_browser_opens_it_from_disk_and_asks_for_nothing() -> None:
    page()
    address = Path("page.html").resolve().as_uri()
    try:
        with chromium() as browser:
            for scheme in ("light", "dark"):
                opened = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 800}).new_page()
                asked: list[str] = []
                errors: list[str] = []
                opened.on("request", lambda request, asked=asked: asked.append(request.url))
                opened.on("console", lambda message, errors=errors: errors.append(message.text))
                opened.on("dialog", lambda dialog, errors=errors: errors.append(dialog.message))
                opened.goto(address)
                assert opened.evaluate("document.documentElement.scrollWidth") <= 360
                colours = "getComputedStyle(document.body).backgroundColor"
                assert opened.evaluate(colours) == {"light": "rgb(246, 248, 250)", "dark": "rgb(13, 17, 23)"}[scheme]
                assert opened.locator("svg[role=img]").count() == 4
                assert asked == [address]
                assert errors == []
    except ToolMissing as missing:
        skip_or_fail(missing)
