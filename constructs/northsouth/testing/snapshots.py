"""Keeps what a stack declares in two files beside the test, and tells a change of it in Terraform's manner.

``__snapshots__/<test file>/<test>[<stack>].tf.json`` holds the declared state, ``….addresses.txt`` the address of every
resource. The addresses have a file of their own because a renamed address destroys what it named: a review sees it
there at once, however long the other file is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from syrupy.session import SnapshotSession
from syrupy.types import SnapshotIndex

from northsouth.comparison import compare, declared_state, render
from northsouth.template import Mode, parse
from northsouth.testing import snapshot_text
from northsouth.testing.synthesis import document_of

PROJECT = "<project>"
"""What stands for the folder of the project in a snapshot."""


class _TextSnapshot(SingleFileSnapshotExtension):
    """One text file for each snapshot, told from other snapshots by what its name ends with.

    The part of the ending before the last dot belongs to the snapshot's name: another extension that looks at all
    ``.json`` files then sees the same name, and does not take the file for an unused one.
    """

    _write_mode = WriteMode.TEXT
    kind = ""

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        return f"{super().get_snapshot_name(test_location=test_location, index=index)}.{cls.kind}"

    def is_snapshot_location(self, *, location: str) -> bool:
        return location.endswith(f".{self.kind}.{self.file_extension}")

    def serialize(self, data: object, **_: object) -> str:
        return str(data)


class StackSnapshot(_TextSnapshot):
    """The declared state of a stack."""

    kind = "tf"
    file_extension = "json"


class AddressSnapshot(_TextSnapshot):
    """The addresses of a stack's resources, one a line."""

    kind = "addresses"
    file_extension = "txt"


class TerraformSnapshot:
    """Compares stacks with what was kept of them; the fixture ``terraform_snapshot`` is one of these.

    Args:
        snapshot: syrupy's fixture ``snapshot`` of the test.
        root: the project's folder; absolute paths below it, or below the working directory, are written as
            ``<project>``.
        colour: whether to mark the lines of a failure with a terminal's colours.

    """

    def __init__(self, snapshot: SnapshotAssertion, *, root: Path, colour: bool = False) -> None:
        self._snapshot = snapshot
        self._root = root
        self._colour = colour

    def __call__(self, stack: object, *, name: str = "") -> None:
        """Fail if a stack does not declare what its snapshot holds; with ``--snapshot-update``, keep what it does.

        What is kept is the result of `northsouth.comparison.declared_state`: everything but the CDK's metadata, the
        versions of providers, absolute paths of the project and the hashes of assets.

        Args:
            stack: a ``TerraformStack``, whose validations run; or a synthesized document, as text or decoded.
            name: what to call it in the files' names. By default the stack's id; ``stack`` for a document.

        Raises:
            pytest.fail.Exception: with the changes, those that destroy something first.

        """
        stack_id, document = document_of(stack)
        state = self._state(document)
        name = name or stack_id
        kept, told = self._compare(AddressSnapshot, "".join(f"{each}\n" for each in addresses(state)), name)
        text, problem = self._compare(StackSnapshot, snapshot_text.write(state), name)
        if problem:
            told = [*problem, *([self._changes(text, state)] if text is not None else [])]
        elif told and kept is not None:
            told.append("The stack's own snapshot holds these addresses already: were both files committed?")
        if told:
            pytest.fail("\n".join(told), pytrace=False)

    def _state(self, document: Mapping[str, Any]) -> dict[str, Any]:
        # The working directory first: the local backend's file lies there, wherever in the project that is.
        for folder in (Path.cwd(), self._root):
            document = declared_state(document, folders={PROJECT: folder} if folder != Path(folder.anchor) else {})
        return dict(document)

    def _compare(self, kind: type[_TextSnapshot], text: str, name: str) -> tuple[str | None, list[str]]:
        """Return what was kept, if anything was, and what to say if it is something else."""
        assertion = self._snapshot.use_extension(kind)
        # A test with a parameter for each stack has the stack's name in its own already.
        named = self._snapshot.test_location.testname.endswith(f"[{name}]")
        if assertion(name=None if named else name) == text:
            return text, []
        result = assertion.executions[assertion.num_executions - 1]
        if result.exception is not None:
            raise result.exception
        file = os.path.relpath(result.snapshot_location, self._root)
        if result.recalled_data is None:
            return None, [f"There is no snapshot of {name!r} yet; --snapshot-update writes {file}"]
        return str(result.recalled_data), [f"{name!r} declares something else than {file} holds:"]

    def _changes(self, text: str, state: Mapping[str, Any]) -> str:
        try:
            compared = compare(snapshot_text.read(text), state)
        except (ValueError, RecursionError) as error:
            return f"The snapshot cannot be read ({error}); --snapshot-update writes it again."
        if not compared:
            return "Nothing changes in what is declared, only how it is written: the order of keys, or spaces in JSON."
        return render(compared, colour=self._colour)


def addresses(state: Mapping[str, Any]) -> list[str]:
    """Return the address of every resource that Terraform would manage, of instances too where the document says them.

    Raises:
        TemplateError: if it is not the JSON of a Terraform configuration.

    """
    template = parse(dict(state) or {"terraform": {}})
    return sorted(resource.address for resource in template if resource.mode is Mode.MANAGED)


def watch(snapshot_folder: Path, item: pytest.Function, session: SnapshotSession) -> bool:
    """Have syrupy look for unused snapshots of stacks in a folder, also if no test there asks for one any more.

    Syrupy looks where a test uses a snapshot. A stack whose only test is gone would leave its files behind unnoticed.

    Args:
        snapshot_folder: a folder beside tests, in which syrupy keeps snapshots.
        item: a test beside it.
        session: syrupy's session.

    Returns:
        whether it holds snapshots of stacks.

    """
    found = False
    for kind in (StackSnapshot, AddressSnapshot):
        if any(snapshot_folder.glob(f"*/*.{kind.kind}.{kind.file_extension}")):
            found = True
            SnapshotAssertion(
                session=session, extension_class=kind, test_location=PyTestLocation(item), update_snapshots=False
            )
    return found
