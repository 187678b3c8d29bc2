"""Runs `ten_rules.py` as a whole process, and says what it wrote, printed and logged, and how it was loaded."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from northsouth import bindings
from tests.harness.files import written

PROGRAM = Path(__file__).with_name("ten_rules.py")
SILENCE = "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION"
_TIMING = re.compile(r"\[@jsii/kernel:timing\] .*?: [\d.:]+(?:ms|s| \(m+:ss\.mmm\))\n", re.DOTALL)
_ENTRY = re.compile(r"\[@jsii/kernel:timing\] require\(\S+/node_modules/@cdkt[fn]/provider-aws/lib/(\S+)\)")
_TEMPORARY = re.compile(r"/jsii-kernel-\w+")
_FEW = 10
"""Submodules of the provider; the stock way imports more than 2,000."""


@dataclass(frozen=True)
class Run:
    """What one run did; whether it found jsii's index tells no two runs apart.

    Attributes:
        files: what it wrote, by name.
        printed: all that it printed, but the timings which were asked for.
        entry: the file of the provider that Node loaded, as jsii says.
        imported: how many submodules of the provider Python imported.
        indexing: whether jsii was building its index of the provider.
        log: the lines of the debug log ``northsouth.bindings``.
        northsouth: where northsouth was imported from, if it was.

    """

    files: Mapping[str, bytes]
    printed: str
    entry: str
    imported: int
    indexing: bool = field(compare=False)
    log: Sequence[str]
    northsouth: str | None

    @property
    def is_fast(self) -> bool:
        """Whether nothing was left to the stock way."""
        return self.imported < _FEW and self.entry == "lazy-index.js" and not self.log


def start(
    folder: Path,
    *,
    python: Path | None = None,
    options: Sequence[str] = (),
    prefix: Sequence[str] = (),
    path: str | Path | None = None,
    arguments: Sequence[str] = (),
    start_new_session: bool = False,
    **variables: str,
) -> Started:
    """Start the program in ``folder``, which is in what it writes: runs in one folder can be compared.

    Args:
        folder: the working directory; each run writes into a folder of its own below it.
        python: the interpreter; northsouth is what it has installed. Without one: that of the tests, and their library.
        options: of the interpreter.
        prefix: a command to run it with.
        path: what is found before anything that is installed.
        arguments: of the program, such as ``cdktn``.
        start_new_session: whether it may be killed with all that it started.
        variables: of its environment, in which nothing else changes how a provider is loaded.

    """
    library = [] if python else filter(None, sys.path)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("JSII_", "NORTHSOUTH_"))},
        SILENCE: os.environ.get(SILENCE, "20"),
        "JSII_DEBUG_TIMING": "1",
        "PYTHONPATH": os.pathsep.join([*([str(path)] if path else []), *library]),
        **variables,
    }
    own = Path(tempfile.mkdtemp(dir=folder))
    process = subprocess.Popen(
        [*prefix, python or sys.executable, *options, PROGRAM, own / "out", own / "facts.json", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment,
        start_new_session=start_new_session,
    )
    return Started(process, own)


@dataclass(frozen=True)
class Started:
    """A program that runs."""

    process: subprocess.Popen[str]
    folder: Path

    def ended(self) -> Run:
        """Wait for its end, which has to be a good one."""
        told, complained = self.process.communicate()
        assert self.process.returncode == 0, complained
        return noted(self.folder, told, complained)

    def error(self) -> str:
        """Wait for its end, which has to be a bad one; return the error without the trace."""
        _, complained = self.process.communicate()
        assert self.process.returncode == 1, complained
        _, _, last = _TEMPORARY.sub("", complained).rpartition("\nTraceback (most recent call last):\n")
        return "\n".join(line for line in last.splitlines() if not line.startswith(" "))


def noted(folder: Path, told: str = "", complained: str = "") -> Run:
    """Return the run that wrote into ``folder``, with what it printed to its two outputs; timings go to the first."""
    facts = json.loads((folder / "facts.json").read_text())
    return Run(written(folder / "out"), _TIMING.sub("", told) + complained, "".join(_ENTRY.findall(told)), **facts)


def run(folder: Path, **how: Any) -> Run:
    """Run the program to its good end."""
    return start(folder, **how).ended()


def error(folder: Path, **how: Any) -> tuple[str, str]:
    """Run the program to its bad end, with northsouth and the stock way; return the error of each."""
    ours, stock = (start(folder, **how, **{bindings.OPT_OUT: value}).error() for value in ("", "1"))
    return ours, stock
