"""What an archival job reads, as a value; pure.

A source is any table that Athena can read and that is partitioned by the day its files arrived: the load balancer's
access logs (:mod:`northsouth.logs.archive_alb` makes that one), JSON lines (:mod:`northsouth.logs.archive_json`) or any
other table of one's own.
"""

from __future__ import annotations

from dataclasses import dataclass

from northsouth.logs.archive_times import TimeFormat
from northsouth.metrics import Metric

UNPARSED_LINE = "unparsed_line"
"""The archive's column with the whole raw line of a row that could not be placed or cast; NULL for all others."""
SOURCE_FILE = "source_file"
"""The archive's column with the address of the object a row came from; runs compare archive and source by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveColumn:
    """One column of the archive.

    Attributes:
        name: its name in the archive.
        type: its Glue (Hive) type: ``string``, ``int``, ``bigint``, ``double``, ``timestamp``, ``boolean``, ``date``,
            ``decimal(10,2)`` and their like.
        sql: the Athena expression over the source's columns that yields the raw value; the column of that name if
            empty. The archive casts it to ``type``. A row with a value of another type counts as
            unparsed, so do not hide such a value with ``TRY_CAST``. A ``timestamp`` is read in the source's ``times``.
        failed: the Athena condition over the source's columns under which this column makes a row count as unparsed.
            With it ``sql`` yields the value itself and is not cast: ``"FALSE"`` for an expression that cannot fail.
        comment: one line for the Glue catalog.

    """

    name: str
    type: str = "string"
    sql: str = ""
    failed: str | None = None
    comment: str = ""

    @property
    def raw(self) -> str:
        """The Athena expression of the raw value."""
        return self.sql or f'"{self.name}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRange:
    """How the object names of a source sort by time, so that a query can be kept to the objects of its window.

    An object's address is ``<prefix><delivery day><infix><end time>...``. Trino prunes objects by a range on
    ``"$path"`` before it opens them; whether Athena's build does is not documented, and nothing depends on it but cost.

    Attributes:
        prefix: ``s3://bucket/.../`` up to the delivery day.
        infix: what stands between the day and the end time.
        stamp: the end time as a JSONata date picture.
        margin_minutes: how long after the window's end an object that holds its lines may still be stamped.

    """

    prefix: str
    infix: str
    stamp: str = "[Y0001][M01][D01]T[H01][m01]Z"
    margin_minutes: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTable:
    """A table to archive, and how to tell which of its rows belong to a window of time.

    Every row that the table's reader returns is archived once: in the window of its own time, or, if it has none that
    can be read, in the window of its object. What the reader does not return cannot be counted. A JSON SerDe fails the
    query at a malformed line, or skips it; for JSON lines use :class:`~northsouth.logs.JsonSource`. The columns of a
    format are all that is left of a line there, so ``unparsed_line`` holds their values, and not the line, unless
    ``line`` says where the line is.

    Attributes:
        database: the Glue database that holds the table.
        table: the table.
        bucket: the bucket its objects are in; the job's role may read it.
        prefix: the part of the bucket its objects are in, without a leading slash; empty for all of it.
        kms_key_arn: the key its objects are encrypted with, if any (never for load balancer logs).
        time: Athena expression: when a row happened, as one of ``times``.
        times: how ``time``, and every column of type ``timestamp``, is written; the first that fits counts.
        object_time: Athena expression: the UTC ``timestamp`` in the name of a row's object (``"$path"``), NULL if there
            is none. A row whose own time cannot be read belongs to that window. If empty, it belongs to the window of
            the latest row of its object, which makes Athena sort the rows by object; or else to the last window of its
            delivery day.
        day: the partition column that holds the day an object was *delivered*.
        day_picture: how that column writes a day, as a JSONata date picture: year, month, day.
        early_minutes: how long after the end of its delivery day a row's time may be, because clocks differ.
        where: a further condition that every row must meet, or an empty string. Other rows are not delivered.
        record: Athena expression over the column of ``line`` that parses it once; the other expressions then read
            ``"record"``, ``line`` and ``"$path"`` only.
        line: Athena expression: the raw line; the raw values as a JSON object if empty.
        columns: the archive's columns.
        unparsed: Athena condition over the source's columns: the row could not be parsed, whatever its columns say.
        matched: Athena condition over the archive's columns: the row is one that ``expected`` counts too. Unparsed rows
            never are.
        expected: the metric that counts the same events independently (``Sum``); ``None`` publishes no rate.
        paths: how to keep a query to the objects of its window; ``None`` reads whole days.
        retention_days: after how many days the source deletes its objects; ``None`` if never, or not known.

    """

    database: str
    table: str
    bucket: str
    prefix: str = ""
    kms_key_arn: str | None = None
    time: str
    times: tuple[TimeFormat, ...] = (TimeFormat.iso(),)
    object_time: str = ""
    day: str = "day"
    day_picture: str = "[Y0001]/[M01]/[D01]"
    early_minutes: int = 60
    where: str = ""
    record: str = ""
    line: str = ""
    columns: tuple[ArchiveColumn, ...]
    unparsed: str = "FALSE"
    matched: str = "TRUE"
    expected: Metric | None = None
    paths: PathRange | None = None
    retention_days: int | None = None

    @property
    def archive_columns(self) -> tuple[ArchiveColumn, ...]:
        """The columns of the archive's table: the declared ones, and the two that every archive has."""
        return (
            *self.columns,
            ArchiveColumn(name=UNPARSED_LINE, comment="The raw line, if the row could not be placed or cast"),
            ArchiveColumn(name=SOURCE_FILE, comment="The object that the row came from"),
        )
