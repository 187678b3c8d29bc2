"""The SQL of an archival run, with holes for its window; pure.

The holes are fields of the state machine's variable ``$window`` (:mod:`northsouth.logs.archive_expressions` computes
it):

=============  ==========================================================================
``from``       the window, as the beginning of an ISO 8601 time: ``2026-11-21T22``
``day``        the archive's partition: ``2026-11-21``
``hour``       the same: ``22``; empty if windows are days
``days``       the delivery days to read, as items of an SQL list: ``'2026/11/21'``
``paths``      the objects to read, as an SQL condition on ``"$path"``
=============  ==========================================================================

Rows are chosen by their delivery day and object, and placed afterwards, so no row is left out because of what is in it:

- a row whose time can be read belongs to the window of that time, if that is no earlier than the schedule's
  ``late_days`` before the row's delivery day and no later than ``early_minutes`` after it;
- any other row belongs to the window of its object, and is unparsed.

Which window that is depends on the row, its object and its delivery day, and not on the run. So each row is in exactly
one window, and ``delivered = archived + unparsed`` for every window, as for their sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from northsouth.logs import archive_values
from northsouth.logs.archive_index import ExportedTable
from northsouth.logs.archive_schedule import ArchiveSchedule
from northsouth.logs.archive_source import SOURCE_FILE, UNPARSED_LINE, SourceTable
from northsouth.logs.archive_times import instant
from northsouth.logs.jsonata import Interpolated, Var, filled, merged

WINDOW = "$window"
COUNTS = ("archived", "matched", "unparsed", "delivered", "missing", "surplus")
"""The columns of :func:`count`, in order."""
NOT_COUNTED = -1
"""What ``delivered`` is when the source was not counted again."""


def window(field: str) -> Var:
    """Return the hole for one field of the window."""
    return Var(f"{WINDOW}.{field}")


_IN_WINDOW: Interpolated = ("\n) WHERE row_window = '", window("from"), "'")


def selection(source: SourceTable, schedule: ArchiveSchedule) -> Interpolated:
    """Return ``SELECT <archive columns> FROM <source> WHERE <in the window>``."""
    names = [*(f'"{column.name}"' for column in source.columns), f'"{UNPARSED_LINE}"', f'row_file AS "{SOURCE_FILE}"']
    return merged((f"SELECT {', '.join(names)}\nFROM (\n", *placed(source, schedule, values=True), *_IN_WINDOW))


def unload(source: SourceTable, schedule: ArchiveSchedule, folder: Interpolated) -> Interpolated:
    """Return the statement that writes a window's rows as Parquet to ``folder``, which must be empty.

    The statement is ``UNLOAD``, not ``INSERT INTO``. An insert into a partition that already has the rows doubles them,
    and the files of a failed insert stay readable in the table (Athena, INSERT INTO). An unload writes to a folder that
    no table reads yet.
    """
    return merged(
        (
            "UNLOAD (\n",
            *selection(source, schedule),
            "\n) TO '",
            *folder,
            "' WITH (format = 'PARQUET', compression = 'ZSTD')",
        )
    )


def count(
    source: SourceTable, database: str, table: str, schedule: ArchiveSchedule, *, delivered: bool = True
) -> Interpolated:
    """Return the query that counts a window in the archive and, if ``delivered``, compares it with the source.

    They are compared object by object: ``missing`` are rows of objects of which the archive has fewer, ``surplus`` rows
    of those of which it has more. Objects that the source no longer has, or that this run does not read, were delivered
    when they were archived, so they count as ``delivered`` and are ``surplus``: writing the window again would lose
    them.
    """
    partition = tuple(
        part
        for position, key in enumerate(schedule.partition_keys)
        for part in (" AND " if position else "", f"{key} = '", window(key), "'")
    )
    archived: Interpolated = (
        (
            f'SELECT "{SOURCE_FILE}" AS file, 0 AS delivered, count(*) AS stored,\n'
            f'  count_if("{UNPARSED_LINE}" IS NULL) AS parsed,\n'
            f'  count_if("{UNPARSED_LINE}" IS NULL AND ({source.matched})) AS matched\n'
            f'FROM "{database}"."{table}"\nWHERE '
        ),
        *partition,
        f'\nGROUP BY "{SOURCE_FILE}"',
    )
    if not delivered:
        totals = f"{_totals(_STORED)},\n  {NOT_COUNTED} AS delivered,\n  0 AS missing,\n  0 AS surplus"
        return merged((f"SELECT {totals}\nFROM (\n", *archived, "\n)"))
    return merged(
        (
            f"SELECT {_totals({**_STORED, **_COMPARED})}\nFROM (\n",
            _BY_OBJECT,
            *_delivered_by_file(source, schedule),
            "\nUNION ALL\n",
            *archived,
            _OF_ONE_OBJECT,
        )
    )


_BY_OBJECT = """SELECT sum(delivered) AS delivered, sum(stored) AS stored,
  sum(parsed) AS parsed, sum(matched) AS matched
