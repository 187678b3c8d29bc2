"""The lab at work: by its script, by keys, and ended from outside. ``make lab-test`` runs this, in minutes."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Self

import pytest

from tests.harness import child
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import REPOSITORY, ToolMissing
from tests.lab import programs, story
from tests.lab.lab import Lab, opened
from tests.lab.receiver import Inbox
from tests.lab.world import Burner

pytestmark = [pytest.mark.lab, pytest.mark.slow]

_COMMAND = (sys.executable, "-m", "tests.lab")


@pytest.fixture(scope="module", autouse=True)
def _programs() -> None:
    try:
        programs.find()
    except ToolMissing as missing:
        skip_or_fail(missing)


class Processors:
    """Two processors that only the lab uses, as the kernel describes them in ``stat``."""

    def __init__(self, proc: Path) -> None:
        self.proc = proc
        self.burner: Burner | None = None
        self._ended = Event()
        self._thread = Thread(target=self._count, daemon=True)

    def __enter__(self) -> Self:
        self.proc.mkdir()
        self._write(0, 0)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _count(self) -> None:
        busy = idle = 0.0
        last = time.monotonic()
        while not self._ended.wait(0.2):
            now = time.monotonic()
            if self.burner is not None and self.burner.is_burning:
                busy += now - last
            else:
                idle += now - last
            last = now
            self._write(busy, idle)

    def _write(self, busy: float, idle: float) -> None:
        """Write hundredths of a second: user, nice, system, idle, and six more."""
        times = f"0 {busy * 100:.0f} 0 {idle * 100:.0f} 0 0 0 0 0 0"
        new = self.proc / "new"
        new.write_text(f"cpu {times}\ncpu0 {times}\ncpu1 {times}\nbtime 1\n", encoding="utf-8")
        new.replace(self.proc / "stat")


@dataclass(frozen=True)
class Played:
    """The story, after its end."""

    outcome: story.Outcome
    inbox: Inbox
    lab: Lab


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Play the story once."""
    folder = tmp_path_factory.mktemp("lab")
    with Processors(folder / "proc") as processors, opened(folder / "run", proc=processors.proc) as lab:
        processors.burner = lab.burner
        outcome = story.run(lab, lambda _: None)
        return Played(outcome, lab.inbox, lab)


def test_every_alert_fires_and_is_over(played: Played) -> None:
    assert played.outcome.missing == []
    assert set(played.outcome.fired) == set(story.EXPECTED)
    assert played.outcome.busy_elsewhere is None


def test_alerts_of_one_name_come_in_one_message(played: Played) -> None:
    assert {alert: played.outcome.most[alert] for alert in story.MODEL_ALERTS} == dict.fromkeys(story.MODEL_ALERTS, 2)


def test_nobody_is_notified_of_what_another_alert_silences(played: Played) -> None:
    assert played.outcome.silenced == story.SILENCED
    slow = [each for each in played.inbox.notifications() if "ModelSlow" in each.alerts]
    assert all("critical" in each.title for each in slow)
    silence_ends = played.outcome.began + played.outcome.resolved["ClustersSilent"]
    before = [str(message.body) for message in played.inbox.to("discord") if message.seconds < silence_ends]
    assert [body for body in before if "Firing" in body and "The cluster us-prod stopped" in body] == []


def test_all_services_get_every_message(played: Played) -> None:
    counts = {service: len(played.inbox.to(service)) for service in ("slack", "teams", "discord")}
    assert len(set(counts.values())) == 1, counts


def test_the_page_is_kept(played: Played) -> None:
    kept = (played.lab.folder / "messages.html").read_text(encoding="utf-8")
    assert "ClustersSilent: None of 2 clusters sends metrics" in kept


class Terminal:
    """``make lab`` in a terminal of its own."""

    def __init__(self, process: subprocess.Popen[bytes], screen: int) -> None:
        self.process = process
        self.screen = screen
        self.text = ""

    def press(self, key: str) -> None:
        """Press a key."""
        os.write(self.screen, key.encode())

    def until(self, expression: str, limit_seconds: float = 90) -> None:
        """Wait until the screen shows something more that matches."""
        deadline = time.monotonic() + limit_seconds
        while not re.search(expression, self.text):
            assert time.monotonic() < deadline, f"{expression!r} is not on the screen: {self.text}"
            self._read()
        self.text = self.text[re.search(expression, self.text).end() :]  # type: ignore[union-attr]

    def _read(self) -> None:
        ready, _, _ = select.select([self.screen], [], [], 1)
        if ready:
            self.text += os.read(self.screen, 4096).decode(errors="replace")


@contextmanager
def in_terminal() -> Iterator[Terminal]:
    """Run the lab in a terminal until it takes keys."""
    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        _COMMAND, cwd=REPOSITORY, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True
    )
    os.close(terminal)
    try:
        lab = Terminal(process, screen)
        lab.until("q  ends the lab")
        yield lab
    finally:
        process.kill()
        process.wait()
        os.close(screen)


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """Return what the lab runs: Alertmanager, the exporter, three of Prometheus."""
    started = child.descendants(process.pid)
    assert len(started) >= 5
    return started


def ended(pids: list[int]) -> bool:
    """Return whether all processes end within ten seconds."""
    deadline = time.monotonic() + 10
    while any(map(child.is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not any(map(child.is_running, pids))


def test_keys_make_trouble_and_mend_it() -> None:
    with in_terminal() as lab:
        for key, line in (
            ("m", "the models get worse"),
            ("x", "q  ends the lab"),
            ("c", "the processors are kept busy for 40 s"),
            ("c", "the processors are left alone"),
            ("s", "eu-prod stops"),
            ("s", "us-prod stops"),
            ("s", "both clusters start"),
        ):
            lab.press(key)
            lab.until(line)
        lab.until("Firing: 2 critical in the lab: ModelSlow")
        started = children(lab.process)
        lab.press("mq")
        lab.until("the models are as before")
        lab.until("The lab has ended; nothing is left running.")
        assert lab.process.wait(30) == 0
        assert ended(started)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_nothing_outlives_the_lab(number: signal.Signals, code: int) -> None:
    with in_terminal() as lab:
        lab.press("c")
        lab.until("kept busy")
        started = children(lab.process)
        lab.process.send_signal(number)
        if code > 0:
            lab.until("Interrupted; nothing is left running.")
        assert lab.process.wait(30) == code
        assert ended(started)
