"""The programs that the lab runs: where they are, where they listen, and that none outlives the lab."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness import child
from tests.harness.provider import REPOSITORY, ToolMissing

OWN = REPOSITORY / ".lab"
"""Where packages may be unpacked, for who does not want to install them: their programs are in ``usr/bin``."""
NAMES = {
    "prometheus": ("prometheus", ("prometheus",)),
    "promtool": ("prometheus", ("promtool",)),
    "alertmanager": ("prometheus-alertmanager", ("alertmanager", "prometheus-alertmanager")),
    "amtool": ("prometheus-alertmanager", ("amtool",)),
    "node_exporter": ("prometheus-node-exporter", ("node_exporter", "prometheus-node-exporter")),
}
"""By program: Debian's package, and what the program is called by its makers and by Debian."""
LAB = ("prometheus", "promtool", "alertmanager", "node_exporter")
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
READY_SECONDS = 60


class LabError(Exception):
    """The lab cannot go on; the message says why."""


@dataclass(frozen=True)
class Programs:
    """The paths of the programs."""

    prometheus: str
    promtool: str
    alertmanager: str
    node_exporter: str


def find() -> Programs:
    """Return the programs of the lab.

    Raises:
        ToolMissing: if some are missing; the message says which packages bring them.

    """
    return Programs(**dict(zip(LAB, _located(LAB), strict=True)))


def located(program: str) -> str:
    """Return the path of one program of Prometheus' project, by the name its makers use.

    Raises:
        ToolMissing: it is missing; the message says which package brings it.

    """
    return _located([program])[0]


def _located(wanted: Sequence[str]) -> list[str]:
    path = os.pathsep.join((str(OWN / "usr" / "bin"), os.environ.get("PATH", os.defpath)))
    paths = {
        program: next(filter(None, (shutil.which(name, path=path) for name in NAMES[program][1])), None)
        for program in wanted
    }
    missing = [program for program, file in paths.items() if file is None]
    if missing:
        packages = " ".join(dict.fromkeys(NAMES[program][0] for program in missing))
        raise ToolMissing(
            f"The lab needs {', '.join(missing)}: apt install {packages}, or unpack into .lab, which starts none: "
            f"apt-get download {packages} && for deb in prometheus*.deb; do dpkg-deb --extract $deb .lab; done"
        )
    return [file for file in paths.values() if file]


def version(program: str) -> tuple[int, int]:
    """Return the version of a program of Prometheus' project: the first two numbers."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    number = re.search(r"version (\d+)\.(\d+)", done.stdout + done.stderr)
    if number is None:
        raise LabError(f"{program} --version says no version: {(done.stdout + done.stderr)[:200]!r}")
    return int(number[1]), int(number[2])


def start(command: Sequence[str], log: Path) -> subprocess.Popen[str]:
    """Start a program that ends with the lab, also if the lab is killed: Linux sees to that, where setpriv is."""
    guard = shutil.which("setpriv")
    bound = [guard, "--pdeathsig", "KILL"] if guard else []
    return child.start([*bound, *command], env=os.environ, cwd=log.parent, log=log)


@contextmanager
def running(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a program."""
    process = start(command, log)
    try:
        yield process
    finally:
        child.stop(process)


def ask(url: str) -> Any:
    """Return the JSON at an address of loopback, whatever proxy the environment names.

    Raises:
        LabError: nobody answers there.

    """
    try:
        with _DIRECT.open(url, timeout=10) as answer:
            return json.load(answer)
    except OSError as failure:
        raise LabError(f"{url} does not answer: {failure}") from failure


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Let one lab at a time use a folder.

    Raises:
        LabError: another one uses it.

    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as failure:
            raise LabError(f"Another lab runs in {folder}. End it first: press q in its terminal.") from failure
        yield


def ended(process: subprocess.Popen[str], log: Path) -> LabError:
    """Return the error of a program that does not do what it should, with the end of its log."""
    state = "does not answer" if process.poll() is None else f"ended with {process.returncode}"
    tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:])
    return LabError(f"{log.stem} {state}; the end of {log}:\n{tail}")


def wait_until_ready(process: subprocess.Popen[str], url: str, log: Path) -> None:
    """Wait until a program answers.

    Raises:
        LabError: it ended, or did not answer in a minute; the message holds the end of its log.

    """

    def answers() -> bool:
        try:
            _DIRECT.open(url, timeout=10).close()
        except OSError:
            return False
        return True

    deadline = time.monotonic() + READY_SECONDS
    while not answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise ended(process, log)
        time.sleep(0.1)


def wait_for(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until something holds.

    Raises:
        LabError: if it does not hold in time.

    """
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise LabError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.25)
