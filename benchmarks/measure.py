"""Times whole processes against each other: in turn, so that a busy machine hits all of them alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.harness.files import written

POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Sample:
    """One run: seconds on the wall, and of processor time, children included."""

    wall: float
    processor: float


@dataclass(frozen=True)
class Program:
    """A command line, measured from its start to its exit."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    output: Path | None = None
    """What it writes, where that is to be compared."""

    def run(self) -> Sample:
        """Run it once.

        Raises:
            SystemExit: it failed; what it printed is shown.

        """
        with tempfile.TemporaryFile() as printed:
            started = time.perf_counter()
            process = self._start(printed.fileno())
            # Not `wait`: this one also tells the processor time of the process and of the children it waited for.
            _, status, used = os.wait4(process.pid, 0)
            wall = time.perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                printed.seek(0)
                sys.exit(f"{self.name} failed: {' '.join(map(str, self.command))}\n{printed.read().decode()}")
        return Sample(wall, used.ru_utime + used.ru_stime)

    def peak_memory(self) -> float:
        """Run it once; return the greatest PSS of its process tree, in MiB (Linux only)."""
        process = self._start(subprocess.DEVNULL)
        most = 0.0
        done = threading.Event()
        threading.Thread(target=lambda: (process.wait(), done.set()), daemon=True).start()
        while not done.wait(POLL_SECONDS):
            most = max(most, sum(map(_pss, _tree(process.pid))))
        return most / 1024

    def written(self) -> dict[str, bytes]:
        """Return every file it wrote, by name."""
        return written(self.output) if self.output else {}

    def _start(self, output: int) -> subprocess.Popen[bytes]:
        # Without compiled files a stock run would compile 234 MB each time, which is not what users see.
        foreign = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "CDKTF_OUTDIR", "NORTHSOUTH_STOCK_BINDINGS"}
        inherited = {name: value for name, value in os.environ.items() if name not in foreign}
        command = [str(part) for part in self.command]
        return subprocess.Popen(
            command, env={**inherited, **self.environment}, cwd=self.folder, stdout=output, stderr=subprocess.STDOUT
        )


@dataclass(frozen=True)
class Spread:
    """Median, least and greatest of some figures."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        return cls(statistics.median(figures), min(figures), max(figures))

    def __format__(self, spec: str) -> str:
        return f"{self.median:{spec}} ({self.least:{spec}}-{self.most:{spec}})"


@dataclass(frozen=True)
class Runs:
    """The figures of each program by name, one for each round."""

    figures: Mapping[str, Sequence[float]]

    def spread(self, name: str) -> Spread:
        return Spread.of(self.figures[name])

    def ratio(self, ours: str, theirs: str) -> Spread:
        """Return the ratios of the rounds; each compares two runs of one round."""
        pairs = zip(self.figures[ours], self.figures[theirs], strict=True)
        return Spread.of([one / other for one, other in pairs])


def take_turns(programs: Sequence[Program], *, rounds: int) -> list[dict[str, Sample]]:
    """Run the programs a, b, c, a, b, c and so on; the caller has run each before, so that caches are filled."""
    return [{program.name: program.run() for program in programs} for _ in range(rounds)]


def _tree(root: int) -> list[int]:
    """Return a process and all below it."""
    found = [root]
    for pid in found:
        try:
            tasks = list(Path(f"/proc/{pid}/task").iterdir())
            for task in tasks:
                found += [int(child) for child in (task / "children").read_text().split()]
        except OSError:  # it has ended
            continue
    return found


def _pss(pid: int) -> int:
    """Return the KiB of memory that are a process's own share."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it has ended
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
