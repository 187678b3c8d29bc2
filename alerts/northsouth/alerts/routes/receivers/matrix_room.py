"""A Matrix room."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from northsouth.alerts.routes.api_receiver import ApiReceiver, Call
from northsouth.alerts.routes.card import payload
from northsouth.alerts.routes.field_rules import address_problems, form_problems
from northsouth.alerts.routes.secret import HOLE
from northsouth.errors import Problem

_TEXT = """
  $card.title & "\\n" & $join($map($card.sections, function($each) {
    $each.label & ": " & ($exists($each.url) ? $each.url : $each.text)
  }), "\\n")
"""
_ROOM = re.compile(r"![^\s:]+(:[^\s]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRoom(ApiReceiver):
    """A Matrix room without encryption, by a user that has joined it.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: the user's access token.
        note: a sentence of yours in each message that an alarm is raised.
        attempts: how often one message is tried, a minute apart, before it goes to the dead-letter queue: 1 to 100.
        events: names of alarms that are followed without an action of theirs (see :meth:`direct`).
        homeserver: the address of the user's server: ``https://matrix.example.org``.
        room: the room's id, not an alias: ``!abc:example.org``.

    """

    homeserver: str
    room: str

    @property
    def call(self) -> Call:
        """The request (Matrix client-server API, send): the message's id makes a second attempt harmless."""
        room = quote(self.room, safe="")
        url = f"{self.homeserver.rstrip('/')}/_matrix/client/v3/rooms/{room}/send/m.room.message/"
        return Call("PUT", url, ("Authorization", f"Bearer {HOLE}"), path="$encodeUrlComponent($card.id)")

    @property
    def recipient(self) -> tuple[str, ...]:
        """The room, as its server knows it."""
        return (self.homeserver.rstrip("/"), self.room)

    def body(self) -> object:
        """Send a notice, to which no bot answers; with ``m.mentions`` empty, ``@room`` rings nobody."""
        return {"msgtype": "m.notice", "body": payload(_TEXT), "m.mentions": {}}

    def field_problems(self) -> Iterator[Problem]:
        """Yield a server that cannot be called, and an alias in place of a room."""
        yield from address_problems("homeserver", self.homeserver)
        rule = "a room's id begins with !; an alias, with #, cannot be sent to"
        yield from form_problems("room", self.room, _ROOM, rule)
