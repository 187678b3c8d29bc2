"""What every HTML page of a report has: one file, one style, no script, no request; pure.

The Content-Security-Policy allows the page's one style and nothing else. The same body gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from northsouth.alerts.status.page import source_hash
from northsouth.report.chart import text

OPEN_ROWS = 20
"""A table of more rows is folded."""


def document(title: str, body: Iterable[str]) -> str:
    """Return a page.

    Args:
        title: what the browser's tab says.
        body: the lines of its ``main`` element, as HTML.

    """
    style = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
    policy = f"default-src 'none'; style-src {source_hash(style)}; base-uri 'none'; form-action 'none'"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{text(title)}</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            "<main>",
            *body,
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def titled(title: str, lines: Iterable[str], *, tag: str = "h3", around: str = "div") -> Iterator[str]:
    """Yield a list with a title; nothing if it is empty.

    Args:
        title: the title, as HTML.
        lines: the items, as text.
        tag: the element of the title.
        around: the element around both.

    """
    items = list(bullets(lines))
    if items:
        yield f"<{around}>"
        yield f"<{tag}>{title}</{tag}>"
        yield from items
        yield f"</{around}>"


def bullets(lines: Iterable[str]) -> Iterator[str]:
    """Yield a list of texts; nothing if it is empty."""
    items = [f"<li>{text(line.strip())}</li>" for line in lines]
    if items:
        yield "<ul>"
        yield from items
        yield "</ul>"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a table.

    Args:
        columns: the heads; the first word of each is the class of its cells.
        rows: the cells, as HTML.

    """
    yield '<div class="scroll" tabindex="0"><table>'
    heads = "".join(f'<th scope="col">{each}</th>' for each in columns)
    yield f"<thead><tr>{heads}</tr></thead>"
    yield "<tbody>"
    for row in rows:
        cells = "".join(f'<td class="{name.split()[0]}">{cell}</td>' for name, cell in zip(columns, row, strict=True))
        yield f"<tr>{cells}</tr>"
    yield "</tbody></table></div>"
