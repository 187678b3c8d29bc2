"""What the reference JSONata says of every evaluation in the tests that run our state machines.

The tests run with the plugin of :mod:`tests.second_opinions.recording`, which writes down what the emulator's port of
JSONata evaluates, and to what. The reference evaluates the same code with the same variables at the same moment. An
expression of a declared machine that no test evaluates is a difference, too.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pytest

from tests.harness.jsonata import REFERENCE, codes
from tests.second_opinions import environments, recording
from tests.second_opinions.declared import stacks
from tests.second_opinions.recording import OPTION, Evaluation, Outcome
from tests.second_opinions.table import Answer, Difference, Opinion

TESTS = (
    "tests/alerts/quiet/test_deploy.py",
    "tests/alerts/routes/test_deploy.py",
    "tests/alerts/routes/test_machine.py",
    "tests/alerts/status/test_deploy.py",
    "tests/alerts/status/test_workflow.py",
    "tests/egress/test_analysis.py",
    "tests/egress/test_analysis_workflow.py",
    "tests/logs/test_archive_deploy.py",
    "tests/logs/test_archive_input.py",
    "tests/logs/test_archive_modes.py",
    "tests/logs/test_archive_workflow.py::test_a_crawl_has_ten_minutes",
)
"""The tests that run the machines; together they evaluate every expression."""
SECONDS = 1800
LITERAL = re.compile(
    r"""(?P<space>\s+)
    | /(?:\\.|[^\\/\s])(?:\\.|[^\\/\n])*/[im]*(?=\W)    # a regular expression
    | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*'
    | (?<![\w.$])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?\b | (?<![\w$.])(?:true|false|null)\b""",
    re.VERBOSE,
)
CONSTANT = re.compile(r"\[\?(?:,\?)*\]|\{\?:\?(?:,\?:\?)*\}|\[\]|\{\}")


def shape(code: str) -> str:
    """Return code without spaces, and with a question mark for each constant: what two stacks have in common."""
    code, count = LITERAL.sub(lambda found: "" if found["space"] else "?", code), 1
    while count:
        code, count = CONSTANT.subn("?", code)
    return code


def expressions(declared: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    """Return every expression of the machines of stacks: by its shape, the stack's name and the code."""
    found: dict[str, tuple[str, str]] = {}
    for stack, document in declared.items():
        for machine in document.get("resource", {}).get("aws_sfn_state_machine", {}).values():
            for code in codes(json.loads(machine["definition"])):
                found.setdefault(shape(code), (stack, code.strip()))
    return found


def differences(evaluations: Sequence[Evaluation], answers: Sequence[Outcome]) -> Iterator[Difference]:
    """Yield each evaluation that the reference ends in another way."""
    for evaluation, answer in zip(evaluations, answers, strict=True):
        ours = evaluation.outcome
        if (ours.kind, _text(ours.value)) != (answer.kind, _text(answer.value)):
            yield Difference(shape(evaluation.code), f"the emulator: {_said(ours)}; the reference: {_said(answer)}")


def _said(outcome: Outcome) -> str:
    return f"{outcome.kind} {outcome.message or _text(outcome.value)}"[:300]


def _text(value: Any) -> str:
    # JSON's text: 1 and true are equal to Python, but not to JSON.
    return json.dumps(value, sort_keys=True)


def unevaluated(declared: Mapping[str, tuple[str, str]], shapes: Collection[str]) -> Iterator[Difference]:
    """Yield each expression of a machine that no test evaluates."""
    for each, (stack, code) in declared.items():
        if each not in shapes:
            yield Difference(code[:200], f"no test evaluates this expression of the stack {stack}")


def record() -> tuple[list[Evaluation], list[str]]:
    """Run the tests, and return what they evaluate, and which of them fail.

    Raises:
        RuntimeError: they do not run.

    """
    folder = environments.BUILD / "evaluations"
    shutil.rmtree(folder, ignore_errors=True)
    plugins = ("-p", "no:cacheprovider", "-p", "tests.second_opinions.recording")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *plugins, OPTION, str(folder), *TESTS],
        cwd=environments.ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        encoding="utf-8",
    )
    if done.returncode not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"the tests that are recorded do not run:\n{done.stdout[-4000:]}{done.stderr[-1000:]}")
    # What a failing test evaluates counts as well: whether it should fail is the business of `make test`.
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR ", "SKIPPED "))]
    return recording.read(folder), failed


def ask() -> Answer:
    """Let the reference evaluate what the tests evaluate."""
    package = environments.node_modules("machines") / "jsonata"
    evaluations, failed = record()
    declared = expressions(stacks())
    said = environments.ask(["node", REFERENCE, package], [asdict(each) for each in evaluations])
    answers = [Outcome(**each) for each in said]
    shapes = {shape(each.code) for each in evaluations}
    return Answer(
        f"{len(evaluations)} evaluations; {len(declared)} expressions in {len(stacks())} stacks",
        [*differences(evaluations, answers), *unevaluated(declared, shapes)],
        failed,
    )


def opinion() -> Opinion:
    """Return the row of the table."""
    question = "Does every expression of our state machines give what the emulator gives?"
    return Opinion("machines", f"jsonata {environments.pinned('jsonata')} (npm)", question, ask)
