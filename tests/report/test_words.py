"""The verdict in Markdown, and what is taken out of a report for readers outside the account."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from northsouth.report.markdown import MARK, MOST_BYTES, markdown
from northsouth.report.redaction import redacted

IDS = ("changes", "names", "alarms", "money", "not_judged")


def model(text: str, title: str = "hub") -> dict[str, object]:
    return {"title": title, "commit": "", "verdict": [{"id": each, "level": "bad", "text": text} for each in IDS]}


@given(st.text(max_size=5000), st.text(max_size=40))
def test_a_comment_is_short_whatever_it_says(text: str, title: str) -> None:
    written = markdown(model(text, title), "https://ci.example.com/page.html")
    assert len(written.encode("utf-8", "replace")) <= MOST_BYTES
    assert written.startswith(f"{MARK}\n")
    assert len([line for line in written.splitlines() if line.startswith("- ")]) == 5


def test_nobody_is_mentioned_and_nothing_is_markup() -> None:
    written = markdown(model("@ops <img src=x> [a](b) `c` *d* a|b ```"))
    assert "@" not in written
    assert r"\<img src=x\>" in written
    assert r"\[a\](b) \`c\` \*d\* a\|b" in written


def test_a_comment_ends_between_words() -> None:
    line = markdown(model("word " * 500)).splitlines()[3]
    assert re.fullmatch(r"- ✗ \*\*Destroyed or replaced:\*\*( word)+ …", line)


def test_accounts_and_public_addresses_go_and_others_stay() -> None:
    assert redacted({"arn:aws:iam::123456789012:role/x": ["8.8.8.8:53", "10.0.0.1", "2600:1f18::1", "fd00::1"]}) == {
        "arn:aws:iam::<account>:role/x": ["<address>:53", "10.0.0.1", "<address>", "fd00::1"]
    }
    assert redacted("from 8.8.8.8, 1234567890123 and 1.2.3") == "from <address>, 1234567890123 and 1.2.3"
    assert redacted(None) is None
