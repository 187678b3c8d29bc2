"""The archive is run: real Terraform and provider, real state machine, real SQL, on the emulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.glue_catalog_table import (
    GlueCatalogTable,
    GlueCatalogTablePartitionKeys,
    GlueCatalogTableStorageDescriptor,
    GlueCatalogTableStorageDescriptorColumns,
    GlueCatalogTableStorageDescriptorSerDeInfo,
)

from northsouth.emulator import athena, objects
from northsouth.emulator.server import Emulator
from northsouth.logs import AlbLogBucket
from northsouth.logs.alb_schema import ALB_ACCESS_LOG
from northsouth.logs.archive import LogArchive
from northsouth.logs.archive_alb import AlbSource
from northsouth.logs.archive_source import ArchiveColumn, SourceTable
from northsouth.logs.line_parser import Row, parse
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing
from tests.harness.synth import synth
from tests.harness.terraform import Terraform
from tests.logs.archive_runs import LOAD_BALANCER, Archive, line
from tests.logs.samples import samples

pytestmark = pytest.mark.deploy

LOGS, ARCHIVE, APP = "edge-logs", "edge-archive", "app-logs"
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
# Yesterday: recent enough for CloudWatch to take a window's metrics.
DAY = TODAY - timedelta(days=1)


def hour(number: int) -> datetime:
    return DAY + timedelta(hours=number)


def stack(scope: TerraformStack) -> None:
    logs = AlbLogBucket(scope, "logs", name=LOGS, region="us-east-1", prefix="edge", allow_destroy=True)
    LogArchive(
        scope,
        "archive",
        name="edge",
        bucket_name=ARCHIVE,
        sources={
            "alb": AlbSource(
                bucket=logs.bucket.bucket, prefix=logs.prefix, load_balancer=LOAD_BALANCER, since="2018/01/01"
            ),
            "app": application_logs(scope),
        },
        scan_limit_bytes=100_000_000,
        allow_destroy=True,
        tags={"team": "edge"},
    )


def application_logs(scope: TerraformStack) -> SourceTable:
    """One's own logs: a table of JSON lines, declared by somebody else."""
    table = GlueCatalogTable(
        scope,
        "app",
        name="app_raw",
        database_name="default",
        table_type="EXTERNAL_TABLE",
        parameters={
            "projection.enabled": "true",
            "projection.day.type": "date",
            "projection.day.format": "yyyy/MM/dd",
            "projection.day.range": "2020/01/01,NOW+1DAYS",
            "storage.location.template": f"s3://{APP}/$${{day}}/",
        },
        partition_keys=[GlueCatalogTablePartitionKeys(name="day", type="string")],
        storage_descriptor=GlueCatalogTableStorageDescriptor(
            location=f"s3://{APP}/",
            ser_de_info=GlueCatalogTableStorageDescriptorSerDeInfo(
                serialization_library="org.openx.data.jsonserde.JsonSerDe"
            ),
            columns=[
                GlueCatalogTableStorageDescriptorColumns(name=name, type="string") for name in ("at", "level", "took")
            ],
        ),
    )
    at = "TRY_CAST(translate(substr(\"at\", 1, 23), 'TZ', ' ') AS timestamp)"
    columns = (
        ArchiveColumn(name="at", type="timestamp", sql=at),
        ArchiveColumn(name="level"),
        ArchiveColumn(name="took", type="double", sql='TRY_CAST("took" AS double)'),
    )
    return SourceTable(database="default", table=table.name, bucket=APP, time='"at"', columns=columns)


@pytest.fixture(scope="module")
def deployment(
    emulator_server: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Archive, Terraform]]:
    emulator_server.reset()
    emulator_server.client("glue").create_database(DatabaseInput={"Name": "default"})
    emulator_server.client("s3").create_bucket(Bucket=APP)
    try:
        terraform = Terraform(tmp_path_factory.mktemp("archive"), synth(stack), emulator_server.endpoint)
    except ToolMissing as missing:
        skip_or_fail(missing)
        raise
    terraform.apply()
    queue = emulator_server.client("sqs").get_queue_url(QueueName="edge-dead-letters")["QueueUrl"]
    yield Archive(emulator_server, "edge", LOGS, ARCHIVE, queue, "edge"), terraform
    terraform.destroy()


@pytest.fixture
def archive(deployment: tuple[Archive, Terraform]) -> Archive:
    return deployment[0]


