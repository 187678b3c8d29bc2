"""The arguments of `northsouth.alerts.alertmanager`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cdktf import TerraformStack

from northsouth.alerts.alertmanager import (
    Alertmanager,
    AlertManagerDefinition,
    Delivery,
    Heartbeat,
    HeartbeatTopic,
    Inhibition,
    TimeInterval,
)
from northsouth.alerts.prometheus import PrometheusWorkspace
from northsouth.alerts.routes import Routes, Secret, Webhook
from tests.alerts.alertmanager.test_delivery_rules import PAGER_KEY
from tests.alerts.routes.receivers import ARN, EMAIL
from tests.arguments.entries import Entry, also, construct, value

TOPIC = "arn:aws:sns:us-east-1:123456789012:"
SEVERITIES = ("critical", "warning")
ROUTES = Routes.by_severity(critical=[EMAIL], warning=[EMAIL])
NIGHT = TimeInterval(name="night", times=[("22:00", "24:00")])
CALLED = Heartbeat(receiver=Webhook(name="dms", url="https://dms.example.com/x", secret=Secret.stored(ARN)))
LATER = Delivery(repeat_interval="8h")
BASE: dict[str, Any] = {
    "workspace": PrometheusWorkspace.existing("ws-1"),
    "config": Alertmanager(routes=ROUTES),
    "topics": {"critical": f"{TOPIC}critical", "warning": f"{TOPIC}warning"},
    "region": "us-east-1",
}


def declare(stack: TerraformStack, config: Alertmanager, **more: Any) -> None:
    topics = {route.severity: f"{TOPIC}{route.severity}" for route in config.routes.routes}
    AlertManagerDefinition(stack, "it", **{**BASE, "config": config, "topics": topics, **more})


def interval(stack: TerraformStack, given: TimeInterval) -> None:
    delivery = Delivery(mute_time_intervals=[given.name])
    declare(stack, Alertmanager(routes=ROUTES, time_intervals=[given], delivery=delivery))


def delivered(stack: TerraformStack, given: Delivery) -> None:
    named = {*given.mute_time_intervals, *given.active_time_intervals}
    intervals = [replace(NIGHT, name=name) for name in sorted(named)]
    declare(stack, Alertmanager(routes=ROUTES, delivery=given, time_intervals=intervals))


ENTRIES: list[Entry] = [
    construct(
        AlertManagerDefinition,
        BASE,
        changes={
            "workspace": PrometheusWorkspace.existing("ws-2"),
            "config": Alertmanager(routes=ROUTES, delivery=LATER),
            "topics": {"critical": f"{TOPIC}critical", "warning": f"{TOPIC}other"},
            "region": also(
                "eu-west-3",
                topics={name: f"{TOPIC}{name}".replace("us-east-1", "${var.region}") for name in SEVERITIES},
            ),
            "pagerduty": {"critical": PAGER_KEY},
            "heartbeat_topic": also(f"{TOPIC}heartbeat", config=Alertmanager(routes=ROUTES, heartbeat=CALLED)),
        },
    ),
    construct(
        HeartbeatTopic,
        {"name": "edge-watchdog", "workspace": PrometheusWorkspace.existing("ws-1")},
        changes={"name": "edge-alive", "workspace": PrometheusWorkspace.existing("ws-2")},
    ),
    value(
        Alertmanager,
        declare,
        {
            "routes": ROUTES,
            "time_intervals": [NIGHT],
            "by_severity": {"warning": Delivery(mute_time_intervals=["night"])},
        },
        changes={
            "routes": Routes.by_severity(warning=[EMAIL]),
            "delivery": LATER,
            "by_severity": {"critical": Delivery(mute_time_intervals=["night"])},
            "inhibitions": (),
            "time_intervals": [replace(NIGHT, times=[("23:00", "24:00")])],
        },
        unseen={
            "heartbeat": "shows with a topic, see Heartbeat; and tests/alerts/alertmanager/test_definition.py",
            "leave_out": "only self-run Alertmanagers: tests/alerts/alertmanager/test_delivery_rules.py",
        },
    ),
    value(
        Delivery,
        delivered,
        changes={
            "group_by": ["job"],
            "group_wait": "1m",
            "group_interval": "6m",
            "repeat_interval": "8h",
            "mute_time_intervals": ["night"],
            "active_time_intervals": ["night"],
        },
    ),
    value(
        Inhibition,
        lambda stack, it: declare(stack, Alertmanager(routes=ROUTES, inhibitions=[it])),
        {"source": {"severity": "critical"}, "target": {"severity": "warning"}},
        changes={"source": {"severity": "high"}, "target": {"severity": "low"}, "equal": ["job"]},
    ),
    value(
        TimeInterval,
        interval,
        {"name": "night", "times": [("22:00", "24:00")]},
        changes={
            "name": "late",
            "times": [("23:00", "24:00")],
            "weekdays": ["monday:friday"],
            "days_of_month": ["1:5"],
            "months": ["january"],
            "years": ["2027"],
            "location": "Europe/Berlin",
        },
    ),
    value(
        Heartbeat,
        lambda stack, it: declare(
            stack, Alertmanager(routes=ROUTES, heartbeat=it), heartbeat_topic=f"{TOPIC}heartbeat"
        ),
        {"receiver": CALLED.receiver},
        changes={"alert": "Alive", "every": "2m"},
        unseen={
            "receiver": "of self-run Alertmanagers; here a topic is told: tests/alerts/alertmanager/test_definition.py"
        },
    ),
]

READS: dict[Any, str] = {}
"""Methods that declare nothing."""
