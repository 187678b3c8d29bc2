"""Keeps what a stack declares in files beside the test, and reports a change as a plan of Terraform does.

``__snapshots__/<test file>/<test>[<stack>].tf.json`` holds the declared state, ``….addresses.txt`` the address of every
resource. The addresses have a file of their own because a renamed address destroys what it named: a review sees it
there at once, however long the other file is. With ``sections``, each section of the declared state has a file
``<test>[<stack>][<section>].tf.json``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from northsouth.testing.dashboards import without_coordinates
from northsouth.testing.sections import join, split
from northsouth.testing.synthesis import document_of

PROJECT = "<project>"
"""What stands for the folder of the project in a snapshot."""


class _TextSnapshot(SingleFileSnapshotExtension):
    """One text file for each snapshot; what its name ends with says which extension it belongs to.

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

    def __call__(self, stack: object, *, name: str = "", sections: Mapping[str, Sequence[str]] | None = None) -> None:
        """Fail if a stack does not declare what its snapshot holds; with ``--snapshot-update``, keep what it does.

        What is kept is the result of `northsouth.comparison.declared_state`: everything but the CDK's metadata, the
        versions of providers, absolute paths of the project and the hashes of assets. With ``sections``, also the
        coordinates of dashboards are left out.

        Args:
            stack: a ``TerraformStack``, whose validations run; or a synthesized document, as text or decoded.
            name: what to call it in the files' names. By default the stack's id; ``stack`` for a document.
            sections: one file for each section instead of one for the whole state: the section's name with patterns of
                the addresses that belong to it, as ``{"nat": ["*.nat_*", "output.nat_*"]}``. A block belongs to the
                first section that matches, all others to ``other``. Short objects are written on one line, and
                dashboards as what they show and in which order.

        Raises:
            pytest.fail.Exception: with the changes, those that destroy something first.
            ValueError: if a section's name does not fit into a file's name.
            TypeError: if the patterns of a section are a single text.

        """
        stack_id, document = document_of(stack)
        state = self._state(document)
        name = name or stack_id
        if sections is None:
            texts = {"": snapshot_text.write(state)}
        else:
            state = without_coordinates(state)
            texts = {
                part: snapshot_text.write(section, fitted=True) for part, section in split(state, sections).items()
            }
        listed = self._compare(AddressSnapshot, "".join(f"{address}\n" for address in addresses(state)), name)
        results = [self._compare(StackSnapshot, text, name, section) for section, text in texts.items()]
        problems = _missing(results, name)
        if any(result.differs for result in results):
            problems += [_differing(results, name), self._changes(results, state)]
        elif not problems:
            problems = _missing([listed], name)
            if listed.differs:
                problems = [
                    _differing([listed], name),
                    "The stack's own snapshot holds these addresses already: were both files committed?",
                ]
        if problems:
            pytest.fail("\n".join(problems), pytrace=False)

    def _state(self, document: Mapping[str, Any]) -> dict[str, Any]:
        # The working directory first: the local backend's file lies there, wherever in the project that is.
        for folder in (Path.cwd(), self._root):
            document = declared_state(document, folders={PROJECT: folder} if folder != Path(folder.anchor) else {})
        return dict(document)

    def _compare(self, kind: type[_TextSnapshot], text: str, name: str, section: str = "") -> _Result:
        assertion = self._snapshot.use_extension(kind)
        # A test with a parameter for each stack has the stack's name in its own already.
        has_name = self._snapshot.test_location.testname.endswith(f"[{name}]")
        # Syrupy puts brackets around the whole.
        index = "][".join(filter(None, ["" if has_name else name, section]))
        if assertion(name=index or None) == text:
            return _Result(text)
        result = assertion.executions[assertion.num_executions - 1]
        if result.exception is not None:
            raise result.exception
        recalled = None if result.recalled_data is None else str(result.recalled_data)
        return _Result(recalled, os.path.relpath(result.snapshot_location, self._root))

    def _changes(self, results: Sequence[_Result], state: Mapping[str, Any]) -> str:
        recalled = [result.kept for result in results if result.kept is not None]
        try:
            compared = compare(join(snapshot_text.read(text) for text in recalled), state)
        except (ValueError, RecursionError) as error:
            return f"The snapshot cannot be read ({error}); --snapshot-update writes it again."
        if not compared:
            return "Nothing changes in what is declared, only how it is written: the order of keys, or spaces in JSON."
        return render(compared, colour=self._colour)


@dataclass(frozen=True, slots=True)
class _Result:
    """How one text compares with its snapshot.

    Attributes:
        kept: the snapshot's text; None if there is none.
        file: the snapshot's file, if the text is another one or there is none.

    """

    kept: str | None
    file: str = ""

    @property
    def differs(self) -> bool:
        return bool(self.file) and self.kept is not None


def _missing(results: Sequence[_Result], name: str) -> list[str]:
    files = [result.file for result in results if result.kept is None]
    return [f"There is no snapshot of {name!r} yet; --snapshot-update writes {', '.join(files)}"] if files else []


def _differing(results: Sequence[_Result], name: str) -> str:
    files = [result.file for result in results if result.differs]
    verb = "holds" if len(files) == 1 else "hold"
    return f"{name!r} declares something else than {', '.join(files)} {verb}:"


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
    has_snapshots = False
    for kind in (StackSnapshot, AddressSnapshot):
        if any(snapshot_folder.glob(f"*/*.{kind.kind}.{kind.file_extension}")):
            has_snapshots = True
            SnapshotAssertion(
                session=session, extension_class=kind, test_location=PyTestLocation(item), update_snapshots=False
            )
    return has_snapshots
