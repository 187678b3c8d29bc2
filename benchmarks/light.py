"""The benchmark of CI: ours against stock and against an empty app, judged by processor time.

Other work on a machine changes wall times by factors and processor times by a few per cent, and in ratios of runs that
followed one another even that cancels. A ratio that is too high is measured again, up to three times, and all rounds
count: what fails is a change, not a neighbour.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.cases import Bench, Case
from benchmarks.environments import LIBRARY
from benchmarks.measure import Runs, Spread, take_turns
from benchmarks.peers import Peers

TOLERANCE = 1.4
ATTEMPTS = 3


def run() -> int:
    """Return the exit code: 1 if a ratio is worse than 1.4 times its target, or the output differs from stock."""
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Peers(Path(folder)), Path(folder), lambda _: True)
        for case in bench.light(Path(sys.executable), LIBRARY):
            problems += _judge(case)
    for problem in problems:
        print(f"FAILED: {problem}")
    return 1 if problems else 0


def _judge(case: Case) -> list[str]:
    ours, theirs = case.programs
    target = case.targets[theirs.name]
    # Once for the caches, and for what they write.
    written = []
    for program in case.programs:
        program.run()
        written.append(program.written())
    problems = []
    if theirs.name in case.same and written[0] != written[1]:
        problems.append(f"{case.title}: the output differs")
    figures: dict[str, list[float]] = {program.name: [] for program in case.programs}
    for _ in range(ATTEMPTS):
        for turn in take_turns(case.programs, rounds=case.rounds):
            for name, sample in turn.items():
                figures[name].append(sample.processor)
        ratio = Runs(figures).ratio(ours.name, theirs.name)
        if ratio.median <= TOLERANCE * target:
            break
    else:
        problems.append(f"{case.title}: {ours.name} / {theirs.name} is {ratio:.3f}, above {TOLERANCE} x {target}")
    print(_line(case, ratio, target, figures))
    return problems


def _line(case: Case, ratio: Spread, target: float, figures: dict[str, list[float]]) -> str:
    seconds = ", ".join(f"{name} {Spread.of(taken):.2f} s" for name, taken in figures.items())
    return f"{case.title}: {ratio:.3f} of processor time (target {target}, limit {TOLERANCE * target:.3f}); {seconds}"
