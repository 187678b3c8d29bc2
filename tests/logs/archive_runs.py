"""Delivers log files to the emulator, runs a deployed archival job and reads back what it did."""

from __future__ import annotations

import gzip
import json
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from northsouth.emulator import objects
from northsouth.emulator.server import ACCOUNT, Emulator
from northsouth.logs import metrics

LOAD_BALANCER = "app/my-loadbalancer/50dc6c495c0c9188"
REGION = "us-east-1"
PATIENCE_SECONDS = 120


def line(
    at: datetime, *, url: str = "http://www.example.com:80/", target: str = "10.0.0.1:80", status: int = 200
) -> str:
    """Return a log line of a request at this time."""
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    group = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/my-targets/73e2d6bc24d8a067"
    return (
        f"http {stamp} {LOAD_BALANCER} 192.168.131.39:2817 {target} 0.000 0.001 0.000 {status} 200 34 366 "
        f'"GET {url} HTTP/1.1" "curl/7.46.0" - - {group} "Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 '
        f'{stamp} "forward" "-" "-" "{target}" "200" "-" "-" TID_dc57cebed65b444ebc8177bb698fe166 "-" "-" "-"'
    )


def object_key(end: datetime, *, delivered: datetime | None = None, prefix: str = "", name: str = "a1b2c3") -> str:
    """Return the key of a log object that ends at ``end``."""
    dotted = LOAD_BALANCER.replace("/", ".")
    folder = f"{prefix}/" if prefix else ""
    return (
        f"{folder}AWSLogs/{ACCOUNT}/elasticloadbalancing/{REGION}/{(delivered or end):%Y/%m/%d}/"
        f"{ACCOUNT}_elasticloadbalancing_{REGION}_{dotted}_{end:%Y%m%dT%H%M}Z_10.0.0.1_{name}.log.gz"
    )


@cache
def _client(emulator: Emulator, service: str) -> Any:
    # Kept, because making one costs more than a call.
    return emulator.client(service)


@dataclass(frozen=True)
class Execution:
    """How an execution ended, and the states it went through."""

    status: str
    output: dict[str, Any]
    error: str
    cause: str
    states: tuple[str, ...]


