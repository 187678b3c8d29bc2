"""``python -m benchmarks``: every speed figure of northsouth, each against a named peer in the same run.

python -m benchmarks                             # everything: about ten minutes, and a few more the first time
python -m benchmarks --cases ten example         # some cases; --list names them
python -m benchmarks --without cdktn "AWS CDK Python"
python -m benchmarks --write                     # keep table, figures.json and chart.svg in benchmarks/
python -m benchmarks --light                     # what CI runs
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import library, light, overhead
from benchmarks.cases import CONSTRUCT, EMPTY, OURS, STOCK, Bench, Case
from benchmarks.environments import CACHE, ROOT
from benchmarks.measure import Program, Runs, Sample, Spread, take_turns
from benchmarks.peers import Peers
from benchmarks.report import (
    Line,
    Report,
    chart,
    kept_lines,
    machine,
    put_between,
    renewed,
    sentence,
    table,
)

HERE = Path(__file__).parent
PEERS = CACHE / "benchmarks"
TIMED: dict[str, Callable[[Bench], Case]] = {
    "ten": Bench.ten,
    "construct": Bench.construct,
    "thousand": Bench.thousand,
    "data": Bench.data,
    "example": Bench.example,
    "small": Bench.small,
    "diff": Bench.differences,
    "cli": Bench.command_line,
    "memory": Bench.memory,
}
CASES = (*TIMED, "cold", "overhead", "library", "suite")
RULES = 10_000
CHECK_SECONDS = 45
AGAINST = "(against "
"""In the name of a line that is compared with a limit, and with no program."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    if options.list:
        print("\n".join(CASES))
        return 0
    if options.light:
        return light.run()
    report = Report()
    peers = Peers(options.cache.resolve())
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(peers, Path(folder), lambda name: name not in options.without)
        for name in options.cases:
            print(f"==> {name}", file=sys.stderr, flush=True)
            measure(name, report, bench, Path(folder), options)
    print(table(report.lines))
    if options.write:
        keep(report, whole=tuple(options.cases) == CASES)
    for line in report.missed():
        print(f"MISSED: {line.case}: ours / {line.program} is {line.ratio:.3f}, target {line.target}")
    for problem in report.problems:
        print(f"FAILED: {problem}")
    return 1 if report.problems else 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cases", nargs="+", choices=CASES, default=CASES, help="which cases (all)")
    parser.add_argument("--without", nargs="+", default=[], metavar="PROGRAM", help="peers to leave out")
    parser.add_argument("--rounds", type=int, help="counted runs of each program (3 to 9, by case)")
    parser.add_argument("--cache", type=Path, default=PEERS, help=f"where the peers are installed ({PEERS})")
    parser.add_argument(
        "--write",
        action="store_true",
        help="keep table, JSON and chart in benchmarks/; with --cases, those replace the kept figures of theirs",
    )
    parser.add_argument(
        "--processor",
        action="store_true",
        help="compare processor time, children included, not wall time: for a machine that is busy",
    )
    parser.add_argument("--light", action="store_true", help="ours against stock and an empty app, for CI")
    parser.add_argument("--list", action="store_true", help="print the names of the cases")
    return parser.parse_args(arguments)


def measure(name: str, report: Report, bench: Bench, folder: Path, options: argparse.Namespace) -> None:
    """Measure one of `CASES`."""
    match name:
        case "cold":
            cold(report, bench, folder, processor=options.processor)
        case "overhead":
            beside_bare_resources(report, bench, folder, options.rounds or 5)
        case "library":
            own_python(report, bench.python)
        case "suite":
            inner_loop(report)
        case _:
            time_case(report, with_rounds(TIMED[name](bench), options.rounds), processor=options.processor)


def with_rounds(case: Case, rounds: int | None) -> Case:
    return case if rounds is None else replace(case, rounds=rounds)


def time_case(report: Report, case: Case, *, processor: bool = False) -> None:
    """Run a case: each program once for its caches, then in turn; wall time, unless processor time is asked for."""
    written: dict[str, dict[str, bytes]] = {}
    for program in case.programs:
        if program.output:
            shutil.rmtree(program.output, ignore_errors=True)
        program.run()
        written[program.name] = program.written()
    ours = case.programs[0].name
    report.problems += [
        f"{case.title}: {name} writes other bytes"
        for name in case.same
        if name in written and written[name] != written[ours]
    ]
    if case.memory:
        figures = {program.name: [program.peak_memory() for _ in range(case.rounds)] for program in case.programs}
    else:
        turns = take_turns(case.programs, rounds=case.rounds)
        figures = {
            program.name: [seconds(turn[program.name], processor=processor) for turn in turns]
            for program in case.programs
        }
    report.add(case, Runs(figures), unit="MiB" if case.memory else "s of CPU" if processor else "s")


def seconds(sample: Sample, *, processor: bool) -> float:
    """Return what is compared of a run."""
    return sample.processor if processor else sample.wall


