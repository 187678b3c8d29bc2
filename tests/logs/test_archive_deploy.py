"""The archive is run: real Terraform and provider, real state machine, real SQL, on the emulator."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.glue_catalog_table import (
    GlueCatalogTable,
    GlueCatalogTablePartitionKeys,
    GlueCatalogTableStorageDescriptor,
    GlueCatalogTableStorageDescriptorColumns,
    GlueCatalogTableStorageDescriptorSerDeInfo,
)
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktf_cdktf_provider_aws.secretsmanager_secret_version import SecretsmanagerSecretVersion

from northsouth.emulator import athena, glue_jobs, objects, outbound, stepfunctions
from northsouth.emulator.server import Emulator
from northsouth.logs import AlbLogBucket
from northsouth.logs.alb_schema import ALB_ACCESS_LOG
from northsouth.logs.archive import LogArchive
from northsouth.logs.archive_alb import AlbSource
from northsouth.logs.archive_index import IndexSource
from northsouth.logs.archive_json import JsonSource, json_field, json_name
from northsouth.logs.archive_source import ArchiveColumn, SourceTable
from northsouth.logs.archive_times import TimeFormat
from northsouth.logs.line_parser import Row, parse
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing
from tests.harness.synth import synth
from tests.harness.terraform import Terraform
from tests.logs import index_server
from tests.logs.archive_runs import LOAD_BALANCER, Archive, Execution, line
from tests.logs.samples import samples

pytestmark = pytest.mark.deploy

LOGS, ARCHIVE, APP, OWN = "edge-logs", "edge-archive", "app-logs", "own-logs"
DOMAIN = "search-edge-abc.us-east-1.es.amazonaws.com"
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
# Yesterday: recent enough for CloudWatch to take a window's metrics.
DAY = TODAY - timedelta(days=1)


def hour(number: int) -> datetime:
    return DAY + timedelta(hours=number)


JSON_LINES = JsonSource(
    bucket=APP,
    since="2020/01/01",
    time="at",
    times=(TimeFormat.iso(), TimeFormat.naive("UTC"), TimeFormat.epoch("ms")),
    columns=(
        ArchiveColumn(name="at", type="timestamp"),
        ArchiveColumn(name="level"),
        ArchiveColumn(name="took", type="double"),
        ArchiveColumn(name="user_id", sql=json_field("$.user.id")),
    ),
)


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
            "app": JSON_LINES,
            "own": application_logs(scope),
            "search": index(scope),
        },
        scan_limit_bytes=100_000_000,
        lake_formation=True,
        allow_destroy=True,
        tags={"team": "edge"},
    )


def index(scope: TerraformStack) -> IndexSource:
    secret = SecretsmanagerSecret(scope, "secret", name="search")
    stored = json.dumps({"USERNAME": index_server.USER, "PASSWORD": index_server.PASSWORD})
    version = SecretsmanagerSecretVersion(scope, "secret-version", secret_id=secret.id, secret_string=stored)
    return IndexSource(
        domain=DOMAIN,
        index_pattern="app-logs-*",
        time_field="@timestamp",
        secret=version.arn,
        columns=(
            ArchiveColumn(name="at", type="timestamp", sql=json_name("@timestamp")),
            ArchiveColumn(name="level"),
            ArchiveColumn(name="took", type="double"),
        ),
    )


def application_logs(scope: TerraformStack) -> SourceTable:
    """One's own logs: a table that somebody else declared, whose reader hides the lines."""
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
            "storage.location.template": f"s3://{OWN}/$${{day}}/",
        },
        partition_keys=[GlueCatalogTablePartitionKeys(name="day", type="string")],
        storage_descriptor=GlueCatalogTableStorageDescriptor(
            location=f"s3://{OWN}/",
            ser_de_info=GlueCatalogTableStorageDescriptorSerDeInfo(
                serialization_library="org.openx.data.jsonserde.JsonSerDe"
            ),
            columns=[
                GlueCatalogTableStorageDescriptorColumns(name=name, type="string") for name in ("at", "level", "took")
            ],
        ),
    )
    columns = (
        ArchiveColumn(name="at", type="timestamp"),
        ArchiveColumn(name="level"),
        ArchiveColumn(name="took", type="double"),
    )
    return SourceTable(database="default", table=table.name, bucket=OWN, time='"at"', columns=columns)


