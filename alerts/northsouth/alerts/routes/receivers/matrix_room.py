"""A Matrix room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

from northsouth.alerts.routes.api_receiver import ApiReceiver, Call, TextLimit
from northsouth.alerts.routes.field_rules import address_problems, form_problems
from northsouth.alerts.routes.message import LONGEST, Message, Values
from northsouth.alerts.routes.secret import HOLE
from northsouth.errors import Problem

_ROOM = re.compile(r"![^\s:]+(:[^\s]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRoom(ApiReceiver):
    """A Matrix room without encryption, by a user that has joined it.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: the user's access token.
        note: a sentence of yours at the end of each message that an alarm is raised.
        rate_per_second: requests a second: 1 to 300.
        attempts: how often one message is tried, a minute apart, before it goes to the dead-letter queue: 1 to 100.
        events: none: the shorter way has no id for the message (see :meth:`direct`).
        homeserver: the address of the user's server: ``https://matrix.example.org``.
        room: the room's id, not an alias: ``!abc:example.org``.

    """

    homeserver: str
    room: str

    text_limit: ClassVar[TextLimit | None] = TextLimit(60_000, "a Matrix event has at most 65,536 bytes")
    path_values: ClassVar[tuple[str, ...]] = ("$.messageId",)

    @property
    def call(self) -> Call:
        """The request (Matrix client-server API, send): the message's id makes a second attempt harmless."""
        room = quote(self.room, safe="")
        url = f"{self.homeserver.rstrip('/')}/_matrix/client/v3/rooms/{room}/send/m.room.message/*"
        return Call("PUT", url, ("Authorization", f"Bearer {HOLE}"))

    @property
    def recipient(self) -> tuple[str, ...]:
        """The room, as its server knows it."""
        return (self.homeserver.rstrip("/"), self.room)

    def body(self, message: Message, values: Values) -> Mapping[str, Any]:
        """Send a notice, to which no bot answers; with ``m.mentions`` empty, ``@room`` rings nobody."""
        return {"msgtype": "m.notice", "body": message.text(values), "m.mentions": {}}

    def longest_text(self, message: Message) -> str:
        """Return the text of the event."""
        return message.text(LONGEST)

    def field_problems(self) -> Iterator[Problem]:
        """Yield a server that cannot be called, and an alias in place of a room."""
        yield from address_problems("homeserver", self.homeserver)
        rule = "a room's id begins with !; an alias, with #, cannot be sent to"
        yield from form_problems("room", self.room, _ROOM, rule)
