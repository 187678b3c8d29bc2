"""Fixtures of the deploy tests, and which files are collected in which order, for ``tests/conftest.py``."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from northsouth.emulator.server import Emulator
from tests.harness.provider import ToolMissing
from tests.harness.terraform import Terraform

MakeTerraform = Callable[[Mapping[str, Any]], Terraform]

LONGEST_FIRST = ("packaging", "deploy", "slow")
"""Markers by how long a file that has one takes, most of it waiting for other programs."""


MODULE_MARKS = re.compile(r"^pytestmark = (\[(?:\n    .*)+\n\]|.*)$", re.MULTILINE)
"""The marks of all tests of a file."""


def left_out(selection: str, source: str) -> bool:
    """Return whether all tests of a file have a mark that ``-m`` leaves out: ``not deploy and not slow``.

    A selection of another form is left to pytest.
    """
    parts = [re.fullmatch(r"not (\w+)", part) for part in selection.split(" and ")]
    names = {part[1] for part in parts if part}
    marks = MODULE_MARKS.search(source)
    return len(names) == len(parts) and marks is not None and not names.isdisjoint(re.findall(r"mark\.(\w+)", marks[1]))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import no file whose tests are all left out: each process imports all files, and these import the most."""
    if collection_path.suffix == ".py" and left_out(config.option.markexpr, collection_path.read_text("utf-8")):
        return True
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files that wait long at the front, so that the short ones fill the time and none is left for the end.

    pytest-xdist hands out files in this order if told ``--no-loadscope-reorder``.
    """
    marks: dict[Path, set[str]] = {}
    sizes: Counter[Path] = Counter()
    for item in items:
        marks.setdefault(item.path, set()).update(mark.name for mark in item.iter_markers())
        sizes[item.path] += 1

    def place(item: pytest.Item) -> tuple[int, int]:
        ranks = [rank for rank, marker in enumerate(LONGEST_FIRST) if marker in marks[item.path]]
        return min(ranks, default=len(LONGEST_FIRST)), -sizes[item.path]

    # Stable: the tests of a file keep their order.
    items.sort(key=lambda item: (*place(item), item.path))


def skip_or_fail(missing: ToolMissing) -> None:
    """Skip a test whose tool is absent, with one line that says which; in CI it fails, because there it must run."""
    if os.environ.get("CI"):
        pytest.fail(str(missing), pytrace=False)
    pytest.skip(str(missing))


@pytest.fixture
def emulator(aws_emulator_server: Emulator) -> Emulator:
    """The emulator, empty; a queue can be made again at once."""
    from northsouth.emulator.documented import messages

    messages.NAME_IS_TAKEN_FOR = 0
    aws_emulator_server.reset()
    return aws_emulator_server


@pytest.fixture
def terraform_dir(emulator: Emulator, tmp_path: Path) -> MakeTerraform:
    """Return a function that puts a synthesized document into a directory of its own, ready for Terraform."""

    def make(document: Mapping[str, Any], name: str = "stack") -> Terraform:
        try:
            return Terraform(tmp_path / name, document, emulator.endpoint)
        except ToolMissing as missing:
            skip_or_fail(missing)
            raise

    return make
