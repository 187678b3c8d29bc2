"""Changed column types of Glue tables, after which Athena no longer reads what is stored; pure.

A partition keeps the columns with which it was registered, and a Parquet file those with which it was written. Athena
checks that each column's type in the partition can be read as the table's, and fails every query of a partition where
it cannot (``HIVE_PARTITION_SCHEMA_MISMATCH``; docs.aws.amazon.com/athena/latest/ug/updates-and-partitions.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from northsouth.template import Value
from northsouth.template.values import at

_WHOLE = ("tinyint", "smallint", "int", "bigint")
READABLE_AS: Mapping[str, frozenset[str]] = {
    **{kind: frozenset(_WHOLE[place + 1 :]) for place, kind in enumerate(_WHOLE)},
    "float": frozenset({"double"}),
}
"""By the type of a stored column, the other types as which Athena reads all of its values.

AWS's table (docs.aws.amazon.com/athena/latest/ug/updates-changing-column-type.html) also lists a string that is read as
a whole number. It is left out here, because not every string is one.
"""

_TABLE = re.compile(r"(?:module\.[^.]+\.)*aws_glue_catalog_table\.")


def is_readable(stored: str, table: str) -> bool:
    """Tell whether Athena reads every value of a stored type as the table's type."""
    stored, table = _plain(stored), _plain(table)
    return stored == table or table in READABLE_AS.get(stored, ())


def unreadable_columns(address: str, before: Value, after: Value) -> tuple[str, ...]:
    """Return the columns of a Glue table whose stored values can no longer be read, by name.

    Args:
        address: the resource's address; all but a Glue table have no columns.
        before: its arguments before.
        after: its arguments after. Types that are not known yet are skipped.

    """
    if not _TABLE.match(address) or not _keeps_types(before):
        return ()
    stored = dict(_types(before))
    return tuple(
        name for name, kind in _types(after) if "${" not in kind and not is_readable(stored.get(name, kind), kind)
    )


def _keeps_types(table: Value) -> bool:
    """Tell whether types are stored: in the files of columnar formats, or in registered partitions."""
    form = str(at(table, "storage_descriptor.input_format")).lower()
    projected = str(at(table, 'parameters["projection.enabled"]')).lower() == "true"
    return "parquet" in form or ".orc." in form or (bool(at(table, "partition_keys")) and not projected)


def _types(table: Value) -> Iterator[tuple[str, str]]:
    columns = at(table, "storage_descriptor.columns")
    for column in columns if isinstance(columns, tuple) else (columns,):
        if isinstance(column, Mapping) and isinstance(kind := column.get("type"), str):
            yield str(column.get("name")), kind


def _plain(kind: str) -> str:
    kind = re.sub(r"\s", "", kind.lower())
    return "int" if kind == "integer" else kind
