"""A jsii that changed: the program writes the same, and one debug line says which step took the stock way.

Whole programs on a copy of jsii in which one private detail that northsouth relies on is another.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import jsii
import pytest

from tests.bindings.startup import Run, run

pytestmark = pytest.mark.slow

PROCESS = "_kernel/providers/process.py"
RELAY = "_embedded/jsii/bin__jsii-runtime.js"
KERNEL = "_embedded/jsii/lib__program.js"
MAP = ("_reference_map.py", "_runtime.py")


@dataclass(frozen=True)
class Change:
    """What is written otherwise in some files, and the debug line that says so."""

    files: tuple[str, ...]
    old: str
    new: str
    line: str

    def apply(self, folder: Path) -> None:
        for name in self.files:
            file = folder / name
            text, count = re.subn(self.old, self.new, file.read_text(encoding="utf-8"))
            assert count, f"jsii's {name} has no {self.old!r} any more"
            file.write_text(text, encoding="utf-8")


CHANGES = {
    "another option of Popen": Change(
        (PROCESS,),
        r"env=environ,\n",
        "env=environ,\n            bufsize=-1,\n",
        "the kernel starts with its relay: jsii starts it with other options",
    ),
    "another text of the kernel": Change(
        (KERNEL,),
        r"readFD:\s*3,\s*writeFD:\s*3\b",
        "writeFD: 3, readFD: 3",
        "the kernel starts with its relay: the kernel does not read from descriptor 3",
    ),
    "another name for digests": Change(
        (KERNEL,),
        r"\bdigestFile\b",
        "hashFile",
        "archives are read as in stock: the kernel computes digests in another way",
    ),
    "another option of the relay": Change(
        (RELAY,),
        "(['\"])--preserve-symlinks\\1",
        "'--preserve-symlinks', '--no-warnings'",
        "the kernel starts with its relay: the relay does not start the kernel as it used to",
    ),
    "a renamed map": Change(
        MAP,
        r"\b_submodule_fqn_map\b",
        "_submodules",
        "objects of cdktf_cdktf_provider_aws resolve only once their module is imported",
    ),
    "subprocess imported another way": Change(
        (PROCESS,),
        r"\bsubprocess\b(?!\n)",
        "__import__('subprocess')",
        "jsii did not ask for the Node that was started for it",
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where every program runs: the path is in what it writes."""
    return tmp_path_factory.mktemp("changed")


@pytest.fixture(scope="module")
def ordinary(folder: Path) -> Run:
    done = run(folder)
    assert done.is_fast
    return done


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_one_debug_line_and_the_stock_way(change: str, folder: Path, ordinary: Run, tmp_path: Path) -> None:
    copy = tmp_path / "jsii"
    shutil.copytree(jsii.__path__[0], copy, ignore=shutil.ignore_patterns("__pycache__"))
    CHANGES[change].apply(copy)

    done = run(folder, path=tmp_path)
    assert (done.files, done.printed) == (ordinary.files, ordinary.printed)
    (line,) = done.log
    assert CHANGES[change].line in line
