"""How the archive makes a typed value of a raw one, and knows that it could not; pure.

A row with a raw value of another type than its column's counts as unparsed. The texts that count as a value are
spelt out, because the casts of Trino and DuckDB differ: DuckDB casts ``12.7`` to the integer 13 and takes a
number in spaces, Trino's ``double`` takes ``1d``. NULL, which JSON writes ``null`` or leaves out, is no failure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from northsouth.logs.archive_times import NUMBER, TimeFormat, instant

_WHOLE = "^[+-]?[0-9]+$"
_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_CASTS = {
    "tinyint": (_WHOLE, "tinyint"),
    "smallint": (_WHOLE, "smallint"),
    "int": (_WHOLE, "integer"),
    "bigint": (_WHOLE, "bigint"),
    "float": (NUMBER, "real"),
    "double": (NUMBER, "double"),
    "date": (_DATE, "date"),
}
"""By Glue's name of a type: what a text must look like, and Athena's name of the type."""
_MOST = {"float": "3.4028234663852886E38", "double": "1.7976931348623157E308"}
"""By Glue's name of a type, its greatest finite number."""
TYPES = ("string", "boolean", "timestamp", *_CASTS)
"""The Glue types that the archive makes of a text, besides ``decimal(p,s)``."""
_DECIMAL = re.compile(r"decimal\(\d{1,2},\d{1,2}\)")


def is_castable(glue: str) -> bool:
    """Whether the archive can make this Glue type of a text."""
    return glue in TYPES or bool(_DECIMAL.fullmatch(glue))


def value(raw: str, glue: str, times: Sequence[TimeFormat]) -> str:
    """Return Athena SQL: the SQL expression ``raw`` as a value of type ``glue``, or NULL if it has another type."""
    if glue == "string":
        return raw
    text = as_text(raw)
    if glue == "boolean":
        return f"CASE lower({text}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
    if glue == "timestamp":
        return instant(text, times)
    pattern, cast = _CASTS.get(glue, (NUMBER, glue))
    most = _MOST.get(glue)
    # A number that is too great for the type would become infinity.
    fits = f" AND abs(TRY_CAST({text} AS double)) <= {most}" if most else ""
    return f"CASE WHEN regexp_like({text}, '{pattern}'){fits} THEN TRY_CAST({text} AS {cast}) END"


def as_text(raw: str) -> str:
    """Return Athena SQL: the raw value as text, whatever type the source's column has."""
    return f"CAST({raw} AS varchar)"


def failed(raw: str, glue: str, times: Sequence[TimeFormat]) -> str:
    """Return Athena SQL: whether the raw value exists and is not of type ``glue``; empty if it cannot fail."""
    return "" if glue == "string" else f"{raw} IS NOT NULL AND {value(raw, glue, times)} IS NULL"
