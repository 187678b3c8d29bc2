"""Starts jsii's kernel itself, earlier, and without the process that jsii puts between Python and the kernel.

jsii starts a Node process, the relay, that only starts a second one and passes on every request and every response.
Each constructor and each attribute waits for it. The two pipes that Python opens here lead to the kernel itself
(``kernel.cjs``). What the kernel prints is passed on by a reader that looks to jsii like the relay's output. Node
starts while jsii is imported, and waits until jsii asks for a kernel.

If the kernel cannot be started this way, jsii's own way is taken, after one debug line.
"""

from __future__ import annotations

import atexit
import base64
import importlib
import json
import os
import pkgutil
import platform
import re
import selectors
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from northsouth.bindings.log import debug

if TYPE_CHECKING:
    from types import ModuleType

_SCRIPT, *_REQUIRED = ("kernel.cjs", "archiver.cjs", "compiled.cjs", "digests.cjs")
_READY = re.compile(rb"northsouth(?:; (.+))?\n")
_ERROR = re.compile(r"^\w*Error\b.*?: (.+)$", re.MULTILINE)
_CHUNK = 1 << 16


def begin() -> None:
    """Start Node, because jsii is being imported and will ask for it."""
    _starter.begin()


def spare(module: ModuleType) -> None:
    """Let jsii's module, ``jsii._kernel.providers.process``, start the kernel without its relay."""
    if vars(module).get("subprocess") is subprocess:
        vars(module)["subprocess"] = _starter


def report_unused() -> None:
    """Log it if Node was started for a kernel that jsii did not ask for: jsii may start kernels in another way now."""
    if _starter.is_waiting:
        debug("the kernel starts with its relay, if at all: jsii did not ask for the Node that was started for it")


class Starter:
    """Stands in for the module `subprocess` in jsii's own, which calls ``Popen`` once."""

    def __init__(self) -> None:
        self._begun: _Node | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(subprocess, name)

    @property
    def is_waiting(self) -> bool:
        """Whether Node waits for a kernel that this process has not asked for."""
        return self._begun is not None and self._begun.owner == os.getpid()

    def begin(self) -> None:
        """Start Node with what jsii will start it with, so far as one can tell."""
        script = Path(__file__).parent / _SCRIPT
        # Elsewhere, and from a zip, it starts when jsii asks for it.
        if os.name == "posix" and "JSII_RUNTIME" not in os.environ and script.is_file():
            environment = {**os.environ, "JSII_AGENT": f"Python/{platform.python_version()}"}
            command = [environment.get("JSII_NODE", "node"), "--max-old-space-size=4069"]
            with suppress(OSError):
                self._begun = _start(command, environment, script)
                atexit.register(report_unused)

    def Popen(  # noqa: N802 subprocess's name
        self,
        command: list[str],
        **options: Any,  # noqa: ANN401 as subprocess's
    ) -> subprocess.Popen[bytes]:
        """Start what jsii asks for: the kernel without its relay, or with it."""
        begun, self._begun = self._begun, None
        try:
            _refuse_unknown(options)
            *node, relay = command
            if begun is None or not begun.is_as(node, options["env"]):
                # Beside the relay, in a folder that jsii removes at exit.
                script = Path(relay).with_name("northsouth") / _SCRIPT
                script.parent.mkdir()
                for file in (_SCRIPT, *_REQUIRED):
                    script.with_name(file).write_bytes(pkgutil.get_data(__package__, file) or b"")
                begun = _start(node, options["env"], script)
            return begun.run(relay)
        except Exception as error:
            debug("the kernel starts with its relay: %s", error)
            return subprocess.Popen(command, **options)  # noqa: S603 jsii's own command


def _refuse_unknown(options: Mapping[str, Any]) -> None:
    if os.name != "posix":
        raise NotImplementedError("this system inherits no file descriptors by number")
    streams = {name: option for name, option in options.items() if name != "env"}
    if streams != dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE):
        raise ValueError("jsii starts it with other options than it used to")
    if "JSII_RUNTIME" in options["env"]:
        raise ValueError("JSII_RUNTIME names another one")


