"""What an archive's arguments must keep to; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from northsouth.errors import Problem
from northsouth.logs.archive_alb import AlbSource, check_alb_source
from northsouth.logs.archive_index import IndexSource, check_index_source
from northsouth.logs.archive_json import JsonSource, check_json_source
from northsouth.logs.archive_schedule import MINUTES_OF_DAY, ArchiveSchedule, check_retention
from northsouth.logs.archive_source import SOURCE_FILE, UNPARSED_LINE, ArchiveColumn, SourceTable
from northsouth.logs.archive_times import check_times
from northsouth.logs.archive_values import TYPES, is_castable
from northsouth.tokens import is_token

MINIMUM_SCAN_BYTES = 10 * 1024 * 1024
"""Athena's own minimum is 10,000,000 bytes; Terraform's AWS provider asks for 10 MiB, so that is the limit here."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,23}")
_COLUMN = re.compile(r"[a-z0-9_]{1,255}")
_RESERVED_COLUMNS = ("day", "hour", UNPARSED_LINE, SOURCE_FILE)
_HIDING = re.compile(r"\btry(_cast)?\s*\(", re.IGNORECASE)


def check_name(value: str, where: str) -> Iterator[Problem]:
    """Yield a problem unless ``value`` can name a Glue database or table, a folder and a role's part at once."""
    if not is_token(value) and not _NAME.fullmatch(value):
        yield Problem(
            where,
            repr(value),
            "a lower-case letter, then up to 23 of a-z, 0-9 and _",
            "Choose such a name; it becomes the name of Glue tables, which Athena wants in lower case.",
            "docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html",
        )


def check_scan_limit(scan_limit_bytes: int | None) -> Iterator[Problem]:
    """Yield a problem if Athena, or the provider, refuses the workgroup's limit."""
    if scan_limit_bytes is None or is_token(scan_limit_bytes) or scan_limit_bytes >= MINIMUM_SCAN_BYTES:
        return
    yield Problem(
        "scan_limit_bytes",
        f"{scan_limit_bytes:,} bytes",
        f"a workgroup's limit is at least 10 MB ({MINIMUM_SCAN_BYTES:,} bytes)",
        "Raise it, or pass None for no limit.",
        "docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfiguration.html",
    )


def check_sources(
    sources: Mapping[str, AlbSource | JsonSource | IndexSource | SourceTable],
    *,
    bucket: str,
    kms_key_arn: str | None,
    schedule: ArchiveSchedule,
    crawler: bool = False,
) -> Iterator[Problem]:
    """Yield what is wrong with the sources, each under its own name."""
    if not sources:
        yield Problem("sources", "none", "an archive has at least one source", "Name what to archive.")
    for name, source in sources.items():
        where = f"sources.{name}"
        yield from check_name(name, where)
        if isinstance(source, IndexSource):
            yield from check_index_source(source, where=where, crawler=crawler)
            yield from _check_rows(source, where)
            continue
        if not is_token(source.bucket) and source.bucket == bucket:
            yield from _same_bucket(where, bucket, kms_key_arn)
        early = 0 if isinstance(source, AlbSource) else source.early_minutes
        yield from check_retention(
            schedule, source.retention_days, where=f"{where}.retention_days", early_minutes=early
        )
        if isinstance(source, AlbSource):
            yield from check_alb_source(source, where=where)
            continue
        if isinstance(source, JsonSource):
            yield from check_json_source(source, where=where)
        else:
            yield from _check_day_picture(source, where)
        yield from _check_rows(source, where)


def _same_bucket(where: str, bucket: str, kms_key_arn: str | None) -> Iterator[Problem]:
    if kms_key_arn is not None:
        yield Problem(
            "kms_key_arn",
            f"a KMS key for {bucket!r}, the log bucket of {where}",
            "Elastic Load Balancing delivers only to buckets with SSE-S3; under KMS no log arrives",
            "Encrypt the archive, in a bucket of its own; leave the log bucket to SSE-S3.",
            "docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html",
        )
    yield Problem(
        f"{where}.bucket",
        repr(bucket),
        "the archive is a bucket of its own: logs expire soon, the archive does not",
        "Give the archive another bucket name.",
    )


def _check_day_picture(source: SourceTable, where: str) -> Iterator[Problem]:
    parts = ("[Y0001]", "[M01]", "[D01]")
    rest = source.day_picture
    for part in parts:
        rest = rest.replace(part, "", 1)
    places = [source.day_picture.find(part) for part in parts]
    if -1 in places or places != sorted(places) or re.search(r"[\[\]0-9']", rest):
        yield Problem(
            f"{where}.day_picture",
            repr(source.day_picture),
            "a delivery day is [Y0001], [M01] and [D01] in this order, with other characters than digits between them",
            "Write the days of the partition column so: [Y0001]/[M01]/[D01].",
        )


def _check_rows(source: JsonSource | IndexSource | SourceTable, where: str) -> Iterator[Problem]:
    """Yield what is wrong with how rows are placed and cast."""
    if not source.columns:
        yield Problem(f"{where}.columns", "none", "an archive has at least one column", "List the columns to keep.")
    yield from check_times(source.times, f"{where}.times")
    if not 0 <= source.early_minutes <= MINUTES_OF_DAY:
        yield Problem(
            f"{where}.early_minutes",
            str(source.early_minutes),
            "a clock is ahead by no minutes, or by up to a day",
            f"Give minutes from 0 to {MINUTES_OF_DAY}.",
        )
    names = [column.name for column in source.columns]
    for position, column in enumerate(source.columns):
        yield from _check_column(column, f"{where}.columns[{position}]", names[:position])
    expected = source.expected
    if expected is not None and expected.statistic not in ("Sum", "SampleCount"):
        yield Problem(
            f"{where}.expected",
            repr(expected.statistic),
            "records are compared with a count of events: Sum or SampleCount",
            "Use the metric's Sum.",
        )


def _check_column(column: ArchiveColumn, where: str, earlier: list[str]) -> Iterator[Problem]:
    name = column.name
    if name in _RESERVED_COLUMNS or name.startswith("row_"):
        yield Problem(
            where,
            repr(name),
            f"{', '.join(_RESERVED_COLUMNS)} and names with row_ are the archive's own",
            "Give the column another name.",
        )
    elif not is_token(name) and not _COLUMN.fullmatch(name):
        yield Problem(
            where,
            repr(name),
            "a column's name is of a-z, 0-9 and _; Glue turns other letters into lower case",
            "Name the column so, and say in sql where its value is.",
            "docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html",
        )
    if name in earlier:
        yield Problem(where, repr(name), "a name occurs once", "Name each column once.")
    if column.failed is not None:
        return
    if not is_castable(column.type):
        yield Problem(
            f"{where}.type",
            repr(column.type),
            f"the archive casts a value to one of {', '.join(TYPES)}, decimal(p,s)",
            "Use one of them, or cast in sql and say in failed when that is no value.",
        )
    if _HIDING.search(column.sql):
        yield Problem(
            f"{where}.sql",
            repr(column.sql),
            "a cast that fails would be NULL, and nobody would hear of it",
            f"Give the raw value; the archive casts it to {column.type} and counts what cannot be cast. Or say in"
            " failed when the row counts as unparsed.",
        )
