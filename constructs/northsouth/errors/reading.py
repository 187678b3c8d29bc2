"""Says in plain words why a file cannot be read, in place of Python's own words."""

from __future__ import annotations

import json
import re
import zlib

_TWICE = re.compile(r"Cannot declare \((.*)\) twice(.*)")
_KEY = re.compile(r"'([^']*)'")


def fault(error: Exception) -> str:
    """Return what is wrong with a file, as the `given` of a problem or the end of a line.

    The words have no path and no error number: the report names the file.

    Args:
        error: what reading, decompressing, decoding or parsing the file raised.

    """
    if isinstance(error, json.JSONDecodeError):
        place = f"line {error.lineno}, column {error.colno}"
        return f"not JSON: {error.msg} at {place}" if error.doc.strip() else "an empty file"
    if isinstance(error, UnicodeDecodeError):
        return (
            f"bytes that are not {error.encoding.upper()} (0x{error.object[error.start]:02x} at offset {error.start})"
        )
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, EOFError):
        return "gzip data that is cut off"
    if isinstance(error, zlib.error):
        return "gzip data that is damaged"
    if isinstance(error, OSError):  # gzip's own errors have no text of the system
        return error.strerror or "gzip data that is damaged"
    if "integer string conversion" in str(error):
        return "a number with too many digits"
    # tomllib names a table by a tuple of its keys.
    twice = _TWICE.match(str(error))
    return f"the table [{'.'.join(_KEY.findall(twice[1]))}] twice{twice[2]}" if twice else str(error)
