from __future__ import annotations

import json

from northsouth.alerts.routes import TeamsWebhook
from tests.alerts.routes.receivers.case import Case, Request, stored

WORKFLOW = "https://prod-12.westus.logic.azure.com/workflows/0a1b/triggers/manual/paths/invoke"


def accepts(body: str) -> str:
    """Check the message of a workflow (Microsoft, "Post a card", Adaptive Cards 1.4); return what a person reads."""
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
        assert {run["type"] for run in block["inlines"]} == {"TextRun"}
        lines.append("".join(run["text"] for run in block["inlines"]))
    assert len(card["actions"]) <= 6
    for action in card["actions"]:
        assert set(action) == {"type", "title", "url"}
        assert action["type"] == "Action.OpenUrl"
        assert action["url"].startswith(("https://", "http://"))
        lines.append(action["url"])
    return "\n".join(lines)


CASE = Case(
    example=TeamsWebhook(name="teams", url=f"{WORKFLOW}?api-version=2016-06-01", secret=stored("teams")),
    other={"url": f"{WORKFLOW.replace('prod-12', 'prod-13')}?api-version=2016-06-01"},
    refused=[
        ({"url": "https://example.com/?sig=hidden"}, "url", "plain text"),
        ({"url": "https://[hidden"}, "url", "HTTPS"),
        ({"note": "x" * 8192}, "note", "Shorten it by"),
    ],
    request=Request(method="POST", url=WORKFLOW, query={"api-version": False, "sig": True}),
    accepts=accepts,
    alertmanager="msteamsv2_configs",
)
