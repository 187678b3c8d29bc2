"""The wheel, built once, and fresh virtual environments to install it into."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
Python = Callable[..., str]


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """Run a command and return its output; its errors are the failure's text."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT)
    (built,) = out.glob("*.whl")
    return built


def fresh_environment(folder: Path, *requirement: str | Path) -> Path:
    """Make a virtual environment that holds only ``requirement`` and its dependencies, at the locked versions."""
    run(sys.executable, "-m", "uv", "venv", "--quiet", "--python", sys.executable, folder)
    python = folder / "bin" / "python"
    constraints = folder / "constraints.txt"
    constraints.write_text(
        run(sys.executable, "-m", "uv", "pip", "freeze", "--exclude-editable", "--python", sys.executable)
    )
    run(
        sys.executable,
        "-m",
        "uv",
        "pip",
        "install",
        "--quiet",
        "--python",
        python,
        "--constraint",
        constraints,
        *requirement,
    )
    return python


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment into which the wheel alone was installed."""
    return fresh_environment(tmp_path_factory.mktemp("wheel") / "venv", wheel)


@pytest.fixture(scope="session")
def editable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment into which the checkout was installed with ``--editable``."""
    return fresh_environment(tmp_path_factory.mktemp("editable") / "venv", "--editable", ROOT)
