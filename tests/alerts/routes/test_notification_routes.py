"""What the routes declare: topics that alarms alone may publish to, least rights, no secret in the document."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from cdktf import TerraformStack, TerraformVariable
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.alerts import Alarm, Metric, MissingData
from northsouth.alerts.routes import NotificationRoutes, Route, Routes, Secret, delivery_policy
from northsouth.errors import ConfigurationError
from tests.alerts.routes.receivers import (
    ARN,
    CALLED,
    CASES,
    DISCORD,
    EMAIL,
    OPSGENIE,
    PAGERDUTY,
    ROUTES,
    SLACK,
    SLACK_CHANNEL,
    TEAMS_CHANNEL,
    WEBHOOK,
)
from tests.harness.synth import resources, synth

RUNBOOK = "https://wiki.example.com/alerts"
KEY = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000001"


def declare(stack: TerraformStack, routes: Routes = ROUTES, **more: Any) -> NotificationRoutes:
    return NotificationRoutes(stack, "routes", routes=routes, name="edge", runbook=RUNBOOK, **more)


@cache
def everything() -> dict[str, Any]:
    return synth(declare)


def document(routes: Routes, **more: Any) -> dict[str, Any]:
    return synth(lambda stack: declare(stack, routes, **more))


def one(found: dict[str, Any], kind: str, name: str) -> dict[str, Any]:
    """Return the resource whose name, or part of its address, is this."""
    matching = [each for key, each in resources(found, kind).items() if name in (each.get("name"), key)]
    matching = matching or [each for key, each in resources(found, kind).items() if name in key]
    assert len(matching) == 1, sorted(resources(found, kind))
    resource: dict[str, Any] = matching[0]
    return resource


def statements(policy: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return found


def test_a_topic_for_each_severity_that_only_alarms_of_the_account_publish_to() -> None:
    topics = {topic["name"] for topic in resources(everything(), "aws_sns_topic").values()}
    assert topics == {"edge-critical", "edge-warning"}
    for policy in resources(everything(), "aws_sns_topic_policy").values():
        (statement,) = statements(policy["policy"])
        assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        assert (statement["Action"], statement["Resource"]) == ("sns:Publish", policy["arn"])
        assert statement["Condition"]["StringEquals"].keys() == {"aws:SourceAccount"}
        assert statement["Condition"]["ArnLike"]["aws:SourceArn"].endswith(":alarm:*")


def test_sns_tells_people_and_pagers_itself() -> None:
    told = resources(everything(), "aws_sns_topic_subscription").values()
    by_protocol = {(each["protocol"], each["endpoint"]) for each in told if each["protocol"] in ("email", "sms")}
    assert by_protocol == {("email", "oncall@example.com"), ("sms", "+15550100000")}
    assert len([each for each in told if each["protocol"] == "email"]) == 2
    pagers = sorted((each for each in told if each["protocol"] == "https"), key=lambda each: each["endpoint"])
    opsgenie, pagerduty = (each["endpoint"] for each in pagers)
    assert opsgenie.startswith("https://api.eu.opsgenie.com/v1/json/cloudwatch?apiKey=${jsondecode(data.aws_secrets")
    assert pagerduty.startswith("https://events.pagerduty.com/integration/${jsondecode(data.aws_secretsmanager_")
    for each in pagers:
        assert each["endpoint_auto_confirms"] is True
        assert "dead-letters" in each["redrive_policy"]
        assert json.loads(each["delivery_policy"]) == delivery_policy.PAGER.document()


def test_the_chat_service_may_read_alarms_and_nothing_else() -> None:
    slack = one(everything(), "aws_chatbot_slack_channel_configuration", "slack-room")
    teams = one(everything(), "aws_chatbot_teams_channel_configuration", "teams-room")
    assert (slack["slack_team_id"], slack["slack_channel_id"]) == (SLACK_CHANNEL.workspace, SLACK_CHANNEL.channel)
    assert (teams["tenant_id"], teams["team_id"]) == (TEAMS_CHANNEL.tenant, TEAMS_CHANNEL.team)
    assert teams["channel_id"] == TEAMS_CHANNEL.channel
    for each in (slack, teams):
        assert len(each["sns_topic_arns"]) == 1
        assert each["guardrail_policy_arns"][0].endswith(":iam::aws:policy/CloudWatchReadOnlyAccess")
    (right,) = statements(one(everything(), "aws_iam_role_policy", "slack-room")["policy"])
    assert {action.split(":")[0] for action in right["Action"]} == {"cloudwatch"}


def test_each_called_receiver_has_a_queue_and_a_pipe_for_each_severity_and_state() -> None:
    names = {f"edge-critical-{each.name}-{state}" for each in CALLED for state in ("firing", "resolved")}
    names |= {"edge-warning-slack-firing", "edge-warning-slack-resolved"}
    assert {each["name"] for each in resources(everything(), "aws_pipes_pipe").values()} == names
    queues = {each["name"]: each for each in resources(everything(), "aws_sqs_queue").values()}
    assert {name for name in queues if not name.endswith("-dead-letters")} == names
    assert all(each["sqs_managed_sse_enabled"] is True for each in queues.values())
    destinations = {each["name"] for each in resources(everything(), "aws_cloudwatch_event_api_destination").values()}
    assert destinations == {f"edge-{each.name}" for each in CALLED}
    sqs = [s for s in resources(everything(), "aws_sns_topic_subscription").values() if s["protocol"] == "sqs"]
    assert len(sqs) == len(names)
    for each in sqs:
        assert each["raw_message_delivery"] is True
        assert each["filter_policy_scope"] == "MessageBody"
        assert "NewStateValue" in json.loads(each["filter_policy"])
        assert "deadLetterTargetArn" in json.loads(each["redrive_policy"])


@pytest.mark.parametrize("key", [key for key, case in CASES.items() if case.request])
def test_how_each_service_is_called(key: str) -> None:
    receiver, request = CASES[key].example, CASES[key].request
    destination = one(everything(), "aws_cloudwatch_event_api_destination", f"edge-{receiver.name}")
    assert destination["http_method"] == request.method
    assert destination["invocation_endpoint"].startswith(request.url)
    assert destination["invocation_rate_limit_per_second"] == receiver.rate_per_second
    auth = one(everything(), "aws_cloudwatch_event_connection", f"edge-{receiver.name}")["auth_parameters"]
    assert auth["api_key"]["key"] == request.header
    assert ("jsondecode" in auth["api_key"]["value"]) == (request.header == "Authorization")
    parameters = auth.get("invocation_http_parameters", {}).get("query_string", [])
    assert {each["key"]: each["is_value_secret"] for each in parameters} == request.query


def test_a_pipe_takes_one_message_at_a_time_and_names_it_to_matrix() -> None:
    pipe = one(everything(), "aws_pipes_pipe", "edge-critical-matrix-firing")
    assert pipe["source_parameters"] == {"sqs_queue_parameters": {"batch_size": 1}}
    assert pipe["target_parameters"]["http_parameters"] == {"path_parameter_values": ["$.messageId"]}
    assert "<$.body.AlarmName>" in pipe["target_parameters"]["input_template"]


def test_roles_can_do_what_they_must_and_to_nothing_else() -> None:
    for receiver in CALLED:
        policy = one(everything(), "aws_iam_role_policy", f"_{receiver.name}_")
        call, read = statements(policy["policy"])
        assert call["Action"] == "events:InvokeApiDestination"
        assert call["Resource"].startswith("${aws_cloudwatch_event_api_destination.")
        expected = [f"edge-{severity}-{receiver.name}" for severity in ROUTES.severities(receiver.name)]
        assert sorted({arn.rsplit(":", 1)[1].rpartition("-")[0] for arn in read["Resource"]}) == expected
        assert not [arn for statement in (call, read) for arn in statement["Resource"] if arn == "*"]
        role = one(everything(), "aws_iam_role", f"_{receiver.name}_")
        (trust,) = statements(role["assume_role_policy"])
        assert trust["Principal"] == {"Service": "pipes.amazonaws.com"}
        assert all(":pipe/edge-" in arn for arn in trust["Condition"]["ArnEquals"]["aws:SourceArn"])


def test_queues_let_their_topic_in() -> None:
    for queue in resources(everything(), "aws_sqs_queue").values():
        (statement,) = statements(queue["policy"])
        assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
        assert statement["Resource"].endswith(f":{queue['name']}")
        dead = queue["name"].endswith("-dead-letters")
        senders = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
        assert dead or len(senders) == 1
        assert dead == ("redrive_policy" not in queue)


def test_dead_letters_raise_an_alarm_that_every_topic_is_told_of() -> None:
    alarms = resources(everything(), "aws_cloudwatch_metric_alarm").values()
    watched = {alarm["alarm_name"].removeprefix("stack-routes-meta-dead-letters-") for alarm in alarms}
    assert watched == {receiver.name for receiver in (*CALLED, PAGERDUTY, OPSGENIE)}
    assert all(len(alarm["alarm_actions"]) == 2 for alarm in alarms)
    assert all(RUNBOOK + "#dead-letters" in alarm["alarm_description"] for alarm in alarms)


def test_the_shorter_way_by_events() -> None:
    direct = replace(SLACK, attempts=7).direct("edge-*")
    found = document(Routes.by_severity(critical=[direct]))
    assert resources(found, "aws_pipes_pipe") == {}
    assert len(resources(found, "aws_sqs_queue")) == 1
    rules = {each["name"] for each in resources(found, "aws_cloudwatch_event_rule").values()}
    assert rules == {"edge-critical-slack-firing", "edge-critical-slack-resolved"}
    target = one(found, "aws_cloudwatch_event_target", "critical-firing")
    assert target["retry_policy"] == {"maximum_event_age_in_seconds": 420, "maximum_retry_attempts": 7}
    assert "dead-letters" in target["dead_letter_config"]["arn"]
    assert set(target["input_transformer"]["input_paths"]) == {"name", "now", "before", "time", "account"}
    (queue,) = resources(found, "aws_sqs_queue").values()
    assert statements(queue["policy"])[0]["Principal"] == {"Service": "events.amazonaws.com"}
    (role,) = resources(found, "aws_iam_role").values()
    assert statements(role["assume_role_policy"])[0]["Principal"] == {"Service": "events.amazonaws.com"}


def test_secrets_by_variable_and_by_reference() -> None:
    def build(stack: TerraformStack) -> None:
        TerraformVariable(stack, "known", type="string", sensitive=True)
        mine = TerraformVariable(stack, "mine", type="string", sensitive=True)
        receivers = [
            replace(SLACK, name="a", secret=Secret.variable("known")),
            replace(SLACK, name="b", secret=Secret.variable("slack_token")),
            replace(SLACK, name="c", secret=Secret.reference(mine.string_value)),
            replace(SLACK, name="d", secret=Secret.stored(ARN.replace("alerts", "other"))),
        ]
        declare(stack, Routes.by_severity(critical=receivers))

    found = synth(build)
    assert {name: each["sensitive"] for name, each in found["variable"].items()} == dict.fromkeys(
        ("known", "mine", "slack_token"), True
    )
    tokens = {
        each["name"]: each["invocation_endpoint"].removeprefix("https://hooks.slack.com/services/")
        for each in resources(found, "aws_cloudwatch_event_api_destination").values()
    }
    assert (tokens["edge-a"], tokens["edge-b"], tokens["edge-c"]) == (
        "${var.known}",
        "${var.slack_token}",
        "${var.mine}",
    )
    assert tokens["edge-d"].endswith(".secret_string}")


def test_one_secret_is_read_once() -> None:
    assert len(everything()["data"]["aws_secretsmanager_secret_version"]) == 1


def test_a_key_of_ones_own_encrypts_topics_and_queues() -> None:
    found = document(Routes.by_severity(critical=[DISCORD]), kms_key_arn=KEY)
    for kind in ("aws_sns_topic", "aws_sqs_queue"):
        assert {each["kms_master_key_id"] for each in resources(found, kind).values()} == {KEY}
    (policy,) = resources(found, "aws_iam_role_policy").values()
    assert statements(policy["policy"])[-1] == {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY}
    with pytest.raises(ConfigurationError, match="does not let alarms publish"):
        document(Routes.by_severity(critical=[DISCORD]), kms_key_arn="alias/aws/sns")


CHANGES: dict[str, Callable[[], dict[str, Any]]] = {
    "topic": lambda: document(Routes((Route("critical", (DISCORD,), topic="mine"),))),
    "label": lambda: document(Routes.by_severity("staging", critical=[DISCORD])),
    "note": lambda: document(Routes.by_severity(critical=[replace(DISCORD, note="Ring Ada.")])),
    "rate": lambda: document(Routes.by_severity(critical=[replace(DISCORD, rate_per_second=1)])),
    "attempts": lambda: document(Routes.by_severity(critical=[replace(DISCORD, attempts=3)])),
    "severity": lambda: document(Routes.by_severity(warning=[DISCORD])),
    "tags": lambda: document(Routes.by_severity(critical=[DISCORD]), tags={"team": "edge"}),
}


@cache
def plain() -> dict[str, Any]:
    return document(Routes.by_severity(critical=[DISCORD]))


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_every_argument_reaches_the_document(change: str) -> None:
    assert CHANGES[change]() != plain()


@pytest.mark.slow
def test_the_provider_reaches_everything() -> None:
    def build(stack: TerraformStack) -> None:
        declare(stack, provider=AwsProvider(stack, "other", alias="other", region="eu-west-1"), tags={"a": "b"})

    found = synth(build)
    for kinds in (found["resource"], found["data"]):
        assert not [kind for kind, each in kinds.items() for one in each.values() if one.get("provider") != "aws.other"]
    for kind in ("aws_sns_topic", "aws_sqs_queue", "aws_pipes_pipe", "aws_iam_role", "aws_cloudwatch_metric_alarm"):
        assert {tuple(each["tags"].items()) for each in resources(found, kind).values()} == {(("a", "b"),)}


def test_packs_take_its_response_and_an_unused_route_is_refused() -> None:
    def build(stack: TerraformStack) -> None:
        routes = declare(stack)
        respond = routes.response("https://wiki.example.com/nat")
        assert (len(respond.critical), len(respond.warning)) == (1, 1)
        alarm = Alarm(
            stack,
            "alarm",
            when=Metric(namespace="Edge", name="Errors", statistic="Sum", unit="Count") > 0,
            missing=MissingData.NOT_BREACHING,
            severity="critical",
            summary="It is broken",
            because="it is needed",
            runbook=respond.page("errors"),
            actions=respond.told("critical"),
        )
        with pytest.raises(ConfigurationError) as refused:
            routes.refuse_unused([alarm])
        assert [problem.where for problem in refused.value.problems] == ["routes[1]", "receivers.status.alarm"]

    found = synth(build)
    alarm = next(
        a for a in resources(found, "aws_cloudwatch_metric_alarm").values() if a["alarm_name"] == "stack-alarm"
    )
    assert alarm["alarm_actions"] == alarm["ok_actions"]
    assert alarm["alarm_actions"][0].startswith("${aws_sns_topic.")


def test_all_problems_are_in_one_report_and_nothing_is_declared() -> None:
    def build(stack: TerraformStack) -> None:
        bad = Routes.by_severity(severe=[EMAIL], critical=[replace(WEBHOOK, url="http://a.example.com", secret=None)])
        with pytest.raises(ConfigurationError) as refused:
            declare(stack, bad, kms_key_arn="alias/mine")
        assert [problem.where for problem in refused.value.problems] == [
            "routes[0].severity",
            "routes[1].receivers[0].secret",
            "routes[1].receivers[0].url",
            "kms_key_arn",
        ]

    assert synth(build).get("resource", {}) == {}
