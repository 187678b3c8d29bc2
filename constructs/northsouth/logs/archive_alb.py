"""Access logs of a load balancer as a source of the archive; pure.

What RequestCount does not count, and how the numerator is matched to it
------------------------------------------------------------------------
``RequestCount`` is "only incremented for requests where the load balancer node was able to choose a target. Requests
that are rejected before a target is chosen are not reflected" (CloudWatch metrics for your Application Load Balancer).
The access log has a line for those requests too: malformed requests (400), requests without a healthy target (503),
requests that AWS WAF blocked (403), redirects and fixed responses of a listener rule. Counting all archived lines
would therefore give a rate above 1 and hide a loss behind a scanner's noise. :data:`MATCHED` counts the lines whose
request had a target:

- ``target_ip`` is there: an instance or IP target was chosen, whatever it then answered;
- or it was forwarded to a target group and the load balancer did not fail (5xx): a Lambda target, logged as ``-``;
- or it failed with one of the ``Lambda...`` reasons: the function was chosen, and its answer was not usable.

AWS documents the first sentence above and none of this list; ``AlbSource.matched`` takes another condition.

Health checks are in neither. Both ends are best effort on the log side, so a rate of 1 is usual and not promised. A
WebSocket connection is counted when it opens and logged when it closes: with long connections judge days, not hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from northsouth.errors import Problem
from northsouth.logs.alb_schema import ALB_ACCESS_LOG
from northsouth.logs.archive_source import ArchiveColumn, PathRange, SourceTable
from northsouth.logs.bucket_rules import check_day, check_prefix
from northsouth.logs.schema import LogSchema
from northsouth.metrics import Metric
from northsouth.tokens import is_token

RAW_LINE = "line"
"""The raw table's first column: the whole line, whether it is of the format or not."""

MATCHED = (
    "target_ip <> '-'"
    " OR (target_group_arn <> '-' AND actions_executed LIKE '%forward%'"
    " AND (elb_status_code < 500 OR error_reason LIKE 'Lambda%'))"
)
"""The archived lines that RequestCount counts too; see above."""

# The name of an object ends the interval whose lines it holds. A line without a time of its own belongs to the window
# of its object's last minute.
_OBJECT_TIME = (
    "date_add('minute', -1, TRY(date_parse(regexp_extract(\"$path\", '_([0-9]{8}T[0-9]{4})Z_', 1), '%Y%m%dT%H%i')))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbSource:
    """The access logs that one load balancer writes to a log bucket.

    Attributes:
        bucket: the log bucket's name.
        load_balancer: the load balancer's ``arn_suffix``, ``app/NAME/ID``, as in its CloudWatch dimension.
        account: the account that owns the load balancer; ``None`` for the provider's own.
        region: the Region of the load balancer and its bucket; ``None`` for the provider's own.
        prefix: the prefix given to the load balancer's ``access_logs``; empty for none.
        since: the first day there are logs of, ``YYYY/MM/DD``; Athena reads nothing before it.
        retention_days: after how many days the log bucket deletes its objects; ``None`` if never.
        path_margin_minutes: read only objects stamped up to this long after a window's end: one hour of logs instead
            of the whole day, for every run. ``None`` reads whole days.
        matched: the archived lines that RequestCount counts too (:data:`MATCHED`).

    """

    bucket: str
    load_balancer: str
    since: str
    account: str | None = None
    region: str | None = None
    prefix: str = ""
    retention_days: int | None = None
    path_margin_minutes: int | None = 10
    matched: str = MATCHED

    @property
    def base(self) -> str:
        """The part of the log bucket that holds the Region's logs, without slashes at its ends."""
        prefix = f"{self.prefix}/" if self.prefix else ""
        return f"{prefix}AWSLogs/{self.account}/elasticloadbalancing/{self.region}"

    @property
    def location(self) -> str:
        """The S3 address of those logs."""
        return f"s3://{self.bucket}/{self.base}/"

    def table(self, database: str, name: str, *, file_infix: str) -> SourceTable:
        """Return the source that reads the raw table ``name``.

        Args:
            database: the Glue database of the raw table.
            name: the raw table.
            file_infix: what an object's name starts with: ``<account>_elasticloadbalancing_<region>_app.NAME.ID_``.

        """
        pruned = self.path_margin_minutes is not None
        return SourceTable(
            database=database,
            table=name,
            bucket=self.bucket,
            prefix=self.base,
            time='"time"',
            object_time=_OBJECT_TIME,
            # A line is written when the request was answered, and delivered after that.
            early_minutes=0,
            line=f'"{RAW_LINE}"',
            # The range on "$path" already admits only this load balancer's objects.
            where="" if pruned else f"strpos(\"$path\", '/{file_infix}') > 0",
            columns=archive_columns(ALB_ACCESS_LOG),
            unparsed='"type" IS NULL',
            matched=self.matched,
            expected=Metric(
                namespace="AWS/ApplicationELB",
                name="RequestCount",
                statistic="Sum",
                unit="Count",
                dimensions={"LoadBalancer": self.load_balancer},
                period=3600,
            ),
            paths=PathRange(prefix=self.location, infix=f"/{file_infix}", margin_minutes=self.path_margin_minutes or 0)
            if pruned
            else None,
            retention_days=self.retention_days,
        )


def raw_regex(schema: LogSchema) -> str:
    """Return the raw table's ``input.regex``: the whole line, and in it the format's groups if it is of the format."""
    return f"({schema.serde_regex}|[^\n]*)"


def raw_columns(schema: LogSchema) -> tuple[tuple[str, str], ...]:
    """Return name and type of the raw table's columns: as many as :func:`raw_regex` has groups."""
    return ((RAW_LINE, "string"), *schema.raw_columns())


def archive_columns(schema: LogSchema) -> tuple[ArchiveColumn, ...]:
    """Return the archive's columns. A row with a value that is neither ``-`` nor of its type counts as unparsed."""
    return tuple(
        ArchiveColumn(
            name=column.name,
            type=column.type.glue,
            sql=_cast(column.type.cast, column.name),
            failed="FALSE"
            if column.type.glue == "string"
            else f"\"{column.name}\" NOT IN ('-', '') AND {_cast(column.type.cast, column.name)} IS NULL",
        )
        for column in schema.columns
    )


def _cast(pattern: str, name: str) -> str:
    return "" if pattern == "{}" else pattern.format(f'"{name}"')


def file_infix(account: str, region: str, dotted_load_balancer: str) -> str:
    """Return what the names of a load balancer's objects start with; slashes of its id are dots there."""
    return f"{account}_elasticloadbalancing_{region}_{dotted_load_balancer}_"


def check_alb_source(source: AlbSource, *, where: str) -> Iterator[Problem]:
    """Yield what is wrong with a load balancer source."""
    if not is_token(source.load_balancer) and source.load_balancer.split("/")[0] != "app":
        yield Problem(
            f"{where}.load_balancer",
            repr(source.load_balancer),
            "the dimension of an Application Load Balancer is app/NAME/ID",
            "Pass the load balancer's arn_suffix.",
        )
    yield from check_prefix(source.prefix, f"{where}.prefix")
    yield from check_day(source.since, f"{where}.since")
    if source.path_margin_minutes is not None and source.path_margin_minutes < 5:
        yield Problem(
            f"{where}.path_margin_minutes",
            str(source.path_margin_minutes),
            "an object holds 5 minutes of logs and is stamped with their end",
            "Allow at least 5 minutes, or pass None to read whole days.",
        )
