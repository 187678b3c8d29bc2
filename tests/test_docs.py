"""The documents say what is true: examples run, links lead somewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from northsouth.egress import Traffic, path_costs
from tests.harness.pages import run_blocks

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_repository_lead_to_files(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.slow
def test_the_readme_quotes_an_example_that_runs(tmp_path: Path) -> None:
    example = ROOT / "examples" / "reuse.py"
    assert f"```python\n{example.read_text(encoding='utf-8')}```" in (ROOT / "README.md").read_text(encoding="utf-8")
    variables = {**os.environ, "CDKTF_OUTDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, example], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "stacks" / "edge" / "cdk.tf.json").read_text(encoding="utf-8")
    assert "hub.internal.example.com." in written


@pytest.mark.slow
def test_the_readme_says_what_its_ten_lines_save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = ROOT / "README.md"
    text = page.read_text(encoding="utf-8")
    declared = json.loads(run_blocks(page))
    resources = sum(map(len, declared["resource"].values()))
    assert f"declare {resources} resources, {len(json.dumps(declared, indent=2).splitlines())} lines of JSON" in text
    (lines,) = re.findall(r"Ten lines.*?```python\n(.*?)```", text, re.DOTALL)
    assert len([line for line in lines.splitlines() if line]) == 10
    costs = {path.path: path.total for path in path_costs(Traffic(bytes_out=1e12, bytes_in=4e12, to_internet=False))}
    assert f"cost {costs['NAT in 3 zones']:.0f} USD through NAT" in text
    assert costs["gateway endpoint"] == 0


def test_every_target_of_the_makefile_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= targets
