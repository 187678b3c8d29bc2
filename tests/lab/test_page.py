"""The receiver's page in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.alerts.status.browser import chromium
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing
from tests.lab.page import State, page
from tests.lab.receiver import Inbox, serving
from tests.lab.test_receiver import DISCORD, SLACK

pytestmark = [pytest.mark.lab, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser; without one the tests are skipped, or fail in CI."""
    try:
        with chromium() as opened:
            yield opened
    except ToolMissing as missing:
        skip_or_fail(missing)


@pytest.fixture
def inbox() -> Inbox:
    """Return an inbox with a message, for all three services."""
    inbox = Inbox()
    for service, body in (("slack", SLACK), ("teams", SLACK), ("discord", DISCORD)):
        inbox.take(service, body)
    return inbox


@pytest.fixture
def address(inbox: Inbox) -> Iterator[str]:
    """Serve the page."""
    states = [State("models", "worse", good=False), State("eu-prod", "sends", good=True)]
    with serving(inbox, {"/": lambda: ("text/html", page(inbox, states, []))}) as port:
        yield f"http://127.0.0.1:{port}/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_and_can_be_read(
    browser: Browser, address: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    tab.goto(address)
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    shown = [tab.locator(f"section.{service}").is_visible() for service in ("slack", "teams", "discord")]
    assert shown == [True, width > 860, width > 860]
    paper, ink = (
        sum(int(part) for part in color.removeprefix("rgb(").removesuffix(")").split(","))
        for color in tab.evaluate("(style => [style.backgroundColor, style.color])(getComputedStyle(document.body))")
    )
    assert (paper > 600 and ink < 150) if scheme == "light" else (paper < 150 and ink > 600)
    tab.close()


def test_a_message_appears_by_itself_and_a_phone_keeps_the_chosen_service(
    browser: Browser, address: str, inbox: Inbox
) -> None:
    tab = browser.new_page(viewport={"width": 390, "height": 900})
    tab.goto(address)
    tab.get_by_label("Discord").check()
    inbox.take("discord", DISCORD)
    tab.locator("section.discord .message").nth(1).wait_for(state="visible")
    assert tab.locator("section.discord").is_visible()
    assert not tab.locator("section.slack").is_visible()
    tab.close()
