"""The same library and the same tests on the newest bindings that are supported, from the built wheel."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT, assert_small_provider_is_lazy, fresh_environment, run, run_construct_tests

pytestmark = pytest.mark.packaging

NEWEST = "cdktf-cdktf-provider-aws==21.22.1"
OTHER = "cdktf-cdktf-provider-random==12.0.1"


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("newest") / "venv"
    return fresh_environment(folder, wheel, NEWEST, OTHER, "--group", f"{ROOT / 'pyproject.toml'}:test")


def test_declared_state_is_the_same_and_regional_gateways_work(python: Path) -> None:
    assert "these bindings know no" not in run_construct_tests(python)


def test_the_pytest_plugin_of_the_wheel_loads_by_itself_in_someone_elses_project(python: Path, tmp_path: Path) -> None:
    test = tmp_path / "test_edge.py"
    test.write_text((ROOT / "examples/testing_stack.py").read_text(encoding="utf-8"))
    run(python, "-m", "pytest", "--quiet", "--snapshot-update", cwd=tmp_path, CI="")
    test.write_text(test.read_text().replace("acme-edge-logs", "acme-other-logs"))
    done = subprocess.run(
        [python, "-m", "pytest", "--quiet"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert '"acme-edge-logs" → "acme-other-logs" (forces replacement)' in done.stdout


def test_other_providers_load_lazily_too(python: Path, tmp_path: Path) -> None:
    assert_small_provider_is_lazy(python, "cdktf", tmp_path)
