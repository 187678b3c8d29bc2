"""What an Alertmanager, yours or Amazon's, would refuse or never deliver; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from northsouth.alerts.alertmanager.delivery import Alertmanager, Delivery, Inhibition, Smtp, TimeInterval
from northsouth.alerts.prometheus.amp import SOURCE
from northsouth.alerts.prometheus.durations import duration, seconds
from northsouth.alerts.prometheus.rule_checks import duration_problems
from northsouth.alerts.prometheus.selectors import LABEL_NAME
from northsouth.alerts.routes.alert_text import AlertText
from northsouth.alerts.routes.rules import route_problems
from northsouth.alerts.routes.secret import Secret, secret_problems
from northsouth.errors import Problem
from northsouth.tokens import is_token

MAX_REPEAT_SECONDS = 5 * 86_400
"""The longest ``repeat_interval`` of Amazon Managed Prometheus."""
MAX_INHIBITIONS = 100
MAX_DEFINITION_BYTES = 1_000_000
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_SMARTHOST = re.compile(r"[^\s:]+:\d{1,5}")


def alertmanager_problems(config: Alertmanager, *, name: str = "alertmanager") -> Iterator[Problem]:
    """Yield settings that every Alertmanager refuses, and alerts that it would never deliver.

    Args:
        config: what is wanted.
        name: what the names of the routes' resources begin with, if any are made.

    """
    yield from route_problems(config.routes, name=name)
    yield from tree_problems(config)


def tree_problems(config: Alertmanager) -> Iterator[Problem]:
    """Yield what is wrong with the delivery of alerts; the receivers have rules of their own."""
    if not config.routes.routes:
        yield Problem("routes", "none", "nobody would be notified", "Name receivers of a severity.")
    intervals = [interval.name for interval in config.time_intervals]
    yield from _delivery_problems("delivery", config.delivery, intervals)
    severities = [route.severity for route in config.routes.routes]
    for severity, delivery in config.by_severity.items():
        where = f"by_severity.{severity}"
        if severity not in severities:
            yield Problem(where, repr(severity), "no route has this severity", "Give it receivers, or leave it out.")
        yield from _delivery_problems(where, delivery, intervals)
    for index, inhibition in enumerate(config.inhibitions):
        yield from (problem.within(f"inhibitions[{index}]") for problem in _inhibition_problems(inhibition))
    for index, interval in enumerate(config.time_intervals):
        where = f"time_intervals[{index}]"
        if interval.name in intervals[:index]:
            yield Problem(f"{where}.name", repr(interval.name), "another interval has this name", "Rename one.")
        yield from (problem.within(where) for problem in _interval_problems(interval, config))
    yield from _heartbeat_problems(config)
    for name in config.leave_out:
        if name not in config.routes.receivers:
            known = ", ".join(config.routes.receivers) or "none"
            yield Problem("leave_out", repr(name), f"the receivers are {known}", "Name one of them.")


def self_run_problems(
    config: Alertmanager, *, smtp: Smtp | None = None, region: str | None = None
) -> Iterator[Problem]:
    """Yield what an Alertmanager that you run cannot do, besides :func:`alertmanager_problems`."""
    for route in config.routes.routes:
        left = [receiver for receiver in route.receivers if receiver.name not in config.leave_out]
        if not left:
            fix = "Leave fewer receivers out."
            yield Problem(f"routes.{route.severity}", "every receiver left out", "nobody would be notified", fix)
        for receiver in left:
            where = f"receivers.{receiver.name}"
            problems = receiver.integration_problems(AlertText(region=region, mail_server=smtp is not None))
            yield from (problem.within(where) for problem in problems)
    if config.heartbeat and config.heartbeat.receiver is None:
        yield Problem("heartbeat.receiver", "nothing", "somebody outside has to be called", "Give it a Webhook.")
    if smtp is not None and not is_token(smtp.smarthost) and not _SMARTHOST.fullmatch(smtp.smarthost):
        yield Problem("smtp.smarthost", repr(smtp.smarthost), "it is a host and a port", "Write smtp.example.com:587.")


def amp_problems(
    config: Alertmanager,
    *,
    topics: Mapping[str, str],
    pagerduty: Mapping[str, Secret] | None = None,
    heartbeat_topic: str | None = None,
) -> Iterator[Problem]:
    """Yield what Amazon Managed Prometheus refuses, besides :func:`alertmanager_problems`."""
    if heartbeat_topic and config.heartbeat is None:
        fix = "Give config.heartbeat, which says how often."
        yield Problem("heartbeat_topic", "a topic", "nothing says which alert it gets", fix)
    for route in config.routes.routes:
        if route.severity not in topics:
            yield Problem("topics", f"none for {route.severity}", "each severity has a topic", "Give its ARN.")
        shows_alerts = any(receiver.shows_prometheus_alerts for receiver in route.receivers)
        if route.receivers and not shows_alerts and route.severity not in (pagerduty or {}):
            rule = "the chat service shows alarms of CloudWatch, not these alerts; nobody would be notified"
            yield Problem(f"routes.{route.severity}", "chat channels alone", rule, "Add a receiver of another kind.")
    yield from _pagerduty_problems(config, pagerduty or {})
    for where, delivery in chain((("delivery", config.delivery),), config.by_severity.items()):
        interval = seconds(delivery.repeat_interval)
        if interval is not None and interval > MAX_REPEAT_SECONDS:
            rule = f"it is repeated after {duration(MAX_REPEAT_SECONDS)} at the latest"
            given = repr(delivery.repeat_interval)
            yield Problem(f"{where}.repeat_interval", given, rule, "Write 5d or less.", SOURCE)
    if len(config.inhibitions) > MAX_INHIBITIONS:
        rule = f"there can be {MAX_INHIBITIONS} inhibition rules"
        yield Problem("inhibitions", str(len(config.inhibitions)), rule, "Join some.", SOURCE)


def _pagerduty_problems(config: Alertmanager, pagerduty: Mapping[str, Secret]) -> Iterator[Problem]:
    for severity, secret in pagerduty.items():
        where = f"pagerduty.{severity}"
        yield from secret_problems(secret, where)
        if severity not in [route.severity for route in config.routes.routes]:
            yield Problem(where, repr(severity), "no route has this severity", "Give it receivers.")
        if isinstance(secret, Secret) and secret.kind == "variable":
            rule = "the service reads the key from Secrets Manager itself"
            yield Problem(where, "a variable", rule, "Give Secret.stored(arn).")


def definition_problems(text: str) -> Iterator[Problem]:
    """Yield what is wrong with a written definition."""
    size = len(text.encode())
    if size > MAX_DEFINITION_BYTES:
        rule = f"a definition has at most {MAX_DEFINITION_BYTES} bytes"
        yield Problem("routes", f"{size} bytes", rule, "Shorten notes, or name fewer receivers.", SOURCE)


def _delivery_problems(where: str, delivery: Delivery, intervals: list[str]) -> Iterator[Problem]:
    for key in ("group_wait", "group_interval", "repeat_interval"):
        yield from duration_problems(f"{where}.{key}", getattr(delivery, key), positive=key != "group_wait")
    between, again = seconds(delivery.group_interval), seconds(delivery.repeat_interval)
    if between and again and again < between:
        rule = f"a group is looked at every group_interval, {delivery.group_interval}"
        yield Problem(f"{where}.repeat_interval", repr(delivery.repeat_interval), rule, "Make it a multiple of that.")
    if not delivery.group_by:
        rule = "without labels all alerts of a severity are one message"
        yield Problem(f"{where}.group_by", "none", rule, "Write alertname, or ... for no grouping.")
    for label in delivery.group_by:
        if label != "..." and not LABEL_NAME.fullmatch(label):
            yield Problem(f"{where}.group_by", repr(label), "it is a label's name", "Write letters, digits and _.")
    if "..." in delivery.group_by and len(delivery.group_by) > 1:
        yield Problem(f"{where}.group_by", "... and others", "... stands alone for all labels", "Write one of them.")
    for name in [*delivery.mute_time_intervals, *delivery.active_time_intervals]:
        if name not in intervals:
            known = ", ".join(intervals) or "none"
            yield Problem(where, repr(name), f"the time intervals are {known}", "Declare it in time_intervals.")


def _inhibition_problems(inhibition: Inhibition) -> Iterator[Problem]:
    for where, labels in (("source", inhibition.source), ("target", inhibition.target)):
        if not labels:
            rule = "without labels it is every alert"
            yield Problem(where, "no labels", rule, 'Say which: {"severity": "critical"}.')
        for label in labels:
            if not LABEL_NAME.fullmatch(label):
                yield Problem(where, repr(label), "it is a label's name", "Write letters, digits and _.")
    for label in inhibition.equal:
        if not LABEL_NAME.fullmatch(label):
            yield Problem("equal", repr(label), "it is a label's name", "Write letters, digits and _.")


def _interval_problems(interval: TimeInterval, config: Alertmanager) -> Iterator[Problem]:
    if not interval.name:
        yield Problem("name", "nothing", "deliveries name it", "Give it a name.")
    for begin, end in interval.times:
        if not (_TIME.fullmatch(begin) and _TIME.fullmatch(end)) or begin >= end:
            rule = "times are HH:MM, the first before the second; a night is two intervals of times"
            yield Problem("times", f"{begin!r} to {end!r}", rule, "Write ('22:00', '24:00') and ('00:00', '06:00').")
    yield from _ranges("weekdays", interval.weekdays, _DAYS, (0, -1))
    yield from _ranges("months", interval.months, _MONTHS, (1, 12))
    yield from _ranges("days_of_month", interval.days_of_month, (), (-31, 31))
    yield from _ranges("years", interval.years, (), (1, 9999))
    if interval.location is not None:
        try:
            ZoneInfo(interval.location)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            rule = "it is a name of the IANA time zone database"
            yield Problem("location", repr(interval.location), rule, "Write Europe/Berlin, or leave it out for UTC.")
    used = [*config.by_severity.values(), config.delivery]
    if not any(interval.name in (*route.mute_time_intervals, *route.active_time_intervals) for route in used):
        yield Problem("name", repr(interval.name), "no delivery names it", "Name it in a delivery, or remove it.")


def _ranges(where: str, ranges: object, names: tuple[str, ...], bounds: tuple[int, int]) -> Iterator[Problem]:
    for text in ranges if isinstance(ranges, list | tuple) else [ranges]:
        numbers = [_number(part, names, bounds) for part in str(text).split(":")]
        if len(numbers) > 2 or None in numbers or not _in_order([number for number in numbers if number is not None]):
            rule = f"it is one or a range of {', '.join(names)}" if names else f"it is {bounds[0]} to {bounds[1]}"
            yield Problem(where, repr(text), rule, "Write the first, a colon and the last.")


def _number(part: str, names: tuple[str, ...], bounds: tuple[int, int]) -> int | None:
    if part.lower() in names:
        return names.index(part.lower()) + bounds[0]
    if re.fullmatch(r"-?\d{1,4}", part) and bounds[0] <= int(part) <= bounds[1] and int(part) != 0:
        return int(part)
    return None


def _in_order(numbers: list[int]) -> bool:
    """Return whether a range goes forward. From the month's start to its end it does; otherwise the numbers decide."""
    return len(numbers) < 2 or numbers[0] <= numbers[1] or (numbers[0] > 0 > numbers[1])


def _heartbeat_problems(config: Alertmanager) -> Iterator[Problem]:
    if config.heartbeat is None:
        return
    yield from duration_problems("heartbeat.every", config.heartbeat.every, positive=True)
    if not config.heartbeat.alert:
        yield Problem("heartbeat.alert", "nothing", "it is the alert that always fires", "Write Watchdog.")
    if config.heartbeat.receiver is None:
        return
    yield from secret_problems(config.heartbeat.receiver.secret, "heartbeat.receiver.secret")
    if config.heartbeat.receiver.name in config.routes.receivers:
        rule = "its file of the secret has that name already"
        yield Problem("heartbeat.receiver.name", repr(config.heartbeat.receiver.name), rule, "Rename it.")
