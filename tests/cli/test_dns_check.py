"""``northsouth dns check``."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from northsouth.cli.main import main
from tests.cli.stack import PREFIX, STACK, write


def test_errors_come_first_and_set_the_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(write(tmp_path))
    assert main(["dns", "check", "--from", file]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"error: {PREFIX}rule.ring: an endless chain: a.ring.example. -> ...")
    assert lines[-1] == f"{file}: 1 error, 2 warnings"


def test_warnings_alone_are_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack = copy.deepcopy(STACK)
    del stack["resource"][f"{PREFIX}rule"]["ring"]
    file = str(write(tmp_path, stack))
    assert main(["dns", "check", "--from", file, "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)
    assert [(finding["severity"], finding["code"], finding["vpcs"]) for finding in findings] == [
        ("warning", "no-overrides-in-sibling", ["aws_vpc.other"]),
        ("warning", "tls-original-name", ["aws_vpc.main"]),
    ]


def test_an_unreadable_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dns", "check", "--from", "none.json"]) == 2
    assert capsys.readouterr().err == "northsouth: error: none.json: No such file or directory\n"
