"""JSON documents of APIs: recognised by their keys, and read whole, because one object has all points.

An answer of ``get-metric-data`` has at most 100,800 points, some 5 MB. Documents of more than ``MAX_BYTES`` are
refused; rows (JSON lines, CSV, Parquet) have no such limit.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from northsouth.alerts.replay.files.source import File, unreadable
from northsouth.errors import ConfigurationError
from northsouth.errors.reading import fault

MAX_BYTES = 256 * 1024 * 1024


Json: TypeAlias = Any
"""A value of a JSON document."""


def document(file: File) -> Json:
    """Return what a JSON file says.

    Raises:
        ConfigurationError: if it is not JSON, is cut off, or is too long.

    """
    try:
        with gzip.open(file.path) if file.compressed else file.path.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise unreadable(file.name, fault(error), "a gzip file that is whole", "Fetch it again.") from error
    if len(raw) > MAX_BYTES:
        allowed = f"a JSON document has at most {MAX_BYTES // 1024**2} MiB"
        raise unreadable(
            file.name, "more than that", allowed, "Split it by metric or time, or give rows: CSV, Parquet."
        )
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise unreadable(file.name, "bytes that are not UTF-8", "JSON is UTF-8", "Save it as UTF-8.") from error
    except RecursionError as error:
        raise unreadable(file.name, "JSON nested too deep", "the answer of a metrics API", "Check the file.") from error
    except json.JSONDecodeError as error:
        given = f"no JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        raise unreadable(
            file.name, given, "a JSON document that is whole", "Fetch it again; it may be cut off."
        ) from error
    except ValueError as error:  # a number of thousands of digits
        raise unreadable(file.name, fault(error), "numbers a float can hold", "Correct the number.") from error


@contextmanager
def of_form(name: str, form: str) -> Iterator[None]:
    """Refuse a document whose values are not of the types that its form has.

    Args:
        name: the name of its file.
        form: what the document should be, for the message.

    Raises:
        ConfigurationError: in place of what a value of another type leads to.

    """
    try:
        yield
    except ConfigurationError:
        raise
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError) as error:
        given = f"JSON with a value of another type ({error})"
        raise unreadable(name, given[:300], f"an answer of {form}", "Fetch it again.") from error
