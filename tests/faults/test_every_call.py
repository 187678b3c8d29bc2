"""Run by `make faults` alone, because each case takes minutes: faults at every call, and answers that are lost.

`docs/deploys.md` says what was found.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from northsouth.emulator import faults
from northsouth.emulator.faults import Call, Fault
from northsouth.emulator.server import Emulator
from tests.faults import runs
from tests.faults.creates import CREATES
from tests.faults.everything import document
from tests.faults.inventory import IMPORTS, LISTS, count
from tests.faults.runs import NO_EFFECT, deploy, deploy_with_imports, end_state
from tests.harness.provider import REPOSITORY
from tests.harness.terraform import Terraform

pytestmark = [pytest.mark.faults, pytest.mark.deploy]
PAGE = (REPOSITORY / "docs" / "deploys.md").read_text(encoding="utf-8")


class Stack:
    """The stack of every type, as an undisturbed apply left it, and what each operation was called how often."""

    def __init__(self, emulator: Emulator, folder: Path, *, lifecycles: bool) -> None:
        self.emulator, self.folder = emulator, folder
        self.declared = runs.without_retries(document(lifecycles=lifecycles))
        emulator.reset()
        terraform = self.terraform()
        (attempt,) = deploy(terraform, emulator, faults.watch)
        self.calls = sorted(
            {(each.call.service, each.call.operation, each.call.nth) for each in attempt.answers if each.call.mutates}
        )
        self.state, self.inventory = end_state(terraform, self.declared), count(emulator)

    def terraform(self) -> Terraform:
        """Return Terraform in a folder of its own, on an emulator that is empty."""
        self.emulator.reset()
        self.folder.mkdir(exist_ok=True)
        return Terraform(self.folder / str(len(list(self.folder.iterdir()))), self.declared, self.emulator.endpoint)


@pytest.fixture(scope="module")
def stack(aws_emulator_server: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    lifecycles = os.environ.get("FAULTS_LIFECYCLES") == "1"
    return Stack(aws_emulator_server, tmp_path_factory.mktemp("faults") / "runs", lifecycles=lifecycles)


@settings(
    max_examples=int(os.environ.get("FAULTS_EXAMPLES", "10")),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking would take hours
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_faults_without_effect_at_any_calls_are_overcome_by_applying_again(stack: Stack, data: st.DataObject) -> None:
    points = data.draw(st.dictionaries(st.sampled_from(stack.calls), st.sampled_from(NO_EFFECT), min_size=5))
    terraform = stack.terraform()
    deploy(terraform, stack.emulator, runs.each_once(points))
    assert terraform.plan().empty
    assert end_state(terraform, stack.declared) == stack.state
    assert count(stack.emulator) == stack.inventory


def listed(heading: str) -> set[str]:
    """Return the types that a table of the page names in its first column."""
    section = PAGE.partition(f"\n### {heading}\n")[2].partition("\n#")[0]
    return {
        name
        for row in section.splitlines()
        for name in re.findall(r"`(aws_\w+)`", row.split("|")[1] if "|" in row else "")
    }


def test_lost_answers_leave_behind_what_the_page_says(stack: Stack) -> None:
    operations = {CREATES[kind] for kind in stack.declared["resource"] if kind in CREATES}
    terraform = stack.terraform()
    rule = runs.once(dict.fromkeys(operations, Fault.LOSE_ANSWER))
    attempts, imported = deploy_with_imports(terraform, stack.emulator, rule)
    assert frozenset().union(*(each.hit for each in attempts)) == operations
    assert terraform.plan().empty
    assert end_state(terraform, stack.declared) == stack.state
    in_the_way = listed("In the way: import it")
    assert imported <= in_the_way <= IMPORTS.keys()
    # Of the two kinds of RAM associations, which have one operation, the first to come is hit.
    assert in_the_way - imported <= {"aws_ram_principal_association", "aws_ram_resource_association"}
    now = count(stack.emulator)
    twice = {kind for kind in LISTS if now[kind] > stack.inventory[kind]}
    assert twice == listed("Made twice: delete the one that is not in the state")


@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_terraform_that_is_killed_at_any_call_is_resumed(stack: Stack, data: st.DataObject) -> None:
    when = data.draw(st.sampled_from(stack.calls))
    terraform = stack.terraform()
    kill(terraform, stack.emulator, when)
    deploy_with_imports(terraform, stack.emulator, faults.watch)
    assert terraform.plan().empty
    assert end_state(terraform, stack.declared) == stack.state


def kill(terraform: Terraform, emulator: Emulator, when: tuple[str, str, int]) -> None:
    """Apply, and end Terraform and its provider without warning as soon as a call has had its effect."""
    started: list[subprocess.Popen[bytes]] = []

    def rule(call: Call) -> Any:
        if (call.service, call.operation, call.nth) != when:
            return None
        os.killpg(started[0].pid, signal.SIGKILL)
        return Fault.LOSE_ANSWER

    command = ["terraform", "apply", "-auto-approve", "-input=false"]
    with emulator.faults.rule(rule):
        process = subprocess.Popen(
            command, cwd=terraform.workdir, env=terraform.env, stdout=subprocess.DEVNULL, start_new_session=True
        )
        started.append(process)
        assert process.wait() == -signal.SIGKILL
