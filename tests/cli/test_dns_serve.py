"""``northsouth dns serve``, asked by the real ``dig`` over UDP and TCP."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from northsouth.cli.main import main
from tests.cli.stack import write
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing

pytestmark = pytest.mark.slow

pytest.importorskip("dns", reason="dnspython is not installed (pip install 'northsouth[dns]')")


@pytest.fixture(scope="session")
def dig() -> str:
    found = shutil.which("dig")
    if found is None:
        skip_or_fail(ToolMissing("dig is not installed (Debian: apt-get install bind9-dnsutils)"))
    return str(found)


@contextmanager
def serving(file: Path, *arguments: str) -> Iterator[int]:
    """Run the server on a free port and yield that port; it must end well."""
    command = [sys.executable, "-m", "northsouth.cli.main", "dns", "serve", "--from", str(file), "--vpc", "prod"]
    process = subprocess.Popen(
        [*command, "--port", "0", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("answering for aws_vpc.main (prod)"), line
        yield int(line.partition(" -p ")[2].split()[0])
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, ""), out


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Another instance, with other rules, stands for the rest of the DNS."""
    file = write(tmp_path_factory.mktemp("upstream"), {"resource": {"aws_vpc": {"main": {"tags": {"Name": "prod"}}}}})
    hosts = ["--host", "www.example.org=192.0.2.1", "--host", "api.internal.example.net=192.0.2.2"]
    with serving(file, *hosts) as port:
        yield port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with serving(write(tmp_path_factory.mktemp("server")), "--host", "aws_lb.hub.dns_name=127.0.0.7") as port:
        yield port


def ask(dig: str, port: int, *query: str) -> tuple[str, list[str]]:
    """Return the status and the answer's records as ``owner ttl type value``."""
    command = [dig, "@127.0.0.1", "-p", str(port), "+noall", "+comments", "+answer", "+time=5", "+tries=1", *query]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30)
    status = done.stdout.partition("status: ")[2].partition(",")[0]
    records = [line.split() for line in done.stdout.splitlines() if line and not line.startswith(";")]
    return status, [" ".join([owner, ttl, kind, *value]) for owner, ttl, _, kind, *value in records]


