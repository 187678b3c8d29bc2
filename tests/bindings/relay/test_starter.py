"""The kernel without its relay, on a made-up one that tells how it was started; jsii's own runs in whole programs."""

from __future__ import annotations

import base64
import json
import logging
import os
import platform
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from northsouth import bindings
from northsouth.bindings.relay import starter as module
from northsouth.bindings.relay.starter import Starter

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("node") is None, reason="needs node (https://nodejs.org)"),
    pytest.mark.skipif(os.name != "posix", reason="this system inherits no file descriptors by number"),
]

# As jsii writes them, but small.
RELAY = """
const {spawn} = require('child_process');
console.error('!! this version of Node');
console.error('!! is old');
const child = spawn(process.execPath, [...process.execArgv, '--preserve-symlinks',
  require('path').resolve(__dirname, '..', 'lib', 'program.js')], {stdio: ['ignore', 'pipe', 'pipe', 'pipe']});
const pass = (name) => (data) => console.error(JSON.stringify({[name]: Buffer.from(data).toString('base64')}));
child.stdout.on('data', pass('stdout'));
child.stderr.on('data', pass('stderr'));
process.stdin.pipe(child.stdio[3]);
child.stdio[3].pipe(process.stdout);
"""
PROGRAM = """
const {execFileSync} = require('child_process');
const fs = require('fs');
const server = ({readFD, writeFD}) => {
  const input = Buffer.alloc(1 << 20);
  for (;;) {
    let length;
    try {
      length = fs.readSync(readFD, input, 0, input.length, null);
    } catch (error) {
      if (error.code === 'EAGAIN') continue;
      throw error;
    }
    const request = input.toString('utf8', 0, length).trim();
    if (!length || request === 'exit') process.exit(0);
    if (request === 'print') {
      console.log('to stdout');
      console.error('to stderr');
      execFileSync('echo', ['from a child'], {stdio: 'inherit'});
    }
    const facts = {
      argv: process.argv, execArgv: process.execArgv, file: __filename, isMain: require.main === module,
      id: module.id, paths: module.paths, cached: require.cache[__filename] === module, cwd: process.cwd(),
      agent: process.env.JSII_AGENT, variable: process.env.VARIABLE,
      stdin: fs.readFileSync(0, 'utf8'),
      parent: process.ppid,
    };
    fs.writeSync(writeFD, JSON.stringify(request === 'print' ? {printed: true} : facts) + '\\n');
  }
};
function extractViaCache(e,p,m={},...f){const{cache:y,root:g}=open(),_=(0,V.digestFile)(e,...f)}
server({readFD: 3, writeFD: 3});
"""


class Starts(Protocol):
    def Popen(self, command: list[str], **options: Any) -> subprocess.Popen[bytes]: ...  # noqa: N802


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    """A made-up relay, beside which the kernel lies, as jsii extracts them."""
    return write(tmp_path)


def write(folder: Path, *, relay: str = RELAY, program: str = PROGRAM) -> Path:
    for path, text in (("bin/jsii-runtime.js", relay), ("lib/program.js", program)):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    return folder / "bin" / "jsii-runtime.js"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG, logger="northsouth.bindings"):
        yield caplog


def start(starter: Starts, runtime: Path, **options: Any) -> subprocess.Popen[bytes]:
    """Start it as jsii does."""
    command = [os.environ.get("JSII_NODE", "node"), "--max-old-space-size=4069", str(runtime)]
    agent = f"Python/{platform.python_version()}"
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return starter.Popen(command, **{**pipes, "env": {**os.environ, "JSII_AGENT": agent}, **options})


def ask(process: subprocess.Popen[bytes], request: str = "facts") -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{request}\n".encode())
    process.stdin.flush()
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


