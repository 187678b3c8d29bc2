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


def test_each_called_receiver_has_one_queue_one_pipe_and_one_machine() -> None:
    names = {f"edge-to-{each.name}" for each in CALLED}
    for kind in ("aws_pipes_pipe", "aws_sfn_state_machine"):
        assert {each["name"] for each in resources(everything(), kind).values()} == names
    queues = {each["name"]: each for each in resources(everything(), "aws_sqs_queue").values()}
    assert {name for name in queues if not name.endswith("-dead-letters")} == names
    assert all(each["sqs_managed_sse_enabled"] is True for each in queues.values())
    assert all(queues[name]["visibility_timeout_seconds"] == 60 for name in names)
    sqs = [s for s in resources(everything(), "aws_sns_topic_subscription").values() if s["protocol"] == "sqs"]
    assert len(sqs) == len(names) + 1, "slack is told of warnings too"
    for each in sqs:
        # The envelope says which topic, and so how severe it is.
        assert "raw_message_delivery" not in each
        assert "deadLetterTargetArn" in json.loads(each["redrive_policy"])
    (filtered,) = (each for each in sqs if "filter_policy" in each)
    assert filtered["filter_policy_scope"] == "MessageBody"
    assert json.loads(filtered["filter_policy"]) == {"AlarmName": ["edge-customers"]}


def definition(found: dict[str, Any], receiver: str) -> dict[str, Any]:
    machine = one(found, "aws_sfn_state_machine", f"edge-to-{receiver}")
    assert machine["type"] == "EXPRESS"
    assert machine["logging_configuration"]["include_execution_data"] is False
    parsed: dict[str, Any] = json.loads(machine["definition"])
    return parsed


@pytest.mark.parametrize("key", [key for key, case in CASES.items() if case.request])
def test_how_each_service_is_called(key: str) -> None:
    receiver, request = CASES[key].example, CASES[key].request
    sent = definition(everything(), receiver.name)["States"]["Send"]["Arguments"]
    assert sent["Method"] == request.method
    assert sent["ApiEndpoint"].removeprefix('{% "').startswith(request.url)
    assert sent["Authentication"]["ConnectionArn"].startswith("${aws_cloudwatch_event_connection.")
    auth = one(everything(), "aws_cloudwatch_event_connection", f"edge-{receiver.name}")["auth_parameters"]
    assert auth["api_key"]["key"] == request.header
    assert ("jsondecode" in auth["api_key"]["value"]) == (request.header == "Authorization")
    parameters = auth.get("invocation_http_parameters", {}).get("query_string", [])
    assert {each["key"]: each["is_value_secret"] for each in parameters} == request.query


def test_a_pipe_runs_the_machine_for_one_message_at_a_time_and_waits_for_it() -> None:
    pipe = one(everything(), "aws_pipes_pipe", "edge-to-matrix")
    assert pipe["source_parameters"] == {"sqs_queue_parameters": {"batch_size": 1}}
    assert pipe["target"].startswith("${aws_sfn_state_machine.")
    assert pipe["target_parameters"] == {
        "step_function_state_machine_parameters": {"invocation_type": "REQUEST_RESPONSE"}
    }
    address = definition(everything(), "matrix")["States"]["Send"]["Arguments"]["ApiEndpoint"]
    assert address.endswith('/send/m.room.message/" & $encodeUrlComponent($card.id) %}')


def test_what_the_machine_knows_of_its_routes() -> None:
    settings = definition(everything(), "slack")["States"]["Settings"]["Assign"]["settings"]
    assert settings["label"] == "production"
    assert [each["severity"] for each in settings["topics"]] == ["critical", "warning"]
    assert settings["others"][1] == {"severity": "warning", "names": ["oncall"]}
    alone = document(Routes.by_severity(critical=[DISCORD]))
    assert definition(alone, "discord")["States"]["Settings"]["Assign"]["settings"] == {
        "severity": "critical",
        "topics": [{"arn": "${aws_sns_topic.routes_topic-critical_3A590C4E.arn}", "severity": "critical"}],
        "others": [{"severity": "critical", "names": []}],
    }


def test_a_secret_in_an_address_is_escaped_for_the_definition() -> None:
    locals_ = everything()["locals"]
    assert len(locals_) == 2, "slack and discord"
    for name, value in locals_.items():
        assert value.startswith("${trimsuffix(trimprefix(jsonencode(jsondecode(data.aws_secretsmanager_")
        machines = [each["definition"] for each in resources(everything(), "aws_sfn_state_machine").values()]
        assert len([text for text in machines if f"${{local.{name}}}" in text]) == 1


def test_roles_can_do_what_they_must_and_to_nothing_else() -> None:
    for receiver in CALLED:
        run, take = statements(one(everything(), "aws_iam_role_policy", f"_{receiver.name}_policy_")["policy"])
        assert run["Action"] == "states:StartSyncExecution"
        assert run["Resource"].startswith("${aws_sfn_state_machine.")
        assert take["Resource"].startswith("${aws_sqs_queue.")
        role = one(everything(), "aws_iam_role", f"_{receiver.name}_role_")
        (trust,) = statements(role["assume_role_policy"])
        assert trust["Principal"] == {"Service": "pipes.amazonaws.com"}
        assert trust["Condition"]["ArnEquals"]["aws:SourceArn"][0].endswith(f":pipe/edge-to-{receiver.name}")

        policy = statements(one(everything(), "aws_iam_role_policy", f"_{receiver.name}_machine-policy_")["policy"])
        invoke, *others, logs = policy
        assert invoke["Action"] == "states:InvokeHTTPEndpoint"
        assert invoke["Resource"].endswith(f":stateMachine:edge-to-{receiver.name}")
        assert invoke["Condition"]["StringEquals"] == {"states:HTTPMethod": receiver.call.method}
        endpoint = invoke["Condition"]["StringLike"]["states:HTTPEndpoint"]
        assert endpoint.startswith("https://")
        assert "jsondecode" not in endpoint
        assert [each["Action"] for each in others] == [
            "events:RetrieveConnectionCredentials",
            ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
            "cloudwatch:DescribeAlarms",
        ]
        assert others[1]["Resource"].endswith(".secret_arn}")
        assert {action.split(":")[0] for action in logs["Action"]} == {"logs"}


