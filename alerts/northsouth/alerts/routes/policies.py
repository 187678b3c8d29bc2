"""IAM policies on the way from an alarm to a receiver: the rights that are needed, and no others; pure."""

from __future__ import annotations

from collections.abc import Sequence

from northsouth.policies import LOG_DELIVERY, ArnScope, Document, Statement, document


def _allow(
    action: str | Sequence[str], resource: str | Sequence[str], *, service: str = "", **condition: object
) -> Statement:
    statement: Statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    if service:
        statement["Principal"] = {"Service": service}
    return {**statement, "Condition": condition} if condition else statement


def topic(place: ArnScope, arn: str, workspaces: Sequence[str] = (), *, alarms: bool = True) -> Document:
    """Let the account's alarms, and the alerts of these Prometheus workspaces, publish to a topic.

    (CloudWatch user guide, SNS access policy of alarms; Amazon Managed Service for Prometheus user guide, giving it
    permission to send messages to your topic)

    Args:
        place: whose alarms and workspaces.
        arn: the topic.
        workspaces: the ids of the workspaces.
        alarms: whether alarms may.

    """
    statements = []
    if alarms:
        statements.append(
            _allow(
                "sns:Publish",
                arn,
                service="cloudwatch.amazonaws.com",
                StringEquals={"aws:SourceAccount": place.account},
                ArnLike={"aws:SourceArn": place.arn("cloudwatch", "alarm:*")},
            )
        )
    if workspaces:
        statements.append(
            _allow(
                ["sns:Publish", "sns:GetTopicAttributes"],
                arn,
                service="aps.amazonaws.com",
                StringEquals={"aws:SourceAccount": place.account},
                ArnEquals={"aws:SourceArn": [place.arn("aps", f"workspace/{workspace}") for workspace in workspaces]},
            )
        )
    return document(statements)


def queue(arn: str, senders: Sequence[str], service: str = "sns.amazonaws.com") -> Document:
    """Let topics, or rules, send to a queue."""
    condition: dict[str, object] = {"aws:SourceArn": list(senders)}
    return document([_allow("sqs:SendMessage", arn, service=service, ArnEquals=condition)])


def trust(service: str, place: ArnScope, sources: Sequence[str] = ()) -> Document:
    """Let a service take on a role, for these resources of this account only (the confused deputy problem)."""
    statement: Statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    condition: dict[str, object] = {"StringEquals": {"aws:SourceAccount": place.account}}
    if sources:
        condition["ArnEquals"] = {"aws:SourceArn": list(sources)}
    return document([{**statement, "Condition": condition}])


def pipe(machine: str, queue: str, kms_key_arn: str | None = None) -> Document:
    """Let a pipe take messages from its queue, and run one state machine for each (eb-pipes-permissions)."""
    statements = [
        _allow("states:StartSyncExecution", machine),
        _allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queue),
    ]
    if kms_key_arn:
        statements.append(_allow("kms:Decrypt", kms_key_arn))
    return document(statements)


def machine(arn: str, *, connection: str, secret: str, method: str, endpoint: str) -> Document:
    """Let a state machine send one kind of request, ask for alarms, and log its failures.

    (step-functions/latest/dg/call-https-apis, IAM permissions to run an HTTP task; DescribeAlarms shows composites only
    to those who may describe all alarms)

    Args:
        arn: its ARN.
        connection: the ARN of the connection.
        secret: the ARN of the secret in which EventBridge keeps the connection's credential.
        method: the HTTP method.
        endpoint: the addresses that it may call; ``*`` stands for anything.

    """
    return document(
        [
            _allow(
                "states:InvokeHTTPEndpoint",
                arn,
                StringEquals={"states:HTTPMethod": method},
                StringLike={"states:HTTPEndpoint": endpoint},
            ),
            _allow("events:RetrieveConnectionCredentials", connection),
            _allow(["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], secret),
            _allow("cloudwatch:DescribeAlarms", "*"),
            _allow(list(LOG_DELIVERY), "*"),
        ]
    )


CHAT_READS = ("cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:GetMetricWidgetImage")
"""What the chat service reads to draw an alarm's graph; none of these actions takes a resource (IAM reference)."""


def chat() -> Document:
    """Let the chat service draw the graph of an alarm."""
    return document([_allow(list(CHAT_READS), "*")])
