"""HTTP requests that leave the emulator: only to hosts that a test has pointed at a receiver on loopback.

What real AWS does differently: it speaks TLS to the host itself. Here the address must still be HTTPS; a host that no
test has named cannot be reached, so nothing ever leaves this machine.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 5
"""After this a call is given up (eb-api-destinations)."""

_hosts: dict[str, tuple[str, int]] = {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a request.

    Attributes:
        status: the HTTP status, or nothing if there was no answer.
        retry_after: seconds that the service asked to wait.
        body: what it answered.
        is_json: whether the server declared the body as JSON.

    """

    status: int | None
    retry_after: float = 0
    body: bytes = b""
    is_json: bool = False

    @property
    def delivered(self) -> bool:
        """Whether the service took it."""
        return self.status is not None and 200 <= self.status < 300


@contextmanager
def redirected(hosts: Mapping[str, tuple[str, int]]) -> Iterator[None]:
    """Send what is meant for these hosts to receivers on loopback, by address and port."""
    _hosts.update(hosts)
    try:
        yield
    finally:
        for host in hosts:
            _hosts.pop(host, None)


def send(method: str, url: str, headers: Mapping[str, str], body: str) -> Outcome:
    """Make one request."""
    parts = urlsplit(url)
    receiver = _hosts.get(parts.hostname or "") if parts.scheme == "https" else None
    if receiver is None:
        return Outcome(None)
    connection = http.client.HTTPConnection(*receiver, timeout=TIMEOUT_SECONDS)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body.encode(), {**headers, "Host": parts.netloc})
        answer = connection.getresponse()
        text = answer.read()
        after = answer.headers.get("Retry-After", "0")
        is_json = answer.headers.get_content_type() == "application/json"
        return Outcome(answer.status, float(after) if after.isdigit() else 0, text, is_json)
    except (OSError, http.client.HTTPException):
        return Outcome(None)
    finally:
        connection.close()
