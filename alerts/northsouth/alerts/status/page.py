"""The page itself: one HTML file with its style and script in it, which asks for nothing but ``status.json``; pure.

Its Content-Security-Policy names the hashes of exactly that style and script, so nothing else can run, whatever text
the page shows. The file goes through Terraform, so it holds no ``${`` and no ``%{``.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from pathlib import Path

_HERE = Path(__file__).parent
_HOLE = re.compile(r"@(\w+)@")


def page(title: str, *, about: str, stale_seconds: int, refresh_seconds: int) -> str:
    """Return the page.

    Args:
        title: what the page is about.
        about: a sentence below the title; may be empty.
        stale_seconds: after how long without news the page says that it has none.
        refresh_seconds: how often it asks.

    """
    style, script = _read("page.css"), _read("page.js")
    holes = {
        "title": _text(title),
        "about": _text(about),
        "style": style,
        "script": script,
        "stale": str(stale_seconds),
        "refresh": str(refresh_seconds),
        "policy": policy(style, script),
    }
    return _HOLE.sub(lambda hole: holes[hole[1]], _read("page.html"))


def policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy: this style, this script, and data from the page's own place."""
    return (
        f"default-src 'none'; style-src {source_hash(style)}; script-src {source_hash(script)}; "
        "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
    )


def source_hash(text: str) -> str:
    """Return how a Content-Security-Policy names a style or a script that is in the page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _text(text: str) -> str:
    """Return ``text`` for HTML; a dollar or percent sign before a brace would begin an expression of Terraform's."""
    return html.escape(text).replace("${", "&#36;{").replace("%{", "&#37;{")


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
