"""Escapes text for Markdown, so that no name of an alarm becomes markup; pure."""

from __future__ import annotations

import re
from urllib.parse import quote

from northsouth.tokens import is_token

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~$&])")
_SAFE_IN_URLS = ":/?#[]@!$&'*+,;=%~-._"


def escaped(text: str) -> str:
    """Return ``text`` on one line with every character of Markdown's own escaped; a token stays as it is."""
    return text if is_token(text) else _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def link(text: str, address: str) -> str:
    """Return a link; brackets and blanks in its address are percent-encoded."""
    return f"[{escaped(text)}]({address if is_token(address) else quote(address, safe=_SAFE_IN_URLS)})"
