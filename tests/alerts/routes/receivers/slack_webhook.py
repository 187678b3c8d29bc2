from __future__ import annotations

import json
import re

from northsouth.alerts.routes import SlackWebhook
from tests.alerts.routes.receivers.case import Case, Request, stored, units


def accepts(body: str) -> str:
    """Check an incoming webhook's message (Slack, Block Kit reference); return what a person reads."""
    message = json.loads(body)
    assert set(message) == {"text", "blocks"}
    # Slack reads mentions and links in `text`: nothing but entities may begin with & and nothing with <.
    assert not set(re.sub("&(amp|lt|gt);", "", message["text"])) & set("<>&")
    header, *blocks = message["blocks"]
    assert len(message["blocks"]) <= 50
    assert header["type"] == "header"
    # plain_text: neither mentions nor links nor emoji codes are read.
    assert (header["text"]["type"], header["text"]["emoji"]) == ("plain_text", False)
    assert 1 <= units(header["text"]["text"]) <= 150
    lines = [header["text"]["text"]]
    for block in blocks:
        assert block["type"] == "rich_text"
        (section,) = block["elements"]
        assert section["type"] == "rich_text_section"
        label, value = section["elements"]
        assert (label["type"], label["style"]) == ("text", {"bold": True})
        # Elements of these types show their text as it is.
        assert set(value) == ({"type", "text"} if value["type"] == "text" else {"type", "text", "url"})
        assert 1 <= units(value["text"]) <= 3000
        if value["type"] == "link":
            assert 1 <= len(value["url"]) <= 3000
            assert value["url"].startswith(("https://", "http://"))
        lines.append(label["text"] + value.get("url", value["text"]))
    return "\n".join(lines)


CASE = Case(
    example=SlackWebhook(name="slack", secret=stored("slack"), note="Ask in #edge; the pager is in the wiki."),
    other={},
    refused=[
        ({"attempts": 0}, "attempts", "1 to 100"),
        ({"attempts": True}, "attempts", "a whole number"),
        ({"note": "{% $states %}"}, "note", "for an expression"),
        ({"note": "100 %{if}"}, "note", "for a directive"),
        ({"note": "x" * 3000}, "note", "Shorten it by"),
        ({"events": ("edge-*-nat",)}, "events[0]", "edge-*"),
        ({"events": ("*",)}, "events[0]", "edge-*"),
    ],
    request=Request(method="POST", url="https://hooks.slack.com/services/${"),
    accepts=accepts,
    alertmanager="slack_configs",
)
