"""Where the processor time of a synth goes: ``python -m benchmarks.account FILE`` (Linux only).

Seconds of Python and of Node by stage, each the least of several runs. Node works while Python imports, so what one
stage asked for may count in the next.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from itertools import pairwise
from pathlib import Path

from benchmarks.environments import LIBRARY

_ONCE = "--once"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.account", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("file", type=Path, help="an environment file")
    parser.add_argument("--rounds", type=int, default=7, help="counted runs (7), after one that fills the caches")
    parser.add_argument(_ONCE, action="store_true", help="measure this process only, and print JSON")
    options = parser.parse_args()
    if options.once:
        print(json.dumps(_stages(options.file)))
        return 0
    runs = [_run(options.file) for _ in range(options.rounds + 1)][1:]
    print("| stage | Python, s | Node, s |\n|---|---|---|")
    total = [0.0, 0.0]
    for number, (stage, *_) in enumerate(runs[0]):
        least = [min(run[number][side] for run in runs) for side in (1, 2)]
        total = [total[0] + least[0], total[1] + least[1]]
        print(f"| {stage} | {least[0]:.3f} | {least[1]:.3f} |")
    print(f"| all | {total[0]:.3f} | {total[1]:.3f} |")
    return 0


def _run(file: Path) -> list[list[float]]:
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**variables, "PYTHONPATH": os.pathsep.join((LIBRARY, str(Path.cwd())))}
    command = [sys.executable, "-m", "benchmarks.account", _ONCE, str(file)]
    answer = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    stages: list[list[float]] = json.loads(answer.stdout)
    return stages


def _stages(file: Path) -> list[tuple[str, float, float]]:
    """Do what `northsouth synth` does, stage by stage; return the seconds of Python and of Node."""
    gc.disable()
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
    marks = [("", 0.0, 0.0)]

    def mark(stage: str) -> None:
        marks.append((stage, time.process_time(), _node_seconds()))

    mark("Python starts, this program included")
    import_module("northsouth.bindings")
    import_module("cdktf")
    mark("jsii and the CDK are loaded")
    loading = import_module("northsouth.stacks.loading")
    mark("the rules of the file are imported")
    (environment,) = loading.load_environments([file])
    mark("the file is read and judged")
    edge, judging = import_module("northsouth.stacks.edge"), import_module("northsouth.at_synth")
    with tempfile.TemporaryDirectory() as folder:
        app = import_module("cdktf").App(outdir=folder, context={"@cdktf/disable_stack_trace_in_metadata": True})
        stack = edge.EdgeStack(app, environment)
        mark("resources are declared")
        judging.judge_now(stack)
        mark("the stack is judged")
        app.synth()
        mark("the CDK writes the stack")
    return [
        (stage, python - python_before, node - node_before)
        for (_, python_before, node_before), (stage, python, node) in pairwise(marks)
    ]


def _node_seconds() -> float:
    """Return the processor time of the children of this process, all threads."""
    children = [pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]
    threads = [thread for pid in children for thread in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


if __name__ == "__main__":
    sys.exit(main())
