"""The CI examples of docs/drift.md are YAML, and their commands exist."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
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
    lines = [line.partition("  #")[0].partition(" > ")[0].strip() for line in text.splitlines()]
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


GH = """#!/bin/bash
if [ "$1 $2" = "issue list" ]; then
  echo "$OPEN_ISSUE"
elif [ "$1" = issue ]; then
  echo "$@" >> "$LOG"
  for argument in "$@"; do [ "$argument" = drift.md ] && cat drift.md >> "$LOG"; done
fi
exit 0
"""


@pytest.mark.parametrize(
    ("code", "issue", "done", "fails"),
    [
        (0, "", "", False),
        (0, "7", "issue close 7 --comment Everything is as declared.\n", False),
        (1, "", "issue create --label drift --title Drift: something is not as declared --body-file drift.md\n", False),
        (1, "7", "issue edit 7 --body-file drift.md\n", False),
        (2, "", "issue create --label drift --title Drift: something is not as declared --body-file drift.md\n", True),
        (2, "7", "issue edit 7 --body-file drift.md\n", True),
    ],
)
def test_the_workflow_keeps_one_issue(tmp_path: Path, code: int, issue: str, done: str, fails: bool) -> None:
    (workflow,) = [each for each in EXAMPLES if each.get("name") == "drift"]
    assert workflow["permissions"]["issues"] == "write"
    assert workflow["concurrency"]
    report, keep = [step for step in workflow["jobs"]["drift"]["steps"] if "name" in step]
    assert keep["env"]["CODE"] == f"${{{{ steps.{report['id']}.outputs.code }}}}"
    binaries = tmp_path / "bin"
    binaries.mkdir()
    for name, text in (("gh", GH), ("northsouth", f"#!/bin/bash\necho 'the report'\nexit {code}\n")):
        (binaries / name).write_text(text)
        (binaries / name).chmod(0o755)
    output, log = tmp_path / "output", tmp_path / "log"
    log.touch()
    env = os.environ | {
        "PATH": f"{binaries}:{os.environ['PATH']}",
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "OPEN_ISSUE": issue,
        "LOG": str(log),
    }

    def run(script: str, **variables: str) -> int:
        # As GitHub runs a step: the first command that fails ends it.
        return subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=env | variables, check=False).returncode

    assert run(report["run"]) == 0
    assert output.read_text() == f"code={code}\n"
    assert (run(keep["run"], CODE=str(code)) != 0) == fails
    assert log.read_text() == (f"{done}the report\n" if "drift.md" in done else done)


def test_no_key_is_stored() -> None:
    assert "AWS_SECRET_ACCESS_KEY" not in PAGE
    assert "AWS_ACCESS_KEY_ID" not in PAGE


def test_each_command_is_one_the_parser_takes() -> None:
    shell = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    found = [each for text in (*shell, *strings(EXAMPLES)) for each in commands(text)]
    assert {each[0] for each in found} == {"drift", "diff"}
    assert len(found) == 17
    for arguments in found:
        assert parser().parse_args(arguments).run
