"""Values of state machines, evaluated as Step Functions does: by a Python port of JSONata, and by the reference."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from northsouth.emulator import expressions

ROOT = Path(__file__).parents[2]
REFERENCE = Path(__file__).with_name("reference_jsonata.js")
Variables = Mapping[str, Any]


def codes(value: Any) -> Iterator[str]:
    """Yield the code of every expression in a value of a definition."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from codes(each)
    elif isinstance(value, str) and value.startswith("{%"):
        yield value.removeprefix("{%").removesuffix("%}")


def evaluate(value: Any, variables: Variables) -> Any:
    """Return a value of a definition with its expressions evaluated."""
    if isinstance(value, Mapping):
        return {key: evaluate(each, variables) for key, each in value.items()}
    if isinstance(value, list):
        return [evaluate(each, variables) for each in value]
    for code in codes(value):
        return expressions.evaluate(code, variables)
    return value


def agrees(cases: Sequence[tuple[Any, Variables]]) -> None:
    """Assert that the reference JSONata gives what the port gives. Step Functions follows its version 2.0.6."""
    asked = [{"code": code, "variables": variables} for value, variables in cases for code in codes(value)]
    done = node_tool(["node", REFERENCE, ROOT / "node_modules" / "jsonata"], json.dumps(asked))
    assert done.returncode == 0, done.stderr
    for each, answer in zip(asked, json.loads(done.stdout), strict=True):
        assert answer == {"kind": "value", "value": evaluate(f"{{%{each['code']}%}}", each["variables"])}


def node_tool(command: list[Any], text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a tool of ``node_modules``, or skip where there is none."""
    if shutil.which("node") is None or not (ROOT / "node_modules" / "jsonata").exists():
        reason = "the tools of node_modules are absent: run `npm ci`"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False, encoding="utf-8")
