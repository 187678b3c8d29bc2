"""Services act as the roles that they were given: without an action, a resource or the trust they are refused."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from northsouth.emulator import api_destinations, permissions
from northsouth.emulator.server import ACCOUNT, Emulator
from tests.harness.roles import mighty_role, trusted_by

HERE = f"us-east-1:{ACCOUNT}"
QUEUE = f"arn:aws:sqs:{HERE}:queue"
TOPIC = f"arn:aws:sns:{HERE}:topic"
MACHINE = f"arn:aws:states:{HERE}:stateMachine:machine"
LOGS = f"arn:aws:logs:{HERE}:log-group"
GLUE = [f"arn:aws:glue:{HERE}:{each}" for each in ("catalog", "database/d", "table/d/t")]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/actor"
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
PATIENCE_SECONDS = 60
NOTHING = {"Action": "none:None", "Resource": "arn:aws:s3:::none"}

Statement = dict[str, Any]


def allow(actions: str | list[str], resources: str | list[str]) -> Statement:
    return {
        "Effect": "Allow",
        "Action": [actions] if isinstance(actions, str) else actions,
        "Resource": [resources] if isinstance(resources, str) else resources,
    }


@dataclass(frozen=True)
class Actor:
    """A service with a role.

    Attributes:
        service: who takes the role on, without ``.amazonaws.com``.
        statements: what the role needs; every action and resource of it.
        make: makes what acts.
        act: lets it act; returns why it was refused, or nothing.
        untrusted: what it says if it may not take the role on.

    """

    service: str
    statements: tuple[Statement, ...]
    make: Callable[[Emulator], None]
    act: Callable[[Emulator], str]
    untrusted: str = "sts:AssumeRole"


def machine(emulator: Emulator, kind: str = "STANDARD") -> None:
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    role = mighty_role(emulator, "machine", "states")
    emulator.client("stepfunctions").create_state_machine(
        name="machine", definition=json.dumps(definition), roleArn=role, type=kind
    )


def schedule(arn: str, text: str = "{}", queue: str | None = None) -> Callable[[Emulator], None]:
    def make(emulator: Emulator) -> None:
        machine(emulator)
        emulator.client("sqs").create_queue(QueueName="queue")
        emulator.client("sns").create_topic(Name="topic")
        dead_letters = {"DeadLetterConfig": {"Arn": queue}} if queue else {}
        emulator.client("scheduler").create_schedule(
            Name="job",
            ScheduleExpression="rate(1 hour)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": arn, "RoleArn": ROLE, "Input": text, **dead_letters},
        )

    return make


def run_schedule(emulator: Emulator) -> str:
    return emulator.run_schedule("job", NOON) or ""


def pipe(emulator: Emulator) -> None:
    machine(emulator, "EXPRESS")
    emulator.client("sqs").create_queue(QueueName="queue", Attributes={"VisibilityTimeout": "0"})
    emulator.client("pipes").create_pipe(Name="pipe", Source=QUEUE, Target=MACHINE, RoleArn=ROLE)


def wait_for(answer: Callable[[], str | None]) -> str:
    """Return the first answer that is one."""
    end = time.monotonic() + PATIENCE_SECONDS
    while (text := answer()) is None:
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.005)
    return text


def refusal(record: Mapping[permissions.Question, bool]) -> str | None:
    denied = [question for question, allowed in list(record.items()) if not allowed and ROLE in _parts(question)]
    return f"{denied[0].action} on {denied[0].resource}" if denied else None


def _parts(question: permissions.Question) -> tuple[str, str]:
    return question.who, question.resource


def through_pipe(emulator: Emulator) -> str:
    """Send a message, and wait until it is gone or the pipe is refused."""
    sqs = emulator.client("sqs")

    def outcome() -> str | None:
        if text := refusal(record):
            return text
        counts = sqs.get_queue_attributes(QueueUrl="queue", AttributeNames=["All"])["Attributes"]
        waiting = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return "" if all(counts[each] == "0" for each in waiting) else None

    with permissions.recorded() as record:
        sqs.send_message(QueueUrl="queue", MessageBody="{}")
        return wait_for(outcome)


def rule(arn: str) -> Callable[[Emulator], None]:
    def make(emulator: Emulator) -> None:
        machine(emulator)
        events = emulator.client("events")
        connection = events.create_connection(
            Name="c",
            AuthorizationType="API_KEY",
            AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "v"}},
        )["ConnectionArn"]
        destination = events.create_api_destination(
            Name="d", ConnectionArn=connection, InvocationEndpoint="https://example.com/", HttpMethod="POST"
        )["ApiDestinationArn"]
        target = destination if arn == "destination" else arn
        transformer = {"InputTransformer": {"InputTemplate": '"x"'}} if arn == "destination" else {}
        retries = {"RetryPolicy": {"MaximumRetryAttempts": 0}} if arn == "destination" else {}
        events.put_rule(Name="r", EventPattern='{"source": ["test"]}')
        events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": target, "RoleArn": ROLE, **transformer, **retries}])

    return make


def through_rule(_emulator: Emulator) -> str:
    """Give an event to the rule, and wait until the last question is asked."""
    with permissions.recorded() as record:
        api_destinations.put_event(ACCOUNT, "us-east-1", {"source": "test", "detail": {}})
        last = ("states:StartExecution", "events:InvokeApiDestination")
        return wait_for(lambda: refusal(record) or ("" if any(each.action in last for each in list(record)) else None))


def flow_log(emulator: Emulator) -> None:
    emulator.client("logs").create_log_group(logGroupName="flows")
    ec2 = emulator.client("ec2")
    ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[ec2.describe_vpcs()["Vpcs"][0]["VpcId"]],
        TrafficType="ALL",
        LogDestination=f"{LOGS}:flows",
        DeliverLogsPermissionArn=ROLE,
    )


def delivery(emulator: Emulator) -> str:
    [described] = emulator.client("ec2").describe_flow_logs()["FlowLogs"]
    assert (described["DeliverLogsStatus"] == "FAILED") == ("DeliverLogsErrorMessage" in described)
    return str(described.get("DeliverLogsErrorMessage", ""))


def crawler(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="crawled")
    glue = emulator.client("glue")
    glue.create_database(DatabaseInput={"Name": "d"})
    table = {
        "Name": "t",
        "StorageDescriptor": {"Location": "s3://crawled/t/", "Columns": []},
        "PartitionKeys": [{"Name": "day", "Type": "string"}],
        "Parameters": {"compressionType": "none"},
    }
    glue.create_table(DatabaseName="d", TableInput=table)
    targets = {"CatalogTargets": [{"DatabaseName": "d", "Tables": ["t"]}]}
    glue.create_crawler(Name="c", Role="actor", Targets=targets)


def crawl(emulator: Emulator) -> str:
    emulator.client("s3").put_object(Bucket="crawled", Key=f"t/day={time.monotonic_ns()}/a", Body=b"")
    glue = emulator.client("glue")
    glue.start_crawler(Name="c")
    last = glue.get_crawler(Name="c")["Crawler"]["LastCrawl"]
    assert (last["Status"] == "FAILED") == ("ErrorMessage" in last)
    return str(last.get("ErrorMessage", ""))


POLL = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
ACTORS = {
    "a schedule starts a state machine": Actor(
        "scheduler", (allow("states:StartExecution", MACHINE),), schedule(MACHINE), run_schedule
    ),
    "a schedule sends to a queue": Actor(
        "scheduler", (allow("sqs:SendMessage", QUEUE),), schedule(QUEUE), run_schedule
    ),
    "a schedule publishes": Actor("scheduler", (allow("sns:Publish", TOPIC),), schedule(TOPIC), run_schedule),
    "a schedule calls any service": Actor(
        "scheduler",
        (allow("sqs:TagQueue", QUEUE),),
        schedule("arn:aws:scheduler:::aws-sdk:sqs:tagQueue", '{"QueueUrl": "queue", "Tags": {"a": "b"}}'),
        run_schedule,
    ),
    "a pipe": Actor("pipes", (allow(POLL, QUEUE), allow("states:StartSyncExecution", MACHINE)), pipe, through_pipe),
    "a rule starts a state machine": Actor(
        "events", (allow("states:StartExecution", MACHINE),), rule(MACHINE), through_rule
    ),
    "a rule calls an API destination": Actor(
        "events",
        (allow("events:InvokeApiDestination", f"arn:aws:events:{HERE}:api-destination/d/*"),),
        rule("destination"),
        through_rule,
    ),
    "a flow log": Actor(
        "vpc-flow-logs",
        (
            allow(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], f"{LOGS}:flows:*"),
            allow("logs:DescribeLogGroups", f"{LOGS}:*"),
        ),
        flow_log,
        delivery,
        untrusted="Access error",
    ),
    "a crawler": Actor(
        "glue",
        (
            allow(["glue:GetDatabase"], GLUE[:2]),
            allow(["glue:GetTable", "glue:GetPartitions", "glue:BatchCreatePartition"], GLUE),
            allow("s3:ListBucket", "arn:aws:s3:::crawled"),
            allow("s3:GetObject", "arn:aws:s3:::crawled/t/*"),
            allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], f"{LOGS}:/aws-glue/crawlers:*"),
        ),
        crawler,
        crawl,
        untrusted="Please verify role's TrustPolicy",
    ),
}


def give(iam: Any, statements: list[Statement]) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_role_policy(RoleName="actor", PolicyName="own", PolicyDocument=document)


def smaller(statements: tuple[Statement, ...]) -> Iterator[tuple[str, list[Statement]]]:
    """Yield the statements without each action and each resource, after its name."""
    for place, statement in enumerate(statements):
        for element in ("Action", "Resource"):
            for each in statement[element]:
                others = [name for name in statement[element] if name != each] or [NOTHING[element]]
                changed = {**statement, element: others}
                yield each, [*statements[:place], changed, *statements[place + 1 :]]


@pytest.mark.parametrize("actor", ACTORS.values(), ids=ACTORS)
def test_a_service_needs_every_action_every_resource_and_the_trust(emulator: Emulator, actor: Actor) -> None:
    iam = emulator.client("iam")
    iam.create_role(RoleName="actor", AssumeRolePolicyDocument=trusted_by(actor.service))
    give(iam, list(actor.statements))
    actor.make(emulator)
    assert actor.act(emulator) == ""
    for name, rest in smaller(actor.statements):
        give(iam, rest)
        message = actor.act(emulator)
        assert message, f"refused without {name}"
        assert not name.startswith(("states:", "sqs:", "sns:", "events:", "glue:", "s3:")) or name in message
    give(iam, list(actor.statements))
    iam.update_assume_role_policy(RoleName="actor", PolicyDocument=trusted_by("ec2"))
    assert actor.untrusted in actor.act(emulator)
    iam.update_assume_role_policy(RoleName="actor", PolicyDocument=trusted_by(actor.service))
    assert actor.act(emulator) == ""


def test_what_a_schedule_could_not_call_is_a_dead_letter(emulator: Emulator) -> None:
    iam, sqs = emulator.client("iam"), emulator.client("sqs")
    iam.create_role(RoleName="actor", AssumeRolePolicyDocument=trusted_by("scheduler"))
    schedule(MACHINE, '{"at": "<aws.scheduler.scheduled-time>"}', QUEUE)(emulator)

    def dead_letters() -> list[dict[str, Any]]:
        emulator.run_schedule("job", NOON)
        received = sqs.receive_message(QueueUrl="queue", MessageAttributeNames=["All"])
        return list(received.get("Messages", []))

    assert dead_letters() == []
    give(iam, [allow("sqs:SendMessage", QUEUE)])
    [message] = dead_letters()
    assert json.loads(message["Body"]) == {"at": "2026-11-29T12:00:00Z"}
    values = {name: each["StringValue"] for name, each in message["MessageAttributes"].items()}
    assert values["ERROR_CODE"] == "AccessDeniedException"
    assert f"is not authorized to perform: states:StartExecution on resource: {MACHINE}" in values["ERROR_MESSAGE"]
    assert values["TARGET_ARN"] == MACHINE


def test_a_crawler_is_not_made_with_a_role_that_glue_may_not_take_on(emulator: Emulator) -> None:
    emulator.client("iam").create_role(RoleName="actor", AssumeRolePolicyDocument=trusted_by("ec2"))
    glue = emulator.client("glue")
    with pytest.raises(glue.exceptions.InvalidInputException, match="Service is unable to assume provided role"):
        glue.create_crawler(Name="c", Role=ROLE, Targets={"S3Targets": [{"Path": "s3://crawled/"}]})


def test_a_machine_reads_an_object_as_text(emulator: Emulator) -> None:
    s3, states = emulator.client("s3"), emulator.client("stepfunctions")
    s3.create_bucket(Bucket="read")
    s3.put_object(Bucket="read", Key="a", Body=b'{"days": 3}')
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
        "Arguments": {"Bucket": "read", "Key": "a"},
        "Output": "{% $parse($states.result.Body).days %}",
        "End": True,
    }
    definition = json.dumps({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": task}})
    role = mighty_role(emulator, "reader", "states")
    made = states.create_state_machine(name="reader", definition=definition, roleArn=role)["stateMachineArn"]
    # Without a name an execution has one of its own.
    for _ in range(2):
        execution = states.start_execution(stateMachineArn=made)["executionArn"]

        def output(execution: str = execution) -> str | None:
            described = states.describe_execution(executionArn=execution)
            return None if described["status"] == "RUNNING" else described.get("output", described.get("cause"))

        assert wait_for(output) == "3"
