"""``DnsOverrides`` in its two forms, two resources for each name against ``for_each``: synth, size, ``terraform plan``.

python -m benchmarks.for_each                    # 100 and 500 names, synth only
python -m benchmarks.for_each --plan             # and plans of 500 names, and of 100 that are deployed: some minutes

Runs in the environment it is called from, against the tests' emulator; every ratio compares two runs of one round.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.environments import LIBRARY
from benchmarks.measure import Program, Runs, take_turns
from benchmarks.peers import PROGRAMS
from northsouth.emulator.server import Emulator
from tests.harness.terraform import MANY_AT_ONCE, Terraform, binary

ONE_EACH, FOR_EACH = "one resource for each", "for_each"
FORMS: dict[str, tuple[str, ...]] = {ONE_EACH: (), FOR_EACH: ("for_each",)}
"""What the program is told for each form."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.for_each", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--names", type=int, nargs="+", default=[100, 500], help="how many names (100 500)")
    parser.add_argument("--rounds", type=int, default=5, help="counted runs of each (5)")
    parser.add_argument("--plan", action="store_true", help="plan the most names; deploy the fewest, and plan again")
    options = parser.parse_args(arguments)
    print(f"| | {ONE_EACH} | {FOR_EACH} | {FOR_EACH} / {ONE_EACH} |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for count in options.names:
            told(
                f"{count} names: synth, whole process, s",
                [synth(scratch, count, form) for form in FORMS],
                options.rounds,
            )
            sizes = [len(text(scratch, count, form)) for form in FORMS]
            line(f"{count} names: bytes of `cdk.tf.json`", *(f"{size:,}" for size in sizes), sizes[1] / sizes[0])
        if options.plan:
            plans(scratch, max(options.names), options.rounds, deployed=False)
            plans(scratch, min(options.names), options.rounds, deployed=True)
    return 0


def synth(scratch: Path, count: int, form: str, *more: str) -> Program:
    output = scratch / f"{count}-{form}"
    command = [sys.executable, PROGRAMS / "overrides.py", output, str(count), *FORMS[form], *more]
    return Program(form, command, {"PYTHONPATH": LIBRARY}, output=output)


def text(scratch: Path, count: int, form: str, *more: str) -> str:
    """Synthesize; return the document, indented as ``cdktf synth`` writes it."""
    synth(scratch, count, form, *more).run()
    return (scratch / f"{count}-{form}" / "stacks" / "stack" / "cdk.tf.json").read_text()


def document(scratch: Path, count: int, form: str, *more: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(text(scratch, count, form, *more))
    return read


def plans(scratch: Path, count: int, rounds: int, *, deployed: bool) -> None:
    """Plan both forms: everything, or nothing because one apply, and one with ``moved``, have deployed both."""
    with Emulator() as emulator:
        folders = {
            form: Terraform(scratch / f"plan-{count}-{form}", document(scratch, count, form), emulator.endpoint)
            for form in FORMS
        }

        def programs(*options: str) -> list[Program]:
            command = [binary(), "plan", "-no-color", "-input=false", "-lock=false", *options]
            return [Program(form, command, folder.env, folder.workdir) for form, folder in folders.items()]

        if not deployed:
            told(f"{count} names: plan of all, nothing deployed, s", programs(), rounds)
            return
        one, each = folders[ONE_EACH], folders[FOR_EACH]
        one.apply(MANY_AT_ONCE)
        shutil.copy(one.workdir / "terraform.tfstate", each.workdir)
        each.write(document(scratch, count, FOR_EACH, "moved"))
        each.apply("-refresh=false")
        each.write(document(scratch, count, FOR_EACH))
        told(f"{count} names: plan of nothing, all deployed, s", programs(), rounds)
        told(f"{count} names: the same with -refresh=false, s", programs("-refresh=false"), rounds)


def told(what: str, programs: Sequence[Program], rounds: int) -> None:
    """Run two programs, once for their caches and then in turn, and print a line."""
    for program in programs:
        program.run()
    turns = take_turns(programs, rounds=rounds)
    for kind, figures in (
        ("wall", {program.name: [turn[program.name].wall for turn in turns] for program in programs}),
        ("processor", {program.name: [turn[program.name].processor for turn in turns] for program in programs}),
    ):
        runs = Runs(figures)
        values = (f"{runs.spread(form):.2f}" for form in FORMS)
        line(f"{what} ({kind})", *values, runs.ratio(FOR_EACH, ONE_EACH).median)


def line(what: str, one: str, each: str, ratio: float) -> None:
    print(f"| {what} | {one} | {each} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
