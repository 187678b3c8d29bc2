"""Whatever file is read: a clear error or a result, in bounded time and memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).with_name("readers.py")
BYTES = 2 * 2**30
"""Of address space, for all readers and files together; the largest file is 1 MB."""
SECONDS = 120
"""Of processor time, for all readers and files together; without bounds a single one would take for ever."""


def bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    folder = tmp_path_factory.mktemp("hostile")
    done = subprocess.run(
        [sys.executable, PROGRAM, folder],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
        preexec_fn=bounded,
    )
    assert done.returncode == 0, f"{done.stdout[-500:]}\n{done.stderr[-2000:]}"
    return {(reader, name): came for reader, name, came in map(json.loads, done.stdout.splitlines())}


def test_every_file_is_read_or_clearly_refused(outcomes: dict[tuple[str, str], str]) -> None:
    assert len(outcomes) > 60
    unclear = {case: came for case, came in outcomes.items() if came != "read" and not came.startswith("refused: ")}
    assert unclear == {}


@pytest.mark.parametrize(
    ("reader", "name", "words"),
    [
        ("template", "deep lists", "nested too deeply"),
        ("template", "a long chain", "nested too deeply"),
        ("template", "a value that multiplies", "expand without end"),
        ("template", "a huge count", "more than"),
        ("declared state", "deep objects", "nested too deeply"),
        ("declared state", "no text", "not JSON"),
        ("environment", "deep tables", "nested too deeply"),
        ("rules", "deep lists", "nested too deeply"),
    ],
)
def test_the_error_says_what_is_wrong(outcomes: dict[tuple[str, str], str], reader: str, name: str, words: str) -> None:
    assert words in outcomes[reader, name]
