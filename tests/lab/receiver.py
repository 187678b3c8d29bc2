"""What stands for Slack, Teams, Discord and the heartbeat's service: it keeps every message and shows it on a page."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

SERVICES = ("slack", "teams", "discord")
NO_PAGE = "There is no such page.\n"
_FIRING = "\N{LARGE RED CIRCLE} Firing"


@dataclass(frozen=True)
class Message:
    """A message that a service got.

    Attributes:
        service: which: ``slack``, ``teams`` or ``discord``.
        body: what it was sent.
        seconds: when, in seconds since the lab began.

    """

    service: str
    body: Mapping[str, Any]
    seconds: float


@dataclass(frozen=True)
class Notification:
    """What a message says, as Discord gets it: its text has no marks of a service.

    Attributes:
        firing: whether it says that something fires, or that it is over.
        title: the whole title.
        alerts: the name of each alert in it.
        seconds: when it arrived, in seconds since the lab began.

    """

    firing: bool
    title: str
    alerts: tuple[str, ...]
    seconds: float


@dataclass
class Inbox:
    """Everything that arrived."""

    began: float = field(default_factory=time.monotonic)
    messages: list[Message] = field(default_factory=list)
    heartbeats: int = 0
    lock: Lock = field(default_factory=Lock)

    def take(self, path: str, body: Mapping[str, Any]) -> bool:
        """Keep what was sent to an address; return whether there is such an address."""
        service = path.strip("/")
        with self.lock:
            if service == "heartbeat":
                self.heartbeats += 1
            elif service in SERVICES:
                body = card(body) if service == "teams" else body
                self.messages.append(Message(service, body, time.monotonic() - self.began))
        return service in (*SERVICES, "heartbeat")

    def to(self, service: str) -> list[Message]:
        """Return what a service got, the oldest first."""
        with self.lock:
            return [message for message in self.messages if message.service == service]

    def notifications(self) -> list[Notification]:
        """Return what all services were told, the oldest first."""
        return [_notification(message) for message in self.to("discord")]


def _notification(message: Message) -> Notification:
    (embed,) = message.body["embeds"]
    lines = [line.partition(": ")[0] for line in embed["description"].splitlines() if ": " in line]
    alerts = tuple(name for name in lines if name.isalnum())
    return Notification(embed["title"].startswith(_FIRING), embed["title"], alerts, message.seconds)


def card(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the card that Alertmanager 0.28 sends to Teams, of what an older one told Slack's integration."""
    attachment = body["attachments"][0]
    if "content" in attachment:
        return body
    title = {"type": "TextBlock", "weight": "Bolder", "size": "Medium", "wrap": True, "style": "heading"}
    content = {
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": [
            {**title, "text": attachment["title"], "color": attachment["color"]},
            {"type": "TextBlock", "text": attachment["text"], "wrap": True},
        ],
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": content}],
    }


@contextmanager
def serving(inbox: Inbox, pages: Mapping[str, Callable[[], tuple[str, str]]]) -> Iterator[int]:
    """Listen on a port of loopback.

    Args:
        inbox: takes what is sent.
        pages: by path, what is shown: the type and the text.

    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path)
            kind, text = page() if page else ("text/plain", NO_PAGE)
            self._answer(200 if page else 404, kind, text)

        def do_POST(self) -> None:
            try:
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
                known = inbox.take(self.path, body)
            except (ValueError, LookupError, TypeError, AttributeError):
                self._answer(400, "text/plain", "This is no message that Alertmanager sends.\n")
            else:
                self._answer(200 if known else 404, "text/plain", "ok" if known else NO_PAGE)

        def _answer(self, status: int, kind: str, text: str) -> None:
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing of each request."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