@dataclass(frozen=True)
class Archive:
    """A deployed archive on the emulator."""

    emulator: Emulator
    name: str
    log_bucket: str
    bucket: str
    queue_url: str
    prefix: str = ""

    def deliver(self, lines: Iterable[str], end: datetime, **where: Any) -> str:
        """Put one log object where Elastic Load Balancing would; return its key."""
        key = object_key(end, prefix=self.prefix, **where)
        objects.put(self.log_bucket, key, gzip.compress("".join(f"{text}\n" for text in lines).encode()))
        return key

    def count_requests(self, at: datetime, number: int) -> None:
        """Let CloudWatch have counted this many requests at this time."""
        dimensions = [{"Name": "LoadBalancer", "Value": LOAD_BALANCER}]
        datum = {"MetricName": "RequestCount", "Value": number, "Timestamp": at, "Dimensions": dimensions}
        _client(self.emulator, "cloudwatch").put_metric_data(Namespace="AWS/ApplicationELB", MetricData=[datum])

    def run(self, given: Any, *, source: str = "alb") -> Execution:
        """Start an execution and wait for its end."""
        client = _client(self.emulator, "stepfunctions")
        machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{self.name}-{source}"
        name = f"run-{time.monotonic_ns()}"
        arn = client.start_execution(stateMachineArn=machine, name=name, input=json.dumps(given))["executionArn"]
        return self._ended(arn)

    def _ended(self, arn: str) -> Execution:
        client = _client(self.emulator, "stepfunctions")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
            if time.monotonic() > deadline:
                client.stop_execution(executionArn=arn)
            time.sleep(0.02)
        events = client.get_execution_history(executionArn=arn)["events"]
        states = [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]
        return Execution(
            found["status"],
            json.loads(found.get("output") or "{}"),
            found.get("error", ""),
            found.get("cause", ""),
            tuple(states),
        )

    def scheduled(self, run: str, at: datetime, *, source: str = "alb") -> Execution:
        """Run what EventBridge Scheduler would start at this time."""
        schedule = _client(self.emulator, "scheduler").get_schedule(
            GroupName=self.name, Name=f"{self.name}-{source}-{run}"
        )
        text = schedule["Target"]["Input"].replace("<aws.scheduler.scheduled-time>", f"{at:%Y-%m-%dT%H:%M:%SZ}")
        return self.run(json.loads(text), source=source)

    def reconciled(self, at: datetime, *, source: str = "alb") -> tuple[Execution, list[Execution]]:
        """Run the reconciliation that would start at this time, and wait for the runs it starts."""
        schedule = _client(self.emulator, "scheduler").get_schedule(
            GroupName=self.name, Name=f"{self.name}-{source}-reconciliation"
        )
        text = schedule["Target"]["Input"].replace("<aws.scheduler.scheduled-time>", f"{at:%Y-%m-%dT%H:%M:%SZ}")
        before = set(self._executions(source))
        first = self.run(json.loads(text), source=f"{source}-reconcile")
        started = [arn for arn in self._executions(source) if arn not in before]
        return first, [self._ended(arn) for arn in started]

    def _executions(self, source: str) -> list[str]:
        machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{self.name}-{source}"
        found = _client(self.emulator, "stepfunctions").list_executions(stateMachineArn=machine)["executions"]
        return [execution["executionArn"] for execution in found]

    def partition(self, *values: str, table: str = "alb") -> str:
        """Return the folder a partition points at."""
        found = _client(self.emulator, "glue").get_partition(
            DatabaseName=self.name, TableName=table, PartitionValues=list(values)
        )
        return str(found["Partition"]["StorageDescriptor"]["Location"])

    def select(self, sql: str) -> list[list[str | None]]:
        """Run a query with the archive's workgroup and return its rows."""
        client = _client(self.emulator, "athena")
        context = {"Database": self.name}
        started = client.start_query_execution(QueryString=sql, WorkGroup=self.name, QueryExecutionContext=context)
        identifier = started["QueryExecutionId"]
        status = client.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]["Status"]
        if status["State"] != "SUCCEEDED":
            raise AssertionError(status["StateChangeReason"])
        rows = client.get_query_results(QueryExecutionId=identifier)["ResultSet"]["Rows"]
        return [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows[1:]]

    def parquet(self, folder: str, sql: str) -> list[tuple[Any, ...]]:
        """Query the Parquet objects of a folder themselves, as ``objects``, without the catalog."""
        with tempfile.TemporaryDirectory() as here, duckdb.connect() as connection:
            for position, (bucket, key) in enumerate(objects.below(folder)):
                (Path(here) / f"{position}.parquet").write_bytes(objects.get(bucket, key))
            connection.execute(f"CREATE VIEW objects AS SELECT * FROM '{here}/*.parquet'")
            return connection.execute(sql).fetchall()

    def rewrite(self, bucket: str, key: str, sql: str) -> None:
        """Replace a Parquet object by a query of its rows, ``object``."""
        with tempfile.TemporaryDirectory() as here, duckdb.connect() as connection:
            before, after = Path(here) / "before.parquet", Path(here) / "after.parquet"
            before.write_bytes(objects.get(bucket, key))
            connection.execute(f"CREATE VIEW object AS SELECT * FROM '{before}'")
            connection.execute(f"COPY ({sql}) TO '{after}' (FORMAT parquet)")
            objects.put(bucket, key, after.read_bytes())

    def published(self, name: str, run: str, *, source: str = "alb", at: datetime | None = None) -> list[float]:
        """Return the values of one of the archive's metrics, those of one window if ``at`` is given."""
        start = at or datetime.now(UTC) - timedelta(hours=1)
        dimensions = {"Archive": self.name, "Source": source, "Run": run}
        found = _client(self.emulator, "cloudwatch").get_metric_statistics(
            Namespace=metrics.NAMESPACE,
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=start,
            EndTime=start + timedelta(hours=2 if at is None else 1),
            Period=1,
            Statistics=["Maximum"],
        )
        return [point["Maximum"] for point in sorted(found["Datapoints"], key=lambda point: point["Timestamp"])]

    def dead_letters(self) -> list[dict[str, Any]]:
        """Take the messages out of the dead-letter queue."""
        client = _client(self.emulator, "sqs")
        found = client.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            client.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in found]
