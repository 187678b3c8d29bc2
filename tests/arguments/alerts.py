"""The arguments of `northsouth.alerts`, and of the metrics that alarms are made of."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformStack

from northsouth.alerts import Actions, Alarm, CompositeAlarm, Metric, Response, Suppressor, any_of
from northsouth.alerts.mutes import MuteRule
from northsouth.alerts.quiet import QuietStart
from northsouth.metrics import Condition, Quantity, Query
from northsouth.metrics.units import seconds
from tests.arguments.entries import Entry, Late, also, construct, value
from tests.harness.mute_rules import with_mute_rules

TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"
RUNBOOK = "https://wiki.example.com/edge"
ERRORS = Metric(namespace="Test", name="Errors", statistic="Sum", unit="Count")
TAIL = Metric(namespace="Test", name="Latency", statistic="p99", unit="Seconds")
WORDS = {"severity": "critical", "summary": "It fails", "because": "users see it", "runbook": RUNBOOK}
OTHER_WORDS = {"summary": "It is slow", "because": "users wait", "runbook": f"{RUNBOOK}#other"}
ALARM = {"when": ERRORS > 5, "missing": "notBreaching", **WORDS}


def alarm(stack: TerraformStack, id: str = "it", **arguments: Any) -> Alarm:
    return Alarm(stack, id, **{**ALARM, **arguments})


def composite(stack: TerraformStack, **arguments: Any) -> CompositeAlarm:
    return CompositeAlarm(stack, "it", **{"when": any_of(alarm(stack, "child")), **WORDS, **arguments})


def quiet(stack: TerraformStack, id: str) -> Alarm:
    return alarm(stack, id, when=(ERRORS < 1).for_datapoints(3), missing="breaching", actions=[TOPIC])


def muted(stack: TerraformStack, arguments: dict[str, Any]) -> MuteRule:
    with with_mute_rules():
        return MuteRule(stack, "it", **arguments)


ENTRIES: list[Entry] = [
    Entry(
        MuteRule,
        muted,
        {
            "alarms": Late(lambda stack: [alarm(stack, "a", actions=[TOPIC])]),
            "schedule": "cron(0 2 * * *)",
            "duration": "PT4H",
        },
        changes={
            "alarms": Late(lambda stack: [alarm(stack, "b", actions=[TOPIC])]),
            "schedule": "cron(0 3 * * *)",
            "duration": "PT1H",
            "time_zone": "Europe/London",
            "start": "2026-12-01T00:00:00Z",
            "expire": "2027-12-01T00:00:00Z",
            "description": "The hosts are patched",
            "name": "other",
        },
    ),
    construct(
        QuietStart,
        {"alarms": Late(lambda stack: [quiet(stack, "a")])},
        changes={"alarms": Late(lambda stack: [quiet(stack, "b")]), "minutes": 30, "name": "other"},
    ),
    construct(
        Alarm,
        ALARM,
        changes={
            "when": ERRORS > 6,
            "missing": "ignore",
            "actions": [TOPIC],
            "name": "other",
            "low_samples": also("evaluate", when=seconds(5) < TAIL, low_samples="ignore"),
            "measured": "what fails",
            "ends": "by itself",
            **OTHER_WORDS,
        },
    ),
    construct(
        CompositeAlarm,
        {"when": Late(lambda stack: any_of(alarm(stack, "child"))), **WORDS},
        changes={
            "when": Late(lambda stack: any_of(alarm(stack, "other"))),
            "actions": [TOPIC],
            "suppressor": also(
                Late(lambda stack: Suppressor(alarm(stack, "cause"))),
                when=Late(lambda stack: any_of(alarm(stack, "a"))),
            ),
            "name": "other",
            **OTHER_WORDS,
        },
    ),
    value(
        Suppressor,
        lambda stack, it: composite(stack, suppressor=it),
        {"alarm": Late(lambda stack: alarm(stack, "cause"))},
        changes={"alarm": Late(lambda stack: alarm(stack, "other")), "wait": 120, "extension": 300},
    ),
    value(
        Actions,
        lambda stack, it: alarm(stack, actions=it),
        changes={state: [TOPIC] for state in ("alarm", "ok", "insufficient_data")},
    ),
    *[
        value(make, lambda stack, it: alarm(stack, actions=it), {"arns": [TOPIC]}, changes={"arns": [f"{TOPIC}-2"]})
        for make in (Actions.notify, Actions.notify_all)
    ],
    value(
        Actions.of,
        lambda stack, it: alarm(stack, actions=it),
        {"actions": [TOPIC]},
        changes={"actions": [f"{TOPIC}-2"], "missing": "missing"},
    ),
    value(
        Metric,
        lambda stack, it: alarm(stack, when=it + it.with_statistic("Minimum") > Quantity(5, it.measure)),
        {"namespace": "Test", "name": "Errors", "statistic": "Sum", "unit": "Count"},
        changes={
            "namespace": "Other",
            "name": "Faults",
            "statistic": "Maximum",
            "unit": "Seconds",
            "dimensions": {"Zone": "a"},
            "label": "faults",
            "account_id": "210987654321",
        },
    ),
    value(
        Condition,
        lambda stack, it: alarm(stack, when=it),
        {"truth": ERRORS > 5, "of": 2},
        changes={"truth": ERRORS > 6, "datapoints": 2},
    ),
    value(
        Quantity,
        lambda stack, it: alarm(stack, when=TAIL.with_statistic("Maximum") > it),
        {"value": 2, "unit": TAIL.measure},
        changes={"value": 3},
        unseen={"unit": "thresholds are converted to the metric's unit: tests/metrics/test_units.py"},
    ),
]

READS: dict[Any, str] = {
    Query: "made by `render`, and by Graph.of: tests/metrics/test_render.py",
    Response.notify: "see tests/arguments/packs.py",
}
"""What declares nothing by itself."""
