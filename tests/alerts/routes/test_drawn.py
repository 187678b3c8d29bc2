"""What the services show of a text: of Alertmanager's, for the lab, and of the state machines', for docs/images."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.alerts.routes import drawn, pictures


def slack(text: str) -> str:
    """Draw a text of Alertmanager in Slack."""
    return drawn.slack({"attachments": [{"title": "", "text": text, "color": "good"}]})


def teams(text: str) -> str:
    """Draw it in Teams."""
    content = {"body": [{"type": "TextBlock", "text": text}]}
    return drawn.teams({"attachments": [{"content": content}]})


def discord(text: str) -> str:
    """Draw it in Discord."""
    return drawn.discord({"embeds": [{"title": "", "description": text, "color": 0}]})


@pytest.mark.parametrize(
    ("draw", "text", "shown"),
    [
        (slack, "*all* of _it_", "<strong>all</strong> of <em>it</em>"),
        (slack, "5 &lt; 6 &amp; 7", "5 &lt; 6 &amp; 7"),
        (slack, "a\nb", "a\nb"),
        (slack, "2*3*4 a_b_c", "2*3*4 a_b_c"),
        (teams, "**all** of _it_", "<strong>all</strong> of <em>it</em>"),
        (teams, "a\nb", "a b"),
        (teams, "a\n\nb", "</span></p><p><span"),
        (discord, "**all** of _it_", "<strong>all</strong> of <em>it</em>"),
        (discord, r"\*\*a\*\* \_b\_", "**a** _b_"),
        (discord, "https://e.example/a_b_c", '<a href="https://e.example/a_b_c">https://e.example/a_b_c</a>'),
        (discord, "<script>", "&lt;script&gt;"),
    ],
)
def test_a_service_shows(draw: Callable[[str], str], text: str, shown: str) -> None:
    assert shown in draw(text)


@pytest.mark.parametrize("service", drawn.DRAW)
def test_a_message_of_a_state_machine_is_drawn(service: str) -> None:
    html = pictures.page(service)
    assert "Ask in #network." in html
    assert '<i class="dot"></i>' in html
