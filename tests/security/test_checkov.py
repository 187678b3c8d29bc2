"""Checkov on the synthesized example: what it finds is mended, or accepted for a reason that is written down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import cdktf
import pytest

from northsouth.stacks.edge import EdgeStack
from northsouth.stacks.loading import load_environments
from tests.packaging.conftest import ROOT, run

pytestmark = pytest.mark.packaging

LOCK = ROOT / "requirements-security.lock"
ACCEPTED: dict[str, dict[str, object]] = tomllib.loads(Path(__file__).with_name("accepted.toml").read_text("utf-8"))
Finding = tuple[str, str]


def checkov(document: str, folder: Path) -> list[Finding]:
    """Return what checkov finds, in an environment of its own, because it holds other versions than ours."""
    environment = folder / "venv"
    uv = (sys.executable, "-m", "uv")
    run(*uv, "venv", "--quiet", "--python", sys.executable, environment)
    install = (*uv, "pip", "install", "--quiet", "--require-hashes", "--python", environment / "bin" / "python")
    run(*install, "--requirement", LOCK, cwd=folder)
    file = folder / "cdk.tf.json"
    file.write_text(document, encoding="utf-8")
    options = ("--framework", "terraform_json", "--compact", "--quiet", "--output", "json")
    done = subprocess.run(
        [environment / "bin" / "checkov", "--file", file, *options, "--download-external-modules", "false"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": "", "LOG_LEVEL": "ERROR"},
    )
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 200
    return [(check["check_id"], check["resource"]) for check in report["results"]["failed_checks"]]


def accepting(finding: Finding) -> Iterator[tuple[str, str]]:
    """Yield the entries that accept a finding."""
    check, resource = finding
    for pattern in ACCEPTED.get(check, {}).get("resources", []):  # type: ignore[attr-defined]
        if fnmatchcase(resource, pattern):
            yield check, pattern


def test_every_finding_has_a_reason_and_every_reason_a_finding(tmp_path: Path) -> None:
    (environment,) = load_environments([ROOT / "environments" / "example.toml"])
    found = checkov(cdktf.Testing.synth(EdgeStack(cdktf.Testing.app(), environment)), tmp_path)
    unexplained = sorted({finding for finding in found if not list(accepting(finding))})
    assert unexplained == []
    used = {entry for finding in found for entry in accepting(finding)}
    entries = {(check, pattern) for check, entry in ACCEPTED.items() for pattern in entry["resources"]}  # type: ignore[attr-defined]
    assert sorted(entries - used) == []


def test_every_entry_says_why() -> None:
    assert [check for check, entry in ACCEPTED.items() if len(str(entry["reason"]).split()) < 5] == []
