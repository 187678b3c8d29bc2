"""What arrives, and the page that shows it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.lab.page import Link, State, page
from tests.lab.receiver import Inbox, card, serving

SLACK = {
    "attachments": [
        {
            "title": "\N{LARGE RED CIRCLE} Firing: 2 critical in the lab",
            "text": "ModelSlow: chat takes 4s &lt;so far&gt;\nhttps://wiki.example.com/alerts#modelslow\nAsk #models.",
            "color": "danger",
        }
    ]
}
DISCORD = {
    "embeds": [
        {
            "title": "\N{LARGE RED CIRCLE} Firing: 2 critical in the lab",
            "description": (
                "ModelSlow: chat takes 4s: too long\nhttps://wiki.example.com/alerts#modelslow\n"
                "ModelSlow: <b>search</b> takes 4s\nhttps://wiki.example.com/alerts#modelslow"
            ),
            "color": 0x992D22,
        }
    ]
}


def send(port: int, path: str, body: bytes) -> int:
    """Send a body to the receiver; return the status."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/{path}", data=body)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


@pytest.fixture
def inbox() -> Inbox:
    """Return an inbox that got a message, for all three services."""
    inbox = Inbox()
    with serving(inbox, {}) as port:
        for service, body in (("slack", SLACK), ("teams", SLACK), ("discord", DISCORD), ("heartbeat", {})):
            assert send(port, service, json.dumps(body).encode()) == 200
    return inbox


def test_a_message_names_each_of_its_alerts(inbox: Inbox) -> None:
    (notification,) = inbox.notifications()
    assert notification.firing
    assert notification.alerts == ("ModelSlow", "ModelSlow")
    assert inbox.heartbeats == 1


def test_a_resolved_message_does_not_fire() -> None:
    inbox = Inbox()
    embed = {**DISCORD["embeds"][0], "title": "\N{LARGE GREEN CIRCLE} Resolved: 2 critical in the lab"}
    inbox.take("/discord", {"embeds": [embed]})
    assert [each.firing for each in inbox.notifications()] == [False]


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[]", b"{}"])
def test_what_is_no_message_is_refused(body: bytes) -> None:
    inbox = Inbox()
    with serving(inbox, {}) as port:
        assert send(port, "teams", body) == 400
        assert send(port, "elsewhere", b"{}") == 404
    assert inbox.messages == []


def test_teams_gets_the_card_that_a_newer_alertmanager_sends() -> None:
    body: Any = card(SLACK)
    (attachment,) = body["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert [block["text"] for block in attachment["content"]["body"]] == [
        SLACK["attachments"][0]["title"],
        SLACK["attachments"][0]["text"],
    ]
    assert card(body) == body


def test_the_page_shows_each_message_three_times_and_no_text_as_html(inbox: Inbox) -> None:
    html = page(inbox, [State("models", "<worse>", good=False)], [Link("Prometheus", "http://127.0.0.1:1/?a=1&b=2")])
    assert html.count("Firing: 2 critical in the lab") == 3
    assert '<li class="bad">models: <b>&lt;worse&gt;</b></li>' in html
    assert '<a href="http://127.0.0.1:1/?a=1&amp;b=2">Prometheus</a>' in html
    assert "&lt;b&gt;search&lt;/b&gt;" in html
    assert "<b>search" not in html
    assert "No message yet." not in html


def test_the_page_of_an_empty_inbox() -> None:
    assert page(Inbox(), [], []).count("No message yet.") == 3
