"""The same program with the provider loaded fast and loaded stock: same bytes, same behaviour.

Whole processes, because a provider is imported once in one. A stock import costs 10 s, so there is exactly one.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from northsouth import bindings
from tests.harness.files import written

PROGRAM = Path(__file__).with_name("program.py")
EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Run:
    files: dict[str, bytes]
    facts: dict[str, Any]
    stderr: str


def run(
    folder: Path,
    *arguments: str,
    cdk: str = "cdktf",
    python: Path | None = None,
    options: Sequence[str] = (),
    without: str = "",
) -> Run:
    """Run the program on a CDK, with the northsouth and the CDK that ``python`` has installed, or with these.

    ``without`` names a step that is off.
    """
    out, facts = folder / "out", folder / "facts.json"
    path = "" if python else os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [python or sys.executable, *options, PROGRAM, out, facts, cdk, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, bindings.OPT_OUT: without},
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(facts.read_text())
    files = written(out)
    shutil.rmtree(out)
    return Run(files, seen, done.stderr)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for both runs: the path of the state is in the output."""
    return tmp_path_factory.mktemp("program")


@pytest.fixture(scope="module")
def stock(folder: Path) -> Run:
    """A process that imported the provider before northsouth, which leaves it as it is."""
    return run(folder, "provider-first", "repository")


@pytest.fixture(scope="module")
def fast(folder: Path) -> Run:
    return run(folder, "repository")


@pytest.mark.slow
def test_output_is_byte_identical_to_stock(stock: Run, fast: Run) -> None:
    written = {name.split("/")[1] for name in fast.files if name.startswith("examples/")}
    refused = {text.partition(":")[0] for text in fast.facts["refused"]}
    assert written | refused == {path.stem for path in EXAMPLES.glob("*.py") if "app.synth()" in path.read_text()}
    assert {"own/stacks/stack/cdk.tf.json", "environments/stacks/example/cdk.tf.json"} <= fast.files.keys()
    assert fast.files == stock.files
    assert fast.facts["refused"] == stock.facts["refused"]


@pytest.mark.slow
def test_only_used_submodules_are_imported(stock: Run, fast: Run) -> None:
    assert fast.facts["loaded"] < 15
    assert stock.facts["loaded"] > 2000


@pytest.mark.slow
def test_the_root_package_looks_as_stock(stock: Run, fast: Run) -> None:
    assert fast.facts["module"] == stock.facts["module"]


@pytest.mark.slow
def test_threads_may_import_at_once(fast: Run) -> None:
    assert fast.facts["threads"] == []


@pytest.mark.slow
def test_objects_made_in_javascript_import_their_module(stock: Run, fast: Run) -> None:
    assert fast.facts["found"] == "cdktf_cdktf_provider_aws.lexv2_models_bot.Lexv2ModelsBot"
    assert fast.facts["found"] == stock.facts["found"]


@pytest.mark.slow
def test_nothing_is_printed_that_stock_does_not_print(stock: Run, fast: Run) -> None:
    early = "northsouth: cdktf_cdktf_provider_aws was imported before northsouth"
    lines = stock.stderr.splitlines()
    assert fast.stderr.splitlines() == [line for line in lines if not line.startswith(early)]
    assert sum(line.startswith(early) for line in lines) == 1


@pytest.mark.slow
def test_nothing_relies_on_assert(fast: Run, folder: Path) -> None:
    assert run(folder, "repository", options=["-O"]).files == fast.files


def synth_subnet(queue: multiprocessing.Queue[str]) -> None:
    from cdktf import TerraformStack, Testing
    from cdktf_cdktf_provider_aws.subnet import Subnet

    stack = TerraformStack(Testing.app(), "stack")
    Subnet(stack, "subnet", vpc_id="vpc-1", cidr_block="10.0.0.0/24")
    queue.put(Testing.synth(stack))


FORKS = """
import multiprocessing, sys
from northsouth import bindings
from tests.bindings.test_behaviour import synth_subnet

bindings.install()
if __name__ == "__main__":
    results = []
    for method in ("fork", "spawn"):
        context = multiprocessing.get_context(method)
        queue = context.Queue()
        child = context.Process(target=synth_subnet, args=(queue,))
        child.start()
        results.append(queue.get(timeout=60))
        child.join()
    assert "jsii" not in sys.modules
    assert results[0] == results[1] and "10.0.0.0/24" in results[0], results
"""


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this platform cannot fork")
@pytest.mark.slow
def test_forked_and_spawned_children_load_the_provider(tmp_path: Path) -> None:
    script = tmp_path / "forks.py"
    script.write_text(FORKS)
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": path}
    )
    assert done.returncode == 0, done.stderr
