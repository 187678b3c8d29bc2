"""A pytest plugin that writes down every evaluation of JSONata: the code, its variables, the moment, and the answer.

    pytest -p tests.second_opinions.recording --record-jsonata FOLDER …

Each process writes one file into the folder. Each evaluation is a line of JSON; those with the same code and variables
are written once. ``$random()`` is always 0.5.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonata
import pytest

from northsouth.emulator import expressions

OPTION = "--record-jsonata"


@dataclass(frozen=True)
class Outcome:
    """What an evaluation ended with: a value, nothing (JSONata's undefined), or a failure.

    Attributes:
        kind: ``value``, ``nothing`` or ``failure``.
        value: the value.
        message: why it failed.

    """

    kind: str
    value: Any = None
    message: str = ""


@dataclass(frozen=True)
class Evaluation:
    """One evaluation.

    Attributes:
        code: the code, without ``{%`` and ``%}``.
        variables: what its variables stand for.
        moment: what ``$millis()`` returns, in milliseconds.
        outcome: what it ended with.

    """

    code: str
    variables: Mapping[str, Any]
    moment: int
    outcome: Outcome

    @classmethod
    def read(cls, line: str) -> Evaluation:
        """Read a line of the file."""
        fields = json.loads(line)
        return cls(**{**fields, "outcome": Outcome(**fields["outcome"])})


class Recorder:
    """Listens to every evaluation of this process.

    Args:
        file: what is written when the tests of this process are over.

    """

    def __init__(self, file: Path) -> None:
        self.lines: dict[str, str] = {}
        self._file = file
        self._lock = threading.Lock()

    def pytest_sessionfinish(self) -> None:
        """Write the file. pytest-xdist kills a process that takes long to end after this."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text("".join(self.lines.values()), encoding="utf-8")

    def listen(self, patch: pytest.MonkeyPatch) -> None:
        """Put itself between the evaluations and those that ask for them."""
        evaluate = expressions.evaluate

        def evaluated(code: str, variables: Mapping[str, Any] = MappingProxyType({})) -> Any:
            try:
                value = evaluate(code, variables)
            except expressions.NothingError:
                self._keep(code, variables, Outcome("nothing"))
                raise
            except expressions.ExpressionError as error:
                self._keep(code, variables, Outcome("failure", message=repr(error.__cause__)))
                raise
            self._keep(code, variables, Outcome("value", value))
            return value

        patch.setitem(expressions.FUNCTIONS, "random", lambda: 0.5)
        patch.setattr(expressions, "evaluate", evaluated)

    def _keep(self, code: str, variables: Mapping[str, Any], outcome: Outcome) -> None:
        # $now() and $millis() read it where the last program of the thread keeps it.
        moment = jsonata.Jsonata.CURRENT.jsonata.timestamp
        # Written at once: the caller may change the objects.
        line = json.dumps(asdict(Evaluation(code, dict(variables), moment, outcome)))
        with self._lock:
            self.lines.setdefault(json.dumps([code, dict(variables)], sort_keys=True), f"{line}\n")


def read(folder: Path) -> list[Evaluation]:
    """Return what all processes wrote."""
    return [
        Evaluation.read(line)
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the folder."""
    parser.addoption(
        OPTION, type=Path, required=True, metavar="FOLDER", help="where evaluations of JSONata are written"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Listen until the end."""
    file = config.getoption(OPTION) / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.jsonl"
    patch, recorder = pytest.MonkeyPatch(), Recorder(file)
    recorder.listen(patch)
    config.add_cleanup(patch.undo)
    config.pluginmanager.register(recorder)
