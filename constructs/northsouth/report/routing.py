"""Who hears of an alarm: the topics that it acts on, and what is subscribed to them; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from northsouth.report.sides import Sides
from northsouth.template import Resource, Template
from northsouth.template.expressions import references

_TOPIC, _SUBSCRIPTION, _QUEUE = "aws_sns_topic", "aws_sns_topic_subscription", "aws_sqs_queue"


def routing(sides: Sides, receivers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return for each receiver of notifications its name, who is behind it, and how often it is notified.

    Args:
        sides: the environment before and after.
        receivers: rows with ``receiver`` (an ARN or a reference), ``before`` and ``after``.

    """
    templates = [side.template for side in (sides.after, sides.before) if side is not None]
    return [{**row, **_behind(str(row["receiver"]), templates)} for row in receivers]


def _behind(receiver: str, templates: Iterable[Template]) -> dict[str, Any]:
    for template in templates:
        topic = _topic(receiver, template)
        if topic is not None:
            name = template.value(topic, "name")
            return {
                "name": name if isinstance(name, str) else topic.address,
                "to": sorted(_subscribed(topic, template)),
            }
    return {"name": receiver, "to": []}


def _topic(receiver: str, template: Template) -> Resource | None:
    """Return the topic that an action means: by a reference or by its ARN."""
    subjects = {reference.subject for reference in references(receiver)}
    for topic in template.of_type(_TOPIC):
        if topic.block in subjects or receiver == topic.values.get("arn"):
            return topic
    return None


def _subscribed(topic: Resource, template: Template) -> Iterator[str]:
    for subscription in template.of_type(_SUBSCRIPTION):
        if topic not in template.follow(subscription, "topic_arn") and not _same_arn(topic, subscription):
            continue
        queue = template.one(subscription, "endpoint", _QUEUE)
        name = template.value(queue, "name") if queue else None
        if isinstance(name, str):
            yield f"queue {name}"
        else:
            yield f"{template.value(subscription, 'protocol')} {template.value(subscription, 'endpoint')}"


def _same_arn(topic: Resource, subscription: Resource) -> bool:
    arn = topic.values.get("arn")
    return arn is not None and arn == subscription.values.get("topic_arn")
