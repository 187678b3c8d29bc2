"""The machine of a receiver: what it drops, what it waits for, and that the reference JSONata agrees."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from northsouth.alerts.routes.api_receiver import ApiReceiver
from northsouth.alerts.routes.caller import ATTEMPT_SECONDS
from northsouth.alerts.routes.machine import MOST_TRIES, RUN_SECONDS
from tests.alerts.routes.messages import (
    FOREIGN,
    HOSTILE,
    alarm,
    composite,
    event,
    notified,
    prometheus,
    queued,
)
from tests.alerts.routes.receivers import CALLED, SLACK, STATUSPAGE
from tests.alerts.routes.running import asked, machine, read, told
from tests.harness.jsonata import ROOT, agrees, evaluate, node_tool

NAME = "edge-nat-dropped-packets"


def known(state: str, changed: str, name: str = NAME, **more: Any) -> dict[str, Any]:
    """Return what DescribeAlarms says of an alarm, as a state machine gets it."""
    arn = f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"
    return {"AlarmName": name, "AlarmArn": arn, "StateValue": state, "StateTransitionedTimestamp": changed, **more}


BEFORE, SAME, AFTER = "2026-11-22T01:00:00.000Z", "2026-11-22T01:29:30.123Z", "2026-11-22T01:29:31Z"


@pytest.mark.parametrize(
    ("message", "alarms", "is_sent"),
    [
        # A firing message that comes late does not reopen what is resolved.
        (alarm(), [known("OK", AFTER)], False),
        (alarm(), [known("INSUFFICIENT_DATA", AFTER)], False),
        (alarm(), [known("OK", AFTER, AlarmRule="ALARM(x)")], False),
        (alarm(now="OK", before="ALARM"), [known("ALARM", AFTER)], False),
        # It is still true, or true again.
        (alarm(), [known("ALARM", SAME)], True),
        (alarm(), [known("ALARM", AFTER)], True),
        (alarm(now="OK", before="ALARM"), [known("INSUFFICIENT_DATA", AFTER)], True),
        # CloudWatch lags behind, or does not know the alarm.
        (alarm(), [known("OK", BEFORE)], True),
        (alarm(), [known("OK", SAME)], True),
        (alarm(), [], True),
        (alarm(account="999988887777"), [known("OK", AFTER)], True),
        (prometheus(NAME), [known("OK", AFTER)], True),
        # Neither raised nor over.
        (alarm(now="OK", before="INSUFFICIENT_DATA"), [known("OK", SAME)], False),
    ],
    ids=range(13),
)
def test_only_what_is_true_is_sent(message: dict[str, Any], alarms: list[dict[str, Any]], is_sent: bool) -> None:
    assert (told(SLACK, notified(message), *alarms) is not None) == is_sent


def test_an_older_cloudwatch_says_only_when_it_updated_the_alarm() -> None:
    old = known("OK", "")
    del old["StateTransitionedTimestamp"]
    assert told(SLACK, notified(alarm()), {**old, "StateUpdatedTimestamp": AFTER}) is None
    assert told(SLACK, notified(alarm()), {**old, "StateUpdatedTimestamp": "2026-11-22T01:29:30.123000+00:00"})


RAISED, FINE, NO_DATA = ("ALARM", "OK", "INSUFFICIENT_DATA")


@pytest.mark.parametrize(
    ("outage", "slow", "status"),
    [
        (FINE, FINE, "operational"),
        (FINE, RAISED, "degraded_performance"),
        (RAISED, FINE, "major_outage"),
        (RAISED, RAISED, "major_outage"),
        (NO_DATA, RAISED, "degraded_performance"),
        (FINE, NO_DATA, None),
        (NO_DATA, NO_DATA, None),
    ],
)
def test_a_status_page_shows_the_alarms_of_now(outage: str, slow: str, status: str | None) -> None:
    component = replace(STATUSPAGE, degraded="edge-slow")
    assert component.asked_alarms == ("edge-customers", "edge-slow")
    message = notified(alarm("edge-slow", description='hostile " \\ text'))
    alarms = [known(outage, AFTER, "edge-customers", AlarmRule="x"), known(slow, AFTER, "edge-slow")]
    body = told(component, message, *alarms)
    assert (json.loads(body) if body else None) == (status and {"component": {"status": status}})
    # What is gone says nothing.
    if RAISED not in (outage, slow):
        assert told(component, message, alarms[0]) is None


def test_a_suppressed_composite_is_no_outage() -> None:
    suppressed = known(RAISED, AFTER, "edge-customers", AlarmRule="x", ActionsSuppressedBy="Alarm")
    assert told(STATUSPAGE, notified(alarm("edge-customers")), suppressed) == '{"component": {"status": "operational"}}'


def test_a_run_ends_before_its_message_is_shown_again() -> None:
    assert RUN_SECONDS < ATTEMPT_SECONDS
    states = machine(SLACK)["States"]
    waits = [evaluate(states["Pause"]["Seconds"], {"tries": tries}) for tries in range(2, MOST_TRIES + 1)]
    assert all(2 ** (n + 1) <= wait <= 2 ** (n + 1) + 2 for n, wait in enumerate(waits))
    assert sum(waits) < RUN_SECONDS


def test_the_state_is_asked_before_each_try() -> None:
    states = machine(SLACK)["States"]
    assert states["Send"]["Catch"][0]["Next"] == "Busy"
    assert states["Pause"]["Next"] == "Ask"
    assert states["Ask"]["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": "Judge"}]
    # A status that is not known is not guessed.
    assert "Catch" not in machine(STATUSPAGE)["States"]["Ask"]


@pytest.mark.parametrize("receiver", CALLED, ids=lambda receiver: receiver.name)
def test_every_state_can_be_reached(receiver: ApiReceiver) -> None:
    states = machine(receiver)["States"]
    parts = [part for state in states.values() for part in (state, *state.get("Choices", []), *state.get("Catch", []))]
    targets = {part[key] for part in parts for key in ("Next", "Default") if key in part}
    assert targets | {"Settings"} == set(states)


@pytest.mark.slow
def test_a_validator_accepts_the_definitions(tmp_path: Path) -> None:
    validator = ROOT / "node_modules" / ".bin" / "asl-validator"
    for receiver in CALLED:
        file = tmp_path / f"{receiver.name}.json"
        file.write_text(json.dumps(machine(receiver)), encoding="utf-8")
        done = node_tool([validator, "--json-path", file])
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_reference_jsonata_agrees() -> None:
    inputs = [
        *(notified(alarm(name, description=f"{name}\n{FOREIGN}")) for name in HOSTILE),
        *(notified(alarm(name, "OK", "ALARM")) for name in HOSTILE[:3]),
        *(notified(composite(name, 7)) for name in HOSTILE[:3]),
        *(notified(prometheus(name)) for name in HOSTILE[:3]),
        queued(event()),
        notified(alarm(description=None)),
        notified(alarm("late")),
    ]
    answers = [known("OK", AFTER, "late"), known("ALARM", SAME), known("OK", SAME, "edge-customers", AlarmRule="x")]
    result = {"MetricAlarms": answers[:2], "CompositeAlarms": answers[2:]}
    cases: list[tuple[Any, dict[str, Any]]] = []
    for receiver in CALLED:
        states = machine(receiver)["States"]
        for given in inputs:
            variables = {**read(machine(receiver), given), "asked": asked(machine(receiver), *answers)}
            cases += [
                (states["Read"]["Assign"], {**states["Settings"]["Assign"], "states": {"input": given}}),
                (states["Ask"]["Assign"], {"states": {"result": result}}),
                (states["Judge"]["Choices"][0]["Condition"], variables),
                (states["Send"]["Arguments"]["RequestBody"], variables),
            ]
    agrees(cases)
