"""The queries on rows of metrics that DuckDB answers, and its errors in plain words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from northsouth.alerts.replay.files.source import unreadable

if TYPE_CHECKING:
    import duckdb

REFUSED = "northsouth"
"""How the text of an error begins that a query of this package raises."""


def asked(opened: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the columns of a query's answer as NumPy arrays.

    Raises:
        ConfigurationError: if the file cannot be read; the text is DuckDB's, without its hints.

    """
    import duckdb

    try:
        columns: dict[str, Any] = opened.execute(query, parameters).fetchnumpy()
    except duckdb.Error as error:
        raise _refused(name, str(error)) from error
    return columns


def _refused(name: str, text: str) -> Exception:
    refusal = re.search(rf"{REFUSED}\|(?P<given>.*?)\|(?P<allowed>.*?)\|(?P<fix>[^|]*?)\|", text, flags=re.DOTALL)
    if refusal:
        return unreadable(name, refusal["given"], refusal["allowed"], refusal["fix"])
    first = re.sub(r"^[A-Z][\w ]*Error: ", "", text).strip().split("\n")
    lines = [line.strip() for line in first if line.strip()]
    given = "; ".join(lines[:3])
    return unreadable(
        name, given[:300], "a file that is whole, in one form throughout", "Correct the file, or fetch it again."
    )


def refusing(text: str, allowed: str, fix: str) -> str:
    """Return SQL that refuses a row; ``text`` is SQL for what was given."""
    return f"error(concat('{REFUSED}|', {text}, '|{_quoted(allowed)}|{_quoted(fix)}|'))"


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def identifier(name: str) -> str:
    """Return a column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'
