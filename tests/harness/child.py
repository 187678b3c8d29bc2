"""Child processes of the demo: their output goes to a log, their progress to the terminal, none outlives the demo."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_FRAMES = "|/-\\"
_GRACE_SECONDS = 10


class ChildError(Exception):
    """A child process failed; the message holds the end of what it printed."""


def start(command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> subprocess.Popen[str]:
    """Start a process in a session of its own, so that Ctrl-C reaches the demo alone and it can end its children."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as output:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[str]) -> None:
    """End a process and all it started, also what made a session of its own, as ``cdktf`` does for Terraform."""
    family = [] if process.poll() is not None else [process.pid, *descendants(process.pid)]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in filter(is_running, family):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + _GRACE_SECONDS
        while any(map(is_running, family)) and time.monotonic() < deadline:
            time.sleep(0.1)
    process.wait()


def is_running(pid: int) -> bool:
    """Return whether a process has not ended; one that has may still be listed until its parent asks for it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = _state_and_parent(Path(f"/proc/{pid}/stat"))
    return state is None or state[0] != "Z"


def descendants(ancestor: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    children: dict[int, list[int]] = {}
    for pid, parent in _processes():
        children.setdefault(parent, []).append(pid)
    found: list[int] = []
    waiting = [ancestor]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _processes() -> Iterator[tuple[int, int]]:
    """Yield every process with its parent: from /proc where it exists, because slim containers have no ``ps``."""
    if not Path("/proc/self/stat").exists():
        table = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        yield from ((int(pid), int(parent)) for pid, parent in map(str.split, table.splitlines()))
        return
    for entry in Path("/proc").glob("[0-9]*/stat"):
        found = _state_and_parent(entry)
        if found:
            yield int(entry.parent.name), int(found[1])


def _state_and_parent(stat: Path) -> list[str] | None:
    try:
        return stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[:2]
    except OSError:  # it has ended, or this system has no /proc
        return None


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    log: Path,
    progress: Callable[[str], str] = lambda _log: "",
    accept: tuple[int, ...] = (0,),
) -> int:
    """Run a process to its end and return its exit code.

    Args:
        command: what to run.
        env: its environment.
        cwd: its working directory.
        log: the file its output is added to.
        progress: says in a few words how far the process is, from what it has printed; shown on a terminal only.
        accept: the exit codes that are no failure.

    Raises:
        ChildError: it ended with another exit code.

    """
    begin = log.stat().st_size if log.exists() else 0
    process = start(command, env=env, cwd=cwd, log=log)
    try:
        _watch(process, lambda: progress(_printed(log, begin)))
    finally:
        stop(process)
    if process.returncode not in accept:
        tail = "\n".join(_printed(log, begin).splitlines()[-25:])
        raise ChildError(f"{' '.join(command)} ended with {process.returncode}:\n{tail}")
    return process.returncode


def _watch(process: subprocess.Popen[str], progress: Callable[[], str]) -> None:
    frame = 0
    while process.poll() is None:
        if sys.stdout.isatty():
            sys.stdout.write(f"\r  {_FRAMES[frame % len(_FRAMES)]} {progress():<60}")
            sys.stdout.flush()
        frame += 1
        time.sleep(0.2)
    if sys.stdout.isatty():
        sys.stdout.write("\r" + " " * 64 + "\r")


def _printed(log: Path, begin: int) -> str:
    with log.open("rb") as output:
        output.seek(begin)
        return output.read().decode("utf-8", errors="replace")
