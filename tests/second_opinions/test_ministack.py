"""What ministack is asked: it listens on loopback alone, and what it refuses or changes again is found."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.second_opinions.ministack import refused, running, unsettled
from tests.second_opinions.table import Difference, UnavailableError

SERVER = """#!{python}
import os, socket
assert os.environ["http_proxy"] == os.environ["https_proxy"] == "http://127.0.0.1:9"
server = socket.create_server((os.environ["BIND_HOST"], int(os.environ["GATEWAY_PORT"])))
while True:
    server.accept()[0].close()
"""


def program(folder: Path, text: str) -> Path:
    file = folder / "ministack"
    file.write_text(text.replace("{python}", sys.executable), encoding="utf-8")
    file.chmod(0o755)
    return file


def test_it_listens_on_loopback_calls_nobody_and_ends(tmp_path: Path) -> None:
    with running(program(tmp_path, SERVER)) as endpoint:
        assert endpoint.startswith("http://127.0.0.1:")


def test_a_program_that_ends_is_not_available(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="does not listen"), running(program(tmp_path, "#!{python}\n")):
        pass


def test_a_resource_that_is_refused_is_a_difference_with_its_address() -> None:
    error = {"severity": "error", "address": "aws_vpc.main", "summary": "creating VPC:\n  no", "detail": "at all"}
    whole = {"severity": "error", "summary": "no credentials", "detail": ""}
    messages = [{"type": "version"}, {"diagnostic": error}, {"diagnostic": {**error, "severity": "warning"}}]
    output = "\n".join(map(json.dumps, [*messages, {"diagnostic": whole}]))
    assert list(refused("stack", output)) == [
        Difference("stack: aws_vpc.main", "creating VPC: no at all"),
        Difference("stack: the stack", "no credentials"),
    ]


def test_a_resource_that_a_second_plan_changes_is_a_difference_with_the_attributes() -> None:
    before = {"name": "a", "size": 1}
    plan = {
        "resource_changes": [
            {"address": "aws_a.made", "mode": "managed", "change": change(["no-op"], before, before)},
            {
                "address": "aws_b.changed",
                "mode": "managed",
                "change": change(["update"], before, {**before, "size": 2}),
            },
            {"address": "aws_c.other", "mode": "managed", "change": change(["delete", "create"], before, before)},
            {"address": "aws_e.waits", "mode": "managed", "change": change(["update"], before, {"name": "a"})},
            {"address": "aws_d.refused", "mode": "managed", "change": change(["create"], None, before)},
        ]
    }
    assert list(unsettled("stack", plan)) == [
        Difference("stack: aws_b.changed: size", "a second plan changes size from 1 to 2"),
        Difference("stack: aws_c.other: ", "a second plan changes "),
    ]


def change(actions: list[str], before: object, after: object) -> dict[str, object]:
    return {"actions": actions, "before": before, "after": after}
