"""The state machine's definition: a validator, its window arithmetic, and what it asks of AWS."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonata
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from northsouth.logs import archive_sql, index_export
from northsouth.logs.archive_alb import AlbSource, file_infix
from northsouth.logs.archive_budget import longest_run
from northsouth.logs.archive_expressions import metric_data_code, window_code
from northsouth.logs.archive_index import IndexExport, IndexSource
from northsouth.logs.archive_policies import JobAccess, job_statements
from northsouth.logs.archive_schedule import ArchiveSchedule
from northsouth.logs.archive_source import ArchiveColumn, SourceTable
from northsouth.logs.archive_tables import partition_storage
from northsouth.logs.archive_workflow import Workflow
from northsouth.policies import ArnScope
from tests.harness.jsonata import evaluate

ROOT = Path(__file__).parents[2]
SOURCE = AlbSource(
    bucket="logs", load_balancer="app/web/1", account="123456789012", region="us-east-1", since="2024/01/01"
).table("edge", "alb_raw", file_infix=file_infix("123456789012", "us-east-1", "app.web.1"))
OWN = SourceTable(database="apps", table="app", bucket="app-logs", time='"at"', columns=(ArchiveColumn(name="at"),))
WORKFLOW = Workflow(
    partition="aws",
    archive="edge",
    source_name="alb",
    source=SOURCE,
    schedule=ArchiveSchedule.hourly(),
    workgroup="edge",
    database="edge",
    table="alb",
    bucket="archive",
    prefix="alb",
    storage=partition_storage(SOURCE.archive_columns),
    dead_letter_url="https://sqs.us-east-1.amazonaws.com/123456789012/edge-dead-letters",
)
EXPORT = IndexExport(
    domain="search-logs.us-east-1.es.amazonaws.com",
    index_pattern="app-logs-*",
    time_field="@timestamp",
    connection_arn="arn:aws:events:us-east-1:123456789012:connection/edge-app/1",
    connection_secret_arn="arn:aws:secretsmanager:us-east-1:123456789012:secret:events!connection/edge-app/1",
    job="edge-app",
    location="s3://results/exports/app/",
    read_minutes=10,
)
INDEX = IndexSource(
    domain=EXPORT.domain,
    index_pattern=EXPORT.index_pattern,
    time_field=EXPORT.time_field,
    columns=(ArchiveColumn(name="level"),),
    secret="arn:aws:secretsmanager:us-east-1:123456789012:secret:search",
).table("edge", "app_raw", bucket="results", folder="exports/app", export=EXPORT)
VARIANTS = {
    "hourly": WORKFLOW,
    "daily": replace(WORKFLOW, schedule=ArchiveSchedule.daily()),
    "crawler": replace(WORKFLOW, crawler="edge-alb"),
    "daily crawler": replace(WORKFLOW, schedule=ArchiveSchedule.daily(), crawler="edge-alb"),
    "own table": replace(WORKFLOW, source=OWN),
    "counted once": replace(WORKFLOW, count_delivered=False),
    "index": replace(WORKFLOW, source=INDEX),
    "daily index": replace(WORKFLOW, source=INDEX, schedule=ArchiveSchedule.daily()),
}


def states(workflow: Workflow) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(json.dumps(workflow.definition()))["States"]
    return found


def window(given_input: dict[str, Any], schedule: ArchiveSchedule, source: SourceTable = SOURCE) -> dict[str, str]:
    started = "2026-11-21T23:30:00.123Z"
    context = {"Execution": {"StartTime": started, "Name": "n"}}
    code = f"( $states := {json.dumps({'input': given_input, 'context': context})}; {window_code(source, schedule)} )"
    found: dict[str, str] = jsonata.Jsonata(code).evaluate(None)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_validator_accepts_the_definition(variant: str, tmp_path: Path) -> None:
    validator = ROOT / "node_modules" / ".bin" / "asl-validator"
    if not validator.exists() or shutil.which("node") is None:
        reason = "asl-validator is absent: run `npm ci`"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    file = tmp_path / "definition.json"
    file.write_text(json.dumps(VARIANTS[variant].definition()), encoding="utf-8")
    done = subprocess.run([validator, "--json-path", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_state_can_be_reached_and_every_target_exists(variant: str) -> None:
    found = states(VARIANTS[variant])
    targets = {
        target
        for state in found.values()
        for part in (state, *state.get("Choices", []), *state.get("Catch", []))
        for target in (part.get("Next"), part.get("Default"))
        if target
    }
    assert targets | {"Input"} == set(found)


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_task_ends_a_run_without_a_message(variant: str) -> None:
    for name, state in states(VARIANTS[variant]).items():
        if state["Type"] == "Task" and name != "DeadLetter":
            assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"], name


def seconds(state: dict[str, Any]) -> float:
    """Return how long a state can take at most: waits of w, 2w, 4w between its attempts."""
    retries = [retry for retry in state.get("Retry", []) if retry.get("MaxAttempts")]
    waits = sum(
        retry["IntervalSeconds"] * retry["BackoffRate"] ** number
        for retry in retries
        for number in range(retry["MaxAttempts"])
    )
    attempts = 1 + sum(retry["MaxAttempts"] for retry in retries)
    return float(state.get("Seconds", 0) + attempts * state.get("TimeoutSeconds", 0) + waits)


def slowest(found: dict[str, dict[str, Any]], name: str, seen: tuple[str, ...] = ()) -> float:
    """Return the longest time from a state to the end, each state once."""
    state = found[name]
    parts = (state, *state.get("Choices", []), *state.get("Catch", []))
    targets = {target for part in parts for target in (part.get("Next"), part.get("Default")) if target}
    return seconds(state) + max(
        (slowest(found, target, (*seen, name)) for target in targets - {*seen, name}), default=0.0
    )


@pytest.mark.parametrize("variant", [name for name in VARIANTS if "crawler" not in name])
def test_the_slowest_way_through_a_run_ends_before_its_time_out(variant: str) -> None:
    workflow = VARIANTS[variant]
    assert slowest(states(workflow), "Input") < workflow.schedule.run_timeout_minutes * 60


def test_the_slowest_way_is_what_the_budget_says() -> None:
    minutes = WORKFLOW.schedule.query_minutes(crawler=False)
    # Repoint and Publish are on it; a failure of Publish itself comes before the dead letter.
    assert slowest(states(WORKFLOW), "Input") == longest_run(minutes, crawler=False)
    minutes = WORKFLOW.schedule.query_minutes(crawler=False, read_minutes=10)
    assert slowest(states(VARIANTS["index"]), "Input") == longest_run(minutes, crawler=False, read_minutes=10)


@pytest.mark.parametrize(("minute", "goes_on"), [(9, True), (10, False)])
def test_a_crawl_has_ten_minutes(minute: int, goes_on: bool) -> None:
    condition = states(VARIANTS["crawler"])["MayWaitOn"]["Choices"][0]["Condition"]
    entered = {"context": {"State": {"EnteredTime": f"2026-11-28T12:{minute:02}:00.000Z"}}}
    noon = datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp() * 1000
    assert evaluate(condition, {"states": entered, "crawlBegan": noon}) is goes_on


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_definition_is_safe_in_a_terraform_string(variant: str) -> None:
    text = json.dumps(VARIANTS[variant].definition())
    assert "${" not in text
    assert "%{" not in text


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_integrations_follow_the_partition(partition: str) -> None:
    text = json.dumps(replace(WORKFLOW, partition=partition, crawler="c").definition())
    assert text.count("arn:") == text.count(f"arn:{partition}:states:::")


@pytest.mark.parametrize(
    ("given_input", "expected"),
    [
        ({}, ("2026-11-21T22", "2026-11-21", "22", "'2026/11/21'")),
        (
            {"scheduledTime": "2026-11-22T00:30:00Z", "offsetMinutes": 90},
            ("2026-11-21T23", "2026-11-21", "23", "'2026/11/21','2026/11/22'"),
        ),
        # The catch-up run of an evening hour, on the next day.
        (
            {"scheduledTime": "2026-11-22T04:30:00Z", "offsetMinutes": 450},
            ("2026-11-21T21", "2026-11-21", "21", "'2026/11/21','2026/11/22'"),
        ),
        # A backfill reads the days on which late rows may come, and no further.
        (
            {"window": "2026-02-28T23:59:59Z"},
            ("2026-02-28T23", "2026-02-28", "23", "'2026/02/28','2026/03/01','2026/03/02'"),
        ),
    ],
)
def test_the_window_of_an_hourly_run(given_input: dict[str, Any], expected: tuple[str, ...]) -> None:
    found = window(given_input, ArchiveSchedule.hourly())
    assert (found["from"], found["day"], found["hour"], found["days"]) == expected


def test_the_window_of_a_daily_run() -> None:
    schedule = ArchiveSchedule.daily()
    found = window({"scheduledTime": "2026-11-22T01:30:00Z", "offsetMinutes": schedule.first_offset_minutes}, schedule)
    assert (found["from"], found["day"]) == ("2026-11-21", "2026-11-21")
    assert found["days"] == "'2026/11/21','2026/11/22'"


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(
    start=st.integers(0, 50_000).map(lambda hours: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)),
    delay=st.integers(10, 600),
    catch_up=st.integers(60, 2000),
    hourly=st.booleans(),
)
def test_both_schedules_hit_the_window_they_are_for(start: datetime, delay: int, catch_up: int, hourly: bool) -> None:
    make = ArchiveSchedule.hourly if hourly else ArchiveSchedule.daily
    schedule = make(delay_minutes=delay, catch_up_minutes=catch_up)
    start = start if hourly else start.replace(hour=0)
    for offset in (schedule.first_offset_minutes, schedule.last_offset_minutes):
        at = start + timedelta(minutes=offset)
        minute, hour = schedule.cron(offset).removeprefix("cron(").split()[:2]
        assert int(minute) == at.minute
        assert hour == ("*" if hourly else str(at.hour))
        found = window({"scheduledTime": f"{at:%Y-%m-%dT%H:%M:%SZ}", "offsetMinutes": offset}, schedule)
        assert found["start"] == f"{start:%Y-%m-%dT%H:%M:%S.000Z}"
        assert f"'{start:%Y/%m/%d}'" in found["days"]


def test_the_objects_of_a_window_are_a_range_of_names() -> None:
    found = window({"scheduledTime": "2026-11-21T23:30:00Z", "offsetMinutes": 90}, ArchiveSchedule.hourly())
    base = "s3://logs/AWSLogs/123456789012/elasticloadbalancing/us-east-1/2026/11/21/"
    stem = f"{base}123456789012_elasticloadbalancing_us-east-1_app.web.1_"
    assert found["paths"] == f"\"$path\" BETWEEN '{stem}20261121T2200Z' AND '{stem}20261121T2310Z~'"


def test_without_pruning_a_source_is_still_told_from_its_neighbours() -> None:
    source = AlbSource(
        bucket="logs",
        load_balancer="app/web/1",
        account="1",
        region="r",
        since="2024/01/01",
        path_margin_minutes=None,
    ).table("edge", "alb_raw", file_infix="1_elasticloadbalancing_r_app.web.1_")
    text = archive_sql.for_window(
        archive_sql.selection(source, ArchiveSchedule.hourly()), {"days": "'2026/11/21'", "from": "2026-11-21T22"}
    )
    assert "strpos(\"$path\", '/1_elasticloadbalancing_r_app.web.1_') > 0" in text
    assert "paths" not in window({}, ArchiveSchedule.hourly(), source)


def run_name(context: dict[str, Any]) -> str:
    arguments = states(WORKFLOW)["Unload"]["Assign"]["location"].removeprefix("{% ").removesuffix(" %}")
    code = f'( $states := {json.dumps({"context": context})}; $window := {{"day": "d", "hour": "h"}}; {arguments} )'
    return str(jsonata.Jsonata(code).evaluate(None))


def test_no_two_attempts_write_to_the_same_folder() -> None:
    def context(name: str, redrive: int, retry: int) -> dict[str, Any]:
        return {"Execution": {"Name": name, "RedriveCount": redrive}, "State": {"RetryCount": retry}}

    folders = {run_name(context(name, redrive, retry)) for name in "ab" for redrive in (0, 1) for retry in (0, 1, 2)}
    assert len(folders) == 12
    assert run_name(context("it's;--", 0, 0)) == "s3://archive/alb/day=d/hour=h/run=it_s_---0-0/"


def published(**values: Any) -> list[dict[str, Any]]:
    usual = {"archived": 9, "matched": 8, "unparsed": 1, "delivered": 10, "missing": 0, "surplus": 0}
    usual = {**usual, "requests": 8, "run": "first"}
    bound = "; ".join(f"${name} := {json.dumps(value)}" for name, value in {**usual, **values}.items())
    entered = values.get("entered", "2026-11-21T23:30:00Z")
    code = (
        f'( $states := {{"context": {{"State": {{"EnteredTime": "{entered}"}}}}}};'
        f'$window := {{"start": "2026-11-21T22:00:00.000Z"}}; {bound}; {metric_data_code("edge", "alb", rated=True)} )'
    )
    return [dict(datum) for datum in jsonata.Jsonata(code).evaluate(None)]


def names(data: list[dict[str, Any]], *, stamped: bool) -> dict[str, Any]:
    return {datum["MetricName"]: datum["Value"] for datum in data if ("Timestamp" in datum) is stamped}


def test_alarms_get_their_metrics_now_and_dashboards_theirs_at_the_hour() -> None:
    data = published()
    assert names(data, stamped=False) == {
        "CompletedRuns": 1,
        "UnparsedLines": 1,
        "MissingRecords": 0,
        "SurplusRecords": 0,
        "MeasuredRequests": 8,
        "MeasuredRecords": 8,
        "SuccessRate": 1,
    }
    assert names(data, stamped=True) == {
        "ArchivedRecords": 9,
        "UnparsedRecords": 1,
        "RequestCount": 8,
        "MatchedRecords": 8,
        "DeliveredRecords": 10,
    }
    assert {name["Name"] for name in data[0]["Dimensions"]} == {"Archive", "Source", "Run"}


def test_no_requests_give_no_rate() -> None:
    assert "SuccessRate" not in names(published(requests=0), stamped=False)


def test_what_was_not_counted_is_not_published() -> None:
    data = published(delivered=archive_sql.NOT_COUNTED)
    assert "DeliveredRecords" not in names(data, stamped=True)
    assert "MissingRecords" not in names(data, stamped=False)


def test_an_old_backfill_publishes_nothing_that_cloudwatch_would_refuse() -> None:
    data = published(entered="2026-12-05T22:00:00Z")
    assert names(data, stamped=True) == {}
    assert "SuccessRate" in names(data, stamped=False)


# What Step Functions calls for each integration; `.sync` also reads and stops the query.
ACTIONS = {
    "athena:startQueryExecution.sync": {
        "athena:StartQueryExecution",
        "athena:GetQueryExecution",
        "athena:StopQueryExecution",
    },
    "athena:getQueryResults": {"athena:GetQueryResults"},
    "aws-sdk:glue:getPartition": {"glue:GetPartition"},
    "aws-sdk:glue:createPartition": {"glue:CreatePartition"},
    "aws-sdk:glue:updatePartition": {"glue:UpdatePartition"},
    "aws-sdk:glue:startCrawler": {"glue:StartCrawler"},
    "aws-sdk:glue:getCrawler": {"glue:GetCrawler"},
    "aws-sdk:s3:listObjectsV2": {"s3:ListBucket"},
    "aws-sdk:s3:deleteObjects": {"s3:DeleteObject"},
    "aws-sdk:cloudwatch:getMetricStatistics": {"cloudwatch:GetMetricStatistics"},
    "aws-sdk:cloudwatch:putMetricData": {"cloudwatch:PutMetricData"},
    "sqs:sendMessage": {"sqs:SendMessage"},
    "states:startExecution": {"states:StartExecution"},
    "http:invoke": {
        "states:InvokeHTTPEndpoint",
        "events:RetrieveConnectionCredentials",
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret",
    },
    "glue:startJobRun.sync": {"glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"},
}


@pytest.mark.parametrize("variant", ["hourly", "crawler", "index"])
def test_the_role_may_do_what_the_states_call_and_no_other_write(variant: str) -> None:
    workflow = VARIANTS[variant]
    called = {
        action
        for state in states(workflow).values()
        if state["Type"] == "Task"
        for action in ACTIONS[state["Resource"].removeprefix("arn:aws:states:::")]
    }
    access = JobAccess(
        workgroup="edge",
        source_table=("edge", "alb_raw"),
        archive_table=("edge", "alb"),
        source_bucket="logs",
        source_prefix="AWSLogs",
        archive_bucket="archive",
        archive_prefix="alb",
        results_bucket="results",
        kms_key_arns=(),
        dead_letter_arn="arn:aws:sqs:us-east-1:123456789012:edge-dead-letters",
        crawler=workflow.crawler,
        machine="edge-alb",
        export=workflow.export,
    )
    statements = job_statements(ArnScope(partition="aws", region="us-east-1", account="123456789012"), access)
    allowed = {action for statement in statements for action in statement["Action"]}  # type: ignore[attr-defined]
    assert called <= allowed
    # What Athena does on the caller's behalf is not in the definition.
    by_athena = {"s3:PutObject", "s3:AbortMultipartUpload"}
    writes = {action for action in allowed if action.split(":")[1].startswith(("Put", "Create", "Update", "Delete"))}
    assert {action for action in writes if not action.startswith("logs:")} <= called | by_athena
    stars = [statement["Sid"] for statement in statements if statement["Resource"] == ["*"]]
    assert stars == ["PublishMetrics", "LogExecutions", *([] if workflow.export else ["ReadMetrics"])]


def test_an_index_is_asked_by_the_query_by_which_it_is_read() -> None:
    found = states(VARIANTS["index"])
    asked = found["Ask"]["Arguments"]
    assert asked["ApiEndpoint"] == "https://search-logs.us-east-1.es.amazonaws.com/app-logs-*/_count"
    window = asked["RequestBody"]["query"]["range"]["@timestamp"]
    read = json.loads(index_export.query("@timestamp", "{% $window.start %}", "{% $window.end %}"))
    assert read["query"]["range"]["@timestamp"] == window
    assert found["Read"]["Arguments"]["JobName"] == "edge-app"
    assert set(found["Read"]["Arguments"]["Arguments"]) == {"--folder", "--start", "--end"}
