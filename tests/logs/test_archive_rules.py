"""Bad input of an archive is refused, all of it in one report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from cdktf import TerraformStack
from hypothesis import given
from hypothesis import strategies as st

from northsouth.errors import ConfigurationError, Problem
from northsouth.logs.archive import LogArchive, PartitionMode
from northsouth.logs.archive_alb import AlbSource, check_alb_source
from northsouth.logs.archive_budget import longest_run
from northsouth.logs.archive_index import IndexSource, check_index_source
from northsouth.logs.archive_json import JsonSource
from northsouth.logs.archive_rules import check_name, check_scan_limit, check_sources
from northsouth.logs.archive_schedule import ArchiveSchedule, _check_budget, check_retention, check_schedule
from northsouth.logs.archive_source import ArchiveColumn, SourceTable
from northsouth.logs.archive_storage import DEFAULT_ARCHIVE_LIFECYCLE, ObjectLock, Replica, check_storage
from northsouth.logs.archive_times import TimeFormat
from northsouth.logs.lifecycle import Lifecycle, Transition
from northsouth.metrics import Metric
from tests.harness.synth import synth

TOKEN = "${TfToken[TOKEN.900000001]}"
ALB = AlbSource(bucket="logs", load_balancer="app/web/1", since="2024/01/01")
JSON = JsonSource(bucket="logs", since="2024/01/01", time="at", columns=(ArchiveColumn(name="at"),))
TABLE = SourceTable(database="d", table="t", bucket="logs", time="at", columns=(ArchiveColumn(name="at"),))
INDEX = IndexSource(
    domain="search-logs-abc.us-east-1.es.amazonaws.com",
    index_pattern="app-logs-*",
    time_field="@timestamp",
    columns=(ArchiveColumn(name="at"),),
    secret="arn:aws:secretsmanager:us-east-1:123456789012:secret:search",
)


def where(problems: Iterable[Problem]) -> list[str]:
    return [problem.where for problem in problems]


@pytest.mark.parametrize("schedule", [ArchiveSchedule.hourly(), ArchiveSchedule.daily()])
def test_the_usual_schedules_are_right(schedule: ArchiveSchedule) -> None:
    assert not where(check_schedule(schedule))


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (ArchiveSchedule.hourly(run_timeout_minutes=60), "schedule.run_timeout_minutes"),
        (ArchiveSchedule.hourly(run_timeout_minutes=0), "schedule.run_timeout_minutes"),
        (ArchiveSchedule.daily(run_timeout_minutes=24 * 60, catch_up_minutes=None), "schedule.run_timeout_minutes"),
        (ArchiveSchedule.hourly(catch_up_minutes=55), "schedule.catch_up_minutes"),
        (ArchiveSchedule.hourly(catch_up_minutes=14 * 24 * 60), "schedule.catch_up_minutes"),
        (ArchiveSchedule.hourly(delay_minutes=9), "schedule.delay_minutes"),
        # 3 queries, 3 attempts each: 9 times 6 minutes and the rest are more than 55.
        (ArchiveSchedule.hourly(query_timeout_minutes=6), "schedule.query_timeout_minutes"),
        (ArchiveSchedule.hourly(query_timeout_minutes=50), "schedule.query_timeout_minutes"),
        (ArchiveSchedule.hourly(query_timeout_minutes=0), "schedule.query_timeout_minutes"),
        (ArchiveSchedule.hourly(run_timeout_minutes=50, query_timeout_minutes=15), "schedule.query_timeout_minutes"),
        (ArchiveSchedule.hourly(run_timeout_minutes=15), "schedule.run_timeout_minutes"),
        (ArchiveSchedule.hourly(late_days=-1), "schedule.late_days"),
        (ArchiveSchedule.hourly(late_days=14), "schedule.late_days"),
        (replace(ArchiveSchedule.hourly(), minutes=90), "schedule.minutes"),
    ],
)
def test_schedules_that_overlap_themselves_or_come_too_early_or_late(schedule: ArchiveSchedule, expected: str) -> None:
    assert expected in where(check_schedule(schedule))


@pytest.mark.parametrize("crawler", [False, True])
@pytest.mark.parametrize("make", [ArchiveSchedule.hourly, ArchiveSchedule.daily])
@given(run=st.integers(1, 1439))
def test_the_longest_query_is_accepted_and_one_minute_more_is_not(make: Any, crawler: bool, run: int) -> None:
    most = make(run_timeout_minutes=run).query_minutes(crawler=crawler)

    def refused(minutes: int) -> bool:
        schedule = make(run_timeout_minutes=run, query_timeout_minutes=minutes, catch_up_minutes=None)
        return any("query" in each or "run" in each for each in where(_check_budget(schedule, crawler=crawler)))

    assert refused(most + 1)
    assert refused(most) is (most < 1)
    assert (longest_run(most, crawler=crawler) < run * 60) or most < 1


@pytest.mark.parametrize("crawler", [False, True])
@pytest.mark.parametrize("schedule", [ArchiveSchedule.hourly(), ArchiveSchedule.daily()])
def test_the_usual_schedules_leave_room_for_every_attempt(schedule: ArchiveSchedule, crawler: bool) -> None:
    assert not where(check_schedule(schedule, crawler=crawler))
    assert schedule.query_minutes(crawler=crawler) >= 3


@pytest.mark.parametrize(
    ("schedule", "days", "refused"),
    [
        # Rows may come 2 days late; 1,945 minutes after that day began it is reconciled, for 55 minutes: 3.4 days.
        (ArchiveSchedule.hourly(), 3, True),
        (ArchiveSchedule.hourly(), 4, False),
        (ArchiveSchedule.hourly(late_days=0), 2, False),
        (ArchiveSchedule.daily(), 5, True),
        (ArchiveSchedule.daily(), 6, False),
    ],
)
def test_logs_must_outlive_the_reconciliation(schedule: ArchiveSchedule, days: int, refused: bool) -> None:
    assert bool(where(check_retention(schedule, days, early_minutes=60))) is refused


@pytest.mark.parametrize(
    ("schedule", "days", "refused"),
    [
        # 60 + 30 + 360 minutes to the catch-up run of an hour, 55 minutes for the run: 505 minutes.
        (ArchiveSchedule.hourly(), 1, False),
        (ArchiveSchedule.hourly(catch_up_minutes=24 * 60), 1, True),
        (ArchiveSchedule.hourly(catch_up_minutes=24 * 60), 2, False),
        (ArchiveSchedule.hourly(catch_up_minutes=None), 1, False),
        # 1440 + 90 + 1440 minutes and 360 for the run: 2 days and 450 minutes.
        (ArchiveSchedule.daily(), 2, True),
        (ArchiveSchedule.daily(), 3, False),
        (ArchiveSchedule.daily(), None, False),
    ],
)
def test_logs_must_outlive_the_catch_up_run(schedule: ArchiveSchedule, days: int | None, refused: bool) -> None:
    assert bool(where(check_retention(replace(schedule, reconcile=False), days))) is refused


@pytest.mark.parametrize(
    ("limit", "refused"), [(None, False), (10_000_000, True), (10 * 1024 * 1024, False), (0, True), (10**12, False)]
)
def test_the_scan_limit_has_a_minimum(limit: int | None, refused: bool) -> None:
    assert bool(where(check_scan_limit(limit))) is refused


@pytest.mark.parametrize(
    ("name", "refused"),
    [("edge", False), ("e2_x", False), ("Edge", True), ("2e", True), ("a-b", True), ("a" * 25, True), (TOKEN, False)],
)
def test_names(name: str, refused: bool) -> None:
    assert bool(where(check_name(name, "name"))) is refused


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (replace(ALB, load_balancer="net/web/1"), ["s.load_balancer"]),
        (replace(ALB, load_balancer=TOKEN), []),
        (replace(ALB, prefix="x/AWSLogs"), ["s.prefix"]),
        (replace(ALB, prefix="/x"), ["s.prefix"]),
        (replace(ALB, since="2024-01-01"), ["s.since"]),
        (replace(ALB, since="2024/1/1"), ["s.since"]),
        (replace(ALB, path_margin_minutes=4), ["s.path_margin_minutes"]),
        (replace(ALB, path_margin_minutes=None), []),
    ],
)
def test_load_balancer_sources(source: AlbSource, expected: list[str]) -> None:
    assert where(check_alb_source(source, where="s")) == expected


@pytest.mark.parametrize(
    ("sources", "kms", "expected"),
    [
        ({}, None, ["sources"]),
        ({"alb": ALB}, None, []),
        ({"Alb": ALB}, None, ["sources.Alb"]),
        ({"alb": replace(ALB, bucket="archive")}, None, ["sources.alb.bucket"]),
        ({"alb": replace(ALB, bucket="archive")}, "key", ["kms_key_arn", "sources.alb.bucket"]),
        ({"alb": replace(ALB, bucket=TOKEN)}, "key", []),
        ({"app": replace(TABLE, columns=())}, None, ["sources.app.columns"]),
        ({"app": replace(TABLE, columns=(ArchiveColumn(name="hour"),))}, None, ["sources.app.columns[0]"]),
        ({"app": replace(TABLE, columns=TABLE.columns * 2)}, None, ["sources.app.columns[1]"]),
        ({"app": JSON}, None, []),
        (
            {"app": replace(JSON, since="1 May", prefix="/x/", time="")},
            None,
            [f"sources.app.{f}" for f in ("since", "prefix", "time")],
        ),
        ({"app": replace(JSON, times=())}, None, ["sources.app.times"]),
        ({"app": replace(TABLE, early_minutes=-1)}, None, ["sources.app.early_minutes"]),
        ({"app": replace(TABLE, day_picture="[D01].[M01].[Y0001]")}, None, ["sources.app.day_picture"]),
        ({"app": replace(TABLE, day_picture="dt=[Y0001]-[M01]-[D01]")}, None, []),
        ({"app": replace(TABLE, columns=(ArchiveColumn(name="userId"),))}, None, ["sources.app.columns[0]"]),
        ({"app": replace(TABLE, columns=(ArchiveColumn(name="source_file"),))}, None, ["sources.app.columns[0]"]),
        (
            {"app": replace(TABLE, columns=(ArchiveColumn(name="a", type="array<int>"),))},
            None,
            ["sources.app.columns[0].type"],
        ),
        ({"app": replace(TABLE, columns=(ArchiveColumn(name="a", type="array<int>", failed="FALSE"),))}, None, []),
        (
            {"app": replace(TABLE, columns=(ArchiveColumn(name="a", type="int", sql="TRY_CAST(a AS integer)"),))},
            None,
            ["sources.app.columns[0].sql"],
        ),
        (
            {"app": replace(TABLE, expected=Metric(namespace="n", name="m", statistic="Average", unit="Count"))},
            None,
            ["sources.app.expected"],
        ),
    ],
)
def test_sources(sources: dict[str, Any], kms: str | None, expected: list[str]) -> None:
    found = check_sources(sources, bucket="archive", kms_key_arn=kms, schedule=ArchiveSchedule.hourly())
    assert where(found) == expected


def storage(**changes: Any) -> list[str]:
    usual: dict[str, Any] = {"lock": None, "replica": None, "kms_key_arn": None, "crawler": False}
    return where(check_storage(**{**usual, "lifecycle": DEFAULT_ARCHIVE_LIFECYCLE, **changes}))


def test_what_does_not_go_together_in_the_bucket() -> None:
    assert storage() == []
    assert storage(lock=ObjectLock.compliance(0)) == ["lock.days"]
    assert storage(lock=ObjectLock.governance(400), lifecycle=Lifecycle.expire(365)) == ["lifecycle.expire_after_days"]
    assert storage(lock=ObjectLock.governance(365), lifecycle=Lifecycle.expire(365)) == []
    assert storage(lock=ObjectLock.governance(30), crawler=True) == ["lock"]
    assert storage(
        replica=Replica(bucket_arn="arn:aws:s3:::b"), kms_key_arn="arn:aws:kms:us-east-1:123456789012:key/k"
    ) == ["replica.kms_key_arn"]
    assert storage(
        replica=Replica(bucket_arn="arn:aws:s3:::b", kms_key_arn="arn:aws:kms:us-east-1:123456789012:key/k")
    ) == ["replica.kms_key_arn"]
    assert (
        storage(
            replica=Replica(bucket_arn="arn:aws:s3:::b", kms_key_arn="arn:aws:kms:us-east-1:123456789012:key/k"),
            kms_key_arn="k",
        )
        == []
    )


@pytest.mark.parametrize(
    ("make", "given", "argument"),
    [
        (TimeFormat.epoch, "m", "unit"),
        (TimeFormat.epoch, "", "unit"),
        (TimeFormat.naive, "+02:00", "zone"),
        (TimeFormat.naive, "Europe/Berlim", "zone"),
    ],
)
def test_formats_of_time_that_are_none(make: Any, given: str, argument: str) -> None:
    with pytest.raises(ConfigurationError) as report:
        make(given)
    assert where(report.value.problems) == [argument]


def wrong_everywhere(scope: TerraformStack) -> None:
    LogArchive(
        scope,
        "archive",
        name="Edge",
        bucket_name="My_Archive",
        results_bucket_name="my-archive-results",
        sources={
            "alb": replace(ALB, bucket="My_Archive", prefix="AWSLogs", retention_days=1),
            "app": replace(TABLE, columns=()),
        },
        schedule=ArchiveSchedule.hourly(run_timeout_minutes=90, catch_up_minutes=24 * 60),
        partitions=PartitionMode.crawler(),
        scan_limit_bytes=1_000_000,
        kms_key_arn="arn:aws:kms:us-east-1:123456789012:key/k",
        lifecycle=Lifecycle.expire(60, transitions=(Transition("GLACIER_IR", 90), Transition("STANDARD_IA", 10))),
        lock=ObjectLock.compliance(365),
    )


def test_everything_wrong_is_in_one_report() -> None:
    with pytest.raises(ConfigurationError) as report:
        synth(wrong_everywhere)
    text = str(report.value)
    assert where(report.value.problems) == [
        "name",
        "bucket_name",
        "kms_key_arn",
        "sources.alb.bucket",
        "sources.alb.retention_days",
        "sources.alb.prefix",
        "sources.app.columns",
        "schedule.run_timeout_minutes",
        "scan_limit_bytes",
        "lifecycle.transitions[1].after_days",
        "lifecycle.transitions[1].storage_class",
        "lifecycle.transitions[1].after_days",
        "lifecycle.expire_after_days",
        "lifecycle.expire_after_days",
        "lock",
    ]
    assert text.startswith("15 problems in LogArchive 'archive':")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"domain": "vpc-logs-abc.us-east-1.es.amazonaws.com"}, "s.domain: got 'vpc-logs-abc"),
        ({"domain": "abc.us-east-1.aoss.amazonaws.com"}, "Glue's connection does not read serverless collections"),
        ({"domain": "https://search-logs.example.com/"}, "Write 'search-logs.example.com'."),
        ({"domain": "https://vpc-logs.example.com"}, "the domain is in a VPC"),
        ({"domain": "logs"}, "Write domain.endpoint of the aws_opensearch_domain."),
        ({"domain": ""}, "it is a host name"),
        ({"index_pattern": "App Logs"}, "Write 'app-logs'."),
        ({"index_pattern": ""}, "s.index_pattern: got ''"),
        ({"index_pattern": "a/_search"}, "Write 'a-_search'."),
        ({"time_field": 'at" OR 1'}, "s.time_field"),
        ({"secret": "hunter2"}, "s.secret: got another text; it is the ARN of a secret"),
        ({"workers": 1}, "Write 2 to 100."),
        ({"read_minutes": 0}, "s.read_minutes: got 0"),
    ],
)
def test_what_is_no_index(changed: dict[str, Any], expected: str) -> None:
    [problem] = check_index_source(replace(INDEX, **changed), where="s", crawler=False)
    assert expected in str(problem)
    assert "hunter2" not in str(problem)


def test_a_right_index_and_one_that_only_terraform_knows() -> None:
    assert not where(check_index_source(INDEX, where="s", crawler=False))
    known_later = replace(INDEX, domain=TOKEN, index_pattern=TOKEN, secret=TOKEN)
    assert not where(check_index_source(known_later, where="s", crawler=False))
    assert where(check_index_source(INDEX, where="s", crawler=True)) == ["partitions"]
    sources = {"app": replace(INDEX, columns=(), times=())}
    checked = check_sources(sources, bucket="b", kms_key_arn=None, schedule=ArchiveSchedule.hourly())
    assert where(checked) == ["sources.app.columns", "sources.app.times"]


def test_a_reading_takes_its_time_from_the_queries() -> None:
    hourly = ArchiveSchedule.hourly()
    assert not where(check_schedule(hourly, read_minutes=10))
    assert hourly.query_minutes(crawler=False, read_minutes=10) < hourly.query_minutes(crawler=False)
    assert not where(check_schedule(hourly, read_minutes=19))
    [too_long] = check_schedule(hourly, read_minutes=20)
    assert "or lower read_minutes" in too_long.fix
    assert not where(check_schedule(ArchiveSchedule.daily(), read_minutes=120))
    assert where(check_schedule(replace(hourly, query_timeout_minutes=5), read_minutes=10)) == [
        "schedule.query_timeout_minutes"
    ]
    assert where(check_schedule(replace(hourly, run_timeout_minutes=30), read_minutes=20)) == [
        "schedule.run_timeout_minutes"
    ]
