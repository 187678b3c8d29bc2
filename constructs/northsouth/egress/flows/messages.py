"""Records that left CloudWatch Logs as something other than AWS's files: their lines, written to a plain file; pure.

Known forms: the envelope of a subscription (``logEvents``), what ``aws logs get-log-events`` and ``filter-log-events``
print (``events``), the results of Logs Insights as JSON (``results`` with a field ``@message``) or CSV (a column
``@message``), and the lines of an export task, which begin with a time.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from northsouth.errors import ConfigurationError, Problem
from northsouth.errors.reading import fault

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z ")
_COLUMN = "@message"


def is_export(text: str) -> bool:
    """Tell whether the beginning of a file is one of these forms."""
    first = text.lstrip().split("\n", 1)[0]
    return first.startswith(("{", "[")) or _TIME.match(first) is not None or _COLUMN in first


def lines_of(path: Path, folder: Path, *, compressed: bool) -> Path:
    """Write the records of a file as plain lines to a folder and return where.

    Raises:
        ConfigurationError: if it has none.

    """
    target = folder / f"{len(list(folder.iterdir()))}.log"
    count = 0
    with _text(path, compressed=compressed) as content, target.open("w", encoding="utf-8") as out:
        try:
            for message in _messages(content):
                out.write(message.rstrip("\n") + "\n")
                count += 1
        except (ValueError, OSError, EOFError, RecursionError, csv.Error, zlib.error) as error:
            problem = Problem(
                str(path), fault(error)[:200], "JSON, CSV or lines as CloudWatch Logs writes them", "Fetch it again."
            )
            raise ConfigurationError("the flow logs", [problem]) from error
    if not count:
        allowed = "logEvents, events, or results with @message"
        problem = Problem(str(path), "no message", allowed, "Export the records, or read AWS's own files.")
        raise ConfigurationError("the flow logs", [problem])
    return target


def _text(path: Path, *, compressed: bool) -> IO[str]:
    return gzip.open(path, "rt", encoding="utf-8") if compressed else path.open(encoding="utf-8")


def _messages(content: IO[str]) -> Iterator[str]:
    first = content.readline()
    content.seek(0)
    if first.lstrip().startswith(("{", "[")):
        yield from (message for document in _documents(content.read()) for message in _of_document(document))
    elif _TIME.match(first):
        yield from (_TIME.sub("", line, count=1) for line in content if line.strip())
    else:
        yield from (row[_COLUMN] for row in csv.DictReader(content) if row.get(_COLUMN))


def _documents(text: str) -> Iterator[Any]:
    decoder, place = json.JSONDecoder(), 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        document, place = decoder.raw_decode(text, place)
        yield document


def _of_document(document: object) -> Iterator[str]:
    if isinstance(document, list):
        for entry in document:
            yield from _of_document(entry)
    elif isinstance(document, dict):
        for event in [*document.get("logEvents", []), *document.get("events", [])]:
            yield str(event["message"])
        for row in document.get("results", []):
            yield from (str(cell["value"]) for cell in row if cell.get("field") == _COLUMN)
        if isinstance(document.get("message"), str):
            yield document["message"]
