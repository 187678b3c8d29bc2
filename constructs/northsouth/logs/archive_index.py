"""An index of Elasticsearch or OpenSearch as a source of the archive; pure.

A run asks the index how many documents the window has, and lets a Glue job write them as lines of JSON to a folder of
the run's own, in the bucket of query results. From there they go the way of all JSON lines: Athena types them, writes
Parquet, and counts. So what is junk, too long or of another type is treated as everywhere else in the archive.

The count comes from an HTTP task of the state machine and not from the Glue job: a job that loses documents would lose
them in its count, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from northsouth.errors import Problem
from northsouth.logs.archive_json import RAW_LINE, RECORD, UNPARSED, json_columns, json_name
from northsouth.logs.archive_source import ArchiveColumn, SourceTable
from northsouth.logs.archive_times import TimeFormat
from northsouth.logs.jsonata import Interpolated, Var
from northsouth.metrics import Metric
from northsouth.tokens import is_token

SINCE = "2000/01/01"
"""The first day of the exports' table: it begins before any index does."""
READ_MINUTES = 10
_FEWEST_WORKERS, _MOST_WORKERS = 2, 100
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
_PATTERN = re.compile(r"[a-z0-9.*][a-z0-9._*-]*")
_SECRET = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+")
_FIELD = re.compile(r"[A-Za-z0-9_@/-]+(?:\.[A-Za-z0-9_@/-]+)*")
_GLUE = "docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-connect-opensearch-home.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSource:
    """The documents of an index on Amazon OpenSearch Service, or on any cluster with a public HTTPS address.

    Attributes:
        domain: the domain's endpoint, without ``https://``: ``aws_opensearch_domain.logs.endpoint``. It must be public:
            neither an HTTP task nor the Glue job is in a VPC. Serverless collections are refused, because Glue's
            connection does not read them.
        index_pattern: which indices or data streams: ``app-logs-*``.
        time_field: the field that says when a document happened: ``@timestamp``.
        columns: the archive's columns, as of :class:`~northsouth.logs.JsonSource`; of an
            :class:`~northsouth.logs.IndexTemplate`, its ``columns``.
        secret: the ARN of the secret in Secrets Manager with the keys ``USERNAME`` and ``PASSWORD``, as Glue wants it.
            Terraform reads it, so the password is in the state. The user may read the indices, and their settings.
        times: how times are written; of an :class:`~northsouth.logs.IndexTemplate`, its ``times``.
        workers: Glue's workers (``G.1X``), at least 2.
        read_minutes: when a reading of the index is given up, and tried once more.

    """

    domain: str
    index_pattern: str
    time_field: str
    columns: tuple[ArchiveColumn, ...]
    secret: str
    times: tuple[TimeFormat, ...] = (TimeFormat.iso(),)
    workers: int = 2
    read_minutes: int = READ_MINUTES

    @property
    def early_minutes(self) -> int:
        """A document is in the window of its own time, whenever it came: no clock is ahead."""
        return 0

    @property
    def retention_days(self) -> int | None:
        """Unknown: what an index has deleted takes nothing out of the archive."""
        return None

    @property
    def expected(self) -> Metric | None:
        """None: the index itself is asked."""
        return None

    def table(self, database: str, name: str, *, bucket: str, folder: str, export: IndexExport) -> SourceTable:
        """Return the source that reads the exports' table ``name``."""
        return ExportedTable(
            database=database,
            table=name,
            bucket=bucket,
            prefix=folder,
            time=json_name(self.time_field),
            times=self.times,
            # The hour in the folder's name: a document whose time the archive cannot read is in that window.
            object_time=(
                "TRY(date_parse(regexp_extract(\"$path\", '/([0-9]{4}/[0-9]{2}/[0-9]{2}/hour=[0-9]{2})/', 1),"
                " '%Y/%m/%d/hour=%H'))"
            ),
            early_minutes=self.early_minutes,
            record=RECORD,
            line=f'"{RAW_LINE}"',
            columns=json_columns(self.columns),
            unparsed=UNPARSED,
            export=export,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexExport:
    """How a run reads an index.

    Attributes:
        domain: the endpoint.
        index_pattern: which indices.
        time_field: the field of time.
        connection_arn: the connection of EventBridge with which the index is asked for its count.
        connection_secret_arn: the secret in which EventBridge keeps its credential.
        job: the Glue job's name.
        location: the S3 address of all exports, with a slash at its end.
        read_minutes: the time-out of a reading.

    """

    domain: str
    index_pattern: str
    time_field: str
    connection_arn: str
    connection_secret_arn: str
    job: str
    location: str
    read_minutes: int

    @property
    def count_url(self) -> str:
        """The address that is asked."""
        return f"https://{self.domain}/{self.index_pattern}/_count"

    def folder(self, day: Var, hour: Var, run: Var) -> Interpolated:
        """Return the folder of one attempt to read a window."""
        return (self.location, day, "/hour=", hour, "/run=", run, "/")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedTable(SourceTable):
    """The table of an index's exports. A run reads only the folder that it has exported itself.

    Attributes:
        export: how the export is made.

    """

    export: IndexExport


def check_index_source(source: IndexSource, *, where: str, crawler: bool) -> Iterator[Problem]:
    """Yield what is wrong with where an index is, and how it is read."""
    yield from _check_domain(source.domain, f"{where}.domain")
    if not is_token(source.index_pattern) and not _PATTERN.fullmatch(source.index_pattern):
        yield Problem(
            f"{where}.index_pattern",
            repr(source.index_pattern),
            "indices are named in lower case, without spaces, commas and slashes; * stands for any text",
            f"Write {re.sub(r'[^a-z0-9._*-]', '-', source.index_pattern.lower()) or 'app-logs-*'!r}.",
        )
    if not _FIELD.fullmatch(source.time_field):
        yield Problem(
            f"{where}.time_field",
            repr(source.time_field),
            "it is the name of a field, with dots between objects",
            "Write '@timestamp'.",
        )
    if not is_token(source.secret) and not _SECRET.fullmatch(source.secret):
        yield Problem(
            f"{where}.secret",
            "another text" if source.secret else "an empty text",
            "it is the ARN of a secret with the keys USERNAME and PASSWORD",
            "Write arn:aws:secretsmanager:<region>:<account>:secret:<name>, or secret.arn.",
            _GLUE,
        )
    if not _FEWEST_WORKERS <= source.workers <= _MOST_WORKERS:
        rule = f"a Glue job for Spark has {_FEWEST_WORKERS} workers or more"
        yield Problem(f"{where}.workers", str(source.workers), rule, f"Write {_FEWEST_WORKERS} to {_MOST_WORKERS}.")
    if source.read_minutes < 1:
        rule = "a Glue job takes a minute or more"
        yield Problem(f"{where}.read_minutes", str(source.read_minutes), rule, f"Write {READ_MINUTES}.")
    if crawler:
        yield Problem(
            "partitions",
            "a crawler",
            f"{where} is an index, whose runs point partitions at their own folder",
            "Write PartitionMode.pointer(), or archive the index on its own.",
        )


def _check_domain(domain: str, where: str) -> Iterator[Problem]:
    if is_token(domain):
        return
    host = re.sub(r"^https?://|[:/].*$", "", domain)
    if domain.endswith(".aoss.amazonaws.com") or ".aoss." in domain:
        yield Problem(
            where,
            repr(domain),
            "Glue's connection does not read serverless collections",
            "Archive what goes into the collection: docs/pipeline-archive.md has the recipe.",
            _GLUE,
        )
    elif host.startswith("vpc-"):
        yield Problem(
            where,
            repr(domain),
            "the domain is in a VPC, and an HTTP task of Step Functions calls public addresses",
            "Archive what goes into the index: docs/pipeline-archive.md has the recipe.",
            "docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html",
        )
    elif not _HOST.fullmatch(domain):
        fix = f"Write {host!r}." if _HOST.fullmatch(host) else "Write domain.endpoint of the aws_opensearch_domain."
        yield Problem(where, repr(domain), "it is a host name, without https://, port and path", fix)
