from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
import yaml
from cdktf import TerraformStack
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.prometheus import (
    PrometheusRules,
    PrometheusWorkspace,
    RecordingRule,
    RuleGroup,
    RuleTest,
    SeriesLimit,
    amp,
)
from northsouth.alerts.prometheus.amp import ExistingWorkspace, namespace_problems, workspace_problems
from northsouth.alerts.prometheus.rendering import rule_file
from northsouth.errors import ConfigurationError
from tests.alerts.prometheus.rules import GROUP, SHARE, alert
from tests.harness.synth import resources, synth


@dataclass(frozen=True)
class Pack:
    name: str = "targets"

    def groups(self) -> Sequence[RuleGroup]:
        return [GROUP]

    def tests(self) -> Sequence[RuleTest]:
        return []


def report(namespaces: dict[str, Sequence[RuleGroup]], **limits: int) -> list[str]:
    return [str(problem) for problem in namespace_problems(namespaces, **limits)]


def many(number: int) -> RuleGroup:
    return RuleGroup("many", [RecordingRule(record=f"m{index}", expr="up") for index in range(number)])


def test_good_rules_have_no_problems() -> None:
    assert report({"targets": [GROUP], "0.a-b_C": [GROUP]}) == []


@pytest.mark.parametrize(
    ("namespaces", "expected"),
    [
        ({}, "namespaces: got none"),
        ({"a/b": [GROUP]}, "namespaces['a/b']: got 'a/b'; a name is of 1 to 128 letters"),
        ({"-a": [GROUP]}, "begins with a letter or digit"),
        ({"x" * 129: [GROUP]}, "a name is of 1 to 128 letters"),
        ({"a": []}, "namespaces['a'].groups: got none"),
        (
            {"a": [replace(GROUP, interval="29s")]},
            "namespaces['a'].groups['targets'].interval: got '29s'; rules are eval",
        ),
        ({"a": [replace(GROUP, query_offset="1m")]}, "query_offset: got '1m'; the offset is set for a whole workspace"),
        ({"a" * 100: [replace(GROUP, name="é" * 311)]}, "name: got 722 bytes; namespace and group have at most 721"),
        (
            {"a": [RuleGroup("g", [replace(SHARE, expr='label_replace(up, "a", "${1}b", "job", "(.*)")')])]},
            "rules['job:up:avg']: got '${1}'; Terraform would take it for its own template",
        ),
        ({"a": [RuleGroup("g", [alert(summary="over 3%{{ $value }}")])]}, "got '%{'; Terraform would take"),
    ],
)
def test_what_amp_refuses_is_told(namespaces: dict[str, Sequence[RuleGroup]], expected: str) -> None:
    [problem] = report(namespaces)
    assert expected in problem


def test_limits_at_the_edge_are_accepted() -> None:
    assert report({"a": [many(11)], "b": [many(9)]}, max_rules=20) == []
    assert report({"a": [replace(GROUP, interval="30s")]}) == []
    assert report({"a" * 100: [replace(GROUP, name="é" * 310)]}) == []


def test_rules_are_counted_over_all_namespaces_and_files_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    [problem] = report({"a": [many(12)], "b": [many(9)]}, max_rules=20)
    assert problem.startswith("namespaces: got 21 rules; a workspace takes 20")
    assert (amp.MAX_RULES, amp.MAX_FILE_BYTES) == (2000, 1_000_000)
    monkeypatch.setattr(amp, "MAX_FILE_BYTES", len(rule_file([GROUP])))
    assert report({"a": [GROUP]}) == []
    monkeypatch.setattr(amp, "MAX_FILE_BYTES", len(rule_file([GROUP])) - 1)
    assert "bytes of rules; a file has at most" in report({"a": [GROUP]})[0]


