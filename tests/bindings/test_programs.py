"""Programs that somebody else starts load their bindings fast, whatever their environment, and stay what they are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from northsouth.bindings import programs

SEEN = """
import sys
names = [type(finder).__name__ for finder in sys.meta_path]
print("fast" if "ProviderFinder" in names else "stock", *sys.argv[1:], getattr(sys, "own_site", ""))
"""


def run(*command: str | Path, folder: Path, variables: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(each) for each in command], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    return (done.stdout + done.stderr).strip()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a virtual environment without northsouth."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder / "bin" / "python"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "main.py"
    file.write_text(SEEN)
    return file


def variables(**more: str) -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if name != "PYTHONPATH"} | more


@pytest.mark.slow
def test_a_program_of_another_environment_loads_fast(bare: Path, program: Path, tmp_path: Path) -> None:
    with programs.environment(variables()) as quick:
        assert run(bare, program, "x", folder=tmp_path, variables=quick) == "fast x"
        # By way of a shell and of another program, as poetry and uv start it.
        nested = f"import subprocess, sys; subprocess.run([sys.executable, {str(program)!r}])"
        assert run("sh", "-c", f'"{bare}" -c "{nested}"', folder=tmp_path, variables=quick) == "fast"
        assert run(bare, "-I", program, folder=tmp_path, variables=quick) == "stock"
        own = run(bare, "-c", "import northsouth.egress", folder=tmp_path, variables=quick)
        assert "No module named 'northsouth.egress'" in own
    assert not Path(quick["PYTHONPATH"].split(os.pathsep)[0]).exists()


@pytest.mark.slow
def test_the_programs_own_start_is_not_hidden(bare: Path, program: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "sitecustomize.py").write_text("import sys; sys.own_site = 'own'")
    with programs.environment(variables(PYTHONPATH=str(own))) as quick:
        assert run(bare, program, folder=tmp_path, variables=quick) == "fast own"
        # A broken one complains as it does without northsouth.
        (own / "sitecustomize.py").write_text("raise RuntimeError('broken')")
        assert "RuntimeError: broken" in run(bare, program, folder=tmp_path, variables=quick)


@pytest.mark.slow
def test_what_cannot_load_fast_starts_all_the_same(bare: Path, program: Path, tmp_path: Path) -> None:
    own = tmp_path / "own" / "northsouth" / "bindings"
    own.mkdir(parents=True)
    (own / "__init__.py").write_text("raise ImportError('another version, which cannot work here')")
    with programs.environment(variables(PYTHONPATH=str(tmp_path / "own"))) as quick:
        assert run(bare, program, folder=tmp_path, variables=quick) == "stock"
        quick["NORTHSOUTH_STOCK_BINDINGS"] = "1"
        quick["PYTHONPATH"] = quick["PYTHONPATH"].split(os.pathsep)[0]
        assert run(bare, program, folder=tmp_path, variables=quick) == "stock"


def module(*arguments: str | Path, folder: Path) -> str:
    return run(sys.executable, "-m", "northsouth.bindings", *arguments, folder=folder)


def test_a_program_runs_without_being_edited(program: Path, tmp_path: Path) -> None:
    assert module("main.py", "x", folder=tmp_path) == "fast x"
    assert module("-m", "main", "y", folder=tmp_path) == "fast y"
    program.write_text("import sys, beside; print(__name__, sys.argv, beside.FILE); sys.exit(7)")
    (tmp_path / "beside.py").write_text("FILE = 'beside'")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "northsouth.bindings", "../main.py"],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == ("__main__ ['../main.py'] beside", 7)


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ([], "python -m northsouth.bindings PROGRAM"),
        (["--fast"], "python -m northsouth.bindings PROGRAM"),
        (["none.py"], "no such program: none.py"),
    ],
)
def test_wrong_arguments_are_answered(arguments: list[str], answer: str, tmp_path: Path) -> None:
    assert answer in module(*arguments, folder=tmp_path)


@pytest.mark.slow
def test_the_cache_is_filled_ahead(tmp_path: Path) -> None:
    assert "jsii's cache holds cdktf, cdktf_cdktf_provider_aws" in module("--fill-cache", folder=tmp_path)
