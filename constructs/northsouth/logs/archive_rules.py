"""What an archive's arguments must keep to; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from northsouth.errors import Problem
from northsouth.logs.archive_alb import AlbSource, check_alb_source
from northsouth.logs.archive_schedule import ArchiveSchedule, check_retention
from northsouth.logs.archive_source import SourceTable
from northsouth.tokens import is_token

MINIMUM_SCAN_BYTES = 10 * 1024 * 1024
"""Athena's own minimum is 10,000,000 bytes; Terraform's AWS provider asks for 10 MiB, so that is the limit here."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,23}")
_RESERVED_COLUMNS = ("day", "hour")


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
    sources: Mapping[str, AlbSource | SourceTable], *, bucket: str, kms_key_arn: str | None, schedule: ArchiveSchedule
) -> Iterator[Problem]:
    """Yield what is wrong with the sources, each under its own name."""
    if not sources:
        yield Problem("sources", "none", "an archive has at least one source", "Name what to archive.")
    for name, source in sources.items():
        where = f"sources.{name}"
        yield from check_name(name, where)
        if not is_token(source.bucket) and source.bucket == bucket:
            yield from _same_bucket(where, bucket, kms_key_arn)
        yield from check_retention(schedule, source.retention_days, where=f"{where}.retention_days")
        if isinstance(source, AlbSource):
            yield from check_alb_source(source, where=where)
        else:
            yield from _check_table(source, where)


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


def _check_table(source: SourceTable, where: str) -> Iterator[Problem]:
    if not source.columns:
        yield Problem(f"{where}.columns", "none", "an archive has at least one column", "List the columns to keep.")
    names = [column.name for column in source.columns]
    for position, name in enumerate(names):
        if name in _RESERVED_COLUMNS:
            yield Problem(
                f"{where}.columns[{position}]",
                repr(name),
                "day and hour are the archive's own partition columns",
                "Give the column another name.",
            )
        if name in names[:position]:
            yield Problem(f"{where}.columns[{position}]", repr(name), "a name occurs once", "Name each column once.")
    expected = source.expected
    if expected is not None and expected.statistic not in ("Sum", "SampleCount"):
        yield Problem(
            f"{where}.expected",
            repr(expected.statistic),
            "records are compared with a count of events: Sum or SampleCount",
            "Use the metric's Sum.",
        )
