from __future__ import annotations

import json

from northsouth.alerts.routes import DiscordWebhook
from tests.alerts.routes.receivers.case import Case, Request, stored


def accepts(body: str) -> str:
    """Check an Execute Webhook request (Discord, Webhook and Message resources); return what a person reads."""
    message = json.loads(body)
    assert set(message) == {"embeds", "allowed_mentions"}
    assert message["allowed_mentions"] == {"parse": []}
    (embed,) = message["embeds"]
    assert 1 <= len(embed["title"]) <= 256
    assert 1 <= len(embed["author"]["name"]) <= 256
    assert 1 <= len(embed["description"]) <= 4096
    assert len(embed["title"]) + len(embed["author"]["name"]) + len(embed["description"]) <= 6000
    assert 0 <= embed["color"] <= 0xFFFFFF
    return f"{embed['title']}\n{embed['author']['name']}\n{embed['description']}"


CASE = Case(
    example=DiscordWebhook(name="discord", webhook="112233445566778899", secret=stored("discord")),
    other={"webhook": "112233445566778898", "rate_per_second": 1},
    refused=[
        ({"webhook": "hook"}, "webhook", "number"),
        ({"rate_per_second": 50}, "rate_per_second", "1 to 2"),
        ({"note": "x" * 4096}, "note", "Shorten it by"),
    ],
    request=Request(method="POST", url="https://discord.com/api/webhooks/112233445566778899/${"),
    accepts=accepts,
    alertmanager="discord_configs",
)
