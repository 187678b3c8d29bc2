"""Environments of their own for the programs that are asked, below ``build/second-opinions``.

Their versions are pinned in the groups ``opinion-…`` of pyproject.toml, those of npm in ``npm.toml``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.second_opinions.table import UnavailableError

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "second-opinions"
INSTALL_SECONDS = 300


@cache
def groups() -> dict[str, list[str]]:
    """Return the requirements of each opinion."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    prefix = "opinion-"
    return {
        name.removeprefix(prefix): each
        for name, each in project["dependency-groups"].items()
        if name.startswith(prefix)
    }


@cache
def npm_packages() -> dict[str, dict[str, str]]:
    """Return the packages of npm of each opinion, with their versions."""
    return tomllib.loads(Path(__file__).with_name("npm.toml").read_text(encoding="utf-8"))


def pinned(package: str) -> str:
    """Return the version at which a package is pinned."""
    versions = dict(requirement.split("==") for group in groups().values() for requirement in group)
    for packages in npm_packages().values():
        versions |= packages
    return versions[package]


def python(name: str) -> Path:
    """Return the Python of an environment with the requirements of a group.

    Raises:
        UnavailableError: they do not install.

    """
    interpreter, requirements = BUILD / name / "bin" / "python", groups()[name]
    if _is_stale(BUILD / name, "\n".join(requirements)):
        uv, who = [sys.executable, "-m", "uv"], ", ".join(requirements)
        _run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(BUILD / name)], who)
        _run([*uv, "pip", "install", "--quiet", "--python", str(interpreter), *requirements], who)
        _keep(BUILD / name, "\n".join(requirements))
    return interpreter


def node_modules(name: str) -> Path:
    """Return the folder of an environment with the packages of npm of an opinion.

    Raises:
        UnavailableError: they do not install, or there is no Node.js.

    """
    folder, packages = BUILD / name, npm_packages()[name]
    pins = [f"{package}@{version}" for package, version in packages.items()]
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise UnavailableError(f"{', '.join(pins)}: there is no Node.js; install node and npm")
    if _is_stale(folder, "\n".join(pins)):
        options = ["--ignore-scripts", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]
        _run(["npm", "install", *options, "--prefix", str(folder), *pins], ", ".join(pins))
        _keep(folder, "\n".join(pins))
    return folder / "node_modules"


def wheel(package: str) -> Path:
    """Return the file of a pinned package's wheel, which is not installed.

    Raises:
        UnavailableError: it cannot be downloaded.

    """
    folder, requirement = BUILD / f"wheel-{package}", f"{package}=={pinned(package)}"
    if _is_stale(folder, requirement):
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        _run([*pip, "--only-binary", ":all:", "--dest", str(folder), requirement], package)
        _keep(folder, requirement)
    (file,) = folder.glob("*.whl")
    return file


def ask(command: Sequence[str | Path], question: object, seconds: int = 300) -> Any:
    """Give a program a question as JSON, and return its answer, which is JSON, too."""
    done = subprocess.run(
        [str(part) for part in command],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
        encoding="utf-8",
    )
    if done.returncode:
        raise RuntimeError(f"{command[1]} failed:\n{done.stderr[-4000:]}")
    return json.loads(done.stdout)


def _is_stale(folder: Path, pins: str) -> bool:
    """Say whether a folder lacks what is pinned today; what is there of another version is removed."""
    marker = folder / ".pinned"
    if marker.exists() and marker.read_text(encoding="utf-8") == pins:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _keep(folder: Path, pins: str) -> None:
    (folder / ".pinned").write_text(pins, encoding="utf-8")


def _run(command: Sequence[str], name: str) -> None:
    BUILD.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(command, cwd=BUILD, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise UnavailableError(f"{name} does not install within {INSTALL_SECONDS} s") from error
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise UnavailableError(f"{name} does not install: {reason[:200]}")
