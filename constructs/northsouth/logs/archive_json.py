"""JSON lines as a source of the archive: each line is read as text, and taken apart in SQL; pure.

A JSON SerDe cannot keep a balance. One malformed line fails every query that reads its day, and of the OpenX SerDe AWS
says that "the results can contain more rows than expected, fewer rows than expected, or unexpected null values"
(docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html). So the raw table has one column, the line, and every line
is a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from northsouth.errors import Problem
from northsouth.logs.archive_source import ArchiveColumn, SourceTable
from northsouth.logs.archive_times import TimeFormat
from northsouth.logs.bucket_rules import check_day
from northsouth.metrics import Metric
from northsouth.tokens import is_token

RAW_LINE = "line"
"""The raw table's one column."""
RAW_REGEX = "([^\n]*)"
"""Any line; ``.`` would leave out lines with one of Unicode's line separators in them."""
RECORD = f'TRY(json_parse("{RAW_LINE}"))'
# What a reader makes of bytes that are not UTF-8: the line in the archive would not be the line that was delivered.
_REPLACED = f'strpos("{RAW_LINE}", chr(65533)) > 0'
UNPARSED = f'"record" IS NULL OR {_REPLACED}'
"""The Athena condition for a line that is no record."""


def json_field(path: str) -> str:
    """Return the Athena expression for a field of a :class:`JsonSource`'s records: ``json_field("$.user.id")``.

    Args:
        path: where the field is, as a JSON path of Athena: ``$.took``, ``$.user.id``, ``$.hops[0]``,
            ``$["a.b"]``. A string gives its text, a number or a boolean what JSON writes, an object or a list its JSON.
            ``null``, and a field that is not there, give NULL.

    """
    quoted = path.replace("'", "''")
    scalar = f"json_extract_scalar(\"record\", '{quoted}')"
    return f"coalesce({scalar}, nullif(json_format(json_extract(\"record\", '{quoted}')), 'null'))"


def json_name(name: str) -> str:
    """Return the Athena expression for a field by its name, with dots between objects: ``user.id``, ``@timestamp``."""
    return json_field("$" + "".join(f'["{part}"]' for part in name.split(".")))


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonSource:
    """JSON lines that an application, Firehose, Fluent Bit or Logstash writes to a bucket: one object on each line.

    The archive makes the raw table. The objects lie in a folder for each day of delivery, ``yyyy/MM/dd/``, plain or
    compressed. A line is an unparsed row if it is not a JSON object, has no time that can be read, or has a value of
    another type than its column's. Such a row keeps the whole line. Fields that no column names are not archived. A
    column ``ArchiveColumn(name="line", sql='"line"')`` keeps every line whole.

    Attributes:
        bucket: the bucket.
        prefix: the folder that the days are in, without slashes at its ends; empty for the bucket itself.
        since: the first day there are objects of, ``YYYY/MM/DD``.
        time: the field that says when a row happened: its name, or an expression such as ``json_field("$.meta.at")``.
        times: how ``time``, and every column of type ``timestamp``, is written; the first that fits counts.
        columns: the archive's columns. A column's value is the field of its name, or ``sql``: ``json_field(...)``.
        object_time: as of :class:`~northsouth.logs.SourceTable`. With Firehose's names, for example,
            ``TRY(date_parse(regexp_extract("$path", '-([0-9]{4}(-[0-9]{2}){5})-', 1), '%Y-%m-%d-%H-%i-%s'))``.
        early_minutes: as of :class:`~northsouth.logs.SourceTable`.
        matched: as of :class:`~northsouth.logs.SourceTable`.
        expected: as of :class:`~northsouth.logs.SourceTable`.
        kms_key_arn: the key the objects are encrypted with, if any.
        retention_days: after how many days the source deletes its objects; ``None`` if never, or not known.

    """

    bucket: str
    prefix: str = ""
    since: str
    time: str
    times: tuple[TimeFormat, ...] = (TimeFormat.iso(),)
    columns: tuple[ArchiveColumn, ...]
    object_time: str = ""
    early_minutes: int = 60
    matched: str = "TRUE"
    expected: Metric | None = None
    kms_key_arn: str | None = None
    retention_days: int | None = None

    @property
    def location(self) -> str:
        """The S3 address of the days' folders."""
        return f"s3://{self.bucket}/{self.prefix}/" if self.prefix else f"s3://{self.bucket}/"

    def table(self, database: str, name: str) -> SourceTable:
        """Return the source that reads the raw table ``name``."""
        return SourceTable(
            database=database,
            table=name,
            bucket=self.bucket,
            prefix=self.prefix,
            kms_key_arn=self.kms_key_arn,
            time=_field(self.time),
            times=self.times,
            object_time=self.object_time,
            early_minutes=self.early_minutes,
            record=RECORD,
            line=f'"{RAW_LINE}"',
            columns=json_columns(self.columns),
            unparsed=UNPARSED,
            matched=self.matched,
            expected=self.expected,
            retention_days=self.retention_days,
        )


def json_columns(columns: Sequence[ArchiveColumn]) -> tuple[ArchiveColumn, ...]:
    """Return the columns, each with its expression; by default, that of the field of the same name."""
    return tuple(column if column.sql else replace(column, sql=_field(column.name)) for column in columns)


def _field(name: str) -> str:
    return json_field(f"$.{name}") if name.isidentifier() else name


def check_json_source(source: JsonSource, *, where: str) -> Iterator[Problem]:
    """Yield what is wrong with the location of JSON lines. Their rows are checked as those of every table."""
    yield from check_day(source.since, f"{where}.since")
    if not is_token(source.prefix) and (source.prefix.startswith("/") or source.prefix.endswith("/")):
        yield Problem(
            f"{where}.prefix",
            repr(source.prefix),
            "a prefix has no slash at its ends",
            f"Write {source.prefix.strip('/')!r}.",
        )
    if not source.time:
        yield Problem(f"{where}.time", "''", "a row's time is in one of its fields", "Name that field.")