def test_queues_let_their_topic_in() -> None:
    for queue in resources(everything(), "aws_sqs_queue").values():
        (statement,) = statements(queue["policy"])
        assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
        assert statement["Resource"].endswith(f":{queue['name']}")
        dead = queue["name"].endswith("-dead-letters")
        senders = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
        assert len(senders) == (2 if "slack" in queue["name"] else 1)
        assert dead == ("redrive_policy" not in queue)


def test_what_waits_or_is_given_up_raises_an_alarm_that_every_topic_is_told_of() -> None:
    alarms = {each["alarm_name"]: each for each in resources(everything(), "aws_cloudwatch_metric_alarm").values()}
    dead = {f"stack-routes-meta-dead-letters-{receiver.name}" for receiver in (*CALLED, PAGERDUTY, OPSGENIE)}
    waiting = {f"stack-routes-waiting-{receiver.name}" for receiver in CALLED}
    assert set(alarms) == dead | waiting
    assert all(len(alarm["alarm_actions"]) == 2 for alarm in alarms.values())
    assert all(RUNBOOK + "#dead-letters" in alarms[name]["alarm_description"] for name in dead)
    for receiver in CALLED:
        alarm = alarms[f"stack-routes-waiting-{receiver.name}"]
        assert alarm["metric_name"] == "ApproximateAgeOfOldestMessage"
        assert alarm["dimensions"]["QueueName"].startswith("${aws_sqs_queue.")
        # Before the queue forgets the message.
        assert alarm["threshold"] + 2 * alarm["period"] < receiver.kept_seconds
        assert RUNBOOK + "#waiting" in alarm["alarm_description"]


def test_the_way_by_events() -> None:
    direct = replace(SLACK, attempts=7).direct("edge-*", "other")
    found = document(Routes.by_severity(critical=[direct]))
    assert len(resources(found, "aws_sqs_queue")) == 2
    assert "aws_sns_topic_subscription" not in found["resource"]
    rule = one(found, "aws_cloudwatch_event_rule", "edge-to-slack")
    detail = json.loads(rule["event_pattern"])["detail"]
    assert detail["alarmName"] == [{"prefix": "edge-"}, "other"]
    assert detail["state"]["actionsSuppressedBy"] == [{"exists": False}]
    assert detail["muteDetail"] == [{"exists": False}]
    (target,) = resources(found, "aws_cloudwatch_event_target").values()
    assert target["arn"].startswith("${aws_sqs_queue.")
    assert "dead-letters" in target["dead_letter_config"]["arn"]
    for queue in resources(found, "aws_sqs_queue").values():
        assert statements(queue["policy"])[0]["Principal"] == {"Service": "events.amazonaws.com"}
    waits = one(found, "aws_sqs_queue", "edge-to-slack")
    assert json.loads(waits["redrive_policy"])["maxReceiveCount"] == 7


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
        name.rsplit("_", 2)[0].rsplit("_", 1)[1]: value.partition("jsonencode(")[2].partition(")")[0]
        for name, value in found["locals"].items()
    }
    assert (tokens["a"], tokens["b"], tokens["c"]) == ("var.known", "var.slack_token", "var.mine")
    assert tokens["d"].endswith(".secret_string")


def test_one_secret_is_read_once() -> None:
    assert len(everything()["data"]["aws_secretsmanager_secret_version"]) == 1


def test_a_key_of_ones_own_encrypts_topics_and_queues() -> None:
    found = document(Routes.by_severity(critical=[DISCORD]), kms_key_arn=KEY)
    for kind in ("aws_sns_topic", "aws_sqs_queue"):
        assert {each["kms_master_key_id"] for each in resources(found, kind).values()} == {KEY}
    policy = one(found, "aws_iam_role_policy", "_discord_policy_")
    assert statements(policy["policy"])[-1] == {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY}
    with pytest.raises(ConfigurationError, match="does not let alarms publish"):
        document(Routes.by_severity(critical=[DISCORD]), kms_key_arn="alias/aws/sns")


CHANGES: dict[str, Callable[[], dict[str, Any]]] = {
    "topic": lambda: document(Routes((Route("critical", (DISCORD,), topic="mine"),))),
    "label": lambda: document(Routes.by_severity("staging", critical=[DISCORD])),
    "note": lambda: document(Routes.by_severity(critical=[replace(DISCORD, note="Ring Ada.")])),
    "others": lambda: document(Routes.by_severity(critical=[DISCORD, EMAIL])),
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
        declare(stack, provider=AwsProvider(stack, "other", alias="other", region="us-east-1"), tags={"a": "b"})

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
        bad = Routes.by_severity(
            severe=[EMAIL], critical=[replace(WEBHOOK, url="http://a.example.com", secret=Secret.stored("plain"))]
        )
        with pytest.raises(ConfigurationError) as refused:
            declare(stack, bad, kms_key_arn="alias/mine")
        assert [problem.where for problem in refused.value.problems] == [
            "routes[0].severity",
            "routes[1].receivers[0].secret",
            "routes[1].receivers[0].url",
            "kms_key_arn",
        ]

    assert synth(build).get("resource", {}) == {}
