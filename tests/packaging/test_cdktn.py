"""The same library, tests and programs on ``cdktn``, where no ``cdktf`` is installed."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from northsouth.bindings import OPT_OUT
from northsouth.comparison import declared_state
from tests.bindings.startup import run as startup
from tests.bindings.test_behaviour import run as run_program
from tests.harness.plugin import MakeTerraform
from tests.packaging.conftest import (
    ROOT,
    assert_small_provider_is_lazy,
    fresh_environment,
    left_out,
    run,
    run_construct_tests,
)

pytestmark = pytest.mark.packaging

CDKTN = ("cdktn==0.24.0", "cdktn-provider-aws==25.8.1", "cdktn-provider-random==15.0.1")
CDKTF = ("cdktf", "cdktf-cdktf-provider-aws")
PAGE = ROOT / "docs" / "cdktn.md"
EXAMPLE = ROOT / "examples" / "either_cdk.py"
MANY = 2000
"""Fewer submodules than an eager import of the provider loads."""


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment made as docs/cdktn.md says."""
    return fresh_environment(
        tmp_path_factory.mktemp("cdktn") / "venv",
        wheel,
        *CDKTN,
        "--group",
        f"{ROOT / 'pyproject.toml'}:test",
        unlocked=("constructs",),
        without=CDKTF,
    )


def test_the_page_names_every_dependency_but_the_other_cdk() -> None:
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    page = PAGE.read_text(encoding="utf-8")
    (named,) = re.findall(r"^pip install (cdktn .*)$", page, re.MULTILINE)
    others = [text for text in needed if not text.startswith(("cdktf", "constructs"))]
    assert shlex.split(named) == ["cdktn", "cdktn-provider-aws", *others]
    (overrides,) = re.findall(r"^override-dependencies = (.*)$", page, re.MULTILINE)
    assert json.loads(overrides) == left_out(CDKTF)


def test_declared_state_is_the_same_and_regional_gateways_work(python: Path) -> None:
    assert "these bindings know no" not in run_construct_tests(python)


def test_output_is_byte_identical_to_stock_under_either_name(python: Path, tmp_path: Path) -> None:
    stock = run_program(tmp_path, "provider-first", cdk="cdktn", python=python)
    fast = run_program(tmp_path, cdk="cdktn", python=python)
    alias = run_program(tmp_path, cdk="cdktf", python=python)

    assert "own/stacks/stack/cdk.tf.json" in stock.files
    assert fast.files == alias.files == stock.files
    assert fast.facts == stock.facts
    assert (fast.stderr, alias.stderr) == (stock.stderr, stock.stderr)
    assert alias.facts["found"] == "cdktn_provider_aws.lexv2_models_bot.Lexv2ModelsBot"
    assert alias.facts["threads"] == []


def test_which_steps_bindings_need_that_load_lazily_by_themselves(python: Path, tmp_path: Path) -> None:
    """These were written by a jsii-pacmak that knows lazy modules (aws/jsii pull requests 5110 and 5172).

    A step that is off makes no difference where the bindings do its work. When no supported bindings need a step any
    more, neither these nor those of `tests/bindings/test_behaviour.py`, the step has to go.
    """
    fast = run_program(tmp_path, cdk="cdktn", python=python)
    needed = {
        "python": run_program(tmp_path, cdk="cdktn", python=python, without="python").facts["loaded"] > MANY,
        "node": startup(tmp_path, python=python, arguments=["cdktn"], **{OPT_OUT: "node"}).entry != "lazy-index.js",
        "types": run_program(tmp_path, cdk="cdktn", python=python, without="types").facts != fast.facts,
    }
    assert needed == {"python": False, "node": True, "types": False}, (
        "Other bindings need other steps now. If `node` is needless for these: drop it once cdktf's bindings are not "
        "supported any more, and say so in docs/speed.md."
    )


def test_other_providers_load_lazily_too(python: Path, tmp_path: Path) -> None:
    assert_small_provider_is_lazy(python, "cdktn", tmp_path)


@pytest.mark.deploy
def test_moving_a_program_leaves_its_state_alone(python: Path, tmp_path: Path, terraform_dir: MakeTerraform) -> None:
    before = synthesized(Path(sys.executable), EXAMPLE, tmp_path)
    moved = synthesized(python, renamed(EXAMPLE, tmp_path), tmp_path)
    assert moved == synthesized(python, EXAMPLE, tmp_path)
    assert declared_state(moved) == declared_state(before)

    terraform = terraform_dir(before)
    terraform.apply()
    assert terraform.plan().empty
    serial = state(terraform.workdir)
    terraform.write(moved)
    assert terraform.plan().empty
    assert state(terraform.workdir) == serial


def synthesized(python: Path, program: Path, folder: Path) -> dict[str, Any]:
    """Run a program, always in the same folder, which is where its state lies."""
    path = "" if python != Path(sys.executable) else os.pathsep.join(filter(None, sys.path))
    run(python, program, cwd=folder, PYTHONPATH=path, CDKTF_OUTDIR=str(folder))
    document: dict[str, Any] = json.loads((folder / "stacks" / "edge" / "cdk.tf.json").read_text())
    return document


def renamed(program: Path, folder: Path) -> Path:
    """Return a copy of a program after the command that docs/cdktn.md gives for it."""
    (command,) = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("   perl ")]
    shutil.copy(program, folder / "main.py")
    run("sh", "-c", command.replace("$(git ls-files '*.py')", "main.py"), cwd=folder)
    text = (folder / "main.py").read_text()
    assert "from cdktn import" in text
    assert "cdktf_cdktf" not in text
    return folder / "main.py"


def state(folder: Path) -> bytes:
    return (folder / "terraform.tfstate").read_bytes()
