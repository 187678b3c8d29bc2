"""``northsouth report``: the five lines, the model, the page, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from northsouth.cli.main import main
from northsouth.report.markdown import MOST_BYTES
from tests.egress.flows.records import GB, Flow, written, zonal
from tests.report.change import AFTER, BEFORE, history, stack, write

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "before", BEFORE)
    write(tmp_path, "after", AFTER)


def report(*more: str, before: str = "before", after: str = "after") -> int:
    return main(["report", "--before", before, "--after", after, *more])


def model(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    assert report("--json", *more) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_the_verdict_is_five_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(*history(tmp_path), "--commit", "abc123", "--link", "https://ci.example.com/page.html") == 0
    written = capsys.readouterr().out
    assert written == (
        "<!-- northsouth report -->\n"
        "### after at abc123\n"
        "\n"
        "- ✗ **Destroyed or replaced:** 2 destroyed: aws\\_eip.b, aws\\_nat\\_gateway.b. "
        "Besides: 3 changed, 2 created.\n"
        "- • **Names:** 2 names resolve elsewhere: hub.example.com (hub.internal → hub.elsewhere), new.example.com "
        "(as usual → new.internal).\n"
        "- • **Alarms:** 1 alarm would have fired differently: nat 1 → 0 times.\n"
        "- ✓ **Money:** -36.00 USD a month, without what GB cost: NAT gateways -32.40, public IPv4 addresses -3.60. "
        "36.00 in all.\n"
        "- ? **Not judged:** what GB cost (neither --usage nor --flows was given: the figures are what is billed by "
        "the hour).\n"
        "\n"
        "[The whole report](<https://ci.example.com/page.html>)\n"
    )
    assert len(written.encode()) <= MOST_BYTES


def test_nothing_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(*history(tmp_path), after="before") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":** ")[2] for line in lines if line.startswith("- ✓")] == [
        "Nothing is destroyed or replaced.",
        "No name resolves elsewhere, of 1 judged.",
        "No alarm would have fired differently, of 1 replayed.",
        "Costs stay at 72.00 USD a month, without what GB cost.",
    ]


def test_one_side_alone_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--after", "after"]) == 0
    assert "2 names have rules; not compared." in capsys.readouterr().out


def test_the_money_adds_up_to_the_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "usage.toml").write_text("[aws_nat_gateway]\ngb_out = 1000\ngb_in = 4000\n", encoding="utf-8")
    money = model(capsys, "--usage", "usage.toml")["money"]
    for side in ("before", "after"):
        assert round(sum(row[side] for row in money["paths"]), 2) == money[side]
    assert money["usage"] is True
    assert money["prices"]["as_of"]


def test_the_page_says_what_the_json_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = model(capsys, *history(tmp_path), "--html", "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    for line in document["verdict"]:
        assert f'<a href="#{line["id"]}">{line["text"]}</a>' in page
        assert f'id="{line["id"]}"' in page
    assert "2026-10-01T11:03:00Z" in page
    assert page.count("<figcaption>") == 2


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents = [model(capsys, *history(tmp_path), "--html", f"{name}.html") for name in ("a", "b")]
    assert documents[0] == documents[1]
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_who_is_notified_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = model(capsys, *history(tmp_path))["routes"]
    assert (row["name"], row["to"], row["before"], row["after"]) == ("ops", ["email ops@example.com"], 1, 0)


def test_an_alarm_without_history_is_not_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = stack()
    other = {**both["resource"]["aws_cloudwatch_metric_alarm"]["nat"], "alarm_name": "other", "metric_name": "Other"}
    both["resource"]["aws_cloudwatch_metric_alarm"]["other"] = other
    write(tmp_path, "both", both)
    assert report("--json", *history(tmp_path), after="both") == 0
    document = json.loads(capsys.readouterr().out)
    assert {"what": "1 alarm: other", "why": "the history has no metrics of theirs"} in document["not_judged"]
    assert [each["name"] for each in document["alarms"]["alarms"]] == ["nat"]


def test_accounts_and_public_addresses_are_left_out_on_demand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = stack(names={"a.example.com": "x.internal."})
    resources = document["resource"]
    resources["aws_eip"]["a"]["tags"] = {"from": "198.51.100.7 and 9.9.9.9 and 10.1.2.3"}
    resources["aws_sns_topic"]["ops"]["kms_master_key_id"] = "arn:aws:kms:us-east-1:123456789012:key/1"
    write(tmp_path, "secret", document)
    assert report("--json", "--redact", "--html", "page.html", after="secret") == 0
    written = capsys.readouterr().out + (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "123456789012" not in written
    assert "9.9.9.9" not in written
    assert "10.1.2.3" in written
    assert "arn:aws:kms:us-east-1:<account>:key/1" in written


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--before", "none", "--after", "after"], "none"),
        (["--before", "before", "--after", "m.json"], "m.json"),
        (["--before", "before", "--after", "after", "--incidents", "i.csv"], "--incidents belongs to --metrics"),
        (["--before", "before", "--after", "after", "--usage", "u.toml"], "u.toml"),
        (["--before", "before", "--after", "."], "name the folder that `cdktf synth` wrote"),
    ],
)
def test_bad_input_is_one_message(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.json").write_text("{", encoding="utf-8")
    assert main(["report", "--html", "page.html", *arguments]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)
    assert said in captured.err
    assert not (tmp_path / "page.html").exists()


def test_flows_say_who_uses_nat_and_what_gb_cost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path / "flows.log", zonal(Flow("10.0.97.7", "52.216.1.1", up=10 * GB, down=90 * GB, service="S3")))
    options = ["--flows", "flows.log", "--region", "us-east-1"]
    document = model(capsys, *options, "--html", "page.html")
    assert document["flows"]["total"]["bytes"] == 100 * GB
    assert [each["target"] for each in document["flows"]["remedies"]] == ["s3"]
    nat = next(row for row in document["money"]["paths"] if row["path"] == "NAT gateways")
    # 100 GB a day for 30 days at 0.045, beside two gateways and then one; the way to the other zone costs twice 0.01.
    assert nat["before"] == pytest.approx(64.80 + 3000 * 0.045, abs=0.01)
    assert nat["after"] == pytest.approx(32.40 + 3000 * 0.045 + 1500 * 0.02, abs=0.01)
    money = next(line["text"] for line in document["verdict"] if line["id"] == "money")
    assert "NAT carried 4.50 USD a day, 4.50 of it avoidable." in money
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    edges = {(each["from"], each["to"]): each["bytes_per_day"] for each in document["paths"]["before"]["edges"]}
    assert edges["subnets us-east-1a", "nat us-east-1a"] == edges["subnets us-east-1a", "service s3"] == 100 * GB
    assert {each["bytes_per_day"] for each in document["paths"]["after"]["edges"]} == {None}
    assert "100.0 GB a day" in page
    assert "What went through NAT" in page
    assert "Endpoint.gateway(&#34;s3&#34;)" in page