def stop(process: subprocess.Popen[bytes]) -> tuple[int, dict[str, str], list[bytes]]:
    """End it as jsii does; return its status, what it printed by stream, and the lines that are none of its own."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(b"exit\n")
    process.stdin.close()
    printed, others = {"stdout": "", "stderr": ""}, []
    for line in iter(process.stderr.readline, b""):
        try:
            told = json.loads(line)
        except ValueError:
            others.append(line)
        else:
            for stream, data in told.items():
                printed[stream] += base64.b64decode(data).decode()
    status = process.wait(timeout=20)
    process.stdout.close()
    process.stderr.close()
    return status, printed, others


def test_the_kernel_sees_what_it_sees_behind_the_relay(runtime: Path, log: pytest.LogCaptureFixture) -> None:
    ours, stock = start(Starter(), runtime), start(subprocess, runtime)
    told, expected = ask(ours), ask(stock)
    assert told.pop("parent") == os.getpid()
    assert expected.pop("parent") == stock.pid
    assert told == expected
    assert ask(ours, "print") == ask(stock, "print") == {"printed": True}
    ended = stop(ours)
    assert ended == stop(stock)

    assert ended == (
        0,
        {"stdout": "to stdout\nfrom a child\n", "stderr": "to stderr\n"},
        [b"!! this version of Node\n", b"!! is old\n"],
    )
    assert log.text == ""


def test_a_kernel_begun_is_the_one_that_runs(runtime: Path, log: pytest.LogCaptureFixture) -> None:
    starter = Starter()
    starter.begin()
    begun = starter._begun
    assert begun is not None
    process = start(starter, runtime)

    assert process is begun.process
    assert ask(process)["file"] == str(runtime.parents[1] / "lib" / "program.js")
    # The next is a new one.
    another = start(starter, runtime)
    assert another.pid != process.pid
    assert stop(process)[0] == stop(another)[0] == 0
    assert log.text == ""


@pytest.mark.parametrize("change", ["variable", "folder", "node"])
def test_a_kernel_begun_otherwise_ends(
    change: str, runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starter = Starter()
    starter.begin()
    begun = starter._begun
    assert begun is not None
    if change == "variable":
        monkeypatch.setenv("VARIABLE", "later")
    elif change == "folder":
        monkeypatch.chdir(tmp_path)
    else:
        monkeypatch.setenv("JSII_NODE", str(shutil.which("node")))
    process = start(starter, runtime)

    assert begun.process.returncode is not None
    assert ask(process)["cwd"] == str(Path.cwd())
    assert ask(process).get("variable") == os.environ.get("VARIABLE")
    stop(process)


def test_a_forked_child_leaves_what_its_parent_began(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    starter = Starter()
    starter.begin()
    begun = starter._begun
    assert begun is not None
    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: begun.owner + 1)
        process = start(starter, runtime)
    assert process is not begun.process
    assert begun.process.poll() is None
    stop(process)
    begun._end()


def test_a_kernel_that_nobody_asks_for_ends_with_the_program() -> None:
    starter = Starter()
    starter.begin()
    begun = starter._begun
    assert begun is not None
    begun.requests.close()

    assert begun.process.communicate(timeout=20) == (b"", b"")
    assert begun.process.returncode == 0
    begun.responses.close()


def test_nothing_is_begun_where_another_runtime_is_named(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSII_RUNTIME", str(runtime))
    starter = Starter()
    starter.begin()
    assert starter._begun is None


def test_nothing_is_begun_in_a_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    starter = Starter()
    starter.begin()
    assert starter._begun is None


def test_nothing_is_begun_without_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSII_NODE", "no-such-node")
    starter = Starter()
    starter.begin()
    assert starter._begun is None


@pytest.mark.parametrize(
    ("relay", "program", "reason"),
    [
        (RELAY.replace("'pipe', 'pipe', 'pipe'", "'pipe', 'pipe', 'pipe', 'pipe'"), PROGRAM, "as it used to"),
        (RELAY.replace("'--preserve-symlinks'", "'--trace-warnings'"), PROGRAM, "as it used to"),
        (RELAY.replace("process.execPath", "'node'"), PROGRAM, "as it used to"),
        (
            RELAY,
            PROGRAM.replace("{readFD: 3, writeFD: 3}", "{writeFD: 3, readFD: 3}"),
            "does not read from descriptor 3",
        ),
        (RELAY, PROGRAM + "// not readFD: 3, writeFD: 3 again", "does not read from descriptor 3"),
    ],
    ids=["streams", "options", "command", "descriptors", "twice"],
)
def test_any_doubt_leaves_the_relay_with_one_debug_line(
    relay: str, program: str, reason: str, tmp_path: Path, log: pytest.LogCaptureFixture
) -> None:
    process = start(Starter(), write(tmp_path, relay=relay, program=program))

    assert ask(process)["parent"] == process.pid
    assert stop(process)[0] == 0
    (record,) = log.records
    assert record.levelname == "DEBUG"
    assert record.getMessage().startswith("the kernel starts with its relay: ")
    assert reason in record.getMessage()


def test_a_kernel_that_computes_digests_in_another_way_runs_with_one_debug_line(
    tmp_path: Path, log: pytest.LogCaptureFixture
) -> None:
    process = start(Starter(), write(tmp_path, program=PROGRAM.replace("digestFile", "hashFile")))

    assert ask(process)["parent"] == os.getpid()
    assert stop(process)[0] == 0
    (record,) = log.records
    assert record.getMessage() == "archives are read as in stock: the kernel computes digests in another way"


@pytest.mark.parametrize(
    ("options", "reason"),
    [({"env": {**os.environ, "JSII_RUNTIME": "x"}}, "JSII_RUNTIME"), ({"bufsize": 0}, "other options")],
    ids=["runtime", "options"],
)
def test_what_jsii_used_not_to_ask_for_is_left_to_it(
    options: dict[str, Any], reason: str, runtime: Path, log: pytest.LogCaptureFixture
) -> None:
    process = start(Starter(), runtime, **options)

    assert ask(process)["parent"] == process.pid
    assert stop(process)[0] == 0
    assert [reason in record.getMessage() for record in log.records] == [True]


def test_a_kernel_that_is_started_in_another_way_is_one_debug_line(
    monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    """Whatever jsii changed, and the swapped module is not asked: Node waits until the program ends."""
    starter = Starter()
    monkeypatch.setattr(module, "_starter", starter)
    module.report_unused()
    assert log.text == ""
    starter.begin()
    begun = starter._begun
    assert begun is not None
    module.report_unused()
    (record,) = log.records
    assert record.levelname == "DEBUG"
    assert "jsii did not ask for the Node that was started for it" in record.getMessage()
    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: begun.owner + 1)
        module.report_unused()
    assert len(log.records) == 1
    begun._end()


def test_a_relay_that_fails_fails_as_ever(tmp_path: Path, log: pytest.LogCaptureFixture) -> None:
    process = start(Starter(), write(tmp_path, relay="throw new TypeError('broken')"))
    _, complaint = process.communicate()

    assert b"TypeError: broken" in complaint
    assert [record.getMessage() for record in log.records] == ["the kernel starts with its relay: broken"]


def test_a_node_that_is_not_there_is_the_error_of_stock(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSII_NODE", "no-such-node")
    with pytest.raises(FileNotFoundError) as ours:
        start(Starter(), runtime)
    with pytest.raises(FileNotFoundError) as stock:
        start(subprocess, runtime)
    assert str(ours.value) == str(stock.value)


def test_a_node_that_ends_at_once_is_left_to_the_relay(
    runtime: Path, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("JSII_NODE", "false")
    process = start(Starter(), runtime)
    assert process.communicate() == (b"", b"")
    assert [record.getMessage() for record in log.records] == ["the kernel starts with its relay: it says b''"]


def test_a_long_request_and_a_long_answer(tmp_path: Path) -> None:
    """More than a pipe holds."""
    echo = """
    const fs = require('fs');
    const run = ({readFD, writeFD}) => {
      const input = Buffer.alloc(1 << 22);
      let length = 0;
      do length += fs.readSync(readFD, input, length, input.length - length, null); while (input[length - 1] !== 10);
      let written = 0;
      while (written < length) written += fs.writeSync(writeFD, input, written, length - written);
    };
    run({readFD: 3, writeFD: 3});
    """
    process = start(Starter(), write(tmp_path, program=textwrap.dedent(echo)))
    assert ask(process, json.dumps({"text": "ä" * 500_000})) == {"text": "ä" * 500_000}
    assert process.wait(timeout=20) == 0
    for file in (process.stdin, process.stdout, process.stderr):
        assert file is not None
        file.close()


def test_the_relay_is_started_where_the_step_is_off() -> None:
    script = """
        from northsouth import bindings
        import jsii._kernel.providers.process as kernel
        print(type(kernel.subprocess).__name__)
    """
    path = os.pathsep.join(filter(None, sys.path))
    environment = {**os.environ, "PYTHONPATH": path}
    kinds = [
        subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script)],
            capture_output=True,
            text=True,
            check=True,
            env={**environment, bindings.OPT_OUT: off},
        ).stdout.strip()
        for off in ("relay", "")
    ]
    assert kinds == ["module", "Starter"]
