"""SNS that holds itself to policies: queues must let it in; HTTPS endpoints are tried again; then dead letters.

A delivery policy whose retries can take more than an hour is refused, as SNS does (sns-message-delivery-retries).

What real AWS does differently: retries follow the whole delivery policy with its back-off, here only the number counts;
AWS does not document the delays between the shortest and the longest, so each of them counts here as the longest;
HTTPS endpoints confirm their subscription; messages to them are signed with AWS's own certificate.
"""

from __future__ import annotations

import json
import time
from threading import Thread
from typing import Any

from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend, Subscription
from moto.sns.responses import SNSResponse

from northsouth.emulator import api_destinations, dead_letters, outbound, patching

_SERVICE = "sns.amazonaws.com"
_RETRIES = 3
_MAX_RETRY_SECONDS = 3600


def install() -> None:
    """Put it in the place of moto's delivery to queues and HTTPS endpoints, and of its attributes of subscriptions."""
    _refuse_long_policies()
    patching.require(Subscription, "publish", "get_post_data")
    original = Subscription.publish

    def publish(subscription: Any, message: str, message_id: str, subject: str | None = None, **more: Any) -> None:
        matcher = subscription._filter_policy_matcher
        if matcher is not None and not matcher.matches(more.get("message_attributes"), message):
            return
        if subscription.protocol in ("http", "https"):
            body = json.dumps(subscription.get_post_data(message, message_id, subject))
            Thread(target=_post, args=[subscription, message_id, body], daemon=True).start()
        elif subscription.protocol == "sqs" and not dead_letters.may_send(
            subscription.endpoint, service=_SERVICE, source=subscription.topic.arn
        ):
            _give_up(subscription, message)
        else:
            original(subscription, message, message_id, subject, **more)

    patching.replace(Subscription, "publish", publish)


def _refuse_long_policies() -> None:
    patching.require(SNSResponse, "_get_attributes")
    subscribe, set_attributes = SNSResponse.subscribe, SNSBackend.set_subscription_attributes

    def checked_subscribe(response: Any) -> Any:
        _check(response._get_attributes().get("DeliveryPolicy"))
        return subscribe(response)

    def checked_set(backend: Any, arn: str, name: str, value: Any) -> None:
        if name == "DeliveryPolicy":
            _check(value)
        set_attributes(backend, arn, name, value)

    patching.replace(SNSResponse, "subscribe", checked_subscribe)
    patching.replace(SNSBackend, "set_subscription_attributes", checked_set)


def _check(delivery_policy: str | None) -> None:
    policy = json.loads(delivery_policy or "{}").get("healthyRetryPolicy", {})
    shortest, longest = policy.get("minDelayTarget", 20), policy.get("maxDelayTarget", 20)
    at_once, first = policy.get("numNoDelayRetries", 0), policy.get("numMinDelayRetries", 0)
    seconds = first * shortest + (policy.get("numRetries", _RETRIES) - at_once - first) * longest
    if seconds > _MAX_RETRY_SECONDS:
        rule = f"Total policy retry time cannot be greater than {_MAX_RETRY_SECONDS} seconds"
        raise SNSInvalidParameter(f"Invalid parameter: Attributes Reason: DeliveryPolicy: {rule}")


def _post(subscription: Any, message_id: str, body: str) -> None:
    policy = json.loads(subscription.attributes.get("DeliveryPolicy") or "{}").get("healthyRetryPolicy", {})
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": "Amazon Simple Notification Service Agent",
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": message_id,
        "x-amz-sns-topic-arn": subscription.topic.arn,
    }
    for _ in range(policy.get("numRetries", _RETRIES) + 1):
        outcome = outbound.send("POST", subscription.endpoint, headers, body)
        if outcome.delivered:
            return
        if outcome.status is not None and 400 <= outcome.status < 500 and outcome.status != 429:
            break
        time.sleep(policy.get("minDelayTarget", 20) * api_destinations.SCALE)
    _give_up(subscription, body)


def _give_up(subscription: Any, body: str) -> None:
    queue = json.loads(subscription.attributes.get("RedrivePolicy") or "{}").get("deadLetterTargetArn")
    if queue:
        dead_letters.put(queue, body, service=_SERVICE, source=subscription.topic.arn)
