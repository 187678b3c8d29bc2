"""What it takes to read a large plan, against plain ``json.load``: ``python -m benchmarks.plans [RESOURCES]``.

Each way is a process of its own; the ways take turns. Processor seconds and the greatest resident memory are compared
as ratios of runs that followed one another.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

LOAD, READ, JUDGE = "json.load", "northsouth.template.read", "drift.findings.judge"
WAYS = {
    LOAD: "import json; json.load(open(PLAN, encoding='utf-8'))",
    READ: "from northsouth.template import read; read(PLAN)",
    JUDGE: "from northsouth.drift.findings import judge; from northsouth.template import read_plan; "
    "judge(read_plan(PLAN))",
}
RESOURCES = 60_000
BLOCKS = 12
"""Nested blocks of each resource; many small objects and lists are what makes a plan dense."""

ROUNDS = 3
TARGETS = {READ: (1.5, 0.2), JUDGE: (1.5, 0.2)}
"""Greatest ratios of processor time and of memory that are the goal.

Measured with 137 MiB: `json.load` takes 13.4 s and 1,276 MiB, `read` 0.90 and 0.14 of that, `judge` 1.00 and 0.14. When
a plan was read at once, `read` took 4.4 times the processor time that it takes now, and 13.5 times the memory.
"""


def values(number: int) -> dict[str, object]:
    blocks = [{"cidrs": [], "labels": {}, "port": port, "groups": [port]} for port in range(BLOCKS)]
    return {"id": f"sg-{number}", "ingress": blocks, "tags": {"Name": f"group {number}"}}


def resource(number: int, **more: object) -> dict[str, object]:
    name = f"group{number}"
    return {
        "address": f"aws_security_group.{name}",
        "mode": "managed",
        "type": "aws_security_group",
        "name": name,
    } | more


def change(number: int) -> dict[str, object]:
    now = values(number)
    idle = number % 1000 != 0
    after = now if idle else {**now, "description": "changed"}
    actions = ["no-op"] if idle else ["update"]
    return resource(number, change={"actions": actions, "before": now, "after": after, "after_unknown": {}})


def expressions(number: int) -> dict[str, object]:
    other = f"aws_security_group.group{number - 1}"
    return resource(number, expressions={"description": {"references": [f"{other}.id", other]}})


def pieces(count: int) -> Iterator[str]:
    """Yield the text of a plan."""

    def array(items: Iterator[dict[str, object]]) -> Iterator[str]:
        for position, item in enumerate(items):
            yield ("," if position else "") + json.dumps(item, separators=(",", ":"))

    yield '{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{"resources":['
    yield from array(resource(number, values=values(number)) for number in range(count))
    yield ']}},"resource_changes":['
    yield from array(map(change, range(count)))
    yield '],"configuration":{"root_module":{"resources":['
    yield from array(map(expressions, range(count)))
    yield "]}}}"


def run(way: str, plan: Path) -> tuple[float, float]:
    """Return processor seconds and MiB of one process."""
    child = subprocess.Popen([sys.executable, "-c", f"PLAN = {str(plan)!r}; {WAYS[way]}"])
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{way} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(count: int = RESOURCES) -> int:
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.json"
        with plan.open("w", encoding="utf-8") as file:
            file.writelines(pieces(count))
        print(f"{count} resources, {plan.stat().st_size / 2**20:.0f} MiB")
        rounds = [{way: run(way, plan) for way in WAYS} for _ in range(ROUNDS)]
    missed = False
    for way in WAYS:
        seconds, memory = (statistics.median(each[way][at] for each in rounds) for at in (0, 1))
        line = f"{way}: {seconds:.1f} s, {memory:.0f} MiB"
        if way in TARGETS:
            ratios = [statistics.median(each[way][at] / each[LOAD][at] for each in rounds) for at in (0, 1)]
            missed |= any(ratio > limit for ratio, limit in zip(ratios, TARGETS[way], strict=True))
            line += f"; {ratios[0]:.2f} of json.load's time, {ratios[1]:.2f} of its memory"
        print(line)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
