"""Flows with a known answer, explained: the worked example, and each way in which records mislead."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from northsouth.egress.flows.engine import Answer, Question, Window, explain
from northsouth.egress.flows.vpc import Gateway, Subnet, Vpc
from northsouth.egress.flows.vpc import written as vpc_of
from northsouth.egress.prices import Prices
from northsouth.errors import ConfigurationError

from .records import (
    GATEWAY,
    GB,
    OWN,
    REGIONAL,
    START,
    V5,
    V9,
    V11,
    Flow,
    Record,
    line,
    regional,
    sender,
    status,
    written,
    zonal,
)

pytestmark = pytest.mark.slow

S3, OTHER_S3, WEB = "52.216.20.20", "52.218.64.9", "203.0.113.80"
A = Flow("10.0.1.7", S3, 10 * GB, 200 * GB, "S3", instance="i-0a")
B = Flow("10.0.2.8", "52.216.20.21", 5 * GB, 40 * GB, "S3", zone="use1-az2", instance="i-0b")
C = replace(A, destination=WEB, up=2 * GB, down=1 * GB, service="-")
FLOWS = (A, B, C)
VPC = Vpc(cidrs=("10.0.0.0/16",), gateways=(Gateway(GATEWAY, (OWN,)),))


@pytest.fixture
def asked(tmp_path: Path) -> Callable[..., Answer]:
    def ask(records: Iterable[Record], form: str = V9, **more: Any) -> Answer:
        path = written(tmp_path / "flows.log", records, form)
        return explain(Question(**{"files": [path], "vpc": VPC, "region": "us-east-1", **more}))

    return ask


def query(name: str, *answers: tuple[str, str], at: str = "2026-10-01T00:00:01Z") -> dict[str, Any]:
    listed = [{"Rdata": data, "Type": kind, "Class": "IN"} for kind, data in answers]
    return {"query_name": name, "query_timestamp": at, "rcode": "NOERROR", "answers": listed, "srcaddr": "10.0.0.2"}


def logged(path: Path, *queries: dict[str, Any]) -> Path:
    path.write_text("".join(f"{json.dumps(each)}\n" for each in queries), encoding="utf-8")
    return path


def both(flows: Iterable[Flow] = FLOWS) -> list[Record]:
    return [record for flow in flows for record in (*zonal(flow), *sender(flow))]


def test_a_day_with_one_zonal_gateway_comes_out_to_the_cent(asked: Callable[..., Answer], tmp_path: Path) -> None:
    inside = {"bytes": str(7 * GB), "srcaddr": "10.0.2.8", "dstaddr": "10.0.1.7", "pkt-srcaddr": "10.0.2.8"}
    inside |= {"pkt-dstaddr": "10.0.1.7", "start": str(START), "end": str(START + 60)}
    scan = {**next(iter(zonal(replace(C, up=1000)))), "action": "REJECT"}
    names = logged(
        tmp_path / "queries.json",
        query("data.s3.us-east-1.amazonaws.com.", ("CNAME", "s3-r-w.us-east-1.amazonaws.com."), ("A", S3)),
        query("data.s3.us-east-1.amazonaws.com.", ("A", B.destination)),
        query("telemetry.vendor.example.", ("A", WEB)),
    )
    answer = asked(
        [
            *both(),
            *({**inside, "interface-id": each} for each in ("eni-of-10.0.2.8", "eni-of-10.0.1.7")),
            scan,
            status("NODATA"),
            status("SKIPDATA"),
        ],
        queries=[names],
    )
    assert answer.total["bytes"] == 258 * GB
    assert (answer.total["upload_bytes"], answer.total["download_bytes"]) == (17 * GB, 241 * GB)
    money = {key: answer.total[key] for key in ("usd_nat", "usd_cross_zone", "usd_internet", "usd_per_day")}
    assert money == pytest.approx({"usd_nat": 11.61, "usd_cross_zone": 0.9, "usd_internet": 0.18, "usd_per_day": 12.69})
    assert {row["source"]: row["usd_nat"] for row in answer.groups["sources"]} == pytest.approx(
        {"10.0.1.7": 9.585, "10.0.2.8": 2.025}
    )
    assert {row["names"]: row["bytes"] for row in answer.groups["names"]} == {
        "data.s3.us-east-1.amazonaws.com": 255 * GB,
        "telemetry.vendor.example": 3 * GB,
    }
    endpoint, rest = answer.remedies
    assert (endpoint["remedy"], endpoint["target"], endpoint["bytes"]) == ("gateway endpoint", "s3", 255 * GB)
    assert endpoint["usd_saved"] == pytest.approx(12.375)
    assert rest["usd_per_day"] + endpoint["usd_per_day"] == pytest.approx(12.69)
    skipped = [(row["place"], row["records"]) for row in answer.interfaces if row["log_status"] == "SKIPDATA"]
    assert skipped == [(GATEWAY, 1)]


@pytest.mark.parametrize("form", [V5, V9, V11])
def test_every_version_and_kind_of_gateway_gives_the_same_sums(asked: Callable[..., Answer], form: str) -> None:
    answer = asked(both(), form)
    assert answer.side == ("sender" if form == V11 else "gateway")
    assert answer.total["bytes"] == 258 * GB
    assert {row["source"]: row["instance_id"] for row in answer.groups["sources"]} == {
        "10.0.1.7": "i-0a",
        "10.0.2.8": "i-0b",
    }
    assert answer.total["cross_zone_bytes"] == 45 * GB


def test_a_regional_gateway_is_known_by_its_resource(asked: Callable[..., Answer]) -> None:
    answer = asked([record for flow in FLOWS for record in regional(flow)], vpc=vpc_of(["10.0.0.0/16"], []))
    assert answer.total["bytes"] == 258 * GB
    assert answer.total["cross_zone_bytes"] == 0
    assert [row["place"] for row in answer.groups["gateways"]] == [REGIONAL]


def test_zonal_and_regional_gateways_in_one_vpc(asked: Callable[..., Answer]) -> None:
    answer = asked([*zonal(A), *regional(B)])
    assert {row["place"]: row["bytes"] for row in answer.groups["gateways"]} == {GATEWAY: 210 * GB, REGIONAL: 45 * GB}


def test_gateways_that_nobody_names_are_those_that_the_records_show(asked: Callable[..., Answer]) -> None:
    pod = replace(A, source="10.0.9.9")
    answer = asked([*both(), *sender(pod, primary="10.0.1.7")], vpc=vpc_of(["10.0.0.0/16"], []))
    assert answer.seen
    assert answer.vpc.gateways == (Gateway(GATEWAY, (OWN,)),)
    assert answer.total["bytes"] == 258 * GB


def test_pods_are_senders_although_the_interface_is_the_nodes(asked: Callable[..., Answer]) -> None:
    pod = replace(A, source="100.64.3.3", instance="i-0node")
    secondary = replace(VPC, cidrs=("10.0.0.0/16", "100.64.0.0/16"))
    answer = asked([*zonal(pod), *sender(pod, primary="10.0.1.7")], vpc=secondary)
    [row] = answer.groups["sources"]
    assert (row["source"], row["instance_id"], row["bytes"]) == ("100.64.3.3", "i-0node", 210 * GB)


def test_private_gateways_lead_to_private_addresses_outside_the_vpc(asked: Callable[..., Answer]) -> None:
    answer = asked(zonal(replace(A, destination="10.9.0.5", service="-")))
    [row] = answer.groups["destinations"]
    assert (row["service"], row["bytes"]) == ("private network", 210 * GB)
    assert answer.total["internet_bytes"] == 0


def test_nat64_is_ipv6_inside_and_counted_once(asked: Callable[..., Answer]) -> None:
    flow = replace(A, source="2001:db8:1::5", destination="64:ff9b::34d8:1414")
    inner_out, _, _, inner_in = zonal(flow)
    outer = list(zonal(replace(A, source="unused")))[1:3]
    answer = asked([inner_out, *outer, inner_in])
    [row] = answer.groups["destinations"]
    assert (row["bytes"], row["service"], row["region"]) == (210 * GB, "S3", "us-east-1")
    assert [each["remedy"] for each in answer.remedies] == ["gateway endpoint"]


def test_s3_of_another_region_has_no_gateway_endpoint(asked: Callable[..., Answer]) -> None:
    answer = asked(zonal(replace(A, destination=OTHER_S3)))
    [row] = answer.groups["destinations"]
    assert (row["service"], row["region"]) == ("S3", "eu-west-1")
    assert [each["remedy"] for each in answer.remedies] == ["none"]


def test_an_address_without_a_range_goes_by_the_field_and_the_name(
    asked: Callable[..., Answer], tmp_path: Path
) -> None:
    flow = replace(A, destination="192.0.2.40")
    [alone] = asked(zonal(flow)).remedies
    assert (alone["remedy"], alone["target"]) == ("none", "")
    names = logged(tmp_path / "q.json", query("bucket.s3.us-east-1.amazonaws.com.", ("A", "192.0.2.40")))
    [named] = asked(zonal(flow), queries=[names]).remedies
    assert (named["remedy"], named["target"]) == ("gateway endpoint", "s3")


def test_names_follow_chains_and_shared_addresses_are_one_row(asked: Callable[..., Answer], tmp_path: Path) -> None:
    flows = [replace(A, destination=each, up=0, down=GB, service="-") for each in (WEB, "203.0.113.81", "203.0.113.82")]
    names = logged(
        tmp_path / "q.json",
        query("App.example.", ("CNAME", "lb.example."), ("A", WEB), ("A", "203.0.113.81")),
        query("lb.example.", ("A", WEB)),
        query("other.example.", ("A", "203.0.113.81")),
        query("late.example.", ("A", "203.0.113.82"), at="2026-10-03T00:00:00Z"),
        query("early.example.", ("A", "203.0.113.82"), at="2026-09-29T00:00:00Z"),
    )
    answer = asked([record for flow in flows for record in zonal(flow)], queries=[names])
    assert {row["names"]: row["bytes"] for row in answer.groups["names"]} == {
        "app.example": GB,
        "app.example, other.example": GB,
        "": GB,
    }


def test_an_interface_endpoint_is_refused_below_its_break_even(asked: Callable[..., Answer], tmp_path: Path) -> None:
    names = logged(
        tmp_path / "q.json",
        query("api.ecr.us-east-1.amazonaws.com.", ("A", "3.4.5.6")),
        query("logs.us-east-1.amazonaws.com.", ("A", "3.4.5.7")),
    )
    few = Flow("10.0.1.7", "3.4.5.6", GB, GB)
    many = Flow("10.0.1.7", "3.4.5.7", 100 * GB, GB)
    answer = asked([*zonal(few), *zonal(many)], queries=[names], zones=3)
    rows = {row["target"]: row for row in answer.remedies}
    assert rows["logs"]["pays"]
    assert rows["logs"]["usd_saved"] == pytest.approx(
        101 * 0.045 - 101 * 0.01 - 3 * 24 * 0.01 + _internet(rows["logs"])
    )
    assert not rows["ecr.api"]["pays"]
    assert sum(row["bytes"] for row in answer.remedies) == answer.total["bytes"] == 103 * GB


def _internet(row: Any) -> float:
    return float(row["usd_internet"])


def test_a_twin_is_an_override(asked: Callable[..., Answer], tmp_path: Path) -> None:
    names = logged(tmp_path / "q.json", query("cdn.hub.example.", ("A", WEB)))
    answer = asked(both(), queries=[names], twins={"CDN.hub.example": "cdn.internal.example"})
    rows = {row["remedy"]: row for row in answer.remedies}
    assert rows["DNS override"]["target"] == "cdn.internal.example"
    assert rows["DNS override"]["bytes"] == 3 * GB
    assert sum(row["bytes"] for row in answer.remedies) == 258 * GB


def test_what_crosses_zones_and_has_no_other_remedy_is_a_move(asked: Callable[..., Answer]) -> None:
    far = replace(C, source="10.0.2.8", zone="use1-az2", up=100 * GB, down=0)
    answer = asked(both([A, far]))
    rows = {row["remedy"]: row for row in answer.remedies}
    assert rows["cross-zone"]["target"] == "use1-az2"
    assert rows["cross-zone"]["usd_saved"] == pytest.approx(100 * 0.01 * 2 - 24 * (0.045 + 0.005))
    assert rows["cross-zone"]["pays"]


def test_zones_come_from_subnets_where_the_records_do_not_say(asked: Callable[..., Answer]) -> None:
    subnets = (Subnet("10.0.1.0/24", "us-east-1a"), Subnet("10.0.2.0/24", "us-east-1b"))
    vpc = Vpc(("10.0.0.0/16",), (Gateway(GATEWAY, (OWN,), "us-east-1a"),), subnets)
    answer = asked([record for flow in FLOWS for record in zonal(flow)], V9.replace(" az-id", ""), vpc=vpc)
    assert (answer.total["cross_zone_bytes"], answer.total["unknown_zone_bytes"]) == (45 * GB, 0)


def test_ecs_services_and_tags_name_senders(asked: Callable[..., Answer]) -> None:
    answer = asked(sender(replace(A, ecs="api", tag="team-a")), V11, vpc=Vpc(("10.0.0.0/16",)))
    [row] = answer.groups["sources"]
    assert (row["ecs_service"], row["tags"], row["bytes"]) == ("web/api", "team-a", 210 * GB)


def test_senders_that_say_too_little_leave_the_gateways_records_the_word(asked: Callable[..., Answer]) -> None:
    answer = asked([*zonal(A), *zonal(B), *sender(A), *sender(B, hop="vpc_endpoint")], V11)
    assert (answer.side, answer.total["bytes"]) == ("gateway", 255 * GB)
    assert answer.sides == {"gateway": 255 * GB, "sender": 210 * GB}


def test_records_without_addresses_are_named_and_not_counted(asked: Callable[..., Answer]) -> None:
    lost = {**next(iter(zonal(A))), "pkt-srcaddr": "-", "pkt-dstaddr": "-"}
    answer = asked([*zonal(B), lost])
    assert (answer.total["bytes"], answer.unknown_bytes) == (45 * GB, 10 * GB)


def test_a_window_leaves_out_what_starts_outside(asked: Callable[..., Answer]) -> None:
    records = [*zonal(A), *zonal(replace(B, start=START + 86400))]
    answer = asked(records, window=Window(START, START + 86400, stated=True))
    assert (answer.total["bytes"], answer.window.days) == (210 * GB, 1.0)
    assert asked(records).window.days == pytest.approx(1 + 60 / 86400)
    half = asked(zonal(A), window=Window(START, START + 43200, stated=True))
    assert half.total["usd_nat"] == pytest.approx(2 * 210 * 0.045)


def test_lines_with_double_blanks_and_repeated_headers_are_read(tmp_path: Path) -> None:
    fields = V5.split()
    lines = [V5, *(line(each, fields) for each in zonal(A)), V5, *(line(each, fields) for each in zonal(B))]
    plain, spaced = tmp_path / "plain.log", tmp_path / "spaced.log"
    plain.write_text("\n".join(lines) + "\n")
    spaced.write_text("\n".join([lines[0], *(each.replace(" ", "  ", 3) for each in lines[1:])]) + "\n")
    for path in (plain, spaced):
        assert explain(Question(files=[path], vpc=VPC)).total["bytes"] == 255 * GB


def test_every_form_of_file_gives_the_same_sum(tmp_path: Path) -> None:
    text = written(tmp_path / "plain.log", both())
    lines = text.read_text().splitlines()
    forms = {
        "folder/a.log.gz": gzip.compress(text.read_bytes()),
        "exported.log": "\n".join(f"2026-10-01T00:00:00.000Z {each}" for each in lines[1:]).encode(),
        "envelope.json": json.dumps({"logEvents": [{"message": each} for each in lines[1:]]}).encode(),
        "events.json": json.dumps({"events": [{"message": each} for each in lines[1:]]}).encode(),
        "insights.json": json.dumps(
            {"results": [[{"field": "@message", "value": each}] for each in lines[1:]]}
        ).encode(),
        "insights.csv": "\n".join(["@timestamp,@message", *(f'now,"{each}"' for each in lines[1:])]).encode(),
    }
    (tmp_path / "folder").mkdir()
    for name, content in forms.items():
        (tmp_path / name).write_bytes(content)
    columns = ", ".join(f"'{name.replace('-', '_')}': 'VARCHAR'" for name in V5.split())
    numbers = ", ".join(f'CAST("{name}" AS BIGINT) AS "{name}"' for name in ("bytes", "start", "end"))
    duckdb.connect().sql(
        f"COPY (SELECT * REPLACE ({numbers}) FROM"
        f" read_csv('{text}', auto_detect=false, header=false, skip=1, delim=' ',"
        f" columns={{{columns}}})) TO '{tmp_path / 'flows.parquet'}' (FORMAT parquet)"
    )
    for name in ("folder", "flows.parquet", *list(forms)[1:]):
        form = "" if name in ("folder", "flows.parquet") else " ".join(f"${{{each}}}" for each in V5.split())
        answer = explain(Question(files=[tmp_path / name], vpc=VPC, format=form))
        assert answer.total["bytes"] == 258 * GB, name


BAD: dict[str, tuple[Callable[[Path], dict[str, Any]], str]] = {
    "no pkt fields": (
        lambda path: {"files": [written(path / "a.log", both(), V5.replace(" pkt-srcaddr pkt-dstaddr", ""))]},
        "cannot join source and destination: needs pkt-srcaddr, pkt-dstaddr",
    ),
    "the default format": (
        lambda path: {"files": [_text(path, "2 123456789010 eni-1 10.0.0.1 10.0.0.2 1 2 6 20 42 1 2 ACCEPT OK")]},
        "cannot join source and destination",
    ),
    "a transit gateway": (
        lambda path: {"files": [_text(path, "3 - 111122223333 tgw-0a12bc34de56f7890 tgw-attach-0123abcd - OK")]},
        "transit gateway",
    ),
    "a transit gateway's header": (
        lambda path: {
            "files": [_text(path, "version resource-type account-id tgw-id tgw-attachment-id bytes start end")]
        },
        "transit gateway",
    ),
    "mixed headers": (
        lambda path: {"files": [written(path / "a.log", both()), written(path / "b.log", both(), V9)]},
        "b.log: got other fields: also resource-id",
    ),
    "two headers in one file": (
        lambda path: {"files": [_text(path, V5, line(next(zonal(A)), V5.split()), " ".join(sorted(V5.split())))]},
        "got another header",
    ),
    "two flow logs of one interface": (
        lambda path: {
            "files": [
                written(path / f"1_vpcflowlogs_us-east-1_fl-{each}_20261001T0000Z_1.log", both()) for each in "ab"
            ]
        },
        f"{GATEWAY} in fl-a and in fl-b",
    ),
    "nothing but REJECT": (
        lambda path: {"files": [written(path / "a.log", [{**each, "action": "REJECT"} for each in both()])]},
        "got 18 REJECT; accepted records of a NAT gateway",
    ),
    "nothing but NODATA": (lambda path: {"files": [written(path / "a.log", [status("NODATA")])]}, "got 1 NODATA"),
    "no record": (lambda path: {"files": [written(path / "a.log", [])]}, "no record"),
    "an empty file": (lambda path: {"files": [_text(path, "")]}, "an empty file"),
    "a truncated gzip file": (
        lambda path: {"files": [_bytes(path, gzip.compress(written(path / "b", both() * 99).read_bytes())[:-20])]},
        "Unexpected end of GZIP stream",
    ),
    "a file that begins as gzip": (lambda path: {"files": [_bytes(path, b"\x1f\x8bnothing")]}, "a file that is whole"),
    "a damaged Parquet file": (lambda path: {"files": [_bytes(path, b"PAR1 and no more")]}, "files that are whole"),
    "no such file": (lambda path: {"files": [path / "absent.log"]}, "No such file"),
    "an empty folder": (lambda path: {"files": [path]}, "a folder without such files"),
    "a number that is none": (
        lambda path: {"files": [_text(path, V5, line({**next(zonal(A)), "bytes": "many"}, V5.split()))]},
        "got bytes many; bytes is a number",
    ),
    "a line that is too short": (
        lambda path: {"files": [_text(path, V5, line(next(zonal(A)), V5.split()), "5 111122223333 eni-1")]},
        "a line has 21 words",
    ),
    "an unknown field": (
        lambda path: {"files": [_text(path, V5.replace("pkt-srcaddr", "pkt-srcadr"))]},
        "Write pkt-srcaddr.",
    ),
    "prices of another Region": (
        lambda path: {"files": [written(path / "a.log", both())], "region": "eu-west-1"},
        "records of eu-west-1 without prices of it",
    ),
    "prices of a third Region": (
        lambda path: {"files": [written(path / "a.log", both())], "prices": Prices(region="eu-west-1")},
        "got prices of eu-west-1 for records of us-east-1",
    ),
    "records of no Region": (
        lambda path: {"files": [written(path / "a.log", both(), V5.replace(" az-id", ""))], "region": ""},
        "Write --region us-east-1.",
    ),
}


def _text(path: Path, *lines: str) -> Path:
    return _bytes(path, "\n".join([*lines, ""]).encode())


def _bytes(path: Path, content: bytes) -> Path:
    (path / "bad.log").write_bytes(content)
    return path / "bad.log"


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_explained_is_one_clear_message(tmp_path: Path, name: str) -> None:
    made, message = BAD[name]
    with pytest.raises(ConfigurationError) as caught:
        explain(Question(**{"vpc": VPC, "region": "us-east-1", **made(tmp_path)}))
    assert message in str(caught.value)
    assert len(caught.value.problems) == 1


def test_one_regions_prices_are_taken_when_they_are_said(asked: Callable[..., Answer]) -> None:
    answer = asked(both(), region="eu-west-1", prices=Prices(nat_gb=0.048, region="eu-west-1"))
    assert answer.total["usd_nat"] == pytest.approx(258 * 0.048)