FROM (
SELECT *, bool_or(file IS NULL) OVER () AS is_old
FROM (
"""
# A window of an earlier version does not say which object a row is from: it is compared as a whole.
_OF_ONE_OBJECT = "\n))\nGROUP BY CASE WHEN is_old THEN '' ELSE file END\n)"
_STORED = {"archived": "parsed", "matched": "matched", "unparsed": "stored - parsed"}
_COMPARED = {
    "delivered": "CASE WHEN delivered = 0 THEN stored ELSE delivered END",
    "missing": "greatest(delivered - stored, 0)",
    "surplus": "greatest(stored - delivered, 0)",
}


def _totals(columns: Mapping[str, str]) -> str:
    return ",\n  ".join(f"coalesce(sum({expression}), 0) AS {name}" for name, expression in columns.items())


def _delivered_by_file(source: SourceTable, schedule: ArchiveSchedule) -> Interpolated:
    """Return the query that counts a window's rows in the source, object by object."""
    return (
        "SELECT row_file AS file, count(*) AS delivered, 0 AS stored, 0 AS parsed, 0 AS matched\nFROM (\n",
        *placed(source, schedule),
        *_IN_WINDOW,
        "\nGROUP BY row_file",
    )


def placed(source: SourceTable, schedule: ArchiveSchedule, *, values: bool = False, line: bool = False) -> Interpolated:
    """Return the query of the rows of the chosen objects, with ``row_window``, the window each belongs to.

    Each level of it names what the next one uses more than once.

    Args:
        source: the source.
        schedule: its windows.
        values: with the archive's columns, ``unparsed_line`` among them.
        line: with ``row_line``, the raw line.

    """
    window_of = (
        f"date_format(CASE WHEN row_placed THEN row_time ELSE coalesce({_time_of_object(source, schedule)},"
        f" date_add('minute', 1439, row_day)) END, '{'%Y-%m-%dT%H' if schedule.is_hourly else '%Y-%m-%d'}')"
    )
    unparsed = f', CASE WHEN row_failed OR NOT row_placed THEN row_line END AS "{UNPARSED_LINE}"' if values else ""
    typed = [
        "row_file",
        "row_day",
        f"{instant('row_at', source.times)} AS row_time",
        *(["row_object_time"] if source.object_time else []),
        *(["row_line"] if values or line else []),
        *(_typed(source) if values else []),
    ]
    return merged(
        (
            (
                f"SELECT *{unparsed},\n  {window_of} AS row_window\n"
                f"FROM (\nSELECT *, coalesce({_plausible('row_time', source, schedule)}, FALSE) AS row_placed\n"
                f"FROM (\nSELECT {_listed(typed)}\nFROM (\n"
            ),
            *_raw(source, values=values, line=line),
            "\n)))",
        )
    )


def _time_of_object(source: SourceTable, schedule: ArchiveSchedule) -> str:
    """Return the time that places a row which has none: that in its object's name, or its object's latest row's."""
    if source.object_time:
        return f"CASE WHEN {_plausible('row_object_time', source, schedule)} THEN row_object_time END"
    return "max(CASE WHEN row_placed THEN row_time END) OVER (PARTITION BY row_file)"


def _plausible(time: str, source: SourceTable, schedule: ArchiveSchedule) -> str:
    """Return the condition that a row delivered on ``row_day`` can have a time."""
    latest = 24 * 60 + source.early_minutes
    return (
        f"{time} >= date_add('day', {-schedule.late_days}, row_day) AND {time} < date_add('minute', {latest}, row_day)"
    )


def _typed(source: SourceTable) -> Iterator[str]:
    """Yield the archive's columns, made of ``raw_0``, ``raw_1`` and so on, and whether one could not be made."""
    failures = ["row_bad"]
    for position, column in enumerate(source.columns):
        raw = f"raw_{position}"
        if column.failed is None:
            yield f'{archive_values.value(raw, column.type, source.times)} AS "{column.name}"'
            if failure := archive_values.failed(raw, column.type, source.times):
                failures.append(failure)
        else:
            yield f'{raw} AS "{column.name}"'
    yield f"{' OR '.join(failures)} AS row_failed"


def _raw(source: SourceTable, *, values: bool, line: bool) -> Interpolated:
    """Return the query of the raw values of the chosen objects."""
    items = [
        '"$path" AS row_file',
        f"date_parse(regexp_replace(CAST({source.day} AS varchar), '[^0-9]', ''), '%Y%m%d') AS row_day",
        f"{archive_values.as_text(source.time)} AS row_at",
    ]
    if source.object_time:
        items.append(f"{source.object_time} AS row_object_time")
    if values or line:
        items.append(f"{_line(source)} AS row_line")
    if values:
        items += [f"{column.raw} AS raw_{position}" for position, column in enumerate(source.columns)]
        bad = (source.unparsed, *(column.failed for column in source.columns if column.failed))
        conditions = [f"coalesce({condition}, FALSE)" for condition in bad if condition != "FALSE"]
        items.append(f"{' OR '.join(conditions) or 'FALSE'} AS row_bad")
    return (f"SELECT {_listed(items)}\n", *_objects(source))


def _objects(source: SourceTable) -> Interpolated:
    """Return ``FROM <source> WHERE <in the objects of the window>``."""
    is_kept = source.paths is not None or isinstance(source, ExportedTable)
    objects: Interpolated = ("\n  AND (", window("paths"), ")") if is_kept else ()
    where = f"\n  AND ({source.where})" if source.where else ""
    rows: Interpolated = (
        f'FROM "{source.database}"."{source.table}"\nWHERE {source.day} IN (',
        window("days"),
        ")",
        *objects,
        where,
    )
    if not source.record:
        return rows
    return (f'FROM (\nSELECT {source.line}, {source.day}, "$path", {source.record} AS "record"\n', *rows, "\n)")


def _line(source: SourceTable) -> str:
    """Return the raw line, or the raw values as a JSON object."""
    if source.line:
        return source.line
    raw = {column.name: column.raw for column in source.columns if column.failed is None}
    raw["row_time"] = source.time
    names = ", ".join(f"'{name}'" for name in raw)
    values = ", ".join(archive_values.as_text(expression) for expression in raw.values())
    return f"json_format(CAST(MAP(ARRAY[{names}], ARRAY[{values}]) AS JSON))"


def _listed(items: Sequence[str]) -> str:
    return ",\n  ".join(items)


def for_window(text: Interpolated, values: Mapping[str, str]) -> str:
    """Return ``text`` with the fields of a window filled in: plain SQL."""
    return filled(text, lambda hole: values[hole.expression.removeprefix(f"{WINDOW}.")])