@pytest.mark.parametrize(
    "expr",
    [
        'label_replace(up, "a", "$1", "job", "(.*)")',
        'label_replace(up, "a", "$${1}b", "job", "(.*)")',
        'up{cluster="${aws_eks_cluster.main.name}"}',
    ],
)
def test_references_and_escapes_of_terraform_are_meant(expr: str) -> None:
    assert report({"a": [RuleGroup("g", [replace(SHARE, expr=expr)])]}) == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"alias": ""}, "alias: got 0 characters"),
        ({"alias": "x" * 101}, "alias: got 101 characters"),
        ({"log_retention_days": 31}, "log_retention_days: got 31; CloudWatch Logs keeps events for one of 1, 3,"),
        ({"retention_days": 0}, "retention_days: got 0; samples are kept for 1 to 1095 days"),
        ({"retention_days": 1096}, "retention_days: got 1096"),
        ({"series_limits": [SeriesLimit({"a-b": "x"}, 1)]}, "series_limits[0].labels: got a-b='x'"),
        ({"series_limits": [SeriesLimit({"a": " "}, 1)]}, "series_limits[0].labels: got a=' '"),
        ({"series_limits": [SeriesLimit({"a": "x"}, -1)]}, "series_limits[0].max_series: got -1"),
        ({"series_limits": [SeriesLimit({"a": "x"}, 1)] * 2}, "series_limits[1].labels: got {'a': 'x'}; labels are"),
    ],
)
def test_what_a_workspace_refuses_is_told(arguments: dict[str, Any], expected: str) -> None:
    usual: dict[str, Any] = {"alias": None, "log_retention_days": 30, "retention_days": None, "series_limits": []}
    [problem] = [str(problem) for problem in workspace_problems(**usual | arguments)]
    assert expected in problem


@given(st.text(max_size=130))
def test_a_namespace_is_accepted_or_told_about_once(name: str) -> None:
    assert len(report({name: [GROUP]})) <= 1


def test_constructs_declare_workspace_log_limits_and_namespaces() -> None:
    made: dict[str, Any] = {}

    def build(stack: TerraformStack) -> None:
        workspace = PrometheusWorkspace(
            stack,
            "metrics",
            alias="hub",
            kms_key_arn="arn:aws:kms:us-east-1:123456789012:key/1",
            log_retention_days=7,
            retention_days=400,
            series_limits=[SeriesLimit({"cluster": "dev"}, 100)],
            tags={"team": "edge"},
        )
        rules = PrometheusRules(
            stack, "rules", workspace=workspace, packs=[Pack()], namespaces={"own": [GROUP]}, tags={"team": "edge"}
        )
        PrometheusRules(stack, "other", workspace=PrometheusWorkspace.existing("ws-1"), packs=[Pack("more")])
        made.update(namespaces=list(rules.namespaces), arn=workspace.arn, endpoint=workspace.endpoint)

    document = synth(build)
    [workspace] = resources(document, "aws_prometheus_workspace").values()
    address = "aws_prometheus_workspace.metrics_workspace_"
    assert workspace["alias"] == "hub"
    assert workspace["kms_key_arn"].endswith("key/1")
    assert workspace["lifecycle"] == {"prevent_destroy": True}
    assert workspace["logging_configuration"]["log_group_arn"].endswith(".arn}:*")
    assert workspace["tags"] == {"team": "edge"}
    [log] = resources(document, "aws_cloudwatch_log_group").values()
    assert (log["name"], log["retention_in_days"]) == ("/aws/vendedlogs/prometheus/stack-metrics", 7)
    assert log["tags"] == {"team": "edge"}
    [configuration] = resources(document, "aws_prometheus_workspace_configuration").values()
    assert configuration["retention_period_in_days"] == 400
    assert configuration["limits_per_label_set"] == [{"label_set": {"cluster": "dev"}, "limits": [{"max_series": 100}]}]
    namespaces = {value["name"]: value for value in resources(document, "aws_prometheus_rule_group_namespace").values()}
    assert list(namespaces) == ["more", "own", "targets"]
    assert namespaces["more"]["workspace_id"] == "ws-1"
    assert address in namespaces["own"]["workspace_id"]
    assert namespaces["own"]["tags"] == {"team": "edge"}
    assert yaml.safe_load(namespaces["targets"]["data"])["groups"][0]["name"] == "targets"
    assert made["namespaces"] == ["targets", "own"]


def test_a_workspace_may_go_and_write_no_log() -> None:
    document = synth(lambda stack: PrometheusWorkspace(stack, "metrics", log_retention_days=None, protect=False))
    [workspace] = resources(document, "aws_prometheus_workspace").values()
    assert "lifecycle" not in workspace
    assert "logging_configuration" not in workspace
    assert resources(document, "aws_cloudwatch_log_group") == {}
    assert resources(document, "aws_prometheus_workspace_configuration") == {}


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ConfigurationError) as refused:
        synth(
            lambda stack: PrometheusRules(
                stack,
                "rules",
                workspace=ExistingWorkspace("ws-1"),
                packs=[Pack(), Pack()],
                namespaces={"a b": [replace(GROUP, interval="1s")]},
            )
        )
    assert len(refused.value.problems) == 3
    assert "namespaces['targets']: got two of this name" in str(refused.value)
    with pytest.raises(ConfigurationError, match="alias: got 0 characters"):
        synth(lambda stack: PrometheusWorkspace(stack, "metrics", alias=""))