def test_a_closed_hour_is_archived_counted_and_rated(archive: Archive) -> None:
    lines = [line(hour(1) + timedelta(minutes=minute), url=f"http://x/{minute}") for minute in (0, 4, 30, 59)]
    archive.deliver(lines[:2], hour(1) + timedelta(minutes=5))
    archive.deliver(lines[2:], hour(2))
    # A request without a target is in the log, and RequestCount does not have it.
    archive.deliver([line(hour(1), target="-", status=503)], hour(1) + timedelta(minutes=5), name="other")
    # A neighbour's file, and the hours before and after, are not ours.
    archive.deliver([line(hour(1) - timedelta(seconds=1)), line(hour(2))], hour(1) + timedelta(minutes=5), name="edges")
    archive.count_requests(hour(1), 2)
    archive.count_requests(hour(1) + timedelta(minutes=59), 2)
    archive.count_requests(hour(2), 100)

    run = archive.scheduled("first", hour(2) + timedelta(minutes=30))

    assert run.status == "SUCCEEDED", run
    assert run.output["archived"] == run.output["delivered"] == 5
    assert (run.output["matched"], run.output["unparsed"], run.output["requests"]) == (4, 0, 4)
    assert archive.published("SuccessRate", "first") == [1.0]
    assert archive.published("RequestCount", "first", at=hour(1)) == [4]
    assert archive.published("ArchivedRecords", "first", at=hour(1)) == [5]
    assert archive.published("DeliveredRecords", "first", at=hour(1)) == [5]
    [(count,)] = archive.parquet(archive.partition(f"{DAY:%Y-%m-%d}", "01"), "SELECT count(*) FROM objects")
    assert count == 5


def test_the_parquet_has_every_field_of_a_line_with_its_type(archive: Archive) -> None:
    at = hour(2) + timedelta(minutes=7, microseconds=123456)
    archive.deliver(
        [line(at, url="http://x/a b", target="[2001:db8::1]:443", status=503)], hour(2) + timedelta(minutes=10)
    )

    folder = archive.run({"window": at.isoformat()}).output["location"]

    [row] = archive.parquet(
        folder,
        "SELECT type, time, elb, target_ip, target_port, elb_status_code, sent_bytes, request_url, request_proto,"
        " request_creation_time, transformed_uri, ip_address, unparsed_line FROM objects",
    )
    milliseconds = at.replace(tzinfo=None, microsecond=123000)
    assert row == (
        *("http", milliseconds, LOAD_BALANCER, "2001:db8::1", 443, 503, 366, "http://x/a b", "HTTP/1.1"),
        *(milliseconds, "-", None, None),
    )
    assert archive.select(f"SELECT request_url FROM alb WHERE day = '{DAY:%Y-%m-%d}' AND hour = '02'") == [
        ["http://x/a b"]
    ]


def test_the_sample_lines_arrive_field_by_field(archive: Archive) -> None:
    at = hour(16) + timedelta(minutes=20)
    # Their own times would put them into many hours of many years.
    lines = [
        text.replace(text.split(" ")[1], f"{at:%Y-%m-%dT%H:%M:%S}.250000Z", 1) for text, _ in samples("alb-access")
    ]
    archive.deliver(lines, hour(16) + timedelta(minutes=25))

    run = archive.run({"window": at.isoformat()})

    names = [column.name for column in ALB_ACCESS_LOG.columns]
    selected = ", ".join(f'"{name}"' for name in names)
    found = archive.parquet(run.output["location"], f"SELECT {selected} FROM objects")
    expected = [archived(parse(ALB_ACCESS_LOG, text)) for text in lines]
    assert len(found) == len(lines)
    assert sorted(map(repr, found)) == sorted(repr(tuple(row[name] for name in names)) for row in expected)
    with_target = [row for row in expected if row["target_ip"] != "-"]
    # Three were forwarded to a function; a redirect names a target group too, and RequestCount does not have it.
    lambdas = [row for row in expected if row["target_ip"] == "-" and row["actions_executed"] == "forward"]
    assert len(lambdas) == 3
    assert run.output["matched"] == len(with_target) + len(lambdas)


def archived(raw: Row | None) -> dict[str, object]:
    """Return what the archive should hold of a parsed line, by rules of this test's own."""
    assert raw is not None
    return {
        column.name: converted(column.type.glue, column.name, raw[column.name]) for column in ALB_ACCESS_LOG.columns
    }


def converted(kind: str, name: str, value: str | None) -> object:
    if value is None or (kind != "string" and value == "-"):
        return None
    if kind == "timestamp":
        return datetime.fromisoformat(value[:23])
    if kind in ("int", "bigint"):
        return int(value)
    if kind == "double":
        return float(value)
    return value.strip("[]") if name.endswith("_ip") or name == "ip_address" else value


