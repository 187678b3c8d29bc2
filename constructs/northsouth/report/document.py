"""What every HTML page of a report has: one file without requests, from a template that escapes everything.

The Content-Security-Policy allows the page's own style and scripts by their hashes, and nothing else. The same values
give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from northsouth.alerts.status.page import source_hash

OPEN_ROWS = 20
"""A table of more rows is folded."""
MOST_ROWS = 500
"""A table of more rows is cut off, and says so."""
_HERE = Path(__file__).parent


def document(template: str, values: Mapping[str, Any], *, scripts: Sequence[str] = (), style: str = "") -> str:
    """Return a page.

    Args:
        template: the name of a file in ``templates`` that extends ``base.html``.
        values: what the template shows; all text is escaped, unless it is ``Markup``.
        scripts: scripts at the page's end.
        style: a style beside the one of all pages.

    """
    all_styles = f"{own('page.css')}{style}"
    allowed = f"; script-src {' '.join(map(source_hash, scripts))}" if scripts else ""
    policy = f"default-src 'none'; style-src {source_hash(all_styles)}{allowed}; base-uri 'none'; form-action 'none'"
    page = _environment().get_template(template)
    return page.render(
        policy=Markup(policy),  # noqa: S704 - hashes
        style=Markup(all_styles),  # noqa: S704 - the package's own
        scripts=list(map(Markup, scripts)),
        open_rows=OPEN_ROWS,
        most_rows=MOST_ROWS,
        **values,
    )


def own(name: str) -> str:
    """Return a file of this room."""
    return (_HERE / name).read_text(encoding="utf-8")


def _encodable(value: object) -> object:
    """Return text without half a surrogate pair, which no file can hold."""
    return value.encode("utf-8", "replace").decode("utf-8") if type(value) is str else value


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        finalize=_encodable,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
