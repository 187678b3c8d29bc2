"""What is public, what may be done, that every argument reaches the JSON, and that bad input is one report."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.alerts.status import Component, StatusPage
from northsouth.alerts.status.rules import page_problems
from northsouth.errors import ConfigurationError
from tests.alerts.status.site import declare
from tests.arguments.alerts import alarm
from tests.harness.synth import resources, synth


@cache
def document() -> dict[str, Any]:
    return synth(declare)


FILES = ["status.json", "uptime.json", "feed.json"]


def one(kind: str, found: dict[str, Any] | None = None) -> dict[str, Any]:
    (resource,) = resources(found or document(), kind).values()
    return resource


def states(found: dict[str, Any] | None = None) -> dict[str, Any]:
    definition: dict[str, Any] = json.loads(one("aws_sfn_state_machine", found)["definition"])
    return dict(definition["States"])


def test_four_objects_are_public_and_nothing_else() -> None:
    (statement,) = json.loads(one("aws_s3_bucket_policy")["policy"])["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Allow", "*", ["s3:GetObject"])
    assert [arn.split("/")[-1] for arn in statement["Resource"]] == ["index.html", *FILES]
    block = one("aws_s3_bucket_public_access_block")
    assert {name: value for name, value in block.items() if isinstance(value, bool)} == {
        "block_public_acls": True,
        "ignore_public_acls": True,
        "block_public_policy": False,
        "restrict_public_buckets": False,
    }


def test_the_machine_may_write_its_files_and_no_other_object() -> None:
    policies = {
        each["name"]: json.loads(each["policy"]) for each in resources(document(), "aws_iam_role_policy").values()
    }
    statements = {each["Sid"]: each for each in policies["publish"]["Statement"]}
    assert statements["Publish"]["Action"] == ["s3:PutObject"]
    assert [arn.rsplit("/", 1)[1] for arn in statements["Publish"]["Resource"]] == FILES
    assert statements["Recall"]["Resource"][0].endswith("/uptime.json")
    wide = {sid for sid, each in statements.items() if each["Resource"] == ["*"]}
    assert wide == {"ReadAlarm", "ReadMetrics", "LogExecutions"}
    for purpose in ("schedule", "rule"):
        (start,) = policies[purpose]["Statement"]
        assert start["Action"] == ["states:StartExecution"]
        assert start["Resource"] == [
            "${aws_sfn_state_machine.status_state-machine_" + start["Resource"][0].split("_")[-1]
        ]


def test_roles_are_for_this_account_and_this_machine_only() -> None:
    trusted = [json.loads(each["assume_role_policy"]) for each in resources(document(), "aws_iam_role").values()]
    assert len(trusted) == 3
    for policy in trusted:
        (statement,) = policy["Statement"]
        assert "aws:SourceAccount" in statement["Condition"]["StringEquals"]


def test_it_starts_by_the_clock_and_at_every_change_of_the_alarm() -> None:
    assert one("aws_scheduler_schedule")["schedule_expression"] == "rate(5 minutes)"
    pattern = json.loads(one("aws_cloudwatch_event_rule")["event_pattern"])
    assert pattern["source"] == ["aws.cloudwatch"]
    assert pattern["detail-type"] == ["CloudWatch Alarm State Change"]
    (arn,) = pattern["resources"]
    assert arn.startswith("${aws_cloudwatch_composite_alarm.") and arn.endswith(".arn}")  # noqa: PT018 - one value
    assert one("aws_cloudwatch_event_target")["arn"] == one("aws_scheduler_schedule")["target"]["arn"]


def test_the_machine_asks_for_the_alarm_and_its_measure() -> None:
    found = states()
    assert list(found) == ["Begin", "Describe", "Judge", "Measure", "Histories", "Publish", "Recall", "Keep", "Feed"]
    (name,) = found["Describe"]["Arguments"]["AlarmNames"]
    assert [item["alarm"] for item in found["Histories"]["Items"]] == [name]
    queries = found["Measure"]["Arguments"]["MetricDataQueries"]
    assert [query["ReturnData"] for query in queries] == [False, False, False, True]
    assert {query["MetricStat"]["Period"] for query in queries if "MetricStat" in query} == {300}
    success = found["Publish"]["Arguments"]["Body"]["success"]
    assert (success["unit"], success["limit"], success["period"]) == ("%", 99, 300)
    assert one("aws_sfn_state_machine")["type"] == "EXPRESS"


def test_what_cannot_be_read_does_not_keep_the_state_from_the_page() -> None:
    found = states()
    assert "Catch" not in found["Describe"]
    assert found["Measure"]["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": "Histories"}]
    assert found["Histories"]["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": "Publish"}]


def test_days_that_cannot_be_read_are_not_written_over() -> None:
    missing, others = states()["Recall"]["Catch"]
    assert (missing["ErrorEquals"], missing["Next"]) == (["S3.NoSuchKeyException"], "Keep")
    assert (others["ErrorEquals"], others["Next"]) == (["States.ALL"], "Feed")


def test_components_and_a_degraded_service_have_their_alarms() -> None:
    def build(stack: TerraformStack) -> None:
        api, slow = alarm(stack, "api"), alarm(stack, "slow")
        declare(stack, degraded=slow, components=[Component(name="API", alarm=api, degraded=slow)])

    found = synth(build)
    whole, api = states(found)["Begin"]["Assign"]["components"]
    assert (whole["name"], api["name"]) == ("*", "API")
    assert whole["degraded"] == api["degraded"] != api["alarm"]
    described = states(found)["Describe"]["Arguments"]["AlarmNames"]
    assert described == [whole["alarm"], whole["degraded"], api["alarm"]]
    kinds = [(item["component"], item["kind"]) for item in states(found)["Histories"]["Items"]]
    assert kinds == [("*", "outage"), ("*", "degraded"), ("API", "outage"), ("API", "degraded")]
    assert len(json.loads(one("aws_cloudwatch_event_rule", found)["event_pattern"])["resources"]) == 3


def test_bad_components_are_refused() -> None:
    def build(stack: TerraformStack) -> None:
        api = alarm(stack, "api")
        bad = [Component(name="", alarm=api), Component(name="API", alarm=api, degraded=api)]
        declare(
            stack,
            components=[
                *bad,
                Component(name="API", alarm=api),
                *[Component(name="{% x %}", alarm=api)] * 17,
                Component(name="*", alarm=api),
            ],
        )

    with pytest.raises(ConfigurationError) as refused:
        synth(build)
    where = [problem.where for problem in refused.value.problems]
    assert where[:4] == ["components", "components[0].name", "components[1].degraded", "components[2].name"]
    assert "for an expression" in str(refused.value)
    assert "the service as a whole" in str(refused.value)


def test_every_argument_reaches_the_document() -> None:
    def build(stack: TerraformStack) -> None:
        other = AwsProvider(stack, "other", region="eu-west-1", alias="other")
        page = declare(
            stack,
            name="other-status",
            bucket_name="status.example.com",
            title="Another shop",
            about="All of it",
            success=None,
            interval_minutes=1,
            allow_destroy=False,
            provider=other,
            tags={"team": "web"},
        )
        assert isinstance(page, StatusPage)
        assert page.url.startswith("https://")
        assert page.website_url.startswith("http://")

    found = synth(build)
    bucket = one("aws_s3_bucket", found)
    assert (bucket["bucket"], bucket["force_destroy"]) == ("status.example.com", False)
    assert bucket["lifecycle"] == {"prevent_destroy": True}
    content = one("aws_s3_object", found)["content"]
    assert "Another shop" in content
    assert "All of it" in content
    assert 'data-stale-seconds="180"' in content
    assert one("aws_scheduler_schedule", found)["schedule_expression"] == "rate(1 minute)"
    assert "Measure" not in states(found)
    assert states(found)["Judge"]["Next"] == "Histories"
    assert "success" not in states(found)["Publish"]["Arguments"]["Body"]
    tagged = {kind for kind in found["resource"] for each in found["resource"][kind].values() if "tags" in each}
    assert tagged == {
        "aws_cloudwatch_event_rule",
        "aws_cloudwatch_log_group",
        "aws_iam_role",
        "aws_s3_bucket",
        "aws_sfn_state_machine",
    }
    here = {kind for kind in found["resource"] if kind not in ("terraform_data",) and "alarm" not in kind}
    assert {each["provider"] for kind in here for each in found["resource"][kind].values()} == {"aws.other"}
    names = {each.get("name") for kind in found["resource"] for each in found["resource"][kind].values()}
    assert {"other-status", "other-status-publish", "other-status-schedule", "other-status-rule"} <= names


@pytest.mark.parametrize(
    ("argument", "value", "reason"),
    [
        ("name", "my status", "letters, digits"),
        ("name", "n" * 56, "1 to 55"),
        ("name", "", "1 to 55"),
        ("bucket_name", "My_Bucket", "My_Bucket"),
        ("title", "", "1 to 100"),
        ("title", " ", "1 to 100"),
        ("title", "t" * 101, "1 to 100"),
        ("title", "${aws_x.y.name}", "known"),
        ("about", "a" * 501, "0 to 500"),
        ("interval_minutes", 0, "1 to 60"),
        ("interval_minutes", 61, "1 to 60"),
        ("interval_minutes", True, "1 to 60"),
        ("interval_minutes", 2.5, "1 to 60"),
    ],
)
def test_bad_input_is_refused(argument: str, value: Any, reason: str) -> None:
    good: dict[str, Any] = {"name": "n", "bucket_name": "bucket", "title": "t", "about": "", "interval_minutes": 5}
    assert list(page_problems(**good)) == []
    problems = list(page_problems(**{**good, argument: value}))
    assert {problem.where for problem in problems} == {argument}
    assert any(reason in str(problem) for problem in problems)


def test_names_that_only_terraform_knows_pass() -> None:
    assert not list(page_problems(name="${var.n}", bucket_name="${var.b}", title="t", about="", interval_minutes=5))


def test_all_of_it_is_one_report() -> None:
    with pytest.raises(ConfigurationError) as refused:
        synth(lambda stack: declare(stack, name="a b", bucket_name="B", title="", interval_minutes=0))
    assert {problem.where for problem in refused.value.problems} == {"name", "bucket_name", "title", "interval_minutes"}
    assert refused.value.subject == "StatusPage 'status'"
