"""The parts that deliver notifications on the emulator: templates, policies, and what leaves for loopback only."""

from __future__ import annotations

import json
from typing import Any

import pytest

from northsouth.emulator import input_templates, outbound, permissions
from northsouth.emulator.server import ACCOUNT, Emulator

EVENT = input_templates.of_message("m-1", '{"name": "a \\"b\\"", "list": [1, "x"], "deep": {"value": 3}}')


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ('{"k": <$.body.name>}', '{"k": "a "b""}'),
        ('{"k": "<$.body.name>!"}', '{"k": "a "b"!"}'),
        ('{"k": <$.body.list>}', '{"k": [1, "x"]}'),
        ('{"k": "it is <$.body.list>"}', '{"k": "it is [1, x]"}'),
        ('{"k": <$.body.deep.value>}', '{"k": 3}'),
        ('{"k": "<$.body.nothing>"}', '{"k": ""}'),
        ('{"a \\" <$.messageId>": 1}', '{"a \\" m-1": 1}'),
    ],
)
def test_a_template_is_filled_as_documented(template: str, filled: str) -> None:
    assert input_templates.fill_pipe(template, EVENT) == filled


def test_a_template_whose_values_are_escaped() -> None:
    assert input_templates.fill_pipe('{"k": <$.body.name>}', EVENT, escape=True) == '{"k": "a \\"b\\""}'


def test_a_rules_variables() -> None:
    paths = {"name": "$.detail.alarmName", "gone": "$.detail.gone"}
    event = {"detail": {"alarmName": "edge"}}
    assert input_templates.fill_rule('["<name>", "<gone>", "<other>"]', paths, event) == '["edge", "", ""]'


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({}, True),
        ({"Effect": "Deny"}, False),
        ({"Principal": {"Service": "events.amazonaws.com"}}, False),
        ({"Principal": "*"}, True),
        ({"Action": "sqs:ReceiveMessage"}, False),
        ({"Action": ["sqs:*"]}, True),
        ({"Resource": "arn:aws:sqs:us-east-1:1:other"}, False),
        ({"Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:1:other"}}}, False),
        ({"Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:sns:*"}}}, True),
        ({"Condition": {"StringEquals": {"aws:SourceOrgID": "o-1"}}}, False),
        ({"Condition": {"NullIfExists": {"aws:SourceArn": "x"}}}, False),
    ],
)
def test_a_resources_policy(emulator: Emulator, change: dict[str, Any], allowed: bool) -> None:
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        **change,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    emulator.client("sqs").create_queue(QueueName="queue", Attributes={"Policy": policy})
    context = {"aws:SourceArn": "arn:aws:sns:us-east-1:1:topic", "aws:SourceAccount": "1"}
    assert allowed == permissions.resource_allows("sns.amazonaws.com", "sqs:SendMessage", queue, context)


def test_nothing_leaves_this_machine() -> None:
    assert outbound.send("POST", "https://example.com/", {}, "{}").status is None
    with outbound.redirected({"example.com": ("127.0.0.1", 9)}):
        assert outbound.send("POST", "http://example.com/", {}, "{}").status is None, "HTTPS alone"
        assert not outbound.send("POST", "https://example.com/", {}, "{}").delivered, "nobody listens there"
