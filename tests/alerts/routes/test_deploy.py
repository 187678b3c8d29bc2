"""Routes deployed by the real provider: alarms are raised and end, and a real HTTP receiver is told by each service's
own request. Refusals are tried again and then lie in the dead-letter queue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformStack

from northsouth.alerts import Actions, Alarm, CompositeAlarm, Metric, MissingData, Suppressor, any_of
from northsouth.alerts.routes import NotificationRoutes, Routes, Secret
from northsouth.emulator import api_destinations, outbound
from northsouth.emulator.server import Emulator
from tests.alerts.routes.messages import alarm, notified, prometheus
from tests.alerts.routes.receiver import Answers, receiver
from tests.alerts.routes.receivers import (
    ACCEPTS,
    ARN,
    CHAT,
    DISCORD,
    EMAIL,
    MATRIX,
    PAGERDUTY,
    SLACK,
    SMS,
    STATUSPAGE,
    TEAMS,
    WEBHOOK,
)
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing
from tests.harness.synth import synth
from tests.harness.terraform import MANY_AT_ONCE, Terraform

pytestmark = [pytest.mark.deploy, pytest.mark.usefixtures("deployed")]

DIRECT = replace(SLACK, name="direct", secret=Secret.variable("direct_slack"), attempts=3).direct("edge-direct*")
BROKEN = replace(WEBHOOK, name="broken", url="https://broken.example.com/alarms", attempts=3)
ROUTES = Routes.by_severity(
    "production",
    critical=[EMAIL, SMS, PAGERDUTY, *CHAT, DISCORD, TEAMS, MATRIX, STATUSPAGE, DIRECT],
    warning=[SLACK, BROKEN],
)
HOSTS = {
    "slack": "hooks.slack.com",
    "discord": "discord.com",
    "teams": "prod-12.westus.logic.azure.com",
    "matrix": "matrix.example.org",
    "status": "api.statuspage.io",
    "pager": "events.pagerduty.com",
    "broken": "broken.example.com",
}
SECRETS = {name: f"{name}-secret" for name in ("pagerduty", "discord", "teams", "matrix", "statuspage", "hook")}
PAGED = ("discord", "teams", "matrix", "pager")
CHATTED = ("slack", "broken")
"""Who is told of the alarms ``edge-pages`` and ``edge-chats``."""
RUNBOOK = "https://wiki.example.com/alerts"


def declared(stack: TerraformStack) -> None:
    routes = NotificationRoutes(stack, "routes", routes=ROUTES, name="edge", runbook=RUNBOOK)
    told = routes.response(RUNBOOK)

    def declared_alarm(name: str, severity: str, actions: Any) -> Alarm:
        metric = Metric(namespace="Edge", name=name, statistic="Sum", unit="Count")
        return Alarm(
            stack,
            name,
            name=f"edge-{name}",
            when=metric > 0,
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary="It is broken",
            because='nobody gets "in",\nand \\ nobody gets out',
            runbook=RUNBOOK,
            actions=actions,
        )

    declared_alarm("pages", "critical", told.critical)
    declared_alarm("chats", "warning", told.warning)
    declared_alarm("direct", "critical", Actions.none())
    upgrade = declared_alarm("upgrade", "info", Actions.none())
    CompositeAlarm(
        stack,
        "customers",
        name="edge-customers",
        when=any_of(declared_alarm("errors", "info", Actions.none())),
        severity="critical",
        summary="Customers are not served",
        because="they are why it exists",
        runbook=RUNBOOK,
        actions=told.critical,
        suppressor=Suppressor(upgrade),
    )


@pytest.fixture(scope="module")
def deployed(aws_emulator_server: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terraform]:
    """The routes, deployed once."""
    aws_emulator_server.reset()
    values = {**SECRETS, "slack": "T0/B0/slack-secret"}
    aws_emulator_server.client("secretsmanager").create_secret(Name="alerts", SecretString=json.dumps(values))
    document = json.loads(json.dumps(synth(declared)).replace(ARN, ARN.removesuffix("-AbCdEf")))
    folder: Path = tmp_path_factory.mktemp("routes")
    try:
        terraform = Terraform(folder, document, aws_emulator_server.endpoint)
    except ToolMissing as missing:
        skip_or_fail(missing)
        raise
    terraform.env["TF_VAR_direct_slack"] = "T0/B0/direct-secret"
    terraform.apply(MANY_AT_ONCE)
    yield terraform
    # tests/stacks/test_deploy.py takes the same kinds of things down again; here it would cost a minute more.
    aws_emulator_server.reset()


@pytest.fixture
def world() -> Iterator[Answers]:
    """Every service's host leads to one receiver on loopback."""
    api_destinations.waits.clear()
    with receiver() as answers, outbound.redirected(dict.fromkeys(HOSTS.values(), answers.address)):
        yield answers


