"""``northsouth init``: what it writes is right, is written once, and passes its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from northsouth.cli import init
from northsouth.cli.main import main
from northsouth.stacks.loading import load_environments

EXISTING = (
    "--vpc", "vpc-0a1b2c3d4e5f60718", "--public-subnet", "us-east-1a=subnet-0aaaaaaaaaaaaaaa1",
    "--private-route-table", "us-east-1a=rtb-0aaaaaaaaaaaaaaa1", "--nat", "single",
)  # fmt: skip


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the snapshot out, which takes a synth."""
    monkeypatch.setattr(init, "_snapshot", lambda _: "")


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    "arguments",
    [(), ("--email", "a@example.com"), ("--email", "a@example.com", "--nat", "none"), ("--nat", "single"), EXISTING],
    ids=["defaults", "alarms", "no gateways", "one gateway", "existing"],
)
def test_the_environment_file_has_no_problem(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert main(["init", str(tmp_path), "--yes", "--region", "us-east-1", *arguments]) == 0
    assert len(load_environments([tmp_path / "environments" / "edge.toml"])) == 1


@pytest.mark.usefixtures("offline")
def test_the_second_run_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["init", str(tmp_path), "--yes"]
    assert main(command) == 0
    written = {file: file.read_text() for file in tmp_path.rglob("*") if file.is_file()}
    assert main(command) == 0
    assert "kept    " in capsys.readouterr().out
    assert main([*command, "--region", "eu-west-1"]) == init.DIFFERS
    shown = capsys.readouterr()
    assert '+region = "eu-west-1"' in shown.out
    assert "nothing was written" in shown.err
    assert {file: file.read_text() for file in tmp_path.rglob("*") if file.is_file()} == written


@pytest.mark.usefixtures("offline")
def test_the_command_that_is_shown_gives_the_same_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path), "--yes", *EXISTING]) == 0
    command = capsys.readouterr().out.rpartition("The same again: northsouth ")[2].split("\n")[0].split()
    assert main([*command, str(tmp_path)]) == 0
    assert "written" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--region", "us-east"), "--region: got 'us-east'; it is a Region"),
        (("--name", "My Edge"), "--name: got 'My Edge'"),
        (("--email", 'a"@b'), "--email: got"),
        (("--vpc", "subnet-1"), "--vpc: got 'subnet-1'; it is the id of a VPC"),
        (("--vpc", "vpc-1", "--cidr", "10.0.0.0/16"), "without --cidr"),
        (("--vpc", "vpc-1"), "--public-subnet ZONE=ID"),
        (("--vpc", "vpc-1", "--public-subnet", "subnet-1"), "--public-subnet: got 'subnet-1'; it is ZONE=ID"),
        (("--nat", "many"), "invalid choice: 'many'"),
        (("--cidr", "foo"), "network.cidr: got 'foo'; not an IPv4 CIDR block"),
        (("--cidr", "10.0.0.0/8", "--zones", "us-west-2a"), "network.zones[0]: got 'us-west-2a'"),
        (("--zones", "us-east-1a,us-east-1a"), "the zone is already zones[0]"),
    ],
)
def test_wrong_arguments(
    tmp_path: Path, arguments: tuple[str, ...], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path), "--yes", *arguments]) == 2
    assert expected in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [(), ("--app",)], ids=["file", "program"])
def test_the_result_passes_its_own_tests(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert main(["init", str(tmp_path), "--yes", "--email", "a@example.com", *arguments]) == 0
    assert (tmp_path / "tests" / "__snapshots__").is_dir()
    quiet = {**os.environ, "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20", "CI": "true"}
    command = [sys.executable, "-m", "pytest", "-q", "tests"]
    done = subprocess.run(command, cwd=tmp_path, env=quiet, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
