"""The app as it was at another commit, put into a folder of its own; the work tree and the index stay untouched."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from northsouth.drift.app import AppError, Project, project


@dataclass(frozen=True, slots=True)
class Revision:
    """One commit to compare with.

    Attributes:
        ref: what was asked for.
        commit: the commit that is compared with: where the present branch left ``ref``.
        uncommitted: whether the work tree differs from its own commit.

    """

    ref: str
    commit: str
    uncommitted: bool

    def __str__(self) -> str:
        return f"{self.ref} ({self.commit[:12]})"


class _GitError(Exception):
    """Git failed. The message is Git's."""


def find(ref: str, folder: Path) -> Revision:
    """Return the commit at which the present branch left a branch, tag or commit, as a pull request compares.

    Args:
        ref: its name.
        folder: a folder of the repository.

    Raises:
        AppError: if this is no repository, or the commit is not in it; says what to do in a shallow clone.

    """
    try:
        shallow = _git(folder, "rev-parse", "--is-shallow-repository") == "true"
    except _GitError as error:
        raise AppError(f"{ref!r} is no synthesized folder, and {folder} is in no git repository: {error}") from None
    try:
        commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    except _GitError:
        raise AppError(f"{ref!r} is neither a synthesized folder nor a commit here; {_hint(ref, folder)}") from None
    try:
        commit = _git(folder, "merge-base", "HEAD", commit)
    except _GitError:
        if shallow:
            raise AppError(f"the history that this branch shares with {ref!r} is not here; {_SHALLOW}") from None
    return Revision(ref, commit, bool(_git(folder, "status", "--porcelain")))


_SHALLOW = "this is a shallow clone: `git fetch --unshallow` (in GitHub Actions `fetch-depth: 0`)"


def _hint(ref: str, folder: Path) -> str:
    try:
        _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"origin/{ref}^{{commit}}")
    except _GitError:
        shallow = _git(folder, "rev-parse", "--is-shallow-repository") == "true"
        return _SHALLOW if shallow else f"fetch it first, as with `git fetch origin {ref}`"
    return f"did you mean 'origin/{ref}'?"


def checkout(revision: Revision, folder: Path, into: Path) -> Project:
    """Write the files of a commit, and return the app that is where ``folder`` is in it.

    Args:
        revision: the commit.
        folder: the app's folder in the work tree.
        into: an empty folder.

    Raises:
        AppError: if there was no app then.

    """
    top = Path(_git(folder, "rev-parse", "--show-toplevel"))
    files = into / "files"
    # An index of its own: the user's stays as it is, and no work tree is registered that could be left behind.
    apart = {"GIT_INDEX_FILE": str(into / "index")}
    try:
        _git(top, "read-tree", revision.commit, variables=apart)
        _git(top, "checkout-index", "--all", f"--prefix={files}/", variables=apart)
    except _GitError as error:
        raise AppError(f"{revision} cannot be written to a folder: {error}") from None
    try:
        return project(files / folder.resolve().relative_to(top.resolve()))
    except AppError as error:
        raise AppError(f"at {revision}: {error}") from None


def sources(folder: Path, app: Project) -> dict[str, str]:
    """Return the variables with which an app imports its own packages from its own commit.

    An editable installation puts folders of the work tree on the path; the same folders of the commit go before them.

    Args:
        folder: the app's folder in the work tree.
        app: the app as it was at the commit.

    """
    top = Path(_git(folder, "rev-parse", "--show-toplevel")).resolve()
    files = app.folder
    for _ in folder.resolve().relative_to(top).parts:
        files = files.parent
    inside = [Path(entry).resolve() for entry in sys.path if entry]
    moved = [files / entry.relative_to(top) for entry in inside if entry.is_relative_to(top)]
    known = [str(entry) for entry in moved if entry.is_dir()]
    return {"PYTHONPATH": os.pathsep.join([*known, os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)}


def _git(folder: Path, *arguments: str, variables: Mapping[str, str] | None = None) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - git, with arguments of this module
            ["git", *arguments],  # noqa: S607 - the user's git is the one on the PATH
            cwd=folder,
            env={**os.environ, **(variables or {})},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise AppError("git is not on the PATH; name a folder that `cdktf synth` wrote instead of a commit") from None
    if done.returncode:
        raise _GitError(done.stderr.strip().removeprefix("fatal: "))
    return done.stdout.strip()