def change(emulator: Emulator, alarm: str, state: str) -> None:
    emulator.client("cloudwatch").set_alarm_state(AlarmName=alarm, StateValue=state, StateReason=f"it is {state}")


def told(world: Answers, number: int, *names: str) -> None:
    """Wait until each of these has been told so often: no message is left for the next test."""
    for name in names:
        world.wait(HOSTS[name], number)


def test_no_secret_is_in_the_document(deployed: Terraform) -> None:
    written = (deployed.workdir / "cdk.tf.json").read_text(encoding="utf-8")
    assert not [secret for secret in (*SECRETS.values(), "slack-secret", "direct-secret") if secret in written]


def test_firing_and_resolved_reach_every_service(aws_emulator_server: Emulator, world: Answers) -> None:
    for state, number in (("ALARM", 1), ("OK", 2)):
        change(aws_emulator_server, "edge-pages", state)
        change(aws_emulator_server, "edge-chats", state)
        told(world, number, *PAGED, *CHATTED)
    said = {
        name: [ACCEPTS[name](request.body) for request in world.to(HOSTS[name])]
        for name in ("discord", "teams", "matrix", "slack")
    }
    for name, (firing, resolved) in said.items():
        alarm, severity, others = ("edge-chats", "Warning", "broken")
        if name != "slack":
            alarm, severity, others = ("edge-pages", "Critical", "oncall")
        assert f"{severity} in production: It is broken" in firing
        assert "INSUFFICIENT_DATA to ALARM" in firing
        assert 'nobody gets "in",\nand \\ nobody gets out' in firing
        assert f"Also told: {others}" in firing
        assert "Resolved in production: It is broken" in resolved
        assert "ALARM to OK" in resolved
        for text in (firing, resolved):
            assert (
                f"https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#alarmsV2:alarm/{alarm}"
                in text
            )
        assert RUNBOOK in firing
        assert RUNBOOK not in resolved
    assert SLACK.note in said["slack"][0]
    assert SLACK.note not in said["slack"][1]
    assert world.to(HOSTS["status"]) == []

    first = {name: world.to(HOSTS[name])[0] for name in (*PAGED, *CHATTED)}
    assert first["discord"].method == "POST"
    assert first["discord"].path == "/api/webhooks/112233445566778899/discord-secret"
    assert first["broken"].headers["authorization"] == "Bearer hook-secret"
    assert first["discord"].headers["content-type"] == "application/json"
    assert first["slack"].path == "/services/T0/B0/slack-secret"
    assert first["teams"].path.endswith("/invoke?api-version=2016-06-01&sig=teams-secret")
    assert first["matrix"].method == "PUT"
    assert first["matrix"].path.startswith("/_matrix/client/v3/rooms/%21abc%3Aexample.org/send/m.room.message/")
    assert first["matrix"].headers["authorization"] == "Bearer matrix-secret"
    transactions = {request.path.rsplit("/", 1)[1] for request in world.to(HOSTS["matrix"])}
    assert len(transactions) == 2
    assert first["pager"].path == "/integration/pagerduty-secret/enqueue"
    message = json.loads(json.loads(first["pager"].body)["Message"])
    assert (message["AlarmName"], message["NewStateValue"]) == ("edge-pages", "ALARM")


