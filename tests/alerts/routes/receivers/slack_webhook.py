from __future__ import annotations

import json

from northsouth.alerts.routes import SlackWebhook
from tests.alerts.routes.receivers.case import Case, Request, stored


def accepts(body: str) -> str:
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


CASE = Case(
    example=SlackWebhook(name="slack", secret=stored("slack"), note="Ask in #edge; the pager is in the wiki."),
    other={},
    fixed={"rate_per_second": "the service takes one a second"},
    refused=[
        ({"attempts": 0}, "attempts", "1 to 100"),
        ({"attempts": True}, "attempts", "1 to 100"),
        ({"rate_per_second": 2}, "rate_per_second", "1 to 1"),
        ({"note": "see <runbook>"}, "note", "for a variable"),
        ({"note": "x" * 3000}, "note", "Shorten it by"),
        ({"events": ("edge-*-nat",)}, "events[0]", "edge-*"),
        ({"events": ("*",)}, "events[0]", "edge-*"),
    ],
    request=Request(method="POST", url="https://hooks.slack.com/services/${"),
    accepts=accepts,
    alertmanager="slack_configs",
)
