"""The app writes the same bytes every time, says nothing, and depends on no machine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import cdktf
import pytest

from northsouth.stacks.edge import EdgeStack
from northsouth.stacks.loading import environment_files, load_environments
from tests.harness.files import written
from tests.stacks.test_bad_input import EXAMPLE, ROOT

S3_STATE = EXAMPLE.replace('backend = "local"\n', 'backend = "s3"\nbucket = "acme-terraform-state"\n', 1)
EXISTING = EXAMPLE.replace(
    'cidr = "10.40.0.0/16"\nzones = ["us-east-1a", "us-east-1b", "us-east-1c"]\n',
    """\
vpc_id = "vpc-0a1b2c3d4e5f60718"
[network.public_subnet_ids]
us-east-1a = "subnet-0aaaaaaaaaaaaaaa1"
us-east-1b = "subnet-0aaaaaaaaaaaaaaa2"
[network.private_route_table_ids]
us-east-1a = "rtb-0aaaaaaaaaaaaaaa1"
us-east-1b = "rtb-0aaaaaaaaaaaaaaa2"
""",
    1,
)


def synthesize(
    folder: Path, text: str = EXAMPLE, **variables: str
) -> tuple[dict[str, Any], subprocess.CompletedProcess[str]]:
    """Run the app as `cdktf synth` does, on one environment file; return its document and how it went."""
    file = folder / "environment.toml"
    file.write_text(text, encoding="utf-8")
    environment = {**os.environ, "NORTHSOUTH_ENVIRONMENTS": str(file), "CDKTF_OUTDIR": str(folder / "out"), **variables}
    done = subprocess.run(
        [sys.executable, "main.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads((folder / "out" / "stacks" / "example" / "cdk.tf.json").read_text())
    return document, done


@pytest.mark.slow
def test_synth_is_silent_and_deterministic(tmp_path: Path) -> None:
    runs = {"here": {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "1"}, "there": {"TZ": "America/Lima", "PYTHONHASHSEED": "2"}}
    for name, variables in runs.items():
        (tmp_path / name).mkdir()
        _, done = synthesize(tmp_path / name, **variables)
        assert (done.stdout, done.stderr) == ("", "")
    here, there = (written(tmp_path / name / "out") for name in runs)
    assert here == there
    assert not [name for name, content in here.items() if str(ROOT).encode() in content]


@pytest.mark.slow
def test_state_is_local_by_default_and_its_path_is_relative(tmp_path: Path) -> None:
    document, _ = synthesize(tmp_path)
    assert document["terraform"]["backend"] == {"local": {"path": "../../../terraform.example.tfstate"}}


@pytest.mark.slow
def test_state_goes_to_s3_with_locking(tmp_path: Path) -> None:
    document, _ = synthesize(tmp_path, S3_STATE)
    assert document["terraform"]["backend"]["s3"] == {
        "bucket": "acme-terraform-state",
        "encrypt": True,
        "key": "northsouth/example.tfstate",
        "region": "us-east-1",
        "use_lockfile": True,
    }


@pytest.mark.slow
def test_it_works_on_a_vpc_that_exists(tmp_path: Path) -> None:
    document, _ = synthesize(tmp_path, EXISTING)
    assert not {"aws_vpc", "aws_subnet", "aws_internet_gateway"} & set(document["resource"])
    assert len(document["resource"]["aws_nat_gateway"]) == 2
    (association, *_) = document["resource"]["aws_route53_resolver_firewall_rule_group_association"].values()
    assert association["vpc_id"] == "vpc-0a1b2c3d4e5f60718"


def test_all_environments_or_the_named_ones() -> None:
    folder = ROOT / "environments"
    assert [file.name for file in environment_files(folder, [])] == sorted(file.name for file in folder.glob("*.toml"))
    assert environment_files(folder, ["example", "example"]) == [folder / "example.toml"]
    assert [found.environment.name for found in load_environments(environment_files(folder, ["example"]))] == [
        "example"
    ]


def test_the_variable_names_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORTHSOUTH_ENVIRONMENTS", "example")
    assert environment_files(ROOT / "environments") == [ROOT / "environments" / "example.toml"]


def declared(folder: Path, text: str) -> dict[str, Any]:
    """Return the document of an environment file, synthesized in this process."""
    file = folder / "environment.toml"
    file.write_text(text, encoding="utf-8")
    (environment,) = load_environments([file])
    document: dict[str, Any] = json.loads(cdktf.Testing.synth(EdgeStack(cdktf.Testing.app(), environment)))
    return document


@pytest.mark.slow
def test_all_environments_get_names_of_their_own(tmp_path: Path) -> None:
    """What AWS keeps by name in an account differs between two environments that say only what they must."""
    names = []
    for environment in ("example", "another"):
        text = EXAMPLE.replace('name = "example"\nregion', f'name = "{environment}"\nregion')
        names.append(kept_by_name(declared(tmp_path, text.replace("northsouth-example", f"northsouth-{environment}"))))
    assert len(names[0]) == len(names[1]) > 60
    assert not names[0] & names[1]


def kept_by_name(document: dict[str, Any]) -> set[tuple[str, str]]:
    """Return kind and name of everything that has a name of its own choice, but for what lies in something named."""
    inside = {
        "aws_athena_named_query",
        "aws_cloudwatch_log_stream",
        "aws_glue_catalog_table",
        "aws_iam_role_policy",
        "aws_prometheus_rule_group_namespace",
        "aws_route53_resolver_firewall_rule",
        "aws_scheduler_schedule",
    }
    keys = ("name", "name_prefix", "alarm_name", "bucket")
    return {
        (kind, resource[key])
        for kind, resources in document["resource"].items()
        for resource in resources.values()
        for key in keys
        if kind not in inside and "${" not in str(resource.get(key, "${"))
    }


@pytest.mark.slow
def test_a_log_becomes_the_metrics_that_the_handoff_alarms_ask_for(tmp_path: Path) -> None:
    log = """
