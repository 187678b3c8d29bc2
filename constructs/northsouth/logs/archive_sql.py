"""The SQL of an archival run, with holes for its window; pure.

The holes are fields of the state machine's variable ``$window`` (:mod:`northsouth.logs.archive_workflow` computes it):

=============  ==========================================================================
``from``       the window's first instant as the beginning of an ISO 8601 time: ``2026-11-21T22``
``to``         the next window's: ``2026-11-21T23``
``day``        the archive's partition: ``2026-11-21``
``hour``       the same: ``22``; empty if windows are days
``days``       the delivery days to read, as items of an SQL list: ``'2026/11/21'``
``paths``      the objects to read, as an SQL condition on ``"$path"``
=============  ==========================================================================

ISO 8601 times sort as text, and ``from`` and ``to`` are prefixes of them, so ``time >= from AND time < to`` needs no
parsing and never fails on a malformed time.
"""

from __future__ import annotations

from collections.abc import Mapping

from northsouth.logs.archive_schedule import ArchiveSchedule
from northsouth.logs.archive_source import SourceTable
from northsouth.logs.jsonata import Interpolated, Var, filled, merged

WINDOW = "$window"
COUNTS = ("archived", "matched", "unparsed", "delivered")
"""The columns of :func:`count`, in order."""
NOT_COUNTED = -1
"""What ``delivered`` is when the source was not counted again."""


def window(field: str) -> Var:
    """Return the hole for one field of the window."""
    return Var(f"{WINDOW}.{field}")


def selection(source: SourceTable) -> Interpolated:
    """Return ``SELECT <archive columns> FROM <source> WHERE <in the window>``."""
    columns = ",\n  ".join(column.selected for column in source.columns)
    return merged((f"SELECT\n  {columns}\n", *_from_window(source)))


def unload(source: SourceTable, folder: Interpolated) -> Interpolated:
    """Return the statement that writes a window's rows as Parquet to ``folder``, which must be empty.

    ``UNLOAD`` and not ``INSERT INTO``: an insert into a partition that already has the rows doubles them, and the files
    of a failed insert stay readable in the table (Athena, INSERT INTO). An unload writes where no table looks yet.
    """
    return merged(
        (
            "UNLOAD (\n",
            *selection(source),
            "\n) TO '",
            *folder,
            "' WITH (format = 'PARQUET', compression = 'ZSTD')",
        )
    )


def count(
    source: SourceTable, database: str, table: str, schedule: ArchiveSchedule, *, delivered: bool = True
) -> Interpolated:
    """Return the query that counts a window in the archive and, if ``delivered``, once more in the source."""
    lines: Interpolated = ("(SELECT count(*) ", *_from_window(source), ")") if delivered else (str(NOT_COUNTED),)
    partition = tuple(
        part
        for position, key in enumerate(schedule.partition_keys)
        for part in (" AND " if position else "", f"{key} = '", window(key), "'")
    )
    return merged(
        (
            f"SELECT count(*) AS archived,\n  count(*) FILTER (WHERE {source.matched}) AS matched,\n",
            f"  count(*) FILTER (WHERE {source.unparsed}) AS unparsed,\n  ",
            *lines,
            f' AS delivered\nFROM "{database}"."{table}"\nWHERE ',
            *partition,
        )
    )


def _from_window(source: SourceTable) -> Interpolated:
    paths: Interpolated = ("\n  AND (", window("paths"), ")") if source.paths else ()
    where = f"\n  AND ({source.where})" if source.where else ""
    return (
        f'FROM "{source.database}"."{source.table}"\nWHERE {source.day} IN (',
        window("days"),
        ")",
        *paths,
        where,
        f"\n  AND {source.time} >= '",
        window("from"),
        f"'\n  AND {source.time} < '",
        window("to"),
        "'",
    )


def for_window(text: Interpolated, values: Mapping[str, str]) -> str:
    """Return ``text`` with the fields of a window filled in: plain SQL."""
    return filled(text, lambda hole: values[hole.expression.removeprefix(f"{WINDOW}.")])
