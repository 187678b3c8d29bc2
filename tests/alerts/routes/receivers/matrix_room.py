from __future__ import annotations

import json

from northsouth.alerts.routes import MatrixRoom
from tests.alerts.routes.receivers.case import Case, Request, stored


def accepts(body: str) -> str:
    """Check an m.room.message event (Matrix client-server API): no HTML, no mentions, under 64 KiB."""
    assert len(body.encode()) <= 60_000
    event = json.loads(body)
    assert set(event) == {"msgtype", "body", "m.mentions"}
    assert event["msgtype"] == "m.notice"
    assert event["m.mentions"] == {}
    return str(event["body"])


CASE = Case(
    example=MatrixRoom(
        name="matrix", homeserver="https://matrix.example.org", room="!abc:example.org", secret=stored("matrix")
    ),
    other={"homeserver": "https://other.example.org", "room": "!other:example.org"},
    refused=[
        ({"room": "#alerts:example.org"}, "room", "alias"),
        ({"homeserver": "http://matrix.example.org"}, "homeserver", "HTTPS"),
        ({"note": "x" * 8192}, "note", "Shorten it by"),
    ],
    request=Request(
        method="PUT",
        url="https://matrix.example.org/_matrix/client/v3/rooms/%21abc%3Aexample.org/send/m.room.message/",
        header="Authorization",
    ),
    accepts=accepts,
)
