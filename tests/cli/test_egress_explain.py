"""``northsouth egress explain`` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from northsouth.cli.main import main
from tests.egress.flows.records import GB, OWN, V5, Flow, sender, status, written, zonal

pytestmark = pytest.mark.slow

CIDR = ("--vpc-cidr", "10.0.0.0/16")
FLOWS = (
    Flow("10.0.1.7", "52.216.20.20", 10 * GB, 200 * GB, "S3", instance="i-0a"),
    Flow("10.0.2.8", "52.216.20.21", 5 * GB, 40 * GB, "S3", zone="use1-az2", instance="i-0b"),
    Flow("10.0.1.7", "203.0.113.80", 2 * GB, GB, instance="i-0a"),
)


@pytest.fixture
def flows(tmp_path: Path) -> str:
    records = [each for flow in FLOWS for each in (*zonal(flow), *sender(flow))]
    return str(written(tmp_path / "flows.log", [*records, status("SKIPDATA")], V5))


def test_the_report_names_who_what_and_the_remedy(flows: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["egress", "explain", flows, *CIDR]) == 0
    text = capsys.readouterr().out
    for part in (
        "Total: 258 GB a day, 12.69 USD a day",
        "NAT 11.61 + across zones 0.90 + to the internet 0.18 USD",
        f"({OWN}), as the records show",
        "SKIPDATA records: 1 on",
        "10.0.2.8 i-0b use1-az2        45      2.925",
        "1. gateway endpoint s3: saves 12.375 USD a day of 12.375",
        'declare Endpoint.gateway("s3")',
        "No remedy is known for 3 GB, 0.315 USD a day: 203.0.113.80",
        "Together 258 GB, 12.69 USD a day",
    ):
        assert part in text


def test_json_is_stable_and_adds_up(flows: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metric = {"Label": "BytesInFromSource", "Timestamps": ["2026-10-01T00:00:00Z"], "Values": [300 * GB]}
    control = tmp_path / "metric.json"
    control.write_text(json.dumps({"MetricDataResults": [metric]}))
    arguments = ["egress", "explain", flows, *CIDR, "--json", "--top", "1", "--bytes-metric", str(control)]
    assert main(arguments) == 0
    first = capsys.readouterr().out
    assert main(arguments) == 0
    assert capsys.readouterr().out == first
    report: dict[str, Any] = json.loads(first)
    assert report["version"] == 1
    assert report["total"]["bytes"] == 258 * GB
    assert report["remedies"][0]["usd_saved_per_day"] == 12.375
    for group in ("sources", "destinations", "services", "names", "paths"):
        rows = [*report[group]["rows"], report[group]["others"]]
        assert sum(row["bytes"] for row in rows) == 258 * GB
        assert sum(row["usd_per_day"] for row in rows) == pytest.approx(12.69)
    carried = [*report["remedies"], report["remainder"]]
    assert sum(row["bytes"] for row in carried) == 258 * GB
    assert sum(row["usd_per_day"] for row in carried) == pytest.approx(12.69)
    control_fact = next(fact["text"] for fact in report["facts"] if fact["name"] == "Control")
    assert (
        control_fact
        == "the records explain 86.0% of the gateways' own 300 GB; the file has one of the two directions only"
    )


def test_ci_fails_over_an_amount(flows: str) -> None:
    assert main(["egress", "explain", flows, *CIDR, "--fail-over", "12.38"]) == 0
    assert main(["egress", "explain", flows, *CIDR, "--fail-over", "12.37"]) == 1


def test_a_stack_says_which_route_table_lacks_the_endpoint(
    flows: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.egress.flows.test_vpc import stack

    path = tmp_path / "cdk.tf.json"
    path.write_text(json.dumps(stack()))
    assert (
        main(["egress", "explain", flows, "--stack", str(tmp_path), "--twin", "cdn.example=cdn.internal.example"]) == 0
    )
    text = capsys.readouterr().out
    assert "declared, but these route tables lack it: aws_route_table.second" in text


def test_the_page_holds_the_same_and_asks_for_nothing(flows: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert main(["egress", "explain", flows, *CIDR, "--html", str(page)]) == 0
    text = page.read_text()
    assert "gateway endpoint s3" in text
    assert "12.375" in text
    assert "default-src 'none'" in text
    assert "<script" not in text


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([], "Write --vpc-cidr 10.0.0.0/16 for each block, or --plan FILE"),
        ([*CIDR, "--window", "2026-10-02", "2026-10-01"], "the end is after the start"),
        ([*CIDR, "--window", "yesterday", "2026-10-01"], "ISO 8601 in UTC"),
        ([*CIDR, "--top", "0"], "--top: got 0; at least 1"),
        ([*CIDR, "--zones", "-1"], "--zones: got -1"),
        ([*CIDR, "--twin", "cdn.example"], "NAME=VALUE"),
        ([*CIDR, "--twin", "cdn.example=a..b"], "Remove the extra dot, or give a name. Write --twin"),
        ([*CIDR, "--fail-over", "nan"], "--fail-over: got nan; an amount of USD, 0 or more"),
        ([*CIDR, "--fail-over", "-1"], "--fail-over: got -1"),
        ([*CIDR, "--nat", "igw-1"], "the interface of a zonal gateway"),
        ([*CIDR, "--plan", "absent.json"], "absent.json"),
        ([*CIDR, "--prices", "absent.toml"], "absent.toml"),
        ([*CIDR, "--ip-ranges", "absent.json"], "No such file"),
        ([*CIDR, "--queries", "absent.json"], "absent.json"),
        ([*CIDR, "--bytes-metric", "absent.json"], "No such file"),
        ([*CIDR, "--html", "/absent/page.html"], "No such file"),
        ([*CIDR, "--format", "srcadr"], "Write srcaddr."),
        ([*CIDR, "--region", "eu-west-1"], "without prices of it"),
        ([*CIDR, "--vpc-cidr", "10.0.0.1/8"], "has host bits set"),
    ],
)
def test_wrong_arguments_are_one_message(
    flows: str, more: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["egress", "explain", flows, *more]) == 2
    output = capsys.readouterr()
    assert message in output.err
    assert "Traceback" not in output.err
    assert output.out == ""


def test_a_stack_without_a_vpc_needs_its_addresses(
    flows: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = tmp_path / "cdk.tf.json"
    stack.write_text(json.dumps({"resource": {"aws_nat_gateway": {"a": {"subnet_id": "subnet-1"}}}}))
    assert main(["egress", "explain", flows, "--stack", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"northsouth: error: {stack}: got no block of the VPC's addresses; write --vpc-cidr 10.0.0.0/16 as well\n"
    )
