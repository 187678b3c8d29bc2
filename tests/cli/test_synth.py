"""``northsouth synth``: which files it takes, what it reports, and what it does not import."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from northsouth.cli import synth
from northsouth.cli.main import main

SMALL = Path(__file__).parents[2] / "benchmarks" / "programs" / "small.toml"
EXAMPLE = (Path(__file__).parents[2] / "environments" / "example.toml").read_text(encoding="utf-8")


@pytest.fixture
def environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two environments, both wrong, and no variable that chooses."""
    folder = tmp_path / "environments"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.toml").write_text(EXAMPLE.replace('name = "example"', f'name = "{name.upper()}"', 1))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NORTHSOUTH_ENVIRONMENTS", raising=False)
    return folder


@pytest.mark.parametrize(
    ("arguments", "variable", "reported"),
    [
        ([], "", ["one", "two"]),
        ([], "two", ["two"]),
        (["one"], "two", ["one"]),
        (["environments/two.toml", "one"], "", ["one", "two"]),
    ],
)
def test_it_takes_the_files_that_are_named(
    environments: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    variable: str,
    reported: list[str],
) -> None:
    monkeypatch.setenv("NORTHSOUTH_ENVIRONMENTS", variable)
    assert main(["synth", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("environment.name: got") == len(reported)
    for name in reported:
        assert f"  - environments/{name}.toml: environment.name: got '{name.upper()}'" in printed.err
    assert not (environments.parent / "cdktf.out").exists()


@pytest.mark.parametrize("before", [True, False])
def test_garbage_is_not_searched_for_meanwhile(monkeypatch: pytest.MonkeyPatch, before: bool) -> None:
    meanwhile: list[bool] = []
    monkeypatch.setattr(synth, "_write", lambda _: meanwhile.append(gc.isenabled()))
    if not before:
        gc.disable()
    try:
        assert main(["synth"]) == 0
        assert (meanwhile, gc.isenabled()) == ([False], before)
    finally:
        gc.enable()


@pytest.mark.usefixtures("environments")
def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["synth", "three"]) == 2
    assert "environments/three.toml: got a name without a file" in capsys.readouterr().err


def test_a_refused_file_loads_neither_the_cdk_nor_another_subcommand(environments: Path) -> None:
    # The keys of [alerts] are the methods of constructs: a file with that section loads the CDK before it is judged.
    for file in environments.iterdir():
        file.write_text(file.read_text().partition("[alerts]")[0])
    program = (
        "import sys\n"
        "from northsouth.cli.main import main\n"
        "main(['synth'])\n"
        "print([name for name in ('cdktf', 'jsii', 'northsouth.cli.drift', 'northsouth.cli.dns_serve') "
        "if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=environments.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.slow
def test_what_other_sections_need_is_not_imported(tmp_path: Path) -> None:
    names = [
        *(f"northsouth.{name}" for name in ("alerts.mutes.rules", "alerts.status.rules", "alerts.dashboards.board")),
        *(f"northsouth.{name}" for name in ("alerts.quiet.quiet_start", "dns.query_logs", "dns.group_share")),
        *(f"northsouth.{name}" for name in ("egress.analysis_rules", "egress.flow_log_delivery", "logs.archive_rules")),
        *(f"cdktf_cdktf_provider_aws.{name}" for name in ("flow_log", "sfn_state_machine", "ram_resource_share")),
    ]
    program = (
        "import sys\n"
        "from northsouth.cli.main import main\n"
        f"main(['synth', {str(SMALL)!r}])\n"
        f"print([name for name in {names} if name in sys.modules])\n"
    )
    environment = {**os.environ, "CDKTF_OUTDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment, timeout=60
    )
    assert done.stdout == "[]\n"