def cold(report: Report, bench: Bench, folder: Path, *, processor: bool) -> None:
    """Time the first two runs on an empty jsii cache, and warm ones."""
    unit = "s of CPU" if processor else "s"
    case = bench.ten()
    programs = {program.name: program for program in case.programs}
    ours, stock = programs[OURS], programs[STOCK]
    ours.run()
    warm = Spread.of([seconds(ours.run(), processor=processor) for _ in range(5)])

    def emptied(program: Program) -> Program:
        root = folder / f"empty-{program.name}"
        shutil.rmtree(root, ignore_errors=True)
        return replace(program, environment={**program.environment, "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(root)})

    first: dict[str, list[float]] = {OURS: [], STOCK: []}
    second: list[float] = []
    for _ in range(2):
        alone = emptied(ours)
        first[OURS].append(seconds(alone.run(), processor=processor))
        second.append(seconds(alone.run(), processor=processor))
        first[STOCK].append(seconds(emptied(stock).run(), processor=processor))
    report.add(
        replace(case, title="10 rules on an empty jsii cache", programs=[ours, stock], targets={STOCK: 0.30}),
        Runs(first),
        unit=unit,
    )
    again = Spread.of([taken / warm.median for taken in second])
    report.lines.append(
        Line(
            "10 rules on an empty jsii cache",
            "second run (against warm ones)",
            unit,
            Spread.of(second),
            again,
            1.25,
        )
    )


def beside_bare_resources(report: Report, bench: Bench, folder: Path, rounds: int) -> None:
    """Add what a resource costs in our constructs, against the provider's own constructor."""
    for construct in overhead.CONSTRUCTS:
        runs = overhead.milliseconds(construct, bench.python, bench.environment, folder, rounds)
        title = f"one more resource: {construct.title}, milliseconds of processor time"
        report.lines.append(Line(title, overhead.OURS, "ms", runs.spread(overhead.OURS)))
        ratio = runs.ratio(overhead.OURS, overhead.BARE)
        report.lines.append(Line(title, overhead.BARE, "ms", runs.spread(overhead.BARE), ratio, construct.target))
    runs = overhead.milliseconds_of_balancers(bench.python, bench.environment, folder, rounds)
    title = "one more resource: load balancers of one file, 40 to 160, milliseconds of processor time"
    report.lines.append(Line(title, overhead.OURS, "ms", runs.spread(overhead.OURS)))
    ratio = runs.ratio(overhead.OURS, overhead.BARE)
    report.lines.append(Line(title, "a bare alarm", "ms", runs.spread(overhead.BARE), ratio, overhead.BALANCERS_TARGET))


def own_python(report: Report, python: Path) -> None:
    """Add what the library's own code costs."""
    title = "northsouth's own Python, seconds of processor time"
    added = library.import_milliseconds(python, 9) / 1000
    ratio = Spread.of([added * 1000 / library.IMPORT_MILLISECONDS])
    report.lines.append(
        Line(
            title, "import of all packages, besides cdktf (against 0.03 s)", "s of CPU", Spread.of([added]), ratio, 1.0
        )
    )
    for what, seconds in library.template(RULES).items():
        report.lines.append(Line(title, f"{RULES:,} rules: {what}", "s of CPU", Spread.of([seconds])))
    title = f"look-ups in a second of processor time, {RULES:,} rules"
    for what, rate in library.look_ups(RULES).items():
        report.lines.append(Line(title, what, "look-ups", Spread.of([rate])))


def inner_loop(report: Report) -> None:
    """Add how long a developer waits for lint, types, unit tests and snapshots."""
    check = Program("make check", ["make", "check"], folder=ROOT)
    check.run()
    seconds = check.run().wall
    ratio = Spread.of([seconds / CHECK_SECONDS])
    report.lines.append(
        Line("the inner loop, seconds", f"make check (against {CHECK_SECONDS} s)", "s", Spread.of([seconds]), ratio, 1)
    )


def keep(measured: Report, *, whole: bool) -> None:
    """Write the table into the README, and the figures and the chart beside it; some cases renew their own figures."""
    figures = HERE / "figures.json"
    report = measured if whole else Report(renewed(kept_lines(figures), measured.lines), measured.problems)
    figures.write_text(json.dumps(report.as_json(), indent=1) + "\n")
    (HERE / "chart.svg").write_text(chart(report.lines))
    readme = HERE / "README.md"
    missed = "".join(
        f"\n- {line.case}: {line.ratio:.3f} of {line.program}, not ≤ {line.target}" for line in report.missed()
    )
    behind = "".join(
        f"\n- {line.case}: {line.program}, {line.ratio.median:.1f} times"
        for line in report.behind()
        if line.program not in (EMPTY, CONSTRUCT, overhead.BARE) and AGAINST not in line.program
    )
    text = (
        f"![chart](chart.svg)\n\nMeasured on {sentence(machine())}.\n\n{table(report.lines)}"
        f"\nTargets missed:{missed or ' none.'}\n"
        f"\nWho is faster than northsouth, and by how much:{behind or ' nobody.'}"
    )
    readme.write_text(put_between(readme.read_text(), "figures", text))


if __name__ == "__main__":
    sys.exit(main())
