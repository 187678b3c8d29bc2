"""What ``make demo`` runs, from the outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness import child
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import REPOSITORY, ToolMissing
from tests.harness.terraform import binary

# They all write to .demo/run; `make test` runs the tests of one file in one process.
pytestmark = pytest.mark.slow
EMULATOR_TO_PROVIDER = 4  # processes: the emulator, cdktf, Terraform, the provider
COMMAND = [sys.executable, "-m", "tests.harness.demo"]


def in_the_root() -> set[str]:
    return {path.name for path in REPOSITORY.iterdir()}


@pytest.fixture
def _terraform() -> None:
    try:
        binary()
    except ToolMissing as missing:
        skip_or_fail(missing)


def test_without_terraform_it_ends_well_after_synth() -> None:
    env = os.environ | {"TERRAFORM_BINARY_NAME": "a-terraform-that-is-not-there"}
    done = subprocess.run(COMMAND, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "cdk.tf.json" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Nothing was deployed. Terraform is not on the PATH: get it at")


@pytest.mark.deploy
@pytest.mark.usefixtures("_terraform")
def test_it_deploys_shows_and_plans_nothing() -> None:
    before = in_the_root()
    done = subprocess.run(COMMAND, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "empty: what was deployed is what was declared" in done.stdout
    assert "hub.example.com. -> hub.internal.example.com.  (CNAME, TTL 60 s)" in done.stdout
    assert in_the_root() <= before | {".demo"}


@pytest.mark.deploy
@pytest.mark.usefixtures("_terraform")
def test_an_interrupted_demo_leaves_nothing_running() -> None:
    log = REPOSITORY / ".demo" / "run" / "demo.log"
    log.unlink(missing_ok=True)
    with subprocess.Popen(COMMAND, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as demo:
        # Terraform starts the provider only when it comes to the first of its resources.
        wait_for(lambda: "Creating..." in text_of(log) and len(child.descendants(demo.pid)) >= EMULATOR_TO_PROVIDER)
        family = child.descendants(demo.pid)
        demo.send_signal(signal.SIGINT)
        printed, _ = demo.communicate(timeout=60)
    assert demo.returncode == 130
    assert printed.endswith("interrupted; nothing is left running\n")
    assert not [pid for pid in family if child.is_running(pid)]


def text_of(log: Path) -> str:
    return log.read_text(encoding="utf-8") if log.exists() else ""


def wait_for(state: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 180
    while not state():
        if time.monotonic() > deadline:
            pytest.fail("the deployment did not begin in three minutes")
        time.sleep(0.1)


def test_a_child_that_makes_a_session_of_its_own_is_ended_too(tmp_path: Path) -> None:
    program = "import subprocess, time; subprocess.Popen(['sleep', '600'], start_new_session=True); time.sleep(600)"
    process = child.start([sys.executable, "-c", program], env=os.environ, cwd=tmp_path, log=tmp_path / "log")
    while not child.descendants(process.pid):
        time.sleep(0.05)
    (grandchild,) = child.descendants(process.pid)
    child.stop(process)
    assert not child.is_running(grandchild)


def test_a_failing_child_is_reported_with_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(child.ChildError, match=r"ended with 3:\nout of cheese"):
        child.run(["sh", "-c", "echo out of cheese; exit 3"], env=os.environ, cwd=tmp_path, log=tmp_path / "log")
