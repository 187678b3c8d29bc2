"""Whatever is delivered: ``delivered = archived + unparsed``, a line is in one window, a second run changes nothing.

Generated junk goes through the real state machine and the real SQL, on the emulator without Terraform.
"""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from northsouth.emulator import objects
from northsouth.emulator.server import ACCOUNT, Emulator
from northsouth.logs import archive_tables
from northsouth.logs.archive_json import RAW_LINE, RAW_REGEX, JsonSource, json_field
from northsouth.logs.archive_reconciliation import Reconciliation
from northsouth.logs.archive_schedule import ArchiveSchedule
from northsouth.logs.archive_source import ArchiveColumn
from northsouth.logs.archive_times import TimeFormat
from northsouth.logs.archive_workflow import Workflow
from tests.harness.roles import mighty_role
from tests.logs.archive_runs import REGION, Archive, Execution

pytestmark = pytest.mark.slow

DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=3)
SCHEDULE = ArchiveSchedule.daily()
SOURCE = JsonSource(
    bucket="app-logs",
    since="2020/01/01",
    time="at",
    times=(TimeFormat.iso(), TimeFormat.naive("Europe/Berlin"), TimeFormat.epoch("s"), TimeFormat.epoch("ms")),
    columns=(
        ArchiveColumn(name="at", type="timestamp"),
        ArchiveColumn(name="level"),
        ArchiveColumn(name="took", type="double"),
        ArchiveColumn(name="tries", type="int"),
        ArchiveColumn(name="ok", type="boolean"),
        ArchiveColumn(name="user_id", sql=json_field("$.user.id")),
        ArchiveColumn(name="price", type="decimal(10,2)"),
    ),
)
GLUE_TABLES = {
    "app_raw": (
        ("day",),
        archive_tables.projection(SOURCE.location, SOURCE.since),
        {
            "Location": SOURCE.location,
            "Columns": [{"Name": RAW_LINE, "Type": "string"}],
            "SerdeInfo": {
                "SerializationLibrary": archive_tables.REGEX_SERDE,
                "Parameters": {"input.regex": RAW_REGEX},
            },
        },
    ),
    "app": (
        SCHEDULE.partition_keys,
        {},
        {
            **archive_tables.partition_storage(SOURCE.table("edge", "app_raw").archive_columns),
            "Location": "s3://archive/app/",
        },
    ),
}


class Json(Archive):
    """An archive of JSON lines."""

    def put(self, name: str, body: bytes, *, day: datetime = DAY) -> None:
        """Deliver an object."""
        objects.put(self.log_bucket, f"{day:%Y/%m/%d}/{name}", body)

    def days(self) -> list[Execution]:
        """Run every window that a row of the test can be in."""
        return [
            self.run({"window": f"{DAY + timedelta(days=number):%Y-%m-%dT%H:%M:%SZ}"}, source="app")
            for number in range(-2, 3)
        ]


@pytest.fixture(scope="module")
def machine(aws_emulator_server: Emulator) -> Iterator[Json]:
    aws_emulator_server.reset()
    archive = make(aws_emulator_server)
    yield archive
    aws_emulator_server.reset()


def make(emulator: Emulator) -> Json:
    queue = emulator.client("sqs").create_queue(QueueName="dead-letters")["QueueUrl"]
    for bucket in ("app-logs", "archive"):
        emulator.client("s3").create_bucket(Bucket=bucket)
    glue = emulator.client("glue")
    glue.create_database(DatabaseInput={"Name": "edge"})
    for name, (keys, parameters, storage) in GLUE_TABLES.items():
        table = {
            "Name": name,
            "PartitionKeys": [{"Name": key, "Type": "string"} for key in keys],
            "Parameters": {key: value.replace("$$", "$") for key, value in parameters.items()},
            "StorageDescriptor": storage,
        }
        glue.create_table(DatabaseName="edge", TableInput=table)
    emulator.client("athena").create_work_group(Name="edge", Configuration={})
    workflow = Workflow(
        partition="aws",
        archive="edge",
        source_name="app",
        source=SOURCE.table("edge", "app_raw"),
        schedule=SCHEDULE,
        workgroup="edge",
        database="edge",
        table="app",
        bucket="archive",
        prefix="app",
        storage=archive_tables.partition_storage(SOURCE.table("edge", "app_raw").archive_columns),
        dead_letter_url=queue,
    )
    reconciliation = Reconciliation(
        states=workflow.states,
        archive="edge",
        source_name="app",
        source=workflow.source,
        schedule=SCHEDULE,
        database="edge",
        table="app",
        job_arn=f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:edge-app",
    )
    role = mighty_role(emulator, "job", "states")
    for name, definition in {"edge-app": workflow, "edge-app-reconcile": reconciliation}.items():
        emulator.client("stepfunctions").create_state_machine(
            name=name, definition=json.dumps(definition.definition()), roleArn=role
        )
    return Json(emulator, "edge", "app-logs", "archive", queue)


