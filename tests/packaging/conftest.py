"""The wheel, built once, and fresh virtual environments to install it into."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import pytest

from tests.harness.files import written
from tests.packaging.reach import construct_tests

ROOT = Path(__file__).parent.parent.parent


def run(*command: str | Path, cwd: Path = ROOT, **variables: str) -> str:
    """Run a command and return its output; its errors are the failure's text."""
    environment = {**os.environ, **variables}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT)
    (built,) = out.glob("*.whl")
    return built


def fresh_environment(
    folder: Path, *requirements: str | Path, unlocked: Collection[str] = (), without: Collection[str] = ()
) -> Path:
    """Make a virtual environment that holds only ``requirements`` and what they need, at the locked versions.

    The provider bindings keep their locked version unless ``requirements`` name one; packages ``unlocked`` take any,
    and packages ``without`` are left out, although they are needed.
    """
    uv = (sys.executable, "-m", "uv")
    run(*uv, "venv", "--quiet", "--python", sys.executable, folder)
    python = folder / "bin" / "python"
    locked = run(*uv, "pip", "freeze", "--exclude-editable", "--python", sys.executable).splitlines()
    named = {str(requirement).partition("==")[0] for requirement in requirements} | set(unlocked)
    overrides = folder / "overrides.txt"
    overrides.write_text("\n".join(left_out(without)))
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join(line for line in locked if line.partition("==")[0] not in named))
    # Elsewhere than the checkout, whose settings for uv pin the bindings.
    install = (*uv, "pip", "install", "--quiet", "--python", python, "--constraint", constraints)
    run(*install, "--override", overrides, *requirements, cwd=folder)
    return python


def run_construct_tests(python: Path) -> str:
    """Run, in one process of another environment, the tests that its CDK and bindings can change."""
    chosen = ("-m", "not deploy and not packaging and not slow", "--hypothesis-profile", "quick")
    told = run(python, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", *chosen, *construct_tests())
    passed = re.search(r"(\d+) passed", told)
    assert passed
    assert int(passed[1]) > 500, told
    return told


def left_out(packages: Collection[str]) -> list[str]:
    """Return overrides of uv by which packages are never installed, whoever needs them."""
    return [f"{package} ; python_version < '3'" for package in packages]


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment into which the wheel alone was installed."""
    return fresh_environment(tmp_path_factory.mktemp("wheel") / "venv", wheel)


@pytest.fixture(scope="session")
def editable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment into which the checkout was installed with ``--editable``."""
    return fresh_environment(tmp_path_factory.mktemp("editable") / "venv", "--editable", ROOT)


def assert_small_provider_is_lazy(python: Path, cdk: str, folder: Path, **variables: str) -> None:
    """Run a program on another provider with northsouth and without: same bytes, and only what it uses is imported."""
    program, out = Path(__file__).with_name("small_provider.py"), folder / "out"
    command = [str(part) for part in (python, "-P", program, cdk, out)]
    seen = []
    for arguments in ([], ["fast"]):
        environment = {**os.environ, **variables}
        done = subprocess.run(
            [*command, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        seen.append((written(out), {name.rpartition(".")[2] for name in done.stdout.split()}))
    (stock, _), (fast, imported) = seen
    assert fast == stock
    assert stock
    assert imported - {"_private"} == {"_jsii", "id", "password", "provider"}
