"""``northsouth cost``: folders, files, prices and errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from northsouth.cli.main import main

GATEWAY = {"aws_nat_gateway": {"main": {"subnet_id": "subnet-12345678", "allocation_id": "${aws_eip.main.id}"}}}
TWO = {"aws_nat_gateway": {**GATEWAY["aws_nat_gateway"], "second": {"allocation_id": "${aws_eip.main.id}"}}}


def document(resources: dict[str, Any], region: str = "us-east-1") -> str:
    return json.dumps({"terraform": {}, "provider": {"aws": [{"region": region}]}, "resource": resources})


def synthesized(folder: Path, region: str = "us-east-1", **stacks: dict[str, Any]) -> Path:
    """Write stacks as ``cdktf synth`` does."""
    for name, resources in stacks.items():
        (folder / "stacks" / name).mkdir(parents=True)
        (folder / "stacks" / name / "cdk.tf.json").write_text(document(resources, region))
    listed = {name: {"synthesizedStackPath": f"stacks/{name}/cdk.tf.json"} for name in stacks}
    (folder / "manifest.json").write_text(json.dumps({"stacks": listed}))
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> str:
    assert main(["cost", *map(str, arguments)]) == code
    printed = capsys.readouterr()
    return printed.err if code else printed.out


def test_folders_and_files_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = synthesized(tmp_path / "out", edge=GATEWAY)
    for place in (folder, folder / "stacks" / "edge", folder / "stacks" / "edge" / "cdk.tf.json"):
        assert run(capsys, "--stack", place).startswith("at least 32.40 USD a month\n")


def test_a_plan_is_read_with_its_region(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = {"connectivity_type": "public", "allocation_id": "eipalloc-12345678"}
    resource = {"address": "aws_nat_gateway.main", "mode": "managed", "type": "aws_nat_gateway", "name": "main"}
    provider = {
        "full_name": "registry.terraform.io/hashicorp/aws",
        "expressions": {"region": {"constant_value": "eu-west-1"}},
    }
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [{**resource, "values": values}]}},
        "resource_changes": [],
        "configuration": {"provider_config": {"aws": provider}, "root_module": {}},
    }
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan))
    text = run(capsys, "--stack", file)
    assert text.startswith("at least 36.00 USD a month")  # the given address is billed too
    assert "the stack is in eu-west-1, which northsouth has no prices of" in text


def test_several_stacks_are_one_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = synthesized(tmp_path / "out", edge=GATEWAY, other=TWO)
    text = run(capsys, "--stack", folder)
    assert text.startswith("at least 97.20 USD a month")
    assert "edge/aws_nat_gateway.main" in text
    usage = tmp_path / "usage.toml"
    usage.write_text('["other/aws_nat_gateway.second"]\ngb_out = 100\ngb_in = 0\ngb_cross_zone = 0\n')
    data = json.loads(run(capsys, "--stack", folder, "--usage", usage, "--json"))
    assert data["usd_per_month"] == pytest.approx(97.20 + 100 * 0.045 + 100 * 0.09)


def test_a_change_is_told_whatever_the_folders_are_called(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = synthesized(tmp_path / "main", edge=GATEWAY)
    after = tmp_path / "branch"
    after.mkdir()
    (after / "cdk.tf.json").write_text(document(TWO))
    text = run(capsys, "--stack", after, "--before", before)
    assert text.startswith("at least 64.80 USD a month (+32.40; before: at least 32.40)")
    assert "changed:\n  aws_nat_gateway.second: none → 32.40 and more\n\n" in text
    comment = run(capsys, "--stack", after, "--before", before, "--markdown")
    assert "| NAT gateways | `aws_nat_gateway.second` | none | 32.40 and more |" in comment
    # A usage file may name what is gone.
    usage = tmp_path / "usage.toml"
    usage.write_text('["aws_nat_gateway.second"]\ngb_out = 1\ngb_in = 0\n')
    assert "-" in run(capsys, "--stack", before, "--before", after, "--usage", usage)


def test_modules_whose_resources_are_elsewhere_are_not_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cdk.tf.json"
    file.write_text(json.dumps({**json.loads(document({})), "module": {"vpc": {"source": "./vpc"}}}))
    text = run(capsys, "--stack", file)
    assert text.startswith("at least 0.00 USD a month")
    assert "not judged: modules, whose resources only a plan holds: module.vpc" in text


def test_prices_of_another_region(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = synthesized(tmp_path / "out", region="eu-west-1", edge=GATEWAY)
    prices = tmp_path / "prices.toml"
    prices.write_text(
        'region = "eu-west-1"\nas_of = "2026-11"\nsource = "our contract"\nnat_gateway_hour = 0.048\n'
        "endpoint_gb = [{ usd_per_gb = 0.01, up_to_gb = 1048576 }, { usd_per_gb = 0.006 }]\n"
    )
    text = run(capsys, "--stack", folder, "--prices", prices)
    assert text.startswith("at least 34.56 USD a month")
    assert "prices of eu-west-1 as of 2026-11, a month of 720 hours: our contract" in text
    assert "northsouth has no prices of" not in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nat_gb = 1", "region: got nothing; a text: prices have a Region, a date and a source"),
        ("nat_bg = 1", "nat_bg: got 1; the prices are nat_gateway_hour, nat_gb"),
        ("nat_gb = -1", "nat_gb: got -1; a price is a number, not below zero"),
        ("endpoint_gb = [1]", "endpoint_gb[0]: got 1; a tier is"),
        ("endpoint_gb = [{ up_to_gb = 1 }]", "endpoint_gb[0]: got {'up_to_gb': 1}; a tier is"),
        ("endpoint_gb = [{ usd_per_gb = 1, up_to_gb = 1 }]", "the last has no end"),
        ("region", "prices.toml: not TOML"),
    ],
)
def test_bad_prices_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, expected: str) -> None:
    folder = synthesized(tmp_path / "out", edge=GATEWAY)
    prices = tmp_path / "prices.toml"
    head = "" if "region" in text or text == "nat_gb = 1" else 'region = "r"\nas_of = "d"\nsource = "s"\n'
    prices.write_text(head + text)
    assert expected in run(capsys, "--stack", folder, "--prices", prices, code=2)


def test_bad_usage_is_refused_in_one_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = synthesized(tmp_path / "out", edge=GATEWAY)
    usage = tmp_path / "usage.toml"
    usage.write_text('[aws_nat_gatewy]\ngb_out = 1\n["aws_nat_gateway.main"]\ngb_out = -1\n')
    report = run(capsys, "--stack", folder, "--usage", usage, code=2)
    assert f"2 problems in {usage}:" in report
    assert "Did you mean [aws_nat_gateway]?" in report


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--json", "--markdown"], "--json and --markdown exclude each other"),
        (["--stack", "nowhere"], "nowhere: no manifest.json and no cdk.tf.json here; run `cdktf synth`"),
        ([], "cdktf.out: no manifest.json"),
        (["--stack", "stack.json", "--usage", "nowhere"], "nowhere: No such file or directory"),
        (["--stack", "text.json"], "not JSON"),
        (["--stack", "list.json"], "list.json"),
    ],
)
def test_wrong_arguments_are_one_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    expected: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("stack.json").write_text(document(GATEWAY))
    Path("text.json").write_text("gb = 1")
    Path("list.json").write_text("[]")
    report = run(capsys, *arguments, code=2)
    assert expected in report
    assert report.startswith("northsouth: error: ")
    assert report.count("\n") == 1


ALARM = {"alarm_name": "a", "metric_name": "Errors", "namespace": "Shop", "period": 60}
ALARMS = {
    "aws_cloudwatch_metric_alarm": {"a": ALARM},
    "aws_cloudwatch_composite_alarm": {"c": {"alarm_name": "c", "alarm_rule": "ALARM(a)"}},
}


def test_alarms_stand_beside_the_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = synthesized(tmp_path / "after", edge={**GATEWAY, **ALARMS})
    before = synthesized(tmp_path / "before", edge=GATEWAY)
    line = "not in the figure: alarms: 2 (1 metric and 1 composite), 0.60 USD a month"
    text = run(capsys, "--stack", after)
    assert text.startswith("at least 32.40 USD a month\n")
    assert f"\n{line}\nprices of alarms of us-east-1 as of" in text
    assert f"- {line} (+0.60; before: 0.00)\n" in run(capsys, "--stack", after, "--before", before, "--markdown")
    data = json.loads(run(capsys, "--stack", after, "--before", before, "--json"))
    assert (data["alarms"]["alarms"], data["alarms"]["usd_per_month"]) == (2, 0.6)
    assert data["before"]["alarms"]["usd_per_month"] == 0
    assert "alarms:" not in run(capsys, "--stack", before)


def test_prices_of_alarms_are_a_table_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, prices = synthesized(tmp_path / "out", edge=ALARMS), tmp_path / "prices.toml"
    where = 'region = "eu-west-1"\nas_of = "2026-11"\nsource = "our contract"\n'
    prices.write_text(f"{where}[alarms]\ncomposite = 0.4\n")
    text = run(capsys, "--stack", folder, "--prices", prices)
    assert "0.50 USD a month" in text
    assert "prices of alarms of eu-west-1 as of 2026-11: our contract" in text
    for wrong, message in {
        "[alarms]\ncomposit = 0.4": "alarms.composit: got 0.4; the prices of alarms are metric, high_res",
        "[alarms]\nmetric = -1": "alarms.metric: got -1; a price is a number, not below zero",
        "alarms = 3": "alarms: got 3; it is a table of prices",
    }.items():
        prices.write_text(f"{where}{wrong}\n")
        assert message in run(capsys, "--stack", folder, "--prices", prices, code=2)
