"""Environments of Python and Node, installed from the registries and kept for later runs."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
CACHE = Path.home() / ".cache" / "northsouth"
LIBRARY = os.pathsep.join(str(ROOT / root) for root in ("constructs", "alerts", "stacks"))
"""The checkout's library, for ``PYTHONPATH``."""


def python_environment(folder: Path, requirements: Sequence[str], *, overrides: Sequence[str] = ()) -> Path:
    """Return the interpreter of an environment with ``requirements``; the checkout, if one of them, is as it is now.

    Args:
        folder: where it is, or is built if it is not there or holds something else.
        requirements: what to install.
        overrides: requirements that are stronger than those of any package.

    """
    python, own = folder / "bin" / "python", [text for text in requirements if text.startswith(str(ROOT))]
    built = [*requirements, *(f"override {text}" for text in overrides)]
    if not _is_built(folder, built):
        _clear(folder)
        _run("uv", "venv", "--quiet", "--python", sys.executable, folder)
        (folder / "overrides.txt").write_text("\n".join(overrides))
        install = ("uv", "pip", "install", "--quiet", "--python", python, "--override", folder / "overrides.txt")
        _run(*install, *requirements)
        _note_built(folder, built)
    elif own:
        # The checkout may have changed; its version has not.
        again = ("--reinstall-package", "northsouth", "--no-cache", "--no-deps")
        _run("uv", "pip", "install", "--quiet", *again, "--python", python, ROOT)
    return python


def node_environment(folder: Path, packages: Mapping[str, str]) -> Path:
    """Return the folder, with the ``packages`` of npm, name to version, in its ``node_modules``."""
    names = [f"{name}@{version}" for name, version in packages.items()]
    if not _is_built(folder, names):
        _clear(folder)
        folder.mkdir(parents=True)
        (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": packages}))
        _run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", folder=folder)
        _note_built(folder, names)
    return folder


def _clear(folder: Path) -> None:
    print(f"building {folder}", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str | Path, folder: Path | None = None) -> None:
    if command[0] == "uv":
        # Elsewhere than the checkout, whose settings for uv pin the bindings.
        command, folder = (sys.executable, "-m", *command), Path.home()
    subprocess.run([str(part) for part in command], cwd=folder, check=True, stdout=sys.stderr)


def _key(packages: Sequence[str]) -> str:
    return hashlib.sha256("\n".join([sys.version, *packages]).encode()).hexdigest()


def _is_built(folder: Path, packages: Sequence[str]) -> bool:
    built = folder / "built"
    return built.exists() and built.read_text() == _key(packages)


def _note_built(folder: Path, packages: Sequence[str]) -> None:
    (folder / "built").write_text(_key(packages))
