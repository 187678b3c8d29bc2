"""Generated lines: what was put in comes out, whichever engine reads it."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from northsouth.logs.alb_schema import ALB_ACCESS_LOG
from northsouth.logs.connection_schema import ALB_CONNECTION_LOG
from northsouth.logs.line_parser import Row, parse
from northsouth.logs.schema import Field, LogSchema, Shape
from tests.logs.engines import blank, lists_are_quoted, python_row, re2_row

# Printable ASCII without the quote, which ALB logs as \x22, and some text beyond ASCII.
QUOTABLE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != '"') + "äß€漢"
bare = st.text(QUOTABLE.replace(" ", ""), max_size=20) | st.sampled_from(["-", "-1", "0.001", "2026-02-01T00:00:00.0Z"])
quotable = st.text(QUOTABLE, max_size=30) | st.sampled_from(
    ["-", "", " ", "a b", "HTTP/1.1", r"\x22\x22", "10.0.0.1:80 10.0.0.2:80"]
)
words = st.text(QUOTABLE.replace(" ", ""), min_size=1, max_size=20) | st.sampled_from(["-", "10.0.0.1:80", "200"])
ports = st.integers(0, 65535).map(str)
addresses = (
    st.ip_addresses(v=4).map(str)
    | st.ip_addresses(v=6).map(str)
    | st.ip_addresses(v=6).map(lambda address: f"[{address}]")
)
verbs = st.sampled_from(["GET", "POST", "-", "", "SSTP_DUPLEX_POST"])
urls = st.text(QUOTABLE, max_size=40).map(lambda path: f"https://www.example.com:443/{path}")
protocols = st.sampled_from(["HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "-"])

Values = tuple[str, list[str | None]]
"""A field's text on the line, and the columns it stands for."""


@st.composite
def endpoints(draw: st.DrawFn) -> Values:
    if draw(st.booleans()):
        return "-", ["-", None]
    address, port = draw(addresses), draw(ports)
    return f"{address}:{port}", [address, port]


@st.composite
def requests(draw: st.DrawFn) -> Values:
    verb, url = draw(verbs), draw(urls)
    protocol = draw(st.none() | protocols)
    trailing = draw(st.sampled_from(["", " "]))
    if protocol is None:
        # Without a protocol the URL's own last word must not look like one, nor its end like the trailing space.
        assume(not url.endswith(" ") and not url.rpartition(" ")[2].startswith(("HTTP/", "-")))
        return f'"{verb} {url}{trailing}"', [verb, url, None]
    return f'"{verb} {url} {protocol}{trailing}"', [verb, url, protocol]


def field_values(field: Field) -> st.SearchStrategy[Values]:
    return {
        Shape.BARE: bare.map(lambda text: (text, [text])),
        Shape.QUOTED: quotable.map(lambda text: (f'"{text}"', [text])),
        Shape.LOOSELY_QUOTED: st.lists(words, min_size=1, max_size=3)
        .map(" ".join)
        .map(lambda text: (f'"{text}"', [text]))
        | words.map(lambda text: (text, [text])),
        Shape.ENDPOINT: endpoints(),
        Shape.REQUEST: requests(),
    }[field.shape]


@st.composite
def log_lines(draw: st.DrawFn, schema: LogSchema, unknown: int) -> tuple[str, Row]:
    """Draw a line with the required fields, some of the later ones, and with all of them up to ``unknown`` more."""
    known = draw(st.integers(schema.required, len(schema.fields)))
    values = [draw(field_values(field)) for field in schema.fields[:known]]
    # A list without quotes (AWS's old examples) beside a field of one space: which quotes belong together is then open.
    unquoted = any(
        field.shape is Shape.LOOSELY_QUOTED and not text.startswith('"')
        for field, (text, _) in zip(schema.fields, values, strict=False)
    )
    assume(not (unquoted and any(text.startswith('"') and text[1:-1].isspace() for text, _ in values)))
    columns = [value for _, group in values for value in group]
    columns += [None] * (len(schema.columns) - 1 - len(columns))
    texts = [text for text, _ in values]
    rest: str | None = None
    if known == len(schema.fields) and (
        more := draw(st.lists(st.sampled_from(["-", "x", '"a b"', "1.2"]), max_size=unknown))
    ):
        rest = " ".join(more)
        texts += more
    names = [column.name for column in schema.columns]
    return " ".join(texts), dict(zip(names, [*columns, rest], strict=True))


# The first query starts DuckDB, which takes longer than hypothesis's deadline for one example; and a line has some
# seventy values to draw, so that 50 examples already take seconds.
patient = settings(deadline=None, max_examples=50)


def agree(schema: LogSchema, line: str, row: Row | None) -> None:
    assert python_row(schema, line) == row
    assert re2_row(schema, line) == blank(row)


@pytest.mark.slow
@patient
@given(log_lines(ALB_ACCESS_LOG, 2))
def test_access_lines_of_29_to_36_fields(drawn: tuple[str, Row]) -> None:
    line, row = drawn
    assert parse(ALB_ACCESS_LOG, line) == row
    agree(ALB_ACCESS_LOG, line, row)


@patient
@given(log_lines(ALB_CONNECTION_LOG, 2))
def test_connection_lines_of_11_to_15_fields(drawn: tuple[str, Row]) -> None:
    line, row = drawn
    assert parse(ALB_CONNECTION_LOG, line) == row
    agree(ALB_CONNECTION_LOG, line, row)


def agree_on_quoted_lists(line: str) -> None:
    by_expression = python_row(ALB_ACCESS_LOG, line)
    assert re2_row(ALB_ACCESS_LOG, line) == blank(by_expression)
    # Only where a list lacks a quote is the expression more tolerant than the parser (see LOOSELY_QUOTED).
    if by_expression is None or lists_are_quoted(line):
        assert parse(ALB_ACCESS_LOG, line) == by_expression


@pytest.mark.slow
@patient
@given(log_lines(ALB_ACCESS_LOG, 2), st.data())
def test_a_line_cut_short_keeps_its_fields_or_matches_nowhere(drawn: tuple[str, Row], data: st.DataObject) -> None:
    line = drawn[0]
    agree_on_quoted_lists(line[: data.draw(st.integers(0, len(line)))])


@pytest.mark.slow
@patient
@given(log_lines(ALB_ACCESS_LOG, 2), st.data())
def test_damaged_lines_are_read_alike_or_refused(drawn: tuple[str, Row], data: st.DataObject) -> None:
    line = drawn[0]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(line)))
        width = data.draw(st.integers(0, 3))
        line = line[:at] + data.draw(st.text('" -:[]a1\\', max_size=3)) + line[at + width :]
    agree_on_quoted_lists(line)
