"""Times whole processes against each other: in turn, so that a busy machine hits all of them alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Program:
    """A command line, timed from its start to its exit."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self) -> float:
        """Run it once; return the wall time in seconds.

        Raises:
            SystemExit: it failed; its error output is shown.

        """
        environment = {**os.environ, **self.environment}
        # Without compiled files a stock run would compile 234 MB each time, which is not what users see.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        started = time.perf_counter()
        done = subprocess.run(self.command, env=environment, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - started
        if done.returncode != 0:
            sys.exit(f"{self.name} failed: {' '.join(map(str, self.command))}\n{done.stderr}")
        return seconds


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
class Timings:
    """Wall times of each program by name, one for each round."""

    seconds: Mapping[str, Sequence[float]]

    def spread(self, name: str) -> Spread:
        return Spread.of(self.seconds[name])

    def ratio(self, ours: str, theirs: str) -> Spread:
        """Return the ratios of the rounds; each compares two runs that followed one another."""
        pairs = zip(self.seconds[ours], self.seconds[theirs], strict=True)
        return Spread.of([one / other for one, other in pairs])


def take_turns(programs: Sequence[Program], *, rounds: int) -> Timings:
    """Run the programs a, b, c, a, b, c and so on; the caller has run each before, so that caches are filled."""
    seconds: dict[str, list[float]] = {program.name: [] for program in programs}
    for _ in range(rounds):
        for program in programs:
            seconds[program.name].append(program.run())
    return Timings(seconds)
