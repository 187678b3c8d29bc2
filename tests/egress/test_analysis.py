"""Who uses NAT, asked in Athena: what is declared, what is refused, and on the emulator the same numbers as locally."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from cdktf import TerraformStack

from northsouth.egress import EgressAnalysis, FlowLogs, NatGateways, NatMode, Network, VpcFlowLog
from northsouth.egress.analysis_metrics import avoidable_usd, egress_bytes
from northsouth.egress.flow_log_fields import column
from northsouth.egress.flow_logs import EGRESS_FIELDS, SENDER_FIELDS
from northsouth.egress.flows.engine import Question, explain
from northsouth.egress.flows.vpc import Gateway, Vpc
from northsouth.emulator import objects
from northsouth.emulator.server import ACCOUNT, Emulator
from northsouth.errors import ConfigurationError
from northsouth.metrics import Metric
from tests.egress.flows.records import GB, Flow, Record, parquet, zonal
from tests.egress.networks import A, B, existing
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing
from tests.harness.synth import synth
from tests.harness.terraform import Terraform

BUCKET, QUERIES = "egress-flows", "egress-queries"
ARN = f"arn:aws:s3:::{BUCKET}"


def analysis(scope: TerraformStack, **more: Any) -> EgressAnalysis:
    if "nat" not in more:
        more["nat"] = NatGateways(scope, "nat", network=existing(A, B), mode=NatMode.per_az())
    arguments = {
        "name": "egress",
        "network": existing(A, B),
        "logs": FlowLogs.for_egress(ARN),
        "bucket_name": "egress-tables",
        "since": "2026/01/01",
    }
    return EgressAnalysis(scope, "analysis", **{**arguments, **more})


def test_each_gateway_is_recorded_with_the_fields_that_answer() -> None:
    resources = synth(analysis)["resource"]
    logs = resources["aws_flow_log"]
    gateways = resources["aws_nat_gateway"]
    assert {each["eni_id"] for each in logs.values()} == {
        f"${{aws_nat_gateway.{name}.network_interface_id}}" for name in gateways
    }
    [fields] = {each["log_format"] for each in logs.values()}
    assert fields == " ".join(f"$${{{name}}}" for name in EGRESS_FIELDS)
    [table] = [each for each in resources["aws_glue_catalog_table"].values() if each["name"] == "flow_logs"]
    columns = [each["name"] for each in table["storage_descriptor"]["columns"]]
    assert columns == [column(name) for name in EGRESS_FIELDS]
    assert {each["name"] for each in resources["aws_athena_named_query"].values()} == {
        f"egress-{name}"
        for name in ("sanity", "total", "sources", "destinations", "services", "services_by_path", "names", "paths",
                     "remedies", "cross_zone", "new_since_yesterday")
    }  # fmt: skip
    assert all(len(each["query"]) < 262_144 for each in resources["aws_athena_named_query"].values())


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"logs": FlowLogs.to_s3(ARN)}, "cannot join source and destination"),
        ({"logs": FlowLogs.to_cloudwatch(fields=EGRESS_FIELDS)}, "Athena's table is of Parquet on S3"),
        ({"logs": FlowLogs.for_egress(ARN, fields=("pkt-srcadr",))}, "Write pkt-srcaddr."),
        ({"network": existing(A, B, cidr_blocks=())}, "which synth must know"),
        ({"name": "Egress!"}, "a lower-case letter"),
        ({"scan_limit_bytes": 1}, "1 bytes"),
        ({"bucket_name": "A"}, "bucket_name"),
        ({"since": "2026-01-01"}, "YYYY/MM/DD"),
        ({"query_logs": "egress-queries"}, "a folder of query logs on S3"),
        ({"hour": 0}, "1 to 23"),
        ({"network": existing(A, B, cidr_blocks=("10.0.0.1/16",))}, "has host bits set"),
    ],
)
def test_what_cannot_answer_is_refused(more: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        synth(lambda scope: analysis(scope, **more))


def test_a_whole_vpc_is_not_recorded_as_gateways() -> None:
    with pytest.raises(ConfigurationError, match="this construct records a whole VPC"):
        synth(lambda scope: VpcFlowLog(scope, "log", vpc_id="vpc-12345678", logs=FlowLogs.for_egress(ARN)))
    logs = FlowLogs.for_egress(ARN, scope="vpc")
    assert logs.fields == (*EGRESS_FIELDS, *SENDER_FIELDS)
    resources = synth(lambda scope: VpcFlowLog(scope, "log", vpc_id="vpc-12345678", logs=logs))["resource"]
    assert [each["vpc_id"] for each in resources["aws_flow_log"].values()] == ["vpc-12345678"]


S3, WEB = "52.216.20.20", "203.0.113.80"
FLOWS = (
    Flow("10.0.1.7", S3, 10 * GB, 200 * GB, "S3"),
    Flow("10.0.2.8", "52.216.20.21", 5 * GB, 40 * GB, "S3"),
    Flow("10.0.1.7", WEB, 2 * GB, GB),
)
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def deployed(scope: TerraformStack) -> None:
    network = Network(scope, "net", cidr="10.0.0.0/16", zones=[A])
    nat = NatGateways(scope, "nat", network=network, mode=NatMode.single(A), release_addresses=True)
    query_logs = f"s3://{QUERIES}/AWSLogs/{ACCOUNT}/vpcdnsquerylogs/{network.ids.vpc_id}/"
    analysis(scope, network=network, nat=nat, query_logs=query_logs, twins={"web.example": "web.internal.example"})


@pytest.fixture(scope="module")
def athena(aws_emulator_server: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    aws_emulator_server.reset()
    for bucket in (BUCKET, QUERIES):
        aws_emulator_server.client("s3").create_bucket(Bucket=bucket)
    document = synth(deployed)
    # AWS delivers the logs, and not a client: they are put past the API.
    lookups = document["resource"].pop("aws_s3_object").values()
    try:
        terraform = Terraform(tmp_path_factory.mktemp("analysis"), document, aws_emulator_server.endpoint)
    except ToolMissing as missing:
        skip_or_fail(missing)
        raise
    terraform.apply()
    for each in lookups:
        objects.put("egress-tables", each["key"], base64.b64decode(each["content_base64"]))
    yield aws_emulator_server
    terraform.destroy()


def asked(emulator: Emulator, name: str) -> list[dict[str, str | None]]:
    client = emulator.client("athena")
    known = [client.get_named_query(NamedQueryId=each)["NamedQuery"] for each in
             client.list_named_queries(WorkGroup="egress")["NamedQueryIds"]]  # fmt: skip
    [query] = [each for each in known if each["Name"] == f"egress-{name}"]
    started = client.start_query_execution(QueryString=query["QueryString"], WorkGroup="egress")["QueryExecutionId"]
    status = client.get_query_execution(QueryExecutionId=started)["QueryExecution"]["Status"]
    assert status["State"] == "SUCCEEDED", status
    rows = client.get_query_results(QueryExecutionId=started)["ResultSet"]["Rows"]
    header, *cells = [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows]
    return [dict(zip(header, row, strict=True)) for row in cells]


@pytest.mark.deploy
def test_athena_and_one_machine_say_the_same(athena: Emulator, tmp_path: Path) -> None:
    [gateway] = athena.client("ec2").describe_nat_gateways()["NatGateways"]
    address = gateway["NatGatewayAddresses"][0]
    place, own = address["NetworkInterfaceId"], address["PrivateIp"]
    start = int(YESTERDAY.timestamp()) // 86400 * 86400
    flows = [Flow(each.source, each.destination, each.up, each.down, each.service, start=start) for each in FLOWS]
    records = [record for flow in flows for record in zonal(flow, interface=place, own=own)]
    new = Flow("10.0.1.9", "203.0.113.99", GB, GB, start=start + 86400)
    deliver([*records[:4], *zonal(new, interface=place, own=own)], YESTERDAY + timedelta(days=1), tmp_path)
    deliver(records, YESTERDAY, tmp_path)
    answer = {"Rdata": WEB, "Type": "A", "Class": "IN"}
    query = {
        "query_name": "web.example.",
        "query_timestamp": f"{YESTERDAY:%Y-%m-%d}T00:00:01Z",
        "rcode": "NOERROR",
        "answers": [answer],
    }
    queries = f"AWSLogs/{ACCOUNT}/vpcdnsquerylogs/{gateway['VpcId']}/{YESTERDAY:%Y/%m/%d}/q.log"
    objects.put(QUERIES, queries, f"{json.dumps(query)}\n".encode())
    (tmp_path / "q.json").write_text(f"{json.dumps(query)}\n")
    local = explain(
        Question(
            files=[tmp_path / "records.parquet"],
            queries=[tmp_path / "q.json"],
            vpc=Vpc(("10.0.0.0/16",), (Gateway(place, (own,)),)),
            twins={"web.example": "web.internal.example"},
            zones=1,
        )
    )
    assert local.total["bytes"] == 258 * GB
    [total] = asked(athena, "total")
    assert {key: float(value or 0) for key, value in total.items()} == pytest.approx(dict(local.total))
    for name in ("sources", "destinations", "services", "names", "paths"):
        theirs = [(row[next(iter(row))], int(row["bytes"] or 0)) for row in asked(athena, name)]
        assert theirs == [(row[next(iter(row))], row["bytes"]) for row in local.groups[name]]
    remedies = [(row["remedy"], row["target"], int(row["bytes"] or 0)) for row in asked(athena, "remedies")]
    assert remedies == [(row["remedy"], row["target"], row["bytes"]) for row in local.remedies]
    assert [row[0] for row in remedies] == ["gateway endpoint", "DNS override"]
    assert [row["records"] for row in asked(athena, "sanity")] == ["12"]
    assert asked(athena, "cross_zone") == []
    assert {row["label"] for row in asked(athena, "new_since_yesterday")} == {"203.0.113.99"}
    run = measured(athena)
    assert run["day"] == f"{YESTERDAY:%Y/%m/%d}"
    assert {(row["service"], row["path"]): row["bytes"] for row in run["paths"]} == {
        ("S3", "gateway endpoint"): 255 * GB,
        ("internet", "DNS override"): 3 * GB,
    }
    saved = sum(row["usd_saved"] for row in local.remedies if row["pays"])
    assert published(athena, avoidable_usd("egress")) == [pytest.approx(saved)] == [pytest.approx(run["usd"])]
    assert published(athena, egress_bytes("egress")) == [258 * GB]
    assert published(athena, egress_bytes("egress", service="S3", path="gateway endpoint")) == [255 * GB]


def deliver(records: list[Record], day: datetime, path: Path) -> None:
    """Put records where AWS delivers those of a day."""
    folder = f"AWSLogs/{ACCOUNT}/vpcflowlogs/us-east-1/{day:%Y/%m/%d}/"
    name = f"{ACCOUNT}_vpcflowlogs_us-east-1_fl-0a_{day:%Y%m%d}T0005Z_1.log.parquet"
    objects.put(BUCKET, f"{folder}{name}", parquet(records, path))


def measured(emulator: Emulator) -> dict[str, Any]:
    """Run the state machine as the schedule does, and return what it ends with."""
    client = emulator.client("stepfunctions")
    [machine] = client.list_state_machines()["stateMachines"]
    today = f"{YESTERDAY + timedelta(days=1):%Y-%m-%d}T03:00:00Z"
    given = json.dumps({"scheduledTime": today})
    run = client.start_execution(stateMachineArn=machine["stateMachineArn"], input=given)["executionArn"]
    while (found := client.describe_execution(executionArn=run))["status"] == "RUNNING":
        sleep(0.05)
    assert found["status"] == "SUCCEEDED", found
    output: dict[str, Any] = json.loads(found["output"])
    return output


def published(emulator: Emulator, metric: Metric) -> list[float]:
    now = datetime.now(UTC)
    found = emulator.client("cloudwatch").get_metric_statistics(
        Namespace=metric.namespace,
        MetricName=metric.name,
        Dimensions=[{"Name": name, "Value": value} for name, value in metric.dimensions.items()],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=86400,
        Statistics=[metric.statistic],
    )
    return [point[metric.statistic] for point in found["Datapoints"]]
