"""The CI examples of docs/drift.md are YAML, and their commands exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from northsouth.cli.main import parser

PAGE = (Path(__file__).parents[2] / "docs" / "drift.md").read_text(encoding="utf-8")
EXAMPLES = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def commands(text: str) -> list[list[str]]:
    """Return the arguments of each command line of ours in a text."""
    lines = [line.partition("  #")[0].strip() for line in text.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("northsouth ")]


def test_there_are_examples_for_both_systems() -> None:
    github = [each for each in EXAMPLES if "jobs" in each]
    (gitlab,) = [each for each in EXAMPLES if "jobs" not in each]
    assert [each["name"] for each in github] == ["drift", "diff"]
    # YAML 1.1 reads the key `on` as true.
    assert github[0][True]["schedule"] == [{"cron": "17 4 * * *"}]
    assert github[0]["permissions"]["id-token"] == "write"
    assert gitlab["drift"]["id_tokens"]["AWS_TOKEN"]["aud"]
    for job in (*(job for each in github for job in each["jobs"].values()), *gitlab.values()):
        assert any(commands(line) for line in strings(job))


def test_no_key_is_stored() -> None:
    assert "AWS_SECRET_ACCESS_KEY" not in PAGE
    assert "AWS_ACCESS_KEY_ID" not in PAGE


def test_each_command_is_one_the_parser_takes() -> None:
    shell = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    found = [each for text in (*shell, *strings(EXAMPLES)) for each in commands(text)]
    assert {each[0] for each in found} == {"drift", "diff"}
    assert len(found) == 15
    for arguments in found:
        assert parser().parse_args(arguments).run
