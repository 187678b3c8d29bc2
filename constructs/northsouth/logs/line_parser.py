"""A parser of log lines that reads them character by character; pure.

It exists to check the regular expression of a schema, so it must not share anything with it but the list of fields.
"""

from __future__ import annotations

from northsouth.logs.schema import LogSchema, Shape

Row = dict[str, str | None]
"""The values of one line by column; ``None`` for what the line does not have."""

Values = list[str | None]
"""The values of one field, as many as it has columns."""


class _MismatchError(Exception):
    """The text at this place is not what the field's shape allows."""


def parse(schema: LogSchema, line: str) -> Row | None:
    """Return the columns of ``line``, or ``None`` if it is not a line of this format.

    Args:
        schema: the format.
        line: one line, without its newline.

    """
    names = [column.name for column in schema.columns]
    row: Row = dict.fromkeys(names)
    at = 0
    for number, field in enumerate(schema.fields):
        start = at if number == 0 else at + 1
        try:
            if number and not _space_at(line, at):
                raise _MismatchError
            values, end = _READERS[field.shape](line, start)
            if end < len(line) and line[end] != " ":
                raise _MismatchError
        except _MismatchError:
            if number < schema.required:
                return None
            break
        row.update(zip((column.name for column in field.columns), values, strict=True))
        at = end
    if at < len(line):
        row[names[-1]] = line[at + 1 :]
    return row


def _space_at(line: str, at: int) -> bool:
    return at < len(line) and line[at] == " "


def _bare_text(line: str, at: int) -> tuple[str, int]:
    end = line.find(" ", at)
    end = len(line) if end < 0 else end
    if '"' in line[at:end]:
        raise _MismatchError
    return line[at:end], end


def _quoted_text(line: str, at: int) -> tuple[str, int]:
    if not line.startswith('"', at):
        raise _MismatchError
    end = line.find('"', at + 1)
    if end < 0:
        raise _MismatchError
    return line[at + 1 : end], end + 1


def _bare(line: str, at: int) -> tuple[Values, int]:
    text, end = _bare_text(line, at)
    return [text], end


def _quoted(line: str, at: int) -> tuple[Values, int]:
    text, end = _quoted_text(line, at)
    return [text], end


def _loosely_quoted(line: str, at: int) -> tuple[Values, int]:
    if not line.startswith('"', at):
        return _bare(line, at)
    text, end = _quoted_text(line, at)
    if "" in text.split(" ")[1:]:
        raise _MismatchError
    return [text], end


def _endpoint(line: str, at: int) -> tuple[Values, int]:
    text, end = _bare_text(line, at)
    address, colon, port = text.rpartition(":")
    if colon and port and all(digit in "0123456789" for digit in port):
        return [address, port], end
    return [text, None], end


def _request(line: str, at: int) -> tuple[Values, int]:
    text, end = _quoted_text(line, at)
    verb, space, rest = text.partition(" ")
    if not space:
        return [verb, None, None], end
    rest = rest.removesuffix(" ")
    url, space, protocol = rest.rpartition(" ")
    if space and (protocol == "-" or protocol.startswith("HTTP/")):
        return [verb, url, protocol], end
    return [verb, rest, None], end


_READERS = {
    Shape.BARE: _bare,
    Shape.QUOTED: _quoted,
    Shape.LOOSELY_QUOTED: _loosely_quoted,
    Shape.ENDPOINT: _endpoint,
    Shape.REQUEST: _request,
}
