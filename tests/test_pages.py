"""Every code block of every page does what it says: Python runs, files are read, command lines parse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.harness.command_lines import options_of
from tests.harness.pages import ROOT, run_blocks, shown

PAGES = sorted(
    {*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")} - {ROOT / "docs/site/index.md"}
)
SHOWN = {
    ("ARCHITECTURE.md", "flowchart LR"): "a drawing",
    ("ARCHITECTURE.md", "main.py "): "a list of folders",
    ("docs/adopt.md", "dns"): "made up: a stack that has a rule group already",
    ("docs/alerts.md", "[critical] Less than"): "tests/alerts/test_examples.py compares it with the example's alarm",
    ("docs/drift.md", "edge: 5 resources"): "made up: resources of AWS that were changed by hand",
    ("docs/drift.md", "unmanaged: 1 resource"): "made up: an account of AWS",
    ("docs/drift.md", "main (4b3b2101a1b2)"): "made up: two commits of a repository",
    ("docs/drift.md", "To keep what was only renamed"): "made up: two commits of a repository",
    ("docs/egress-explain.md", "Total: 258 GB a day"): "made up: flow logs of a VPC",
    (
        "docs/egress.md",
        "Error: Instance cannot be destroyed",
    ): "Terraform prints it; tests/egress/test_deploy.py reads it",
    ("docs/egress.md", "path "): "the Python block before it prints it, and is run",
    ("docs/egress.md", "2,174.20 USD a month"): "made up: a month's traffic",
    ("docs/index-fields.md", "not all documents fit"): "tests/testing/test_documents.py lets documents fail like this",
    ("docs/logs-archive.md", "EventBridge Scheduler"): "a drawing",
    ("docs/logs-archive.md", "! aws_glue_catalog_table"): "made up: two commits of a repository",
    ("docs/pipeline-archive.md", "Ask "): "a drawing",
    ("docs/replay.md", "assert ['OK', 'ALARM', 'OK']"): "tests/testing/test_alarms.py lets the example fail like this",
    ("docs/testing.md", "'edge' declares something else"): "made up: two commits of a repository",
    ("docs/testing.md", "- aws_sqs_queue.queue"): "made up: two commits of a repository",
    ("docs/testing.md", "no aws_subnet with"): "tests/testing/test_example.py lets the example fail like this",
}
"""Blocks that only show something, by page and how they begin, each with the reason why it is not run."""

INLINE = re.compile(r"`northsouth ([a-z][^`]*)`")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def runs_python(page: Path) -> bool:
    return "```python" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=[pytest.mark.slow] if runs_python(page) else []) for page in PAGES],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_every_block_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run_blocks(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_in_the_text_exists(page: Path) -> None:
    for command in INLINE.findall(page.read_text(encoding="utf-8")):
        options = options_of([word for word in command.split() if re.fullmatch("[a-z]+", word)][:2])
        assert options is not None, command
        assert set(OPTION.findall(command)) <= options, command


def test_what_is_only_shown_has_a_reason() -> None:
    blocks = [(str(page.relative_to(ROOT)), first) for page in PAGES for first in shown(page)]
    reasons = {block: [key for key in SHOWN if key[0] == block[0] and block[1].startswith(key[1])] for block in blocks}
    assert [block for block, keys in reasons.items() if len(keys) != 1] == []
    assert {key for keys in reasons.values() for key in keys} == SHOWN.keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_block_is_hidden_by_indentation(page: Path) -> None:
    """A block by indentation has no language, so nothing would run it."""
    text = re.sub(r"(?ms)^ *```.*?^ *```$|<!--.*?-->", "", page.read_text(encoding="utf-8"))
    assert re.findall(r"(?m)^\n {4,}\S.*", text) == []
