"""Delivery policies of SNS: their members, the ranges of their numbers, and how long all retries may take.

Source: "Creating an HTTP/S delivery policy" (sns/latest/dg/sns-message-delivery-retries).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.request import Request

LONGEST_RETRIES = 3600
"""Seconds that all retries of a delivery policy may take."""

MOST_RETRIES = 100
_SOURCE = "sns/latest/dg/sns-message-delivery-retries"
_PHASES = ("numNoDelayRetries", "numMinDelayRetries", "numMaxDelayRetries")
_DEFAULTS = (("numRetries", 3), ("minDelayTarget", 20), ("maxDelayTarget", 20))
_FUNCTIONS = ("arithmetic", "exponential", "geometric", "linear")
_RETRY = frozenset((*_PHASES, "numRetries", "minDelayTarget", "maxDelayTarget", "backoffFunction"))
_OF_SUBSCRIPTIONS = frozenset(
    ("healthyRetryPolicy", "sicklyRetryPolicy", "throttlePolicy", "requestPolicy", "guaranteed")
)
_OF_TOPICS = frozenset(
    (
        *("defaultHealthyRetryPolicy", "defaultSicklyRetryPolicy", "defaultThrottlePolicy", "defaultRequestPolicy"),
        "disableSubscriptionOverrides",
    )
)


class _WrongPolicyError(Exception):
    """The policy is refused; the message says why."""


def _text(request: Request) -> str:
    if request.parameters.get("AttributeName") == "DeliveryPolicy":
        return str(request.parameters.get("AttributeValue") or "")
    return str(request.parameters.get("Attributes", {}).get("DeliveryPolicy") or "")


def _read(text: str) -> Mapping[str, Any]:
    """Return the policies of retries and throttling under a subscription's names, of a topic's policy too."""
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise _WrongPolicyError("failed to parse JSON.")
    _refuse_unknown(document, _OF_SUBSCRIPTIONS | {"http"})
    of_topic = document.get("http") or {}
    _refuse_unknown(of_topic, _OF_TOPICS)
    return document | {
        "healthyRetryPolicy": document.get("healthyRetryPolicy") or of_topic.get("defaultHealthyRetryPolicy") or {},
        "throttlePolicy": document.get("throttlePolicy") or of_topic.get("defaultThrottlePolicy") or {},
    }


def _refuse_unknown(members: Mapping[str, Any], names: frozenset[str]) -> None:
    unknown = sorted(members.keys() - names)
    if unknown:
        raise _WrongPolicyError(f"Unexpected JSON member: {unknown[0]}")


def _malformed(request: Request) -> str | None:
    text = _text(request)
    if not text:
        return None
    try:
        policies = _read(text)
        _refuse_unknown(policies["healthyRetryPolicy"], _RETRY)
        _in_range("throttlePolicy", policies["throttlePolicy"], {"maxReceivesPerSecond": (1, None)})
        _check_retries(policies["healthyRetryPolicy"])
    except _WrongPolicyError as wrong:
        return _message(str(wrong))
    return None


def _check_retries(policy: Mapping[str, Any]) -> None:
    ranges: dict[str, tuple[int, int | None]] = dict.fromkeys(_PHASES, (0, None))
    ranges |= {"numRetries": (0, MOST_RETRIES), "minDelayTarget": (1, None), "maxDelayTarget": (1, LONGEST_RETRIES)}
    _in_range("healthyRetryPolicy", policy, ranges)
    retries, shortest, longest = _numbers(policy)
    if shortest > longest:
        raise _WrongPolicyError("healthyRetryPolicy.minDelayTarget must be less than or equal to maxDelayTarget")
    if sum(policy.get(name) or 0 for name in _PHASES) > retries:
        raise _WrongPolicyError(
            f"healthyRetryPolicy.numRetries must be greater than or equal to the sum of {', '.join(_PHASES)}"
        )
    function = policy.get("backoffFunction", "linear")
    if function not in _FUNCTIONS:
        raise _WrongPolicyError(f"healthyRetryPolicy.backoffFunction must be one of {', '.join(_FUNCTIONS)}")


def _in_range(where: str, policy: Mapping[str, Any], ranges: Mapping[str, tuple[int, int | None]]) -> None:
    for name, (least, most) in ranges.items():
        value = policy.get(name)
        if value is None:
            continue
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise _WrongPolicyError(f"{where}.{name} must be a number")
        if value < least or (most is not None and value > most):
            limit = f"greater than or equal to {least}" if value < least else f"less than or equal to {most}"
            raise _WrongPolicyError(f"{where}.{name} must be {limit}")


def _numbers(policy: Mapping[str, Any]) -> tuple[int, float, float]:
    values = ((policy.get(name), default) for name, default in _DEFAULTS)
    retries, shortest, longest = (default if value is None else value for value, default in values)
    return int(retries), shortest, longest


def _long_retries(request: Request) -> str | None:
    if not _text(request):
        return None
    policy = _read(_text(request))["healthyRetryPolicy"]
    retries, shortest, longest = _numbers(policy)
    at_once, first, _ = (int(policy.get(name) or 0) for name in _PHASES)
    # AWS does not document the delays between the shortest and the longest, so each of them counts as the longest.
    if first * shortest + (retries - at_once - first) * longest <= LONGEST_RETRIES:
        return None
    return _message(f"Total policy retry time cannot be greater than {LONGEST_RETRIES} seconds")


def _message(reason: str) -> str:
    return f"Invalid parameter: DeliveryPolicy: {reason}"


_OPERATIONS = ("CreateTopic", "SetSubscriptionAttributes", "SetTopicAttributes", "Subscribe")
RULES = (
    Rule(
        "sns",
        _OPERATIONS,
        "a delivery policy with unknown members, or numbers out of their range",
        _SOURCE,
        "InvalidParameter",
        _malformed,
    ),
    Rule(
        "sns",
        _OPERATIONS,
        "a delivery policy whose retries take over 3,600 seconds",
        _SOURCE,
        "InvalidParameter",
        _long_retries,
    ),
)
