"""Deployed: the first good data switch a new alarm's actions on, and data that never come are reported once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue

from northsouth.alerts import Response
from northsouth.alerts.packs import AlarmsOnAlarms, SilentClusters
from northsouth.alerts.quiet import QuietStart
from northsouth.drift.findings import judge
from northsouth.emulator.server import Emulator
from tests.alerts.packs.example import RUNBOOK, custom
from tests.harness.plugin import MakeTerraform
from tests.harness.synth import synth

PATIENCE_SECONDS = 60


def open_to(service: str, action: str) -> str:
    """Return a policy by which a service may do something."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": action,
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def environment(stack: TerraformStack) -> None:
    topic = SnsTopic(stack, "pager", name="pager", policy=open_to("cloudwatch", "sns:Publish"))
    queue = SqsQueue(stack, "inbox", name="inbox", policy=open_to("sns", "sqs:SendMessage"))
    SnsTopicSubscription(
        stack, "subscription", topic_arn=topic.arn, protocol="sqs", endpoint=queue.arn, raw_message_delivery=True
    )
    respond = Response(RUNBOOK, critical=[topic.arn])
    meta = AlarmsOnAlarms(stack, "meta", respond=respond)
    meta.heartbeat("ruler", custom("Signal"))
    meta.heartbeat("canary", custom("Canary"))
    SilentClusters(stack, "clusters", heartbeats={c: custom("Up", cluster=c) for c in "ab"}, respond=respond)
    QuietStart(stack, "quiet")


@pytest.mark.deploy
def test_a_first_hour(emulator: Emulator, terraform_dir: MakeTerraform) -> None:
    terraform = terraform_dir(synth(environment))
    terraform.apply()
    assert terraform.plan().empty
    cloudwatch = emulator.client("cloudwatch")

    def enabled(name: str) -> bool:
        found = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        return bool([*found["MetricAlarms"], *found["CompositeAlarms"]][0]["ActionsEnabled"])

    def change(name: str, state: str) -> None:
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")

    plain, composites = ("stack-meta-heartbeat-ruler", "stack-meta-heartbeat-canary"), ("stack-clusters-all",)
    assert not any(map(enabled, plain))

    # The first good data.
    change("stack-meta-heartbeat-ruler", "INSUFFICIENT_DATA")
    change("stack-meta-heartbeat-ruler", "OK")
    wait(lambda: enabled("stack-meta-heartbeat-ruler"))

    # Data that never come. The emulator's Wait takes no time; CloudWatch judges again after a reset.
    change("stack-meta-heartbeat-canary", "INSUFFICIENT_DATA")
    change("stack-meta-heartbeat-canary", "ALARM")
    wait(lambda: enabled("stack-meta-heartbeat-canary"))
    wait(lambda: state(cloudwatch, "stack-meta-heartbeat-canary") == "INSUFFICIENT_DATA")
    assert messages(emulator) == []
    change("stack-meta-heartbeat-canary", "ALARM")
    assert messages(emulator) == [("stack-meta-heartbeat-canary", "ALARM")]

    # The same of a composite, whose children are OK when the emulator creates them.
    cloudwatch.disable_alarm_actions(AlarmNames=list(composites))
    children = [f"stack-clusters-cluster-{cluster}" for cluster in "ab"]
    for child in children:
        change(child, "ALARM")
    wait(lambda: all(map(enabled, composites)))
    wait(lambda: all(state(cloudwatch, child) == "INSUFFICIENT_DATA" for child in children))
    told = messages(emulator)
    for child in children:
        change(child, "ALARM")
    # The emulator judges a composite whenever it is described, so it may have told before the reset.
    assert ("stack-clusters-all", "ALARM") in [*told, *messages(emulator)]

    # What was switched on is no change to Terraform, and no drift, although a refresh sees it.
    assert terraform.plan().empty
    plan = json.loads(terraform.run("show", "-json", str(terraform.workdir / "plan.bin")).stdout)
    seen = [each["change"] for each in plan["resource_drift"]]
    assert any(each["before"]["actions_enabled"] < each["after"]["actions_enabled"] for each in seen)
    assert judge(plan).findings == ()
    terraform.apply()
    assert all(map(enabled, (*plain, *composites)))
    terraform.destroy()


def wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not until():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def state(cloudwatch: Any, name: str) -> str:
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(alarm["StateValue"])


def messages(emulator: Emulator) -> list[tuple[str, str]]:
    """Take the messages from the inbox: the alarm, and its state."""
    sqs = emulator.client("sqs")
    url = sqs.get_queue_url(QueueName="inbox")["QueueUrl"]
    taken = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for each in taken:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    bodies = [json.loads(each["Body"]) for each in taken]
    return [(body["AlarmName"], body["NewStateValue"]) for body in bodies]
