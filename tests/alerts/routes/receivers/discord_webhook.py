from __future__ import annotations

import json
import re

from northsouth.alerts.routes import DiscordWebhook
from tests.alerts.routes.receivers.case import Case, Request, stored, units


def accepts(body: str) -> str:
    """Check an Execute Webhook request (Discord, Webhook and Message resources); return what a person reads."""
    message = json.loads(body)
    assert set(message) == {"embeds", "allowed_mentions"}
    assert message["allowed_mentions"] == {"parse": []}
    (embed,) = message["embeds"]
    assert 1 <= units(embed["title"]) <= 256
    assert 1 <= units(embed["author"]["name"]) <= 256
    assert len(embed["fields"]) <= 25
    for field in embed["fields"]:
        assert 1 <= units(field["name"]) <= 256
        assert 1 <= units(field["value"]) <= 1024
    texts = [embed["title"], embed["author"]["name"], *(f["name"] + f["value"] for f in embed["fields"])]
    assert sum(map(units, texts)) <= 6000
    assert 0 <= embed["color"] <= 0xFFFFFF
    lines = [read(embed["title"]), embed["author"]["name"]]
    return "\n".join([*lines, *(f"{field['name']}: {read(field['value'])}" for field in embed["fields"])])


def read(text: str) -> str:
    """Return what a person reads of markdown: a link's address, or a text in which nothing is markup."""
    if link := re.fullmatch(r"\[[A-Za-z ]+\]\(<(https?://[^\s<>]+)>\)", text):
        return link[1]
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|>#\[\]()<@]", text), text
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


CASE = Case(
    example=DiscordWebhook(name="discord", webhook="112233445566778899", secret=stored("discord")),
    other={"webhook": "112233445566778898"},
    refused=[
        ({"webhook": "hook"}, "webhook", "number"),
        ({"note": "x" * 4096}, "note", "Shorten it by"),
    ],
    request=Request(method="POST", url="https://discord.com/api/webhooks/112233445566778899/${"),
    accepts=accepts,
    alertmanager="discord_configs",
)
