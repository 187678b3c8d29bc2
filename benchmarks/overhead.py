"""What a construct costs beside the provider's own constructors, for each resource.

The cost of a resource is the difference of a program of many and one of few: what a start costs falls out. The same
resources are declared by our construct and, from the file that it wrote, by the provider's constructors alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Program, Runs, take_turns
from benchmarks.peers import PROGRAMS
from northsouth.comparison import declared_state

FEW, MANY = 20, 400
BALANCERS = (40, 160)
BALANCERS_TARGET = 2.0
OURS, BARE = "construct", "its resources alone"


@dataclass(frozen=True)
class Construct:
    """A construct of ours, and the program that declares a number of it."""

    title: str
    script: str
    target: float


CONSTRUCTS = (Construct("`DnsOverrides`", "overrides.py", 1.10), Construct("`Alarm`", "alarms.py", 1.25))


def milliseconds(construct: Construct, python: Path, environment: dict[str, str], folder: Path, rounds: int) -> Runs:
    """Return the processor time of one more resource, by our construct and without it.

    Raises:
        SystemExit: the two do not declare the same.

    """
    programs, sizes = [], {}
    for count in (FEW, MANY):
        out, bare = folder / f"{construct.script}-{count}", folder / f"{construct.script}-{count}-bare"
        ours = Program(f"{OURS}-{count}", [python, PROGRAMS / construct.script, out, str(count)], environment)
        ours.run()
        written = out / "stacks" / "stack" / "cdk.tf.json"
        alone = Program(f"{BARE}-{count}", [python, PROGRAMS / "bare.py", bare, written], environment)
        alone.run()
        declared = declared_state(written.read_bytes())
        if declared != declared_state((bare / "stacks" / "stack" / "cdk.tf.json").read_bytes()):
            raise SystemExit(f"{construct.title} and its resources alone differ")
        sizes[count] = sum(len(names) for names in declared["resource"].values())
        programs += [ours, alone]
    turns = take_turns(programs, rounds=rounds)
    more = sizes[MANY] - sizes[FEW]
    return Runs(
        {
            name: [1000 * (turn[f"{name}-{MANY}"].processor - turn[f"{name}-{FEW}"].processor) / more for turn in turns]
            for name in (OURS, BARE)
        }
    )


def milliseconds_of_balancers(python: Path, environment: dict[str, str], folder: Path, rounds: int) -> Runs:
    """Return the processor time of one more resource of an environment file's load balancers, and of a bare alarm.

    More load balancers must not make each of them dearer, so these are 160 against 40.
    """
    sizes, programs = {}, []
    for count in BALANCERS:
        out = folder / f"balancers-{count}"
        ours = Program(f"{OURS}-{count}", [python, PROGRAMS / "balancers.py", out, str(count)], environment)
        ours.run()
        declared = declared_state((out / "stacks" / "stack" / "cdk.tf.json").read_bytes())
        sizes[count] = sum(len(names) for names in declared["resource"].values())
        programs.append(ours)
    few, many = BALANCERS
    turns = take_turns(programs, rounds=rounds)
    bare = milliseconds(CONSTRUCTS[1], python, environment, folder, rounds).figures[BARE]
    taken = [turn[f"{OURS}-{many}"].processor - turn[f"{OURS}-{few}"].processor for turn in turns]
    return Runs({OURS: [1000 * each / (sizes[many] - sizes[few]) for each in taken], BARE: bare})
