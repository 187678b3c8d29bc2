"""What each service accepts, from its own documentation: required fields, limits, mentions switched off."""

from __future__ import annotations

import json
from typing import Any


def slack(body: str) -> str:
    """Check an incoming webhook's message (Slack, Block Kit reference); return what a person reads."""
    message = json.loads(body)
    assert set(message) == {"text", "blocks"}
    # Slack reads mentions and links in `text`; nothing of the alarm may be there.
    assert not set(message["text"]) & set("<>@&")
    assert 1 <= len(message["blocks"]) <= 50
    (block,) = message["blocks"]
    assert block["type"] == "section"
    # plain_text: neither mentions nor links nor emoji codes are read.
    assert block["text"]["type"] == "plain_text"
    assert block["text"]["emoji"] is False
    assert 1 <= len(block["text"]["text"]) <= 3000
    return str(block["text"]["text"])


def discord(body: str) -> str:
    """Check an Execute Webhook request (Discord, Webhook and Message resources)."""
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


def teams(body: str) -> str:
    """Check the message of a workflow (Microsoft, "Post a card", Adaptive Cards 1.4)."""
    assert len(body.encode()) <= 28_000
    message = json.loads(body)
    assert message["type"] == "message"
    (attachment,) = message["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    lines = []
    for block in card["body"]:
        # A TextRun renders no markdown; a TextBlock would.
        assert block["type"] == "RichTextBlock"
        (run,) = block["inlines"]
        assert run["type"] == "TextRun"
        lines.append(run["text"])
    return "\n".join(lines)


def matrix(body: str) -> str:
    """Check an m.room.message event (Matrix client-server API): no HTML, no mentions, under 64 KiB."""
    assert len(body.encode()) <= 60_000
    event = json.loads(body)
    assert set(event) == {"msgtype", "body", "m.mentions"}
    assert event["msgtype"] == "m.notice"
    assert event["m.mentions"] == {}
    return str(event["body"])


def statuspage(body: str) -> str:
    """Check an update of a component (Statuspage API)."""
    update = json.loads(body)
    assert set(update) == {"component"}
    assert set(update["component"]) == {"status"}
    status: str = update["component"]["status"]
    assert status in ("operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance")
    return status


def webhook(body: str) -> str:
    """Check the object that docs/routes.md promises."""
    message: dict[str, Any] = json.loads(body)
    keys = {"alarm", "before", "now", "time", "account", "state", "severity", "label", "note"}
    assert set(message) == keys
    assert all(isinstance(value, str) for value in message.values())
    return f"{message['state']} {message['severity']}\n{message['alarm']}\n{message['before']} to {message['now']}"


ACCEPTS = {
    "slack": slack,
    "discord": discord,
    "teams": teams,
    "matrix": matrix,
    "status": statuspage,
    "hook": webhook,
}
"""By the names of the receivers in ``receivers``."""
