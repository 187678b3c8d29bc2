"""The page as text: its policy knows its own script, and nothing in it is HTML or Terraform's that should not be."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.status import page
from tests.alerts.status.site import HOSTILE


class Reader(HTMLParser):
    """Collects the tags of a page, and the text of its title."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.heading = ""
        self.feed(text)

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "h1":
            self.heading += data


def made(title: str = "Shop", about: str = "About it") -> str:
    return page.page(title, about=about, stale_seconds=900, refresh_seconds=60)


def test_the_policy_allows_the_pages_own_style_and_script_and_nothing_else() -> None:
    text = made()
    match = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert match
    rules = dict(rule.strip().split(" ", 1) for rule in match[1].split(";"))
    for kind in ("style", "script"):
        (inside,) = re.findall(f"<{kind}>(.*?)</{kind}>", text, flags=re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert rules[f"{kind}-src"] == f"'sha256-{digest}'"
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == "'self'"


def test_it_loads_nothing_from_elsewhere_and_writes_no_html() -> None:
    text = made()
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", text)


def test_terraform_finds_no_expression_in_it() -> None:
    assert not re.findall(r"[$%]\{", made(HOSTILE, HOSTILE))


@given(st.text(max_size=60), st.text(max_size=60))
def test_text_stays_text(title: str, about: str) -> None:
    read = Reader(made(title, about))
    assert read.tags == Reader(made()).tags
    assert not re.findall(r"[$%]\{", made(title, about))


def test_the_title_is_whole() -> None:
    assert Reader(made(HOSTILE)).heading.strip() == HOSTILE


def test_its_times_are_in_it() -> None:
    assert 'data-stale-seconds="900" data-refresh-seconds="60"' in made()
