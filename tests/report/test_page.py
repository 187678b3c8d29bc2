"""The reviewers' page in a real browser: from the disk, offline, harmless whatever the names, and for everybody."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from northsouth.cli.main import main
from tests.alerts.status.browser import chromium
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing
from tests.report.change import AFTER, BEFORE, history, write

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

HOSTILE = '</title></script></svg><script>alert(1)</script><img src=x onerror=alert(2)>"\' style="x'


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A page of a change whose names are hostile, and its model."""
    folder = tmp_path_factory.mktemp("page")
    before, after = (json.loads(json.dumps(each).replace('"nat"', json.dumps(HOSTILE))) for each in (BEFORE, AFTER))
    for document in (before, after):
        resources = document["resource"]
        resources["aws_cloudwatch_metric_alarm"] = {"nat": resources["aws_cloudwatch_metric_alarm"].pop(HOSTILE)}
        resources["aws_sns_topic"]["ops"]["name"] = HOSTILE
        resources["aws_sns_topic"]["ops"]["tags"] = {"Name": f"{HOSTILE}{len(resources)}"}
    files = [str(write(folder, name, each)) for name, each in (("before", before), ("after", after))]
    target = folder / "page.html"
    capture = io.StringIO()
    arguments = ["--before", files[0], "--after", files[1], *history(folder), "--title", HOSTILE, "--html", str(target)]
    with contextlib.redirect_stdout(capture):
        assert main(["report", *arguments, "--json"]) == 0
    return target, json.loads(capture.getvalue())


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    try:
        with chromium() as opened:
            yield opened
    except ToolMissing as missing:
        skip_or_fail(missing)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_from_the_disk_and_asks_for_nothing(
    page: tuple[Path, dict[str, Any]], browser: Any, scheme: str
) -> None:
    file, model = page
    opened = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 800}).new_page()
    asked: list[str] = []
    errors: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: errors.append(message.text))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("dialog", lambda dialog: errors.append(dialog.message))
    opened.goto(file.as_uri())
    assert opened.locator(".verdict li").all_inner_texts() == [line["text"] for line in model["verdict"]]
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360
    opened.locator("button.zoom").first.click()
    assert opened.locator(".zoomed canvas").count() == 1
    opened.locator("button.zoom").first.click()
    assert opened.locator(".zoomed canvas").count() == 0
    assert (asked, errors) == ([file.as_uri()], [])


def test_it_is_whole_without_script(page: tuple[Path, dict[str, Any]], browser: Any) -> None:
    opened = browser.new_context(java_script_enabled=False).new_page()
    opened.goto(page[0].as_uri())
    assert opened.locator("svg[role=img]").count() == 3  # two maps and a chart
    assert opened.locator("button.zoom").first.is_hidden()
    assert opened.locator("#money tr.total").inner_text().split() == ["together", "72.00", "36.00", "-36.00"]


def test_it_keeps_the_rules_of_accessibility(page: tuple[Path, dict[str, Any]], browser: Any) -> None:
    rules = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not rules.exists():
        skip_or_fail(ToolMissing("axe-core is not installed: make install"))
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme, bypass_csp=True)
        opened = context.new_page()
        opened.goto(page[0].as_uri())
        opened.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        opened.evaluate(rules.read_text(encoding="utf-8"))
        found = opened.evaluate("axe.run()")
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []


def test_nothing_in_it_is_markup_of_others(page: tuple[Path, dict[str, Any]]) -> None:
    written = page[0].read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)" in written
    for mark in ("<script>alert", "<img", ' style="'):
        assert mark not in written
