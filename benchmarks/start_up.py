"""How long a CDKTF program takes from start to exit, with northsouth's bindings, stock, and without any provider.

    python -m benchmarks.start_up                            # ten resources
    python -m benchmarks.start_up --output cdktf.out -- python main.py
    python -m benchmarks.start_up --rounds 1                 # light, for CI
    python -m benchmarks.start_up --cold                     # also the first two runs on an empty jsii cache

Any command line can be timed; its stock side is the same command with ``NORTHSOUTH_STOCK_BINDINGS=1``. The exit code is
1 if the median of ours / stock is above the limit, or if what the two write to the output folder differs.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks.measure import Program, Timings, take_turns
from northsouth import bindings

PROGRAMS = Path(__file__).parent / "programs"
OURS, STOCK, EMPTY = "ours", "stock", "empty app"
TEMPORARY_NAME = re.compile(rb"(jsii-kernel-|/tmp)\w+")
SECOND_RUN_LIMIT = 1.75
"""Second run on an empty cache / warm run: above it, jsii parses the provider anew in every run (2.2 or more)."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(options.output or Path(scratch, "out"))
        command = options.command or [sys.executable, str(PROGRAMS / "rules.py"), str(output)]
        ours = Program(OURS, command)
        stock = Program(STOCK, command, {bindings.OPT_OUT: "1"})
        empty = Program(EMPTY, [sys.executable, str(PROGRAMS / "empty.py"), str(Path(scratch, "empty"))])

        # These runs are the warm-up too.
        same = written(ours, output) == written(stock, output)
        empty.run()
        timings = take_turns([ours, stock, empty], rounds=options.rounds)
        problems = judge(timings, same=same, limit=options.limit)
        show(timings, command)
        if options.cold:
            problems += judge_cold(ours, timings, Path(scratch, "cache"))
    if options.json:
        Path(options.json).write_text(json.dumps(figures(timings), indent=2) + "\n")
    for problem in problems:
        print(f"FAILED: {problem}")
    return 1 if problems else 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start_up", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="counted runs of each program (5)")
    parser.add_argument("--limit", type=float, default=1 / 3, help="greatest ours / stock that passes (1/3)")
    parser.add_argument("--output", help="folder the command writes, emptied before and compared between both sides")
    parser.add_argument("--cold", action="store_true", help="also time two runs on an empty jsii cache (needs 415 MB)")
    parser.add_argument("--json", help="file to write the figures to")
    parser.add_argument("command", nargs="*", help="command to time, after `--`")
    return parser.parse_args(arguments)


def written(program: Program, output: Path) -> dict[str, bytes]:
    """Run the program once and return what it wrote, by file, without the random names of jsii's temporary folders.

    Those are in the stack traces that cdktf adds to a warning in ``manifest.json``, and differ in any two runs.
    """
    shutil.rmtree(output, ignore_errors=True)
    program.run()
    files = (file for file in sorted(output.rglob("*")) if file.is_file())
    return {str(file.relative_to(output)): TEMPORARY_NAME.sub(rb"\1", file.read_bytes()) for file in files}


def judge(timings: Timings, *, same: bool, limit: float) -> list[str]:
    problems = [] if same else ["the output differs from stock"]
    ratio = timings.ratio(OURS, STOCK).median
    if ratio > limit:
        problems.append(f"ours / stock is {ratio:.3f}, above {limit:.3f}")
    return problems


def judge_cold(ours: Program, timings: Timings, cache: Path) -> list[str]:
    cold = replace(ours, environment={**ours.environment, "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(cache)})
    first, second = cold.run(), cold.run()
    ratio = second / timings.spread(OURS).median
    print(f"empty jsii cache: first run {first:.2f} s, second run {second:.2f} s ({ratio:.2f} of a warm one)")
    return [f"the second run on an empty cache is {ratio:.2f} of a warm one"] if ratio > SECOND_RUN_LIMIT else []


def show(timings: Timings, command: Sequence[str]) -> None:
    print(f"{' '.join(command)}\n")
    print(f"{'':10} {'wall seconds':24} ours / this")
    for name in timings.seconds:
        ratio = "" if name == OURS else f"{timings.ratio(OURS, name):.3f}"
        print(f"{name:10} {f'{timings.spread(name):.2f}':24} {ratio}")
    print()


def figures(timings: Timings) -> dict[str, object]:
    return {
        name: {"seconds": list(taken), "ours_over_this": asdict(timings.ratio(OURS, name))}
        for name, taken in timings.seconds.items()
    }


if __name__ == "__main__":
    sys.exit(main())
