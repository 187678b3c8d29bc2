"""A real HTTP receiver on loopback that stands for the services: it keeps every request and answers as told."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DEADLINE_SECONDS = 60


@dataclass(frozen=True)
class Request:
    """What arrived, and the status of the answer."""

    method: str
    host: str
    path: str
    headers: Mapping[str, str]
    body: str
    status: int = 200


@dataclass
class Answers:
    """What was received, how hosts answer, and their requests at one time.

    A host answers what is scripted (a status and headers), then what is decided at each request, by default 200.
    """

    address: tuple[str, int] = ("127.0.0.1", 0)
    received: list[Request] = field(default_factory=list)
    scripted: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    decided: dict[str, Callable[[], int]] = field(default_factory=dict)
    under_way: Counter[str] = field(default_factory=Counter)
    at_once: Counter[str] = field(default_factory=Counter)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def to(self, host: str) -> list[Request]:
        """Return what a host has received so far."""
        with self.changed:
            return [request for request in self.received if request.host == host]

    def wait(self, host: str, count: int) -> list[Request]:
        """Wait until a host has received so many requests."""
        self.wait_until(lambda: len(self.to(host)) >= count, f"{count} requests to {host}, got {len(self.to(host))}")
        return self.to(host)

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something holds, for as long as a busy machine may need."""
        end = time.monotonic() + DEADLINE_SECONDS
        while not holds():
            assert time.monotonic() < end, f"waited for {what}"
            with self.changed:
                self.changed.wait(0.05)


@contextmanager
def receiver() -> Iterator[Answers]:
    """Listen on loopback."""
    answers = Answers()

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            host = self.headers["Host"]
            sent = {k.lower(): v for k, v in self.headers.items()}
            with answers.changed:
                script = answers.scripted.get(host, [])
                decide = answers.decided.get(host, lambda: 200)
                status, headers = script.pop(0) if script else (decide(), {})
                answers.under_way[host] += 1
                answers.at_once[host] = max(answers.at_once[host], answers.under_way[host])
            request = Request(self.command, host, self.path, sent, body, status)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()
            # Only what is answered has been received: a test must not end in between.
            with answers.changed:
                answers.received.append(request)
                answers.under_way[host] -= 1
                answers.changed.notify_all()

        do_POST = do_PUT = do_PATCH = _take  # noqa: N815 - names of the standard library

        def log_message(self, *_: Any) -> None:
            """Say nothing of each request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False  # closing waits for answers under way
    answers.address = ("127.0.0.1", server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield answers
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
