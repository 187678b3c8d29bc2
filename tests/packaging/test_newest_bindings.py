"""The same library and the same tests on the newest bindings that are supported, from the built wheel."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.bindings import startup
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
    # `terraform validate` needs the provider of these bindings, which the tests cannot download.
    chosen = ("--quiet", "-k", "not test_nothing_is_wrong")
    run(python, "-m", "pytest", *chosen, "--snapshot-update", cwd=tmp_path, CI="")
    test.write_text(test.read_text().replace("acme-edge-logs", "acme-other-logs"))
    done = subprocess.run([python, "-m", "pytest", *chosen], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert '"acme-edge-logs" → "acme-other-logs" (forces replacement)' in done.stdout


def test_other_providers_load_lazily_too(python: Path, tmp_path: Path) -> None:
    assert_small_provider_is_lazy(python, "cdktf", tmp_path)


WORKERS = """
import logging

lines = []
handler = logging.Handler()
handler.emit = lambda record: lines.append(record.getMessage())
logging.getLogger("northsouth.bindings").addHandler(handler)
logging.getLogger("northsouth.bindings").setLevel(logging.DEBUG)

from northsouth import bindings
from cdktf import TerraformStack, Testing
from cdktf_cdktf_provider_random.password import Password

def test_synthesizes():
    stack = TerraformStack(Testing.app(), "stack")
    Password(stack, "password", length=20)
    assert '"length": 20' in Testing.synth(stack)
    assert lines == []
"""


def test_workers_of_xdist_may_import_at_once_on_an_empty_cache(python: Path, tmp_path: Path) -> None:
    (tmp_path / "test_rules.py").write_text(WORKERS)
    cache = tmp_path / "cache"
    command = (python, "-m", "pytest", "-q", "-n", "2", "--dist", "each", "test_rules.py")
    assert "2 passed" in run(*command, cwd=tmp_path, JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(cache))
    assert list(cache.glob("@cdktf/provider-random/*/*/.jsii.runtime.*.json"))


def test_a_jsii_cache_that_is_switched_off(python: Path, tmp_path: Path) -> None:
    assert_small_provider_is_lazy(python, "cdktf", tmp_path, JSII_RUNTIME_PACKAGE_CACHE="disabled")


def test_two_versions_of_the_provider_share_a_cache_at_once(python: Path, tmp_path: Path) -> None:
    alone = [startup.run(tmp_path), startup.run(tmp_path, python=python)]
    both = [startup.start(tmp_path), startup.start(tmp_path, python=python)]
    assert [program.ended() for program in both] == alone
    assert [done.is_fast for done in alone] == [True, True]
    assert alone[0].files != alone[1].files
