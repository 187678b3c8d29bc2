"""Finding, starting and ending programs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.harness import child
from tests.harness.ports import free_ports
from tests.harness.provider import ToolMissing
from tests.lab import programs
from tests.lab.programs import LabError


def test_missing_programs_are_named_in_one_line_with_their_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "OWN", tmp_path)
    with pytest.raises(ToolMissing) as raised:
        programs.find()
    assert str(raised.value) == (
        "The lab needs prometheus, promtool, alertmanager, node_exporter: apt install prometheus "
        "prometheus-alertmanager prometheus-node-exporter, or unpack into .lab, which starts none: "
        "apt-get download prometheus prometheus-alertmanager prometheus-node-exporter && for deb in prometheus*.deb; "
        "do dpkg-deb --extract $deb .lab; done"
    )


def test_a_folder_of_its_own_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(programs, "OWN", tmp_path)
    own = tmp_path / "usr" / "bin" / "prometheus-node-exporter"
    own.parent.mkdir(parents=True)
    own.touch(mode=0o755)
    assert programs.located("node_exporter") == str(own)


def test_a_program_that_ends_at_once_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    log = tmp_path / "broken.log"
    command = [sys.executable, "-c", "raise SystemExit('no such option')"]
    (port,) = free_ports(1)
    with programs.running(command, log) as process:
        process.wait(30)
        with pytest.raises(LabError, match=r"(?s)broken ended with 1.*no such option"):
            programs.wait_until_ready(process, f"http://127.0.0.1:{port}/", log)


def test_a_program_ends_with_the_block_that_runs_it(tmp_path: Path) -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        programs.running(["sleep", "60"], tmp_path / "sleep.log") as process,
    ):
        raise KeyboardInterrupt
    assert not child.is_running(process.pid)


def test_a_second_lab_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with (
        programs.only_one(tmp_path / "run"),
        pytest.raises(LabError, match=r"Another lab runs in .*run\. End it first"),
        programs.only_one(tmp_path / "run"),
    ):
        pass
    with programs.only_one(tmp_path / "run"):
        pass


def test_who_does_not_answer_is_named() -> None:
    (port,) = free_ports(1)
    with pytest.raises(LabError, match=f"http://127.0.0.1:{port}/api does not answer"):
        programs.ask(f"http://127.0.0.1:{port}/api")


def test_ports_are_different_ones() -> None:
    assert len(set(free_ports(5))) == 5
