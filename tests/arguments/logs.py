"""The arguments of `northsouth.logs`."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformStack, TerraformVariable
from cdktf_cdktf_provider_aws.lb import Lb
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.logs import (
    AlbLogBucket,
    AlbSource,
    ArchivalJob,
    ArchiveColumn,
    ArchiveSchedule,
    IndexSource,
    JsonSource,
    Lifecycle,
    LogArchive,
    ObjectLock,
    PartitionMode,
    Replica,
    SourceTable,
    TimeFormat,
    Transition,
    json_field,
)
from northsouth.logs.archive_job import JobContext
from northsouth.logs.archive_source import PathRange
from northsouth.metrics import Metric
from northsouth.policies import ArnScope
from tests.arguments.entries import Entry, Late, also, construct, method, value

KEY = "arn:aws:kms:us-east-1:123456789012:key/k"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret"
ALB = {"bucket": "logs", "load_balancer": "app/web/1", "since": "2024/01/01"}
TABLE: dict[str, Any] = {
    "database": "apps",
    "table": "app",
    "bucket": "app-logs",
    "time": '"at"',
    "columns": (ArchiveColumn(name="at"),),
}
EXPECTED = Metric(namespace="Apps", name="Requests", statistic="Sum", unit="Count", period=3600)
REPLICA = {"bucket_arn": "arn:aws:s3:::copy", "kms_key_arn": KEY}
STATEMENT = {"Sid": "Mine", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"}


def archive(stack: TerraformStack, **arguments: Any) -> LogArchive:
    usual = {"name": "edge", "bucket_name": "edge-archive", "sources": {"alb": AlbSource(**ALB)}}
    return LogArchive(stack, "it", **{**usual, **arguments})


def bucket(stack: TerraformStack, **arguments: Any) -> AlbLogBucket:
    return AlbLogBucket(stack, "it", name="acme-logs", region="us-east-1", **arguments)


def job(stack: TerraformStack, source: SourceTable, **shared: Any) -> ArchivalJob:
    """Declare the part of an archive that reads its sources: a whole one takes three times as long."""
    return ArchivalJob(stack, "it", name="app", source=source, context=context(**shared))


def table(**arguments: Any) -> SourceTable:
    return SourceTable(**{**TABLE, **arguments})


def context(**arguments: Any) -> JobContext:
    usual: dict[str, Any] = {
        "place": ArnScope(partition="aws", region="us-east-1", account="123456789012"),
        "archive": "edge",
        "database": "edge",
        "workgroup": "edge",
        "bucket": "edge-archive",
        "results_bucket": "edge-results",
        "kms_key_arn": None,
        "dead_letter_arn": "arn:aws:sqs:us-east-1:123456789012:dead",
        "dead_letter_url": "https://sqs.us-east-1.amazonaws.com/123456789012/dead",
        "schedule_group": "edge",
        "schedule": ArchiveSchedule.hourly(),
        "crawler": False,
        "count_delivered": True,
        "enabled": True,
    }
    return JobContext(**{**usual, **arguments})


def anywhere(stack: TerraformStack) -> AwsProvider:
    """Return a provider whose Region only Terraform knows."""
    region = TerraformVariable(stack, "region", type="string")
    return AwsProvider(stack, "anywhere", region=region.string_value, alias="anywhere")


ENTRIES: list[Entry] = [
    construct(
        AlbLogBucket,
        {"name": "acme-logs", "region": "us-east-1"},
        changes={
            "name": "other-logs",
            # The provider's own Region decides, unless only Terraform knows it.
            "region": also("eu-west-3", provider=Late(anywhere)),
            "prefix": "edge",
            "source_accounts": ["123456789012"],
            "lifecycle": Lifecycle.expire(99),
            "statements": [STATEMENT],
        },
        unseen={"encryption": "only one value is accepted: tests/logs/test_bucket_rules.py"},
    ),
    method(
        AlbLogBucket.attach,
        bucket,
        {"load_balancer": Late(lambda stack: Lb(stack, "web", name="web"))},
        changes={"load_balancer": Late(lambda stack: Lb(stack, "other", name="other"))},
        unseen={}
        if hasattr(Lb, "put_health_check_logs")
        else {"health_check_logs": "needs AWS provider 6: tests/logs/test_alb_log_bucket.py"},
    ),
    construct(
        LogArchive,
        {"name": "edge", "bucket_name": "edge-archive", "sources": {"app": table()}},
        changes={
            "name": "other",
            "bucket_name": "other-archive",
            "sources": {"other": table()},
            "results_bucket_name": "edge-results",
            "schedule": ArchiveSchedule.daily(),
            "partitions": PartitionMode.crawler(),
            "scan_limit_bytes": 10**12,
            "kms_key_arn": KEY,
            "catalog_kms_key_arn": KEY,
            "lake_formation": True,
            "lifecycle": Lifecycle.expire(3000),
            "lock": ObjectLock.governance(30),
            "replica": Replica(bucket_arn="arn:aws:s3:::copy"),
        },
        everything={"replica": Replica(bucket_arn="arn:aws:s3:::copy"), "partitions": PartitionMode.crawler()},
    ),
    construct(
        ArchivalJob,
        {"name": "app", "source": table(), "context": context()},
        changes={"name": "other", "source": table(table="other"), "context": context(workgroup="other")},
        everything={"context": context(crawler=True)},
    ),
    value(
        AlbSource,
        lambda stack, it: archive(stack, sources={"alb": it}),
        ALB,
        changes={
            "bucket": "others",
            "load_balancer": "app/web/2",
            "since": "2025/01/01",
            "account": "123456789012",
            "region": "eu-west-3",
            "prefix": "edge",
            "path_margin_minutes": None,
            "matched": "TRUE",
        },
        unseen={"retention_days": "decides what is accepted: tests/logs/test_archive_rules.py"},
    ),
    value(
        SourceTable,
        job,
        {**TABLE, "expected": EXPECTED},
        changes={
            "database": "others",
            "table": "others",
            "bucket": "others",
            "prefix": "app",
            "kms_key_arn": KEY,
            "time": '"when"',
            "times": (TimeFormat.epoch("s"),),
            "object_time": "TRY(from_iso8601_timestamp(regexp_extract(\"$path\", '_(.*)_', 1)))",
            "day": "delivered",
            "day_picture": "[Y0001]-[M01]-[D01]",
            "early_minutes": 61,
            "record": 'TRY(json_parse("line"))',
            "line": '"line"',
            "where": "level = 'INFO'",
            "columns": (ArchiveColumn(name="other"),),
            "unparsed": "at IS NULL",
            "matched": "at IS NOT NULL",
            "expected": None,
            "paths": PathRange(prefix="s3://app-logs/", infix="/app_"),
        },
        unseen={"retention_days": "decides what is accepted: tests/logs/test_archive_rules.py"},
    ),
    value(
        JsonSource,
        lambda stack, it: archive(stack, sources={"app": it}),
        {"bucket": "app-logs", "since": "2024/01/01", "time": "at", "columns": (ArchiveColumn(name="at"),)},
        changes={
            "bucket": "others",
            "prefix": "app",
            "since": "2025/01/01",
            "time": "when",
            "times": (TimeFormat.naive("UTC"),),
            "columns": (ArchiveColumn(name="other"),),
            "object_time": "TRY(date_parse(regexp_extract(\"$path\", '_(.*)_', 1), '%Y'))",
            "early_minutes": 61,
            "matched": "at IS NOT NULL",
            "expected": EXPECTED,
            "kms_key_arn": KEY,
        },
        unseen={"retention_days": "decides what is accepted: tests/logs/test_archive_rules.py"},
    ),
    value(
        IndexSource,
        lambda stack, it: archive(stack, sources={"app": it}),
        {
            "domain": "search-a.us-east-1.es.amazonaws.com",
            "index_pattern": "app-logs-*",
            "time_field": "@timestamp",
            "columns": (ArchiveColumn(name="at"),),
            "secret": f"{SECRET}:one",
        },
        changes={
            "domain": "search-b.us-east-1.es.amazonaws.com",
            "index_pattern": "web-logs-*",
            "time_field": "at",
            "columns": (ArchiveColumn(name="other"),),
            "secret": f"{SECRET}:two",
            "times": (TimeFormat.epoch("ms"),),
            "workers": 3,
            "read_minutes": 5,
        },
    ),
    *[
        value(
            make,
            lambda stack, it: job(stack, table(times=(it,))),
            base,
            changes=changes,
        )
        for make, base, changes in (
            (TimeFormat.iso, {}, {}),
            (TimeFormat.naive, {"zone": "UTC"}, {"zone": "Europe/Berlin"}),
            (TimeFormat.epoch, {"unit": "s"}, {"unit": "ms"}),
        )
    ],
    value(
        ArchiveColumn,
        lambda stack, it: job(stack, table(columns=(it,))),
        {"name": "at"},
        changes={"name": "other", "type": "int", "sql": "upper(at)", "failed": "at = ''", "comment": "when"},
    ),
    value(
        ArchiveSchedule.hourly,
        lambda stack, it: job(stack, table(), schedule=it),
        changes={
            "delay_minutes": 31,
            "catch_up_minutes": None,
            "run_timeout_minutes": 49,
            "query_timeout_minutes": 2,
            "late_days": 3,
            "reconcile": False,
        },
    ),
    value(
        ArchiveSchedule.daily,
        lambda stack, it: job(stack, table(), schedule=it),
        changes={
            "delay_minutes": 91,
            "catch_up_minutes": None,
            "run_timeout_minutes": 300,
            "query_timeout_minutes": 29,
            "late_days": 3,
            "reconcile": False,
        },
    ),
    *[
        value(
            make,
            lambda stack, it: bucket(stack, lifecycle=it),
            base,
            changes={**changes, "noncurrent_days": 9, "transitions": [Transition("STANDARD_IA", 40)]},
        )
        for make, base, changes in (
            (Lifecycle.expire, {"after_days": 98}, {"after_days": 99}),
            (Lifecycle.keep, {}, {}),
        )
    ],
    value(
        Transition,
        lambda stack, it: bucket(stack, lifecycle=Lifecycle.keep(transitions=[it])),
        {"storage_class": "STANDARD_IA", "after_days": 40},
        changes={"storage_class": "GLACIER_IR", "after_days": 41},
    ),
    *[
        value(make, lambda stack, it: archive(stack, lock=it), {"days": 30}, changes={"days": 31})
        for make in (ObjectLock.governance, ObjectLock.compliance)
    ],
    value(
        Replica,
        lambda stack, it: archive(stack, replica=it, kms_key_arn=KEY),
        REPLICA,
        changes={"bucket_arn": "arn:aws:s3:::other", "storage_class": "STANDARD", "kms_key_arn": f"{KEY}2"},
    ),
]

READS: dict[Any, str] = {json_field: "an expression: tests/logs/test_archive_deploy.py"}
"""Methods that declare nothing."""
