"""The field types of Elasticsearch and OpenSearch as data: the column each becomes, and the values each takes; pure.

A value fits a type if the index takes it without coercion (``index.mapping.coerce: false``) and the archive makes a
value of the column's type of it. So what fits is neither in ``_ignored`` nor in ``unparsed_line``. The archive takes
more than the index does: numbers in quotes, for example.

Sources: elastic.co/docs/reference/elasticsearch/mapping-reference/field-data-types,
docs.opensearch.org/latest/mappings/supported-field-types, docs.aws.amazon.com/athena/latest/ug/data-types.html.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Final, Literal

Engine = Literal["elasticsearch", "opensearch"]
"""Who takes the template."""

FieldTypeName = Literal[
    "keyword", "constant_keyword", "wildcard", "text", "match_only_text", "ip", "binary", "boolean",
    "byte", "short", "integer", "long", "unsigned_long", "half_float", "float", "double", "scaled_float",
    "date", "date_nanos", "object", "flattened", "flat_object",
]  # fmt: skip
"""The types that a field may have."""

LONGEST_KEYWORD = 8191
"""Characters of a keyword. Lucene refuses terms of more than 32,766 bytes, and a character has up to 4
(elastic.co/docs/reference/elasticsearch/mapping-reference/ignore-above)."""
_MOST = {"half_float": 65504.0, "float": 3.4028234663852886e38, "double": 1.7976931348623157e308}
# Java knows offsets up to 18 hours.
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.]\d{1,9})?(?:Z|[+-](?:(?:0\d|1[0-7]):[0-5]\d|18:00))", re.ASCII)
DATE_FORMATS: Final = {
    "iso": "strict_date_time||strict_date_time_no_millis",
    "epoch s": "epoch_second",
    "epoch ms": "epoch_millis",
}
"""By a time format of the archive, the format of a date that takes the same texts. Both ask for an offset."""
_SECONDS = 10**11
"""Where milliseconds begin, for the archive (`archive_times`)."""


@dataclass(frozen=True, slots=True)
class FieldType:
    """A field type.

    Attributes:
        column: the Glue type of the archive's column.
        takes: what its values are, for a reader.
        fits: whether a JSON value that is neither null nor a list is one.
        family: types of one family are searched alike, so an index of each can be searched together.
        engine: the only engine that has it; ``None`` if both have it.
        parameters: what the template writes besides the type.
        keeps_objects: whether an object is one value; else its fields are fields of their own.

    """

    column: str
    takes: str
    fits: Callable[[object], bool]
    family: str
    engine: Engine | None = None
    parameters: tuple[tuple[str, object], ...] = ()
    keeps_objects: bool = False


def _is_text(value: object) -> bool:
    """Text, or what the index and the archive both write as text."""
    return isinstance(value, str | bool | int | float)


def _is_short_text(value: object) -> bool:
    return _is_text(value) and (not isinstance(value, str) or len(value) <= LONGEST_KEYWORD)


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool) or value in ("true", "false")


def _is_whole_number(bits: int) -> Callable[[object], bool]:
    half = 2 ** (bits - 1)
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and -half <= value < half


def _is_unsigned(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64


def _decimal(most: float) -> Callable[[object], bool]:
    def fits(value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return abs(value) <= most and (isinstance(value, int) or isfinite(value))

    return fits


def _is_ip(value: object) -> bool:
    try:
        return isinstance(value, str) and "%" not in value and bool(ipaddress.ip_address(value))
    except ValueError:
        return False


def _is_base64(value: object) -> bool:
    try:
        return isinstance(value, str) and base64.b64decode(value, validate=True) is not None
    except (binascii.Error, ValueError):
        return False


def is_time(value: object, formats: tuple[str, ...]) -> bool:
    """Whether a JSON value is a time in one of these formats, which are keys of :data:`DATE_FORMATS`."""
    if isinstance(value, str) and "iso" in formats and _ISO.fullmatch(value):
        return _is_instant(value)
    if isinstance(value, str) and re.fullmatch("[0-9]{1,14}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return ("epoch s" in formats and 0 <= value < _SECONDS) or (
        "epoch ms" in formats and _SECONDS <= value < _SECONDS * 1000
    )


def _is_instant(text: str) -> bool:
    try:
        # Whether there is such a day and time; Python reads at most six digits of a fraction.
        datetime.fromisoformat(re.sub(r"[.]\d+", "", text))
    except ValueError:
        return False
    return True


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _text(
    fits: Callable[[object], bool], takes: str, family: str, parameters: tuple[tuple[str, object], ...] = ()
) -> FieldType:
    return FieldType("string", takes, fits, family, parameters=parameters)


def _integer(column: str, bits: int) -> FieldType:
    most = 2 ** (bits - 1)
    return FieldType(column, f"a whole number from {-most:,} to {most - 1:,}", _is_whole_number(bits), "whole number")


def _fraction(column: str, most: float, takes: str) -> FieldType:
    return FieldType(column, takes, _decimal(most), "decimal number")


_SHORT = f"text of up to {LONGEST_KEYWORD:,} characters, a number or a boolean"
_ANY_TEXT = "text, a number or a boolean"
_NO_LONG_TERMS = (("ignore_above", LONGEST_KEYWORD),)
FIELD_TYPES: Final[Mapping[str, FieldType]] = {
    "keyword": _text(_is_short_text, _SHORT, "keyword", parameters=_NO_LONG_TERMS),
    "constant_keyword": _text(_is_short_text, _SHORT, "keyword"),
    "wildcard": _text(_is_short_text, _SHORT, "keyword", parameters=_NO_LONG_TERMS),
    "text": _text(_is_text, _ANY_TEXT, "text"),
    "match_only_text": _text(_is_text, _ANY_TEXT, "text"),
    "ip": _text(_is_ip, "an IPv4 or IPv6 address as text", "ip"),
    "binary": _text(_is_base64, "Base64 as text", "binary"),
    "boolean": FieldType("boolean", "true or false", _is_boolean, "boolean"),
    "byte": _integer("tinyint", 8),
    "short": _integer("smallint", 16),
    "integer": _integer("int", 32),
    "long": _integer("bigint", 64),
    "unsigned_long": FieldType("decimal(20,0)", f"a whole number from 0 to {2**64 - 1:,}", _is_unsigned, "unsigned"),
    "half_float": _fraction("float", _MOST["half_float"], "a number up to 65,504"),
    "float": _fraction("float", _MOST["float"], "a number up to 3.4e38"),
    "double": _fraction("double", _MOST["double"], "a number"),
    "scaled_float": _fraction("double", _MOST["double"], "a number"),
    "date": FieldType("timestamp", "a time", _is_text, "date"),
    "date_nanos": FieldType("timestamp", "a time", _is_text, "date"),
    # Kept, and returned with the document, but not indexed: so any JSON is a value.
    "object": FieldType(
        "string", "any JSON", lambda _: True, "object", parameters=(("enabled", False),), keeps_objects=True
    ),
    "flattened": FieldType(
        "string", "an object", _is_object, "flattened", "elasticsearch", _NO_LONG_TERMS, keeps_objects=True
    ),
    "flat_object": FieldType("string", "an object", _is_object, "flat_object", "opensearch", keeps_objects=True),
}
"""Every type that a list of fields may name."""

DATES = ("date", "date_nanos")
"""The types whose values are times."""
INSTEAD: Final = {
    "nested": "object",
    "geo_point": "object",
    "flattened": "flat_object",
    "flat_object": "flattened",
    "int": "integer",
    "bigint": "long",
    "tinyint": "byte",
    "smallint": "short",
    "string": "keyword",
    "bool": "boolean",
    "timestamp": "date",
    "datetime": "date",
    "number": "double",
    "real": "float",
}
"""What to write in place of a type that is not there, where the closest spelling would mislead."""