def test_the_status_page_follows_its_alarm_and_waits_for_the_suppressor(
    aws_emulator_server: Emulator, world: Answers
) -> None:
    host = HOSTS["status"]
    change(aws_emulator_server, "edge-upgrade", "ALARM")
    change(aws_emulator_server, "edge-errors", "ALARM")
    change(aws_emulator_server, "edge-pages", "ALARM")
    told(world, 1, *PAGED)
    assert world.to(host) == []
    change(aws_emulator_server, "edge-upgrade", "OK")
    world.wait(host, 1)
    change(aws_emulator_server, "edge-errors", "OK")
    change(aws_emulator_server, "edge-pages", "OK")
    told(world, 2, "status", *PAGED)
    requests = world.to(host)
    assert [ACCEPTS["status"](request.body) for request in requests] == ["major_outage", "operational"]
    assert {request.method for request in requests} == {"PATCH"}
    assert {request.path for request in requests} == {"/v1/pages/kctbh9vrtdwd/components/8kbf7d35c070"}
    assert {request.headers["authorization"] for request in requests} == {"OAuth statuspage-secret"}


def test_events_reach_the_direct_receiver(aws_emulator_server: Emulator, world: Answers) -> None:
    world.scripted[HOSTS["slack"]] = [(500, {}), (429, {})]
    change(aws_emulator_server, "edge-direct", "ALARM")
    requests = world.wait(HOSTS["slack"], 3)
    change(aws_emulator_server, "edge-direct", "OK")
    requests = world.wait(HOSTS["slack"], 4)
    assert {request.path for request in requests} == {"/services/T0/B0/direct-secret"}
    texts = [ACCEPTS["slack"](request.body) for request in requests]
    assert texts[0] == texts[1] == texts[2]
    assert "Critical in production: It is broken" in texts[0]
    assert "Resolved in production: It is broken" in texts[3]
    # The queue tries again after the 500, the machine itself after the 429.
    assert api_destinations.waits["edge-to-direct"] == [60.0]


def test_refusals_are_tried_again_and_end_as_dead_letters(aws_emulator_server: Emulator, world: Answers) -> None:
    host = HOSTS["broken"]
    world.scripted[host] = [(500, {}), *[(429, {})] * 4, (503, {})]
    change(aws_emulator_server, "edge-chats", "ALARM")
    sqs = aws_emulator_server.client("sqs")
    queue = sqs.get_queue_url(QueueName="edge-broken-dead-letters")["QueueUrl"]

    def dead() -> int:
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
        return int(found["Attributes"]["ApproximateNumberOfMessages"])

    world.wait_until(lambda: dead() == 1, "a dead letter")
    assert len(world.to(host)) == 6
    assert api_destinations.waits["edge-to-broken"] == [60.0, 60.0, 60.0]
    (letter,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(json.loads(letter["Body"])["Message"])["AlarmName"] == "edge-chats"
    change(aws_emulator_server, "edge-chats", "OK")
    told(world, 2, "slack")
    world.wait(host, 7)
    (alarm,) = aws_emulator_server.client("cloudwatch").describe_alarms(
        AlarmNames=["stack-routes-meta-dead-letters-broken"]
    )["MetricAlarms"]
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": "edge-broken-dead-letters"}]
    assert len(alarm["AlarmActions"]) == 2


def test_a_late_message_reopens_nothing(aws_emulator_server: Emulator, world: Answers) -> None:
    change(aws_emulator_server, "edge-pages", "ALARM")
    told(world, 1, *PAGED)
    change(aws_emulator_server, "edge-pages", "OK")
    told(world, 2, *PAGED)
    sqs = aws_emulator_server.client("sqs")
    queue = sqs.get_queue_url(QueueName="edge-to-discord")["QueueUrl"]
    late, unknown = alarm("edge-pages", changed="2026-01-01T00:00:00.000+0000"), prometheus("PodsCrash")
    for message in (late, unknown):
        sqs.send_message(QueueUrl=queue, MessageBody=notified(message)[0]["body"])
    (*_, last) = world.wait(HOSTS["discord"], 3)
    assert "PodsCrash" in ACCEPTS["discord"](last.body)

    def waiting() -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return sum(int(count) for count in found.values())

    world.wait_until(lambda: waiting() == 0, "an empty queue")
    assert len(world.to(HOSTS["discord"])) == 3