@dataclass(frozen=True)
class _Node:
    """A Node process that waits to be told the relay in whose place it shall run the kernel."""

    process: subprocess.Popen[bytes]
    requests: IO[bytes]
    responses: IO[bytes]
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    owner: int

    def is_as(self, command: Sequence[str], environment: Mapping[str, str]) -> bool:
        """Whether it would be started just so now; otherwise it ends."""
        # A child of a fork has its parent's.
        if os.getpid() != self.owner:
            return False
        if (self.command, self.environment, self.folder) == (command, environment, Path.cwd()):
            return True
        self._end()
        return False

    def run(self, relay: str) -> subprocess.Popen[bytes]:
        """Have it run the kernel; return a process as jsii expects it.

        Raises:
            RuntimeError: it will not, and has ended.

        """
        # One that has ended says why, below.
        with suppress(BrokenPipeError):
            self.requests.write(f"{relay}\n".encode())
            self.requests.flush()
        # What every generated module imports takes Python as long as Node needs now.
        with suppress(ImportError):
            importlib.import_module("typeguard")
        answer = self.responses.readline()
        ready = _READY.fullmatch(answer)
        if not ready:
            raise RuntimeError(self._end() or f"it says {answer!r}")
        for note in ready[1].decode().split("; ") if ready[1] else ():
            debug("%s", note)
        process = self.process
        process.stderr = cast("IO[bytes]", _Printed(*self._streams))
        process.stdin, process.stdout = self.requests, self.responses
        return process

    @property
    def _streams(self) -> tuple[IO[bytes], IO[bytes]]:
        return cast("IO[bytes]", self.process.stdout), cast("IO[bytes]", self.process.stderr)

    def _end(self) -> str:
        """End it; return its error."""
        self.process.kill()
        _, complaint = self.process.communicate()
        with suppress(BrokenPipeError):
            self.requests.close()
        self.responses.close()
        error = _ERROR.search(complaint.decode(errors="replace"))
        return error[1] if error else ""


def _start(command: Sequence[str], environment: Mapping[str, str], script: Path) -> _Node:
    # It raises where that folder is gone, as Node would.
    folder = Path.cwd()
    requests, to_kernel = os.pipe()
    from_kernel, responses = os.pipe()
    ours = os.fdopen(to_kernel, "wb"), os.fdopen(from_kernel, "rb")
    try:
        process = subprocess.Popen(  # noqa: S603 jsii's own command, and a script of northsouth
            [*command, "--preserve-symlinks", str(script), str(requests), str(responses)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            pass_fds=(requests, responses),
        )
    except OSError:
        for file in ours:
            file.close()
        raise
    finally:
        os.close(requests)
        os.close(responses)
    return _Node(process, *ours, command, environment, folder, os.getpid())


class _Printed:
    """What the kernel's process prints, as the lines of JSON that the relay makes of it."""

    def __init__(self, stdout: IO[bytes], stderr: IO[bytes]) -> None:
        self._files = (stdout, stderr)
        self._streams = selectors.DefaultSelector()
        self._streams.register(stdout, selectors.EVENT_READ, "stdout")
        self._streams.register(stderr, selectors.EVENT_READ, "stderr")
        # What jsii has to say about the version of Node comes from the relay itself, and so is no JSON.
        has_begun = any(key.fileobj is stderr for key, _ in self._streams.select(0))
        self._first = os.read(stderr.fileno(), _CHUNK) if has_begun else b""

    def readline(self) -> bytes:
        """Return a line; none is left when both streams have ended."""
        if self._first:
            line, newline, self._first = self._first.partition(b"\n")
            return line + newline
        while self._streams.get_map():
            for key, _ in self._streams.select():
                printed = os.read(key.fd, _CHUNK)
                if printed:
                    return json.dumps({key.data: base64.b64encode(printed).decode()}).encode() + b"\n"
                self._streams.unregister(key.fileobj)
        return b""

    def close(self) -> None:
        self._streams.close()
        for file in self._files:
            file.close()


_starter = Starter()
