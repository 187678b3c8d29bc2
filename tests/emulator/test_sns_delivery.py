"""Delivery policies of subscriptions: the emulator refuses those that SNS refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from northsouth.emulator.server import Emulator

FIRST = {"minDelayTarget": 20, "maxDelayTarget": 300, "numRetries": 20, "numMinDelayRetries": 3}
"""The retries of the library's pagers until 2026, which take 5,160 s where each growing delay is the longest one."""


def policy(**changes: Any) -> str:
    return json.dumps({"healthyRetryPolicy": {**FIRST, **changes}})


@pytest.mark.parametrize(
    ("delivery_policy", "accepted"),
    [
        (policy(), False),
        (policy(numMaxDelayRetries=10, backoffFunction="exponential"), False),
        (policy(maxDelayTarget=180), True),
        (policy(numRetries=14), True),
        (policy(numRetries=15), False),
        (policy(numRetries=16, numNoDelayRetries=2), True),
        (policy(numRetries=16), False),
    ],
)
def test_retries_of_more_than_an_hour_in_all(emulator: Emulator, delivery_policy: str, accepted: bool) -> None:
    sns = emulator.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]

    def subscribe(endpoint: str, **attributes: str) -> str:
        made = sns.subscribe(
            TopicArn=topic, Protocol="https", Endpoint=endpoint, Attributes=attributes, ReturnSubscriptionArn=True
        )
        return str(made["SubscriptionArn"])

    existing = subscribe("https://first.example.com/")
    requests = [
        lambda: subscribe("https://second.example.com/", DeliveryPolicy=delivery_policy),
        lambda: sns.set_subscription_attributes(
            SubscriptionArn=existing, AttributeName="DeliveryPolicy", AttributeValue=delivery_policy
        ),
    ]
    for request in requests:
        if accepted:
            request()
            continue
        with pytest.raises(ClientError, match="Total policy retry time cannot be greater than 3600 seconds") as refused:
            request()
        assert refused.value.response["Error"]["Code"] == "InvalidParameter"
    count = len(sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"])
    assert count == (2 if accepted else 1), "a refused subscription is not made"
