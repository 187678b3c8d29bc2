"""SNS that holds itself to policies: queues must let it in; HTTPS endpoints are tried again; then dead letters.

What real AWS does differently: retries follow the whole delivery policy with its back-off, here only the number counts;
HTTPS endpoints confirm their subscription; messages to them are signed with AWS's own certificate.
"""

from __future__ import annotations

import json
import time
from threading import Thread
from typing import Any

from moto.sns.models import Subscription

from northsouth.emulator import api_destinations, dead_letters, outbound, patching

_SERVICE = "sns.amazonaws.com"
_RETRIES = 3


def install() -> None:
    """Put it in the place of moto's delivery to queues and HTTPS endpoints."""
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