def test_a_second_execution_changes_nothing(archive: Archive) -> None:
    archive.deliver([line(hour(3)), line(hour(3))], hour(3) + timedelta(minutes=5))
    archive.count_requests(hour(3), 2)
    first = archive.run({"window": hour(3).isoformat()})
    before = (objects.keys(ARCHIVE), archive.partition(f"{DAY:%Y-%m-%d}", "03"))

    second = archive.run({"window": hour(3).isoformat()})

    assert second.status == "SUCCEEDED"
    assert second.output == first.output
    assert "Unload" not in second.states
    assert (objects.keys(ARCHIVE), archive.partition(f"{DAY:%Y-%m-%d}", "03")) == before
    assert archive.published("ArchivedRecords", "manual", at=hour(3)) == [2]


def test_a_malformed_line_is_counted_and_not_lost(archive: Archive) -> None:
    broken = 'http 2026-11-21T22:05:00Z app/half "a line'
    key = archive.deliver([line(hour(4)), broken], hour(4) + timedelta(minutes=5))
    archive.count_requests(hour(4), 1)

    run = archive.run({"window": hour(4).isoformat()})

    assert (run.output["archived"], run.output["delivered"], run.output["unparsed"]) == (2, 2, 1)
    assert run.output["matched"] == 1
    assert archive.published("UnparsedRecords", "manual", at=hour(4)) == [1]
    assert max(archive.published("UnparsedLines", "manual")) == 1
    [(text, file)] = archive.parquet(
        run.output["location"], "SELECT unparsed_line, unparsed_file FROM objects WHERE type IS NULL"
    )
    assert (text, file) == (broken, f"s3://{LOGS}/{key}")


def test_a_failed_query_leaves_the_old_partition_readable(archive: Archive) -> None:
    archive.deliver([line(hour(5))], hour(5) + timedelta(minutes=5))
    good = archive.run({"window": hour(5).isoformat()})
    archive.deliver([line(hour(5))], hour(5) + timedelta(minutes=10))
    athena.fail_next("UNLOAD", times=4, leaving="half.parquet")

    failed = archive.run({"window": hour(5).isoformat()})

    assert failed.status == "FAILED"
    assert failed.error == "ArchivalFailed"
    assert archive.partition(f"{DAY:%Y-%m-%d}", "05") == good.output["location"]
    assert archive.select(f"SELECT count(*) FROM alb WHERE day = '{DAY:%Y-%m-%d}' AND hour = '05'") == [["1"]]
    [letter] = archive.dead_letters()
    assert letter["window"] == f"{hour(5):%Y-%m-%dT%H:%M:%S.000Z}"

    # The message is the input of another run.
    again = archive.run(letter)

    assert again.status == "SUCCEEDED"
    assert again.output["archived"] == 2


def test_a_retry_does_not_trip_over_its_own_leftovers(archive: Archive) -> None:
    archive.deliver([line(hour(6))], hour(6) + timedelta(minutes=5))
    athena.fail_next("UNLOAD", times=2, leaving="half.parquet")

    run = archive.run({"window": hour(6).isoformat()})

    assert run.status == "SUCCEEDED"
    assert run.output["archived"] == 1
    assert run.output["location"].endswith("-2/")
    assert sum("half.parquet" in key for key in objects.keys(ARCHIVE, f"alb/day={DAY:%Y-%m-%d}/hour=06/")) == 2


def test_the_catch_up_run_picks_up_a_late_file(archive: Archive) -> None:
    archive.deliver([line(hour(23))], hour(23) + timedelta(minutes=5))
    archive.count_requests(hour(23), 2)
    first = archive.scheduled("first", hour(24) + timedelta(minutes=30))
    # Delivered the next day, so it stands in the next day's folder.
    archive.deliver([line(hour(23))], hour(23) + timedelta(minutes=10), delivered=hour(25))

    late = archive.scheduled("catch-up", hour(30) + timedelta(minutes=30))

    assert (first.output["archived"], late.output["archived"]) == (1, 2)
    assert late.output["location"] != first.output["location"]
    assert archive.published("SuccessRate", "catch-up") == [1.0]
    assert archive.published("ArchivedRecords", "first", at=hour(23)) == [1]
    assert archive.published("ArchivedRecords", "catch-up", at=hour(23)) == [2]

    # Nothing came since: nothing is rewritten.
    assert "Unload" not in archive.scheduled("catch-up", hour(30) + timedelta(minutes=30)).states


