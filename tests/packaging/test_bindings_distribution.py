"""The second distribution: bindings and pytest plugin for programs whose CDK and providers are not northsouth's."""

from __future__ import annotations

import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT, assert_small_provider_is_lazy, fresh_environment, run

pytestmark = pytest.mark.packaging

TEST = """
import importlib, sys
from cdktf import App, TerraformStack

def test_stack(terraform_snapshot):
    stack = TerraformStack(App(), "stack")
    random = importlib.import_module("cdktf_cdktf_provider_random")
    random.provider.RandomProvider(stack, "random")
    random.id.Id(stack, "id", byte_length=8)
    terraform_snapshot(stack)
    assert "cdktf_cdktf_provider_random.password" not in sys.modules
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("small")
    run(
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        out,
        ROOT / "constructs" / "distribution",
    )
    (built,) = out.glob("*.whl")
    return built


def test_it_holds_the_same_files_and_requires_no_cdk(small: Path, wheel: Path) -> None:
    ours, whole = zipfile.ZipFile(small), zipfile.ZipFile(wheel)
    names = [name for name in ours.namelist() if not name.split("/")[0].endswith(".dist-info")]
    assert {name.split("/")[1] for name in names} >= {"bindings", "testing", "tokens"}
    assert [name for name in names if ours.read(name) != whole.read(name)] == []
    metadata = {}
    for archive in (ours, whole):
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata[archive] = Parser().parsestr(archive.read(name).decode())
    assert metadata[ours]["Version"] == metadata[whole]["Version"]
    assert [each for each in metadata[ours].get_all("Requires-Dist") if "extra ==" not in each] == ["jsii>=1.112"]


def test_an_older_cdk_with_another_provider_starts_fast_and_tests_by_snapshots(small: Path, tmp_path: Path) -> None:
    theirs = ["cdktf==0.20.12", "cdktf-cdktf-provider-random==11.1.0"]
    needed = ["cdktf", "cdktf-cdktf-provider-random", "constructs", "jsii"]
    python = fresh_environment(tmp_path / "venv", f"{small}[testing]", *theirs, unlocked=needed)
    assert "aws" not in run(sys.executable, "-m", "uv", "pip", "freeze", "--python", python)

    assert_small_provider_is_lazy(python, "cdktf", tmp_path)

    (tmp_path / "test_own.py").write_text(TEST)
    run(python, "-m", "pytest", "-q", "--snapshot-update", "test_own.py", cwd=tmp_path, CI="")
    assert "1 passed" in run(python, "-m", "pytest", "-q", "test_own.py", cwd=tmp_path)