@pytest.mark.parametrize("transport", ["+notcp", "+tcp"])
@pytest.mark.parametrize(
    ("query", "status", "records"),
    [
        (
            ["API.example.com"],
            "NOERROR",
            ["API.example.com. 60 CNAME api.internal.example.net.", "api.internal.example.net. 60 A 10.0.0.9"],
        ),
        (["api.example.com", "AAAA"], "NXDOMAIN", ["api.example.com. 60 CNAME api.internal.example.net."]),
        (["api.example.com", "CNAME"], "NOERROR", ["api.example.com. 60 CNAME api.internal.example.net."]),
        (
            ["login.example.com"],
            "NOERROR",
            ["login.example.com. 30 CNAME aws_lb.hub.dns_name.invalid.", "aws_lb.hub.dns_name.invalid. 60 A 127.0.0.7"],
        ),
        (["x.gone.example"], "NXDOMAIN", []),
        (["empty.example"], "NOERROR", []),
        (["api.internal.example.net"], "NOERROR", ["api.internal.example.net. 60 A 10.0.0.9"]),
        (["www.example.org"], "SERVFAIL", []),
        (["www.example.org", "TXT"], "SERVFAIL", []),
        (["x.ring.example"], "SERVFAIL", []),
        (["."], "SERVFAIL", []),
        (["api.example.com", "-c", "CH"], "REFUSED", []),
        (["api.example.com", "ANY"], "NOERROR", ["api.example.com. 60 CNAME api.internal.example.net."]),
        (["api.internal.example.net", "ANY"], "NOERROR", ['api.internal.example.net. 60 HINFO "RFC8482" ""']),
        (["x.gone.example", "ANY"], "NXDOMAIN", []),
        (["api.example.com", "AXFR"], "REFUSED", []),
        (["missing.example.net"], "NXDOMAIN", []),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_answers(dig: str, server: int, transport: str, query: list[str], status: str, records: list[str]) -> None:
    assert ask(dig, server, transport, *query) == (status, records)


def test_a_client_without_edns_is_answered(dig: str, server: int) -> None:
    assert ask(dig, server, "+noedns", "api.example.com")[0] == "NOERROR"
    assert ask(dig, server, "+noedns", "www.example.org")[0] == "SERVFAIL"


def test_the_reason_of_a_failure_is_told(dig: str, server: int) -> None:
    command = [dig, "@127.0.0.1", "-p", str(server), "www.example.org", "TXT"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "undetermined: aws_route53_resolver_firewall_rule.managed" in said


def test_other_names_and_unknown_targets_are_asked_of_the_upstream(dig: str, upstream: int, tmp_path: Path) -> None:
    with serving(write(tmp_path), "--upstream", f"127.0.0.1:{upstream}", "--quiet") as port:
        assert ask(dig, port, "www.example.org") == ("NOERROR", ["www.example.org. 60 A 192.0.2.1"])
        assert ask(dig, port, "nothing.example.org")[0] == "SERVFAIL"
        assert ask(dig, port, "x.gone.example")[0] == "NXDOMAIN"


def test_two_queries_on_one_connection(dig: str, server: int) -> None:
    command = [
        dig,
        "@127.0.0.1",
        "-p",
        str(server),
        "+tcp",
        "+keepopen",
        "+short",
        "api.example.com",
        "login.example.com",
    ]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said.splitlines() == ["api.internal.example.net.", "10.0.0.9", "aws_lb.hub.dns_name.invalid.", "127.0.0.7"]


def test_noise_does_not_stop_the_server(dig: str, server: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        for noise in (b"", b"x", b"\0" * 11, b"\0" * 12, b"\xff" * 512, b"\0" * 4 + b"\0\1" + b"\0" * 6 + b"\xc0\x0c"):
            udp.sendto(noise, ("127.0.0.1", server))
    with socket.create_connection(("127.0.0.1", server)) as tcp:
        tcp.sendall(b"\xff\xffhalf a message")
    assert ask(dig, server, "api.example.com")[0] == "NOERROR"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "70000"], "northsouth: error: --port: 70000 is not between 0 and 65535"),
        (["--port", "x"], "northsouth dns serve: error: argument --port: invalid int value: 'x'"),
        (["--address", "0.0.0.0"], "northsouth: error: --address: 0.0.0.0 is not a loopback address"),
        (["--address", "here"], "northsouth: error: --address: 'here' is not an IP address"),
        (["--upstream", "dns.example"], "northsouth: error: --upstream: 'dns.example' is not an IP address"),
        (["--upstream", "1.1.1.1:x"], "northsouth: error: --upstream: '1.1.1.1:x' is not an address and a port"),
        (["--vpc", "none"], "northsouth: error: "),
        (["--host", "x"], "northsouth: error: 'x' is not of the form NAME=VALUE"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_errors_are_one_line_and_exit_code_2(
    tmp_path: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dns", "serve", "--from", str(write(tmp_path)), *arguments]) == 2
    err = capsys.readouterr().err
    assert err.startswith(message)
    assert err.count("\n") == 1


def test_a_port_in_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["dns", "serve", "--from", str(write(tmp_path)), "--vpc", "prod", "--port", port]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"northsouth: error: cannot listen on 127.0.0.1:{port}: ")
    assert err.count("\n") == 1


def test_without_dnspython_the_error_says_how_to_get_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "dns.message", None)
    assert main(["dns", "serve", "--from", str(write(tmp_path))]) == 2
    assert capsys.readouterr().err == (
        "northsouth: error: `northsouth dns serve` needs dnspython: pip install 'northsouth[dns]'\n"
    )
