"""The other ways to archive, run on the emulator without Terraform: whole days, a crawler, and counting once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from moto.athena.models import athena_backends

from northsouth.emulator import athena, objects
from northsouth.emulator.server import ACCOUNT, Emulator
from northsouth.logs import archive_tables
from northsouth.logs.alb_schema import ALB_ACCESS_LOG
from northsouth.logs.archive_alb import AlbSource, file_infix, raw_columns, raw_regex
from northsouth.logs.archive_schedule import ArchiveSchedule
from northsouth.logs.archive_workflow import Workflow
from tests.harness.roles import mighty_role
from tests.logs.archive_runs import LOAD_BALANCER, REGION, Archive, line

pytestmark = pytest.mark.slow

DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)
PARTITION = f"{DAY:%Y-%m-%d}"

Deploy = Callable[..., Archive]


@pytest.fixture
def deploy(emulator: Emulator) -> Deploy:
    """Return a function that makes tables and a state machine from a workflow with some changes."""
    source = AlbSource(bucket="logs", load_balancer=LOAD_BALANCER, account=ACCOUNT, region=REGION, since="2018/01/01")
    infix = file_infix(ACCOUNT, REGION, LOAD_BALANCER.replace("/", "."))

    def make(**changes: object) -> Archive:
        table = source.table("edge", "alb_raw", file_infix=infix)
        storage = archive_tables.partition_storage(table.archive_columns)
        queue = emulator.client("sqs").create_queue(QueueName="dead-letters")["QueueUrl"]
        workflow = Workflow(
            partition="aws",
            archive="edge",
            source_name="alb",
            source=table,
            schedule=ArchiveSchedule.hourly(),
            workgroup="edge",
            database="edge",
            table="alb",
            bucket="archive",
            prefix="alb",
            storage=storage,
            dead_letter_url=queue,
        )
        workflow = replace(workflow, **changes)  # type: ignore[arg-type]
        for bucket in ("logs", "archive"):
            emulator.client("s3").create_bucket(Bucket=bucket)
        make_tables(emulator, source, storage, workflow.schedule, crawler=workflow.crawler is not None)
        emulator.client("athena").create_work_group(Name="edge", Configuration={})
        emulator.client("stepfunctions").create_state_machine(
            name="edge-alb",
            definition=json.dumps(workflow.definition()),
            roleArn=mighty_role(emulator, "job", "states"),
        )
        return Archive(emulator, "edge", "logs", "archive", queue)

    return make


def make_tables(
    emulator: Emulator, source: AlbSource, storage: dict[str, object], schedule: ArchiveSchedule, *, crawler: bool
) -> None:
    glue = emulator.client("glue")
    glue.create_database(DatabaseInput={"Name": "edge"})
    parameters = archive_tables.projection(source.location, source.since)
    serde = {"input.regex": raw_regex(ALB_ACCESS_LOG)}
    raw = {
        "Location": source.location,
        "Columns": [{"Name": name, "Type": kind} for name, kind in raw_columns(ALB_ACCESS_LOG)],
        "SerdeInfo": {"SerializationLibrary": archive_tables.REGEX_SERDE, "Parameters": serde},
    }
    tables = {
        "alb_raw": (("day",), {key: value.replace("$$", "$") for key, value in parameters.items()}, raw),
        "alb": (
            schedule.partition_keys,
            archive_tables.archive_parameters(crawler=crawler),
            {**storage, "Location": "s3://archive/alb/"},
        ),
    }
    for name, (keys, table_parameters, descriptor) in tables.items():
        table = {
            "Name": name,
            "PartitionKeys": [{"Name": key, "Type": "string"} for key in keys],
            "Parameters": table_parameters,
            "StorageDescriptor": descriptor,
        }
        glue.create_table(DatabaseName="edge", TableInput=table)


def test_a_day_is_one_window(deploy: Deploy) -> None:
    archive = deploy(schedule=ArchiveSchedule.daily())
    for hour in (0, 12, 23):
        archive.deliver([line(DAY + timedelta(hours=hour))], DAY + timedelta(hours=hour, minutes=5))
    # The last file of a day is stamped with the next one's first minute, and stands in the next day's folder.
    archive.deliver([line(DAY + timedelta(hours=23, minutes=59))], DAY + timedelta(hours=24))
    archive.deliver([line(DAY + timedelta(hours=24))], DAY + timedelta(hours=24, minutes=5))
    archive.count_requests(DAY + timedelta(hours=3), 4)

    run = archive.run({"scheduledTime": f"{DAY + timedelta(hours=25, minutes=30):%Y-%m-%dT%H:%M:%SZ}"})

    assert run.status == "SUCCEEDED", run
    assert (run.output["archived"], run.output["delivered"], run.output["requests"]) == (4, 4, 4)
    assert archive.partition(PARTITION).startswith(f"s3://archive/alb/day={PARTITION}/run=")


def test_counting_once_leaves_the_delivered_lines_to_the_catch_up_run(deploy: Deploy) -> None:
    archive = deploy(count_delivered=False)
    key = archive.deliver([line(DAY)], DAY + timedelta(minutes=5))

    first = archive.run({"window": DAY.isoformat(), "run": "first"})
    scanned = athena.scanned()
    second = archive.run({"window": DAY.isoformat(), "run": "catch-up"})

    assert (first.output["archived"], first.output["delivered"]) == (1, -1)
    # The unload reads the logs; the count reads only what was archived.
    assert scanned[0] == objects.size("logs", key)
    assert scanned[1] == sum(objects.size("archive", name) for name in objects.keys("archive"))
    assert archive.published("DeliveredRecords", "first", at=DAY) == []
    assert second.output["delivered"] == 1
    assert archive.published("DeliveredRecords", "catch-up", at=DAY) == [1]


def test_a_query_beyond_the_scan_limit_fails_the_run(deploy: Deploy) -> None:
    archive = deploy()
    key = archive.deliver([line(DAY + timedelta(seconds=number)) for number in range(60)], DAY + timedelta(minutes=5))
    # Set past the API, which takes no limit below 10 MB.
    workgroup = athena_backends[ACCOUNT][REGION].work_groups["edge"]
    workgroup.configuration["BytesScannedCutoffPerQuery"] = objects.size("logs", key) - 1

    run = archive.run({"window": DAY.isoformat()})

    assert run.status == "FAILED"
    assert {state for _, state in athena.queries()} == {"CANCELLED"}
    assert len(archive.dead_letters()) == 1


def crawled(deploy: Deploy) -> Archive:
    archive = deploy(crawler="edge-alb")
    archive.emulator.client("glue").create_crawler(
        Name="edge-alb",
        Role=mighty_role(archive.emulator, "crawler", "glue"),
        Targets={"CatalogTargets": [{"DatabaseName": "edge", "Tables": ["alb"]}]},
        DatabaseName="edge",
    )
    return archive


def test_a_crawler_finds_the_window(deploy: Deploy) -> None:
    archive = crawled(deploy)
    archive.deliver([line(DAY)], DAY + timedelta(minutes=5))

    first = archive.run({"window": DAY.isoformat()})

    assert first.status == "SUCCEEDED", first
    assert first.output["archived"] == 1
    assert archive.partition(PARTITION, "00") == f"s3://archive/alb/day={PARTITION}/hour=00/"

    # A late file: the folder is emptied and written again.
    archive.deliver([line(DAY)], DAY + timedelta(minutes=10))
    late = archive.run({"window": DAY.isoformat()})

    assert "DeleteOld" in late.states
    assert late.output["archived"] == 2
    assert len(objects.keys("archive")) == 1


def test_a_crawler_that_registers_no_partition_leaves_rows_missing(deploy: Deploy) -> None:
    """As of a table without ``compressionType``: the run says so."""
    archive = crawled(deploy)
    glue = archive.emulator.client("glue")
    table = glue.get_table(DatabaseName="edge", Name="alb")["Table"]
    kept = {name: table[name] for name in ("Name", "PartitionKeys", "StorageDescriptor")}
    glue.update_table(DatabaseName="edge", TableInput={**kept, "Parameters": {"classification": "parquet"}})
    archive.deliver([line(DAY)], DAY + timedelta(minutes=5))

    run = archive.run({"window": DAY.isoformat()})

    assert (run.output["delivered"], run.output["archived"], run.output["missing"]) == (1, 0, 1)
    assert archive.published("MissingRecords", "manual") == [1]


def test_in_crawler_mode_a_failed_query_is_tried_again_in_an_emptied_folder(deploy: Deploy) -> None:
    archive = crawled(deploy)
    archive.deliver([line(DAY)], DAY + timedelta(minutes=5))
    athena.fail_next("UNLOAD", times=2, leaving="half.parquet")

    run = archive.run({"window": DAY.isoformat()})

    assert run.status == "SUCCEEDED", run
    assert run.states.count("Unload") == 3
    assert [key for key in objects.keys("archive") if "half" in key] == []


def test_in_crawler_mode_a_failure_leaves_the_window_missing(deploy: Deploy) -> None:
    """The trade-off: with the pointer the old rows would still be there."""
    archive = crawled(deploy)
    archive.deliver([line(DAY)], DAY + timedelta(minutes=5))
    archive.run({"window": DAY.isoformat()})
    archive.deliver([line(DAY)], DAY + timedelta(minutes=10))
    athena.fail_next("UNLOAD", times=3)

    failed = archive.run({"window": DAY.isoformat()})

    assert failed.status == "FAILED"
    assert archive.select(f"SELECT count(*) FROM alb WHERE day = '{PARTITION}'") == [["0"]]
    assert len(archive.dead_letters()) == 1
