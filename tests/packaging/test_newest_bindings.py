"""The same library and the same tests on the newest bindings that are supported, from the built wheel."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT, fresh_environment, run

pytestmark = pytest.mark.packaging

NEWEST = "cdktf-cdktf-provider-aws==21.22.1"
ROOMS = ("egress", "dns", "logs", "alerts", "snapshots", "stacks")


def test_declared_state_is_the_same_and_regional_gateways_work(
    wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("newest") / "venv"
    python = fresh_environment(folder, wheel, NEWEST, "--group", f"{ROOT / 'pyproject.toml'}:test")
    rooms = [f"tests/{room}" for room in ROOMS]
    skip_slow = "not deploy and not packaging and not slow"
    told = run(python, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", "-m", skip_slow, *rooms)
    assert "these bindings know no" not in told
    assert re.search(r"\b1?\d{3} passed", told)