def moments() -> st.SearchStrategy[datetime]:
    """Times around the delivery day, far from it, and on the edges of days."""
    offsets = st.one_of(
        st.integers(-3 * 86_400, 2 * 86_400),
        st.sampled_from(
            [-86_400 * 2, -86_400 * 2 - 1, -1, 0, 86_399, 86_400, 86_400 + 3_599, 86_400 + 3_600, -(10**9)]
        ),
    )
    return offsets.map(lambda seconds: DAY + timedelta(seconds=seconds, microseconds=999_600))


def times() -> st.SearchStrategy[Any]:
    """Values of a time: every declared way to write one, and what is none."""
    written = st.sampled_from(
        [
            lambda at: at.isoformat(),
            lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            lambda at: at.strftime("%Y-%m-%d %H:%M:%S"),
            lambda at: at.strftime("%Y-%m-%dT%H:%M:%S+02:00"),
            lambda at: at.strftime("%Y-%m-%d %H:%M:%S.123456789-0930"),
            lambda at: at.timestamp(),
            lambda at: int(at.timestamp()),
            lambda at: int(at.timestamp() * 1000),
            lambda at: str(int(at.timestamp() * 1000)),
            lambda at: at.strftime("%d/%b/%Y:%H:%M:%S"),
            lambda at: at.strftime("%Y-%m-%d"),
            lambda at: at.strftime("%Y-%m-%dT%H:%M:60Z"),
            lambda at: at.strftime("%Y-%m-%dt%H:%M:%S,5-2359"),
            lambda at: int(at.timestamp() * 1_000_000),
        ]
    )
    junk = st.sampled_from(
        [
            *("", "yesterday", "2026-02-30T00:00:00Z", "2026-11-27T24:00:00Z", {}, [], True, 0, -1, 1e300),
            *("9999-12-31T23:59:59-23:59", "0000-01-01T00:00:00Z", "2026-W48-5", "1e400"),
        ]
    )
    return st.one_of(st.builds(lambda write, at: write(at), written, moments()), junk, st.none())


def values() -> st.SearchStrategy[Any]:
    text = st.text(max_size=20)
    return st.one_of(
        *(st.none(), st.booleans(), st.integers(), st.floats(), text, st.lists(text)),
        st.sampled_from([{"id": 7}, {"id": {"id": [1, {"a": "b"}]}}, "NaN", "1,5", "\u2028", "\x00", 10**40]),
    )


