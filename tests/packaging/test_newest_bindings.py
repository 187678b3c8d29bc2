"""The same library and the same tests on the newest bindings that are supported, from the built wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT, fresh_environment, run_construct_tests

pytestmark = pytest.mark.packaging

NEWEST = "cdktf-cdktf-provider-aws==21.22.1"


def test_declared_state_is_the_same_and_regional_gateways_work(
    wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("newest") / "venv"
    python = fresh_environment(folder, wheel, NEWEST, "--group", f"{ROOT / 'pyproject.toml'}:test")
    assert "these bindings know no" not in run_construct_tests(python)
