"""Finds what an app declares: runs it as ``cdktf synth`` does, and lists the stacks it wrote."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from northsouth.bindings.programs import environment
from northsouth.template import TemplateError
from northsouth.template.reading import decode

STACK_FILE = "cdk.tf.json"
_LAST_LINES = 20


class AppError(ValueError):
    """An app that cannot be run, or that wrote no stacks; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Project:
    """The folder of an app, as its ``cdktf.json`` describes it.

    Attributes:
        folder: the folder, absolute.
        command: the command that synthesizes it.
        output: where the ``cdktf`` command puts the stacks, absolute.

    """

    folder: Path
    command: str
    output: Path


@dataclass(frozen=True, slots=True)
class Stack:
    """One synthesized stack.

    Attributes:
        name: its name.
        folder: where it was synthesized to.
        home: where the ``cdktf`` command runs Terraform for it; a relative path of a local state begins there.
        file: the name of its document.

    """

    name: str
    folder: Path
    home: Path
    file: str = STACK_FILE

    def document(self) -> dict[str, Any]:
        """Return its declared state.

        Raises:
            AppError: if it cannot be read.

        """
        return _json(self.folder / self.file)


def project(folder: Path) -> Project:
    """Read the ``cdktf.json`` of a folder.

    Raises:
        AppError: if there is none, or it names no app.

    """
    folder = folder.resolve()
    if not (folder / "cdktf.json").is_file():
        raise AppError(f"no cdktf.json in {folder}; run this in the folder of the app, or name one with --output")
    settings = _json(folder / "cdktf.json")
    command, output = settings.get("app"), settings.get("output", "cdktf.out")
    if not isinstance(command, str) or not command or not isinstance(output, str):
        raise AppError(f'{folder / "cdktf.json"}: "app" must be the command that synthesizes')
    return Project(folder, command, folder / output)


def synthesize(app: Project, output: Path, *, variables: Mapping[str, str] | None = None) -> None:
    """Run an app as ``cdktf synth`` does, with this interpreter in place of whatever ``python`` is on the PATH.

    Its bindings load fast, also in a virtual environment without northsouth: see `northsouth.bindings.programs`.

    Args:
        app: the app.
        output: the folder to write to.
        variables: more environment variables.

    Raises:
        AppError: with the end of what it printed, if it fails.

    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    settings = {**os.environ, "PATH": path, "CDKTF_OUTDIR": str(output), **(variables or {})}
    settings.setdefault("CDKTF_CONTEXT_JSON", "{}")
    with environment(settings) as quick:
        completed = subprocess.run(  # noqa: S602 - "app" is a command line for a shell, written by the app's owner
            app.command, shell=True, cwd=app.folder, env=quick, capture_output=True, text=True, check=False
        )
    if completed.returncode:
        last_lines = (completed.stderr or completed.stdout).strip().splitlines()[-_LAST_LINES:]
        raise AppError("\n".join([f"`{app.command}` ended with {completed.returncode} in {app.folder}:", *last_lines]))


def stacks(output: Path, home: Path) -> tuple[Stack, ...]:
    """Return the stacks below a folder that was synthesized to, in the order of their names.

    Args:
        output: the folder.
        home: where the ``cdktf`` command keeps them.

    Raises:
        AppError: if there is no manifest, or it lists no stacks.

    """
    manifest = output / "manifest.json"
    if not manifest.is_file():
        raise AppError(f"no manifest.json in {output}; run `cdktf synth` first")
    listed = _json(manifest).get("stacks")
    if not isinstance(listed, dict) or not listed:
        raise AppError(f"{manifest} lists no stacks")
    written = []
    for name, entry in sorted(listed.items()):
        file = entry.get("synthesizedStackPath") if isinstance(entry, dict) else None
        if not isinstance(file, str):
            raise AppError(f"{manifest}: the stack {name!r} has no synthesizedStackPath")
        place = Path(file).parent
        if place.is_absolute() or ".." in place.parts:
            raise AppError(f"{manifest}: the stack {name!r} is outside the folder")
        written.append(Stack(name, output / place, home / place))
    return tuple(written)


def chosen(known: Sequence[Stack], names: Sequence[str]) -> tuple[Stack, ...]:
    """Return the stacks of some names, or all if none is given.

    Raises:
        AppError: if a name is no stack's.

    """
    by_name = {stack.name: stack for stack in known}
    missing = [name for name in names if name not in by_name]
    if missing:
        raise AppError(f"no stack {', '.join(map(repr, missing))}; there are: {', '.join(by_name)}")
    return tuple(by_name[name] for name in names) if names else tuple(known)


def _json(file: Path) -> dict[str, Any]:
    try:
        value = decode(file.read_bytes(), str(file))
    except OSError as error:
        raise AppError(f"{file}: {error.strerror or error}") from None
    except TemplateError as error:
        raise AppError(str(error)) from None
    if not isinstance(value, dict):
        raise AppError(f"{file}: not a JSON object")
    return value