@pytest.fixture(scope="module")
def deployment(
    aws_emulator_server: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Archive, Terraform]]:
    aws_emulator_server.reset()
    aws_emulator_server.client("glue").create_database(DatabaseInput={"Name": "default"})
    for bucket in (APP, OWN):
        aws_emulator_server.client("s3").create_bucket(Bucket=bucket)
    try:
        terraform = Terraform(tmp_path_factory.mktemp("archive"), synth(stack), aws_emulator_server.endpoint)
    except ToolMissing as missing:
        skip_or_fail(missing)
        raise
    lake = aws_emulator_server.client("lakeformation")
    # Lake Formation decides: nothing is open to all that IAM allows, and the locations are its own.
    lake.put_data_lake_settings(
        DataLakeSettings={"CreateDatabaseDefaultPermissions": [], "CreateTableDefaultPermissions": []}
    )
    for bucket in (LOGS, ARCHIVE, APP, OWN):
        lake.register_resource(ResourceArn=f"arn:aws:s3:::{bucket}", UseServiceLinkedRole=True)
    terraform.apply()
    queue = aws_emulator_server.client("sqs").get_queue_url(QueueName="edge-dead-letters")["QueueUrl"]
    yield Archive(aws_emulator_server, "edge", LOGS, ARCHIVE, queue, "edge"), terraform
    terraform.destroy()
    assert lake.list_permissions()["PrincipalResourcePermissions"] == []


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

    assert (run.output["delivered"], run.output["archived"], run.output["unparsed"]) == (2, 1, 1)
    assert run.output["matched"] == 1
    assert archive.published("UnparsedRecords", "manual", at=hour(4)) == [1]
    assert max(archive.published("UnparsedLines", "manual")) == 1
    [(text, file)] = archive.parquet(
        run.output["location"], 'SELECT unparsed_line, source_file FROM objects WHERE "type" IS NULL'
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

    # The object was delivered when it was archived, so the balance stays.
    assert (after.output["archived"], after.output["delivered"], after.output["surplus"]) == (1, 1, 1)
    assert archive.partition(f"{DAY:%Y-%m-%d}", "17") == before.output["location"]


def test_an_hour_reads_only_its_own_objects(archive: Archive) -> None:
    sizes = {}
    for number in range(8, 14):
        key = archive.deliver([line(hour(number), url=f"http://x/{number}")] * 50, hour(number) + timedelta(minutes=5))
        sizes[number] = objects.size(LOGS, key)
    before = len(athena.scanned())

    archive.scheduled("first", hour(11) + timedelta(minutes=30))

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
    objects.put(OWN, f"{DAY:%Y/%m/%d}/app.json", body.encode())

    run = archive.run({"window": hour(9).isoformat()}, source="own")

    assert run.status == "SUCCEEDED", run
    assert run.output["archived"] == run.output["delivered"] == 3
    assert "requests" not in run.output
    assert archive.parquet(run.output["location"], "SELECT sum(took) FROM objects") == [(pytest.approx(0.3),)]


def lines_of(*records: dict[str, object] | str) -> bytes:
    return "".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in records).encode()


def put(name: str, *records: dict[str, object] | str, day: datetime = DAY) -> None:
    objects.put(APP, f"{day:%Y/%m/%d}/{name}", lines_of(*records))


def balanced(run: Execution) -> tuple[int, int, int]:
    """Return delivered, archived and unparsed of a run whose balance holds."""
    assert run.status == "SUCCEEDED", run
    output = run.output
    assert output["delivered"] == output["archived"] + output["unparsed"]
    assert output["missing"] == 0
    return output["delivered"], output["archived"], output["unparsed"]