[alerts.handoff.log]
group = "/services/router"
namespace = "Router"
events = { HandoffFailed = "handoff_failed" }
"""
    document = declared(tmp_path, EXAMPLE + log)
    (event,) = document["resource"]["aws_cloudwatch_log_metric_filter"].values()
    assert event["log_group_name"] == "/services/router"
    assert event["pattern"] == '{ $.event = "handoff_failed" }'
    (failed,) = (
        alarm
        for alarm in document["resource"]["aws_cloudwatch_metric_alarm"].values()
        if alarm["alarm_name"] == "example-alarms-handoff-failed"
    )
    transformation = event["metric_transformation"]
    assert (failed["namespace"], failed["metric_name"]) == (transformation["namespace"], transformation["name"])


@pytest.mark.slow
def test_an_archive_by_the_day_is_judged_by_the_day(tmp_path: Path) -> None:
    daily = re.sub(r'schedule = "hourly"\n(\w+_minutes = \d+\n)+', 'schedule = "daily"\n', EXAMPLE)
    document = declared(tmp_path, daily)
    alarms = {alarm["alarm_name"]: alarm for alarm in document["resource"]["aws_cloudwatch_metric_alarm"].values()}
    assert alarms["example-alarms-archive-hub-stale"]["period"] == 86400


@pytest.mark.slow
def test_rules_go_into_a_workspace_that_exists(tmp_path: Path) -> None:
    begin, end = EXAMPLE.index("[prometheus.workspace]"), EXAMPLE.index("[prometheus.packs.kubernetes_api]")
    document = declared(tmp_path, f'{EXAMPLE[:begin]}[prometheus.workspace]\nid = "ws-1"\n{EXAMPLE[end:]}')
    namespaces = document["resource"]["aws_prometheus_rule_group_namespace"].values()
    assert {namespace["workspace_id"] for namespace in namespaces} == {"ws-1"}
    assert "aws_prometheus_workspace" not in document["resource"]


@pytest.mark.slow
def test_overrides_as_instances_of_one_resource(tmp_path: Path) -> None:
    group = "aws_route53_resolver_firewall_rule_group"
    form = f'for_each = true\nnames = {{ {group} = {{ example = "legacy" }} }}\n'
    tag = 'names = { aws_nat_gateway = { example-us-east-1a = "legacy-a" } }\n'
    text = EXAMPLE.replace("for_each = false\n", form).replace(
        "protect_addresses = false\n", f"{tag}protect_addresses = false\n", 1
    )
    document = declared(tmp_path, text)
    assert [each["name"] for each in document["resource"][group].values()] == ["legacy"]
    names = {each["tags"]["Name"] for each in document["resource"]["aws_nat_gateway"].values()}
    assert names == {"legacy-a", "example-us-east-1b", "example-us-east-1c"}
    [(lists, block)] = document["resource"]["aws_route53_resolver_firewall_domain_list"].items()
    [(table, rows)] = [(name, each) for name, each in document["locals"].items() if isinstance(each, dict)]
    assert block["for_each"] == f"${{local.{table}}}"
    assert rows.keys() == {"hub.example.com", "cdn-lfs.hub.example.com", "registry.example.com"}
    [alarm] = [
        alarm
        for alarm in document["resource"]["aws_cloudwatch_metric_alarm"].values()
        if "override-unused" in alarm["alarm_name"]
    ]
    instance = f'aws_route53_resolver_firewall_domain_list.{lists}["hub.example.com"].id'
    assert alarm["dimensions"]["FirewallDomainListId"] == f"${{{instance}}}"
    assert "moved" not in document
    switching = declared(tmp_path, EXAMPLE.replace("moved = false\n", "moved = true\n"))
    assert len(switching["moved"]) == 6


def test_what_is_left_out_is_not_declared(tmp_path: Path) -> None:
    document = declared(tmp_path, EXAMPLE[: EXAMPLE.index("[dns.")])
    kinds = " ".join(document["resource"])
    assert not [word for word in ("alarm", "sns", "firewall", "s3_bucket", "glue", "prometheus") if word in kinds]


def analysed() -> str:
    """Return the example with the analysis and its alarms, which it shows in comments."""
    text = (ROOT / "environments" / "example.toml").read_text(encoding="utf-8")
    begin, end = text.index("[egress]\n"), text.index("# US dollars, where they differ")
    at = text.index("[alerts.egress]\n")
    to = text.index("\n\n", at)
    section = re.sub(r"(?m)^#   (?!query_logs)", "", text[begin:end])
    return f"{text[:begin]}{section}{text[end:at]}{re.sub(r'(?m)^#   ', '', text[at:to])}{text[to:]}"


@pytest.mark.slow
def test_who_uses_nat_is_measured_and_alarms_say_where_to_look(tmp_path: Path) -> None:
    resources = declared(tmp_path, analysed())["resource"]
    [machine] = [each for each in resources["aws_sfn_state_machine"].values() if each["name"] == "egress-measure"]
    assert "AvoidableUsdPerDay" in machine["definition"]
    alarms = {each["alarm_name"]: each for each in resources["aws_cloudwatch_metric_alarm"].values()}
    assert alarms["example-alarms-egress-avoidable"]["dimensions"] == {"Analysis": "egress"}
    assert alarms["example-alarms-egress-traffic-s3"]["threshold"] == 20 * 10**9
    shown = json.dumps(resources["aws_cloudwatch_dashboard"])
    for text in (alarms["example-alarms-nat-throughput"]["alarm_description"], shown):
        assert "-new_since_yesterday" in text
