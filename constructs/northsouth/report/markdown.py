"""The verdict as Markdown for a comment on a pull request: at most 2,000 bytes; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MOST_BYTES = 2000
MARK = "<!-- northsouth report -->"
"""The first line, by which a workflow finds its comment again and updates it."""
_LEVELS = {"good": "✓", "change": "•", "bad": "✗", "unsure": "?"}
_TITLES = {
    "changes": "Destroyed or replaced",
    "names": "Names",
    "alarms": "Alarms",
    "money": "Money",
    "not_judged": "Not judged",
}
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")


def markdown(model: Mapping[str, Any], link: str = "") -> str:
    """Return the comment.

    Args:
        model: the report.
        link: the address of the whole page; may be empty.

    """
    commit = f" at {_text(model['commit'])}" if model["commit"] else ""
    head = [MARK, f"### {_text(model['title'])}{commit}", ""]
    foot = ["", f"[The whole report](<{_address(link)}>)"] if link else []
    room = MOST_BYTES - len("\n".join([*head, *foot, ""]).encode())
    share = room // len(model["verdict"])
    lines = [_cut(_line(sentence), share - 1) for sentence in model["verdict"]]
    return "\n".join([*head, *lines, *foot, ""])


def _line(line: Mapping[str, str]) -> str:
    text = line["text"].removeprefix("Not judged: ") if line["id"] == "not_judged" else line["text"]
    return f"- {_LEVELS[line['level']]} **{_TITLES[line['id']]}:** {_text(text)}"


def _text(text: str) -> str:
    """Return text that Markdown shows unchanged and without mentions."""
    visible = "".join(character if character.isprintable() else " " for character in text)
    return _SPECIAL.sub(r"\\\1", visible).replace("@", "&#64;")


def _address(link: str) -> str:
    return "".join(character for character in link if character.isprintable() and character not in "<> ")


def _cut(line: str, most: int) -> str:
    """Return a line of at most so many bytes."""
    if len(line.encode()) <= most:
        return line
    beginning = line.encode()[: most - 4].decode(errors="ignore")
    # An escape that is cut in two would show its first half.
    return f"{beginning.rstrip(chr(92)).rpartition(' ')[0]} …"