def records() -> st.SearchStrategy[bytes]:
    """Lines of JSON objects, good or of the wrong types."""
    fields = st.fixed_dictionaries(
        {},
        optional={
            "at": times(),
            "level": values(),
            "took": values(),
            "tries": values(),
            "ok": values(),
            "user": values(),
            "price": values(),
            "other": values(),
        },
    )
    return fields.map(lambda record: json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def lines() -> st.SearchStrategy[bytes]:
    """Lines of all kinds: records, halves of them, other JSON, text in other encodings, bytes."""
    return st.one_of(
        records(),
        records(),
        records().map(lambda line: line[: len(line) // 2]),
        st.sampled_from([b"", b" ", b"null", b"[]", b"42", b'"text"', b"{}", b"\xef\xbb\xbf{}", b"\x00", b"<html>"]),
        st.sampled_from(
            [b"{" * 2000 + b"}" * 2000, b'{"level":"a","level":"b"}', b'{"took":1e400}', b"{}\r{}", b"{}{}"]
        ),
        st.text(max_size=30).map(lambda text: text.encode("utf-16-le", "surrogatepass")),
        st.text(max_size=30).map(lambda text: text.encode("latin-1", "replace")),
        st.binary(max_size=40),
    )


def bodies() -> st.SearchStrategy[tuple[str, bytes]]:
    """Objects: an ending of a name, and what is in them; some have no last line end, some are empty."""
    joined = st.builds(
        lambda content, end, last: end.join(content) + (end if last else b""),
        st.lists(lines(), max_size=8),
        st.sampled_from([b"\n", b"\r\n"]),
        st.booleans(),
    )
    packed = {".json": lambda body: body, ".json.gz": gzip.compress, ".json.bz2": bz2.compress}
    return st.builds(lambda ending, body: (ending, packed[ending](body)), st.sampled_from(list(packed)), joined)


@settings(deadline=None, max_examples=5, suppress_health_check=list(HealthCheck))
@given(deliveries=st.lists(st.tuples(bodies(), st.integers(0, 1), st.booleans()), min_size=1, max_size=4))
def test_the_balance_never_breaks(machine: Json, deliveries: list[tuple[tuple[str, bytes], int, bool]]) -> None:
    for bucket in ("app-logs", "archive"):
        for key in objects.keys(bucket):
            objects.expire(bucket, key)
    for values in machine.select("SELECT DISTINCT day FROM app"):
        machine.emulator.client("glue").delete_partition(
            DatabaseName="edge", TableName="app", PartitionValues=[str(values[0])]
        )
    for number, ((ending, body), late, twice) in enumerate(deliveries):
        machine.put(f"{number}{ending}", body, day=DAY + timedelta(days=late))
        if twice:
            machine.put(f"{number}-again{ending}", body, day=DAY + timedelta(days=late))
    [[total]] = machine.select("SELECT count(*) FROM app_raw")

    runs = machine.days()

    for run in runs:
        assert run.status == "SUCCEEDED", run
        assert run.output["delivered"] == run.output["archived"] + run.output["unparsed"]
        assert (run.output["missing"], run.output["surplus"]) == (0, 0)
    # Every line is in one window, and the lines of no time have not been lost.
    assert sum(run.output["delivered"] for run in runs) == int(str(total))
    kept = machine.select('SELECT count(*) FROM app WHERE "unparsed_line" IS NOT NULL')
    assert kept == [[str(sum(run.output["unparsed"] for run in runs))]]
    raw = {str(line) for [line] in machine.select("SELECT line FROM app_raw")}
    assert {str(line) for [line] in machine.select("SELECT unparsed_line FROM app")} - {"None"} <= raw

    before = objects.keys("archive")
    assert [run.output for run in machine.days()] == [run.output for run in runs]
    assert objects.keys("archive") == before


def test_a_line_may_be_ten_megabytes_long(machine: Json) -> None:
    size = 10 * 1024 * 1024
    at = f"{DAY:%Y-%m-%dT%H:%M:%SZ}"
    good = json.dumps({"at": at, "level": "x" * size}).encode()
    broken = b'{"at": "' + at.encode() + b'", "level": "' + b"y" * size
    machine.put("huge.json.gz", gzip.compress(good + b"\n" + broken))

    run = machine.run({"window": at, "force": True}, source="app")

    assert run.status == "SUCCEEDED", run
    assert run.output["delivered"] == run.output["archived"] + run.output["unparsed"]
    folder = run.output["location"]
    assert machine.parquet(
        folder,
        "SELECT max(length(level)), max(length(unparsed_line)) FROM objects WHERE source_file LIKE '%huge.json.gz'",
    ) == [(size, len(broken))]
    objects.expire("app-logs", f"{DAY:%Y/%m/%d}/huge.json.gz")