def test_six_records_of_one_hour_are_six_records(archive: Archive) -> None:
    """Each writes its time in another way, or not at all; one has a word for a number."""
    at = hour(3) + timedelta(minutes=2)
    put(
        "six.json",
        {"level": "no time"},
        {"at": int(at.timestamp() * 1000), "took": 1},
        {"at": f"{at:%Y-%m-%d %H:%M:%S}", "took": 2},
        {"at": f"{at + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}+02:00", "took": 3},
        {"at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "took": "fast"},
        {"at": f"{at:%Y-%m-%dT%H:%M:%S.5Z}", "took": 5, "user": {"id": 7}},
    )

    run = archive.run({"window": hour(3).isoformat()}, source="app")

    assert balanced(run) == (6, 4, 2)
    rows = archive.parquet(
        run.output["location"], 'SELECT "at", took, user_id, unparsed_line FROM objects ORDER BY took, "at"'
    )
    time = at.replace(tzinfo=None)
    assert rows[:4] == [
        (time, 1, None, None),
        (time, 2, None, None),
        (time, 3, None, None),
        (time.replace(microsecond=500_000), 5, "7", None),
    ]
    assert [row[3] for row in rows[4:]] == [
        json.dumps({"at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "took": "fast"}),
        '{"level": "no time"}',
    ]
    assert archive.published("UnparsedRecords", "manual", source="app", at=hour(3)) == [2]


def test_a_malformed_line_does_not_fail_the_run(archive: Archive) -> None:
    good = {"at": f"{hour(4):%Y-%m-%dT%H:%M:%SZ}", "level": "info"}
    broken = '{"at": "' + f"{hour(4):%Y-%m-%dT%H:%M:%SZ}" + '", "level": '
    put("broken.json", good, broken, "", "null", "not JSON at all")

    run = archive.run({"window": hour(4).isoformat()}, source="app")

    assert balanced(run) == (5, 1, 4)
    [(kept,)] = archive.parquet(
        run.output["location"],
        "SELECT list(unparsed_line ORDER BY unparsed_line) FROM objects WHERE unparsed_line IS NOT NULL",
    )
    assert kept == ["", "not JSON at all", "null", broken]


def test_a_table_of_another_format_keeps_the_values_of_what_it_cannot_place(archive: Archive) -> None:
    records = [
        {"at": f"{hour(12):%Y-%m-%dT%H:%M:%SZ}", "took": 1},
        {"at": f"{hour(12):%Y-%m-%dT%H:%M:%SZ}", "took": "fast"},
        {"at": "noon", "level": "info"},
    ]
    objects.put(OWN, f"{DAY:%Y/%m/%d}/odd.json", lines_of(*records))

    run = archive.run({"window": hour(12).isoformat()}, source="own")

    assert balanced(run) == (3, 1, 2)
    kept = archive.parquet(run.output["location"], "SELECT unparsed_line FROM objects WHERE unparsed_line IS NOT NULL")
    assert sorted((json.loads(line) for (line,) in kept), key=str) == [
        {
            "at": f"{hour(12):%Y-%m-%dT%H:%M:%SZ}",
            "level": None,
            "took": "fast",
            "row_time": f"{hour(12):%Y-%m-%dT%H:%M:%SZ}",
        },
        {"at": "noon", "level": "info", "took": None, "row_time": "noon"},
    ]


def test_the_reconciliation_puts_late_rows_into_the_hour_of_their_own_time(archive: Archive) -> None:
    yesterday = DAY - timedelta(days=1)
    put("ontime.json", {"at": f"{yesterday:%Y-%m-%dT22:10:00Z}"}, day=yesterday)
    early = archive.run({"window": f"{yesterday:%Y-%m-%dT22:00:00Z}"}, source="app")
    # Delivered a day late, when the catch-up run of its hour is long over.
    put("late.json", {"at": f"{yesterday:%Y-%m-%dT22:20:00Z}"}, {"at": "never"})

    reconciliation, runs = archive.reconciled(hour(24 + 9), source="app")

    assert reconciliation.status == "SUCCEEDED", reconciliation
    missing = {row["period"]: row["missing"] for row in reconciliation.output["differing"]}
    assert missing[f"{yesterday:%Y-%m-%dT22}"] == 2
    assert max(archive.published("MissingRecords", "reconciliation", source="app")) == sum(missing.values())
    late = [run for run in runs if run.output["window"] == f"{yesterday:%Y-%m-%dT22:00:00.000Z}"]
    assert (balanced(early), balanced(late[0])) == ((1, 1, 0), (3, 2, 1))
    assert len(runs) == len(missing)

    again, none = archive.reconciled(hour(24 + 9), source="app")

    assert again.output["differing"] == []
    assert none == []


def test_the_reconciliation_finds_what_a_load_balancer_delivered_beside_its_hour(archive: Archive) -> None:
    # Stamped three hours after its line: no run of the line's hour reads that object.
    archive.deliver([line(hour(18))], hour(21) + timedelta(minutes=5), name="late")
    assert archive.scheduled("first", hour(19) + timedelta(minutes=30)).output["delivered"] == 0
    assert archive.scheduled("first", hour(22) + timedelta(minutes=30)).output["delivered"] == 0

    archive.reconciled(hour(24 + 8))

    assert archive.select(f"SELECT count(*) FROM alb WHERE day = '{DAY:%Y-%m-%d}' AND hour = '18'") == [["1"]]


def test_the_reconciliation_counts_objects_that_were_delivered_twice(archive: Archive) -> None:
    for name in ("twice-a.json", "twice-b.json"):
        put(name, {"at": f"{hour(6):%Y-%m-%dT%H:%M:%SZ}", "level": "same"}, {"at": f"{hour(6):%Y-%m-%dT%H:%M:%SZ}"})
    put("empty.json")
    archive.run({"window": hour(6).isoformat()}, source="app")

    reconciliation, _ = archive.reconciled(hour(24 + 9), source="app")

    [twice] = [row for row in reconciliation.output["differing"] if row["duplicates"]]
    assert (twice["period"], twice["duplicates"]) == (f"{hour(6):%Y-%m-%dT%H}", 2)
    assert max(archive.published("DuplicateRecords", "reconciliation", source="app")) == 2


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        (
            {"window": "2026-11-21T22:00Z"},
            'window: got "2026-11-21T22:00Z"; it must be a time with seconds and an offset',
        ),
        ({"Window": "2026-11-21T22:00:00Z"}, '"Window" is no field of an input; an input has window, run, force'),
        (["2026-11-21T22:00:00Z"], "the input: got"),
    ],
)
def test_a_bad_input_is_one_failure_with_a_message(archive: Archive, given: object, wrong: str) -> None:
    run = archive.run(given)

    assert (run.status, run.error) == ("FAILED", "ArchivalFailed")
    assert wrong in run.cause
    [letter] = archive.dead_letters()
    assert letter["input"] == given
    assert letter["error"] == "BadInput"
    assert wrong in letter["cause"]


def test_a_query_that_never_ends_leaves_a_message(archive: Archive) -> None:
    archive.deliver([line(hour(19))], hour(19) + timedelta(minutes=5))
    athena.hang_next("UNLOAD", times=3)

    run = archive.run({"window": hour(19).isoformat()})

    assert run.status == "FAILED"
    [letter] = archive.dead_letters()
    assert letter["error"] == "States.Timeout"
    assert archive.run(letter).output["archived"] == 1


def test_the_slowest_run_ends_before_its_time_out(archive: Archive) -> None:
    """Each query of a rewrite ends at its last attempt, after the others had all their time."""
    archive.deliver([line(hour(20))], hour(20) + timedelta(minutes=5))
    archive.run({"window": hour(20).isoformat()})
    archive.deliver([line(hour(20))], hour(20) + timedelta(minutes=10))
    for statement in ("SELECT", "UNLOAD"):
        athena.hang_next(statement, times=2)

    run = archive.run({"window": hour(20).isoformat()})

    assert run.status == "SUCCEEDED", run
    assert run.output["archived"] == 2


def test_a_run_that_dies_by_time_out_leaves_a_message_that_starts_it_again(archive: Archive) -> None:
    archive.deliver([line(hour(21))], hour(21) + timedelta(minutes=5))
    stepfunctions.lose_time(55 * 60)

    run = archive.run({"window": hour(21).isoformat()})

    assert run.status == "TIMED_OUT"
    [letter] = wait_for(archive.dead_letters)
    assert letter["detail"]["status"] == "TIMED_OUT"
    assert archive.run(json.loads(letter["detail"]["input"])).output["archived"] >= 1


def wait_for(ask: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """EventBridge delivers in its own time."""
    for _ in range(100):
        if answer := ask():
            return answer
        sleep(0.05)
    return []


def test_a_partition_of_an_earlier_version_is_compared_as_a_whole(archive: Archive) -> None:
    """It does not say which object a row is from; nothing in it is doubled or lost."""
    archive.deliver([line(hour(14)), line(hour(14))], hour(14) + timedelta(minutes=5))
    run = archive.run({"window": hour(14).isoformat()})
    [(bucket, key)] = objects.below(run.output["location"])
    archive.rewrite(bucket, key, "SELECT * EXCLUDE (source_file) FROM object")

    assert balanced(archive.run({"window": hour(14).isoformat()})) == (2, 2, 0)

    archive.deliver([line(hour(14))], hour(14) + timedelta(minutes=10))
    assert balanced(archive.run({"window": hour(14).isoformat()})) == (3, 3, 0)


def test_the_saved_queries_run(archive: Archive) -> None:
    client = archive.emulator.client("athena")
    for identifier in client.list_named_queries(WorkGroup="edge")["NamedQueryIds"]:
        query = client.get_named_query(NamedQueryId=identifier)["NamedQuery"]
        assert archive.select(query["QueryString"]) is not None, query["Name"]


@pytest.mark.parametrize("lacking", ["lakeformation:GetDataAccess", "SELECT"])
def test_without_lake_formations_permissions_no_run_reads_a_row(archive: Archive, lacking: str) -> None:
    iam, lake = archive.emulator.client("iam"), archive.emulator.client("lakeformation")
    [role] = [each for each in iam.list_roles()["Roles"] if each.get("Description") == "edge-app: job"]
    [policy] = iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
    names = {"RoleName": role["RoleName"], "PolicyName": policy}
    rights = iam.get_role_policy(**names)["PolicyDocument"]
    source = {
        "Principal": {"DataLakePrincipalIdentifier": role["Arn"]},
        "Resource": {"Table": {"DatabaseName": "edge", "Name": "app_raw"}},
        "Permissions": ["SELECT"],
    }
    if lacking == "SELECT":
        lake.revoke_permissions(**source)
    else:
        others = [each for each in rights["Statement"] if each["Action"] != [lacking]]
        iam.put_role_policy(**names, PolicyDocument=json.dumps({**rights, "Statement": others}))

    failed = archive.run({"window": hour(13).isoformat()}, source="app")

    assert failed.status == "FAILED", failed
    [letter] = archive.dead_letters()
    assert lacking.lower() in letter["cause"].lower()
    lake.grant_permissions(**source)
    iam.put_role_policy(**names, PolicyDocument=json.dumps(rights))
    assert archive.run(letter, source="app").status == "SUCCEEDED"


def test_a_damaged_object_is_one_failure_until_it_is_moved_away(archive: Archive) -> None:
    day = DAY - timedelta(days=7)
    record = {"at": f"{day:%Y-%m-%dT05:00:00Z}"}
    put("whole.json", record, day=day)
    damaged = f"{day:%Y/%m/%d}/cut.json.gz"
    objects.put(APP, damaged, gzip.compress(lines_of(record) * 1000)[:-20])

    failed = archive.run({"window": record["at"]}, source="app")

    assert (failed.status, failed.error) == ("FAILED", "ArchivalFailed")
    [letter] = archive.dead_letters()
    # Athena does not say which object it is; the message says where the run looked.
    assert letter["cause"] == "HIVE_CURSOR_ERROR: Unexpected end of input stream"
    days = ",".join(f"'{day + timedelta(days=number):%Y/%m/%d}'" for number in range(3))
    assert letter["objects"] == f"s3://{APP}/ of the delivery days {days}"

    objects.expire(APP, damaged)
    assert balanced(archive.run(letter, source="app")) == (1, 1, 0)

    # What could be saved of it comes back under another name, and the reconciliation puts it into its hour.
    put("saved.json", record, record, day=day)
    reconciliation, runs = archive.reconciled(day + timedelta(days=1, hours=9), source="app")
    assert reconciliation.status == "SUCCEEDED", reconciliation
    assert [balanced(run) for run in runs] == [(3, 3, 0)]


def test_older_windows_cannot_be_read_with_another_type_but_with_another_column(archive: Archive) -> None:
    glue = archive.emulator.client("glue")
    at = hour(11)
    put("retyped.json", {"at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "level": "7"})
    archive.run({"window": at.isoformat()}, source="app")
    table = glue.get_table(DatabaseName="edge", Name="app")["Table"]
    kept = ("Name", "Parameters", "PartitionKeys", "StorageDescriptor", "TableType", "Description")
    before = {name: table[name] for name in kept if name in table}
    storage = before["StorageDescriptor"]
    retyped = [{**each, "Type": "bigint"} if each["Name"] == "level" else each for each in storage["Columns"]]
    added = [*storage["Columns"], {"Name": "level_number", "Type": "bigint"}]

    def select(what: str, columns: list[dict[str, str]]) -> list[list[str | None]]:
        changed = {**before, "StorageDescriptor": {**storage, "Columns": columns}}
        glue.update_table(DatabaseName="edge", TableInput=changed)
        return archive.select(f"SELECT {what} FROM app WHERE day = '{DAY:%Y-%m-%d}' AND hour = '11'")

    mismatch = "HIVE_PARTITION_SCHEMA_MISMATCH: .* partition .* declared column 'level' as type 'string'"
    with pytest.raises(AssertionError, match=mismatch):
        select("count(*)", retyped)
    assert select("level, level_number", added) == [["7", None]]
    assert select("level", storage["Columns"]) == [["7"]]


@pytest.fixture
def index_of_logs() -> Iterator[index_server.Index]:
    with (
        index_server.served() as served,
        outbound.redirected({DOMAIN: served.address}),
        glue_jobs.scripted("edge-search", served.script),
    ):
        yield served


def at(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S.000Z}"


def test_an_hour_of_an_index_is_asked_for_read_archived_and_rated(
    archive: Archive, index_of_logs: index_server.Index
) -> None:
    for minute in (0, 30, 59):
        index_of_logs.add(at(hour(1) + timedelta(minutes=minute)), level="INFO", took=0.5)
    index_of_logs.add(at(hour(2)), level="of the next hour")

    run = archive.scheduled("first", hour(2) + timedelta(minutes=30), source="search")

    assert run.status == "SUCCEEDED", run
    assert list(run.states[3:]) == [
        *("Letter", "Ask", "Answered", "Forced", "Existing", "IsEmpty", "Read", "Unload", "Point", "Count"),
        *("ReadCount", "Publish"),
    ]
    assert (run.output["archived"], run.output["unparsed"], run.output["requests"]) == (3, 0, 3)
    assert run.output["delivered"] == 3
    assert archive.published("SuccessRate", "first", source="search") == [1.0]
    assert archive.published("RequestCount", "first", source="search", at=hour(1)) == [3]
    rows = archive.select(
        f"SELECT at, level, took FROM search WHERE day = '{DAY:%Y-%m-%d}' AND hour = '01' ORDER BY at"
    )
    assert rows[0] == [f"{hour(1):%Y-%m-%d %H:%M:%S}", "INFO", "0.5"]

    # A second run asks, and changes nothing.
    before = objects.keys(ARCHIVE)
    again = archive.scheduled("catch-up", hour(8) + timedelta(minutes=30), source="search")
    assert again.status == "SUCCEEDED", again
    assert again.states[-4:] == ("CountExisting", "ReadExisting", "Changed", "Publish")
    assert objects.keys(ARCHIVE) == before

    # What came late is found by the count; what the index has deleted stays in the archive.
    index_of_logs.add(at(hour(1) + timedelta(minutes=5)), level="late")
    late = archive.run({"window": at(hour(1))}, source="search")
    assert (late.output["archived"], late.output["requests"]) == (4, 4)
    index_of_logs.documents.clear()
    deleted = archive.run({"window": at(hour(1))}, source="search")
    assert (deleted.output["archived"], deleted.output["requests"]) == (4, 0)


def test_junk_of_an_index_is_counted_and_kept(archive: Archive, index_of_logs: index_server.Index) -> None:
    time = at(hour(3))
    index_of_logs.add(time, took="fast")
    index_of_logs.add(time, level="x" * 1_000_000)
    index_of_logs.documents += [(time, '{"@timestamp": "soon"}'), (time, f'{{\n "@timestamp": "{time}"\n}}')]

    run = archive.run({"window": time}, source="search")

    assert run.status == "SUCCEEDED", run
    assert (run.output["archived"], run.output["unparsed"], run.output["requests"]) == (2, 2, 4)
    lines = archive.select("SELECT unparsed_line FROM search WHERE unparsed_line IS NOT NULL ORDER BY 1")
    assert [json.loads(str(kept))["@timestamp"] for [kept] in lines] == [time, "soon"]


def test_an_empty_hour_of_an_index_starts_no_job(archive: Archive, index_of_logs: index_server.Index) -> None:
    run = archive.run({"window": at(hour(4))}, source="search")
    assert run.status == "SUCCEEDED", run
    assert "Read" not in run.states
    assert (run.output["archived"], run.output["requests"]) == (0, 0)
    assert index_of_logs.asked


def test_half_an_answer_of_an_index_is_none(archive: Archive, index_of_logs: index_server.Index) -> None:
    index_of_logs.silent_shards = 2
    run = archive.run({"window": at(hour(5))}, source="search")
    assert (run.status, run.error) == ("FAILED", "ArchivalFailed")
    assert "2 shards did not answer" in run.cause
    [letter] = archive.dead_letters()
    index_of_logs.silent_shards = 0
    assert archive.run(letter, source="search").status == "SUCCEEDED"


def test_a_pattern_that_matches_no_index_fails(archive: Archive, index_of_logs: index_server.Index) -> None:
    index_of_logs.name = "other"
    run = archive.run({"window": at(hour(5))}, source="search")
    assert run.status == "FAILED"
    assert "States.Http.StatusCode.404" in run.cause
    assert len(archive.dead_letters()) == 1


def test_a_job_that_dies_leaves_the_archive_as_it_was(archive: Archive, index_of_logs: index_server.Index) -> None:
    index_of_logs.add(at(hour(6)), level="INFO")
    assert archive.run({"window": at(hour(6))}, source="search").status == "SUCCEEDED"
    folder = archive.partition(f"{DAY:%Y-%m-%d}", "06", table="search")

    def dies(*_: object) -> None:
        raise MemoryError("the executor ran out of memory")

    def hangs(*_: object) -> None:
        raise TimeoutError

    for script, wrong in ((dies, "out of memory"), (hangs, "States.Timeout")):
        with glue_jobs.scripted("edge-search", script):
            run = archive.run({"window": at(hour(6)), "force": True}, source="search")
        assert run.status == "FAILED"
        assert wrong in run.cause
        assert archive.partition(f"{DAY:%Y-%m-%d}", "06", table="search") == folder
    assert len(archive.dead_letters()) == 2


def test_a_second_plan_is_empty(deployment: tuple[Archive, Terraform]) -> None:
    """Also after all the runs above: partitions and Parquet are not Terraform's."""
    changes = deployment[1].plan()
    assert changes.empty, str(changes)