def test_insert_into_doubles_a_window_that_is_run_again(archive: Archive) -> None:
    """Why there is a pointer: the same hour with ``INSERT INTO``, which adds to what is there."""
    archive.deliver([line(hour(7)), line(hour(7))], hour(7) + timedelta(minutes=5))
    archive.count_requests(hour(7), 2)
    archive.run({"window": hour(7).isoformat()})
    [unload] = [sql for sql, _ in athena.queries() if "hour=07/" in sql and sql.startswith("UNLOAD")]
    select = unload.removeprefix("UNLOAD (").split(") TO 's3://")[0]
    columns, rest = select.split("FROM ", 1)
    where = f"day = '{DAY:%Y-%m-%d}' AND hour = '07'"

    archive.select(f"INSERT INTO edge.alb {columns}, '{DAY:%Y-%m-%d}' AS day, '07' AS hour FROM {rest}")

    assert archive.select(f"SELECT count(*) FROM edge.alb WHERE {where}") == [["4"]]

    # The rate shows it; an archive that has more than the source is never overwritten unasked.
    seen = archive.run({"window": hour(7).isoformat(), "run": "doubled"})
    assert (seen.output["archived"], seen.output["delivered"]) == (4, 2)
    assert archive.published("SuccessRate", "doubled") == [2.0]

    repaired = archive.run({"window": hour(7).isoformat(), "force": True})

    assert repaired.output["archived"] == repaired.output["delivered"] == 2
    assert archive.select(f"SELECT count(*) FROM edge.alb WHERE {where}") == [["2"]]


def test_logs_that_expired_take_nothing_out_of_the_archive(archive: Archive) -> None:
    key = archive.deliver([line(hour(17))], hour(17) + timedelta(minutes=5))
    before = archive.run({"window": hour(17).isoformat()})
    objects.expire(LOGS, key)

    after = archive.run({"window": hour(17).isoformat()})

    assert (after.output["archived"], after.output["delivered"]) == (1, 0)
    assert archive.partition(f"{DAY:%Y-%m-%d}", "17") == before.output["location"]


def test_an_hour_reads_only_its_own_objects(archive: Archive) -> None:
    sizes = {}
    for number in range(8, 14):
        key = archive.deliver([line(hour(number), url=f"http://x/{number}")] * 50, hour(number) + timedelta(minutes=5))
        sizes[number] = objects.size(LOGS, key)
    before = len(athena.scanned())

    archive.run({"window": hour(10).isoformat()})

    # The next hour's first file too: it is stamped within the margin of 10 minutes.
    assert athena.scanned()[before] == sizes[10] + sizes[11]


def test_an_empty_hour_is_a_run_and_no_rate(archive: Archive) -> None:
    rates = len(archive.published("SuccessRate", "manual"))

    run = archive.run({"window": hour(15).isoformat()})

    assert run.status == "SUCCEEDED"
    assert (run.output["archived"], run.output["requests"]) == (0, 0)
    assert len(archive.published("SuccessRate", "manual")) == rates


def test_ones_own_logs_take_the_same_way(archive: Archive) -> None:
    records = [{"at": f"{hour(9):%Y-%m-%dT%H}:0{n}:00.5Z", "level": "info", "took": n / 10} for n in range(3)]
    records.append({"at": f"{hour(10):%Y-%m-%dT%H}:00:00Z", "level": "info", "took": 1})
    body = "".join(json.dumps(record) + "\n" for record in records)
    objects.put(APP, f"{DAY:%Y/%m/%d}/app.json", body.encode())

    run = archive.run({"window": hour(9).isoformat()}, source="app")

    assert run.status == "SUCCEEDED", run
    assert run.output["archived"] == run.output["delivered"] == 3
    assert "requests" not in run.output
    assert archive.parquet(run.output["location"], "SELECT sum(took) FROM objects") == [(pytest.approx(0.3),)]


def test_the_saved_queries_run(archive: Archive) -> None:
    client = archive.emulator.client("athena")
    for identifier in client.list_named_queries(WorkGroup="edge")["NamedQueryIds"]:
        query = client.get_named_query(NamedQueryId=identifier)["NamedQuery"]
        assert archive.select(query["QueryString"]) is not None, query["Name"]


def test_a_second_plan_is_empty(deployment: tuple[Archive, Terraform]) -> None:
    """Also after all the runs above: partitions and Parquet are not Terraform's."""
    changes = deployment[1].plan()
    assert changes.empty, str(changes)
