"""What an archival job reads, as a value; pure.

A source is any table that Athena can read and that is partitioned by the day its files arrived: the load balancer's
access logs (:mod:`northsouth.logs.archive_alb` makes that one) or one's own application logs.
"""

from __future__ import annotations

from dataclasses import dataclass

from northsouth.metrics import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveColumn:
    """One column of the archive.

    Attributes:
        name: its name in the archive.
        type: its Glue (Hive) type: ``string``, ``int``, ``bigint``, ``double``, ``timestamp``.
        sql: the Athena expression over the source's columns that yields it; the column of that name if empty.
        comment: one line for the Glue catalog.

    """

    name: str
    type: str = "string"
    sql: str = ""
    comment: str = ""

    @property
    def selected(self) -> str:
        """The item of a ``SELECT`` list that yields this column."""
        quoted = f'"{self.name}"'
        return f"{self.sql} AS {quoted}" if self.sql else quoted


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

    Attributes:
        database: the Glue database that holds the table.
        table: the table.
        bucket: the bucket its objects are in; the job's role may read it.
        prefix: the part of the bucket its objects are in, without a leading slash; empty for all of it.
        kms_key_arn: the key its objects are encrypted with, if any (never for load balancer logs).
        time: Athena expression: when a row happened, in UTC, as ISO 8601 text (``2026-11-21T22:05:01Z``). It is
            compared as text, so every value must have the same layout.
        day: the partition column that holds the day an object was *delivered*.
        day_picture: how that column writes a day, as a JSONata date picture.
        where: a further condition that every row must meet, or an empty string.
        columns: the archive's columns.
        unparsed: Athena condition over the archive's columns: the row could not be parsed.
        matched: Athena condition over the archive's columns: the row is one that ``expected`` counts too.
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
    day: str = "day"
    day_picture: str = "[Y0001]/[M01]/[D01]"
    where: str = ""
    columns: tuple[ArchiveColumn, ...]
    unparsed: str = "FALSE"
    matched: str = "TRUE"
    expected: Metric | None = None
    paths: PathRange | None = None
    retention_days: int | None = None
