"""Each body is what its service accepts, whatever an alarm or an alert says, and says what a woken person needs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.routes.api_receiver import ApiReceiver
from tests.alerts.routes.messages import (
    DESCRIPTION,
    FOREIGN,
    HOSTILE,
    REASON,
    alarm,
    composite,
    event,
    notified,
    prometheus,
    queued,
)
from tests.alerts.routes.receivers import ACCEPTS, CALLED, MATRIX, SLACK, STATUSPAGE, WEBHOOK
from tests.alerts.routes.running import Input, machine, read, told

SHOWN = [receiver for receiver in CALLED if receiver is not STATUSPAGE]
FULL = {receiver.name: replace(receiver, note="n" * receiver.longest_note) for receiver in SHOWN}
CONSOLE = "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#alarmsV2:"
CHINA = CONSOLE.replace("aws.amazon.com", "amazonaws.cn") + "alarm/edge-nat-dropped-packets"
NO_DATA = "⚪ No data any more in production: NAT gateways drop packets"
CHILDREN = json.dumps({"triggeringAlarms": [{"arn": "a:alarm:x", "state": {"value": "ALARM"}}]})
EVERY = st.characters(exclude_categories=["Cs"])


def card(given: Input, **settings: Any) -> dict[str, Any]:
    """Return the card of a message."""
    found: dict[str, Any] = read(machine(MATRIX, **settings), given)["card"]
    return found


def body(receiver: ApiReceiver, given: Input) -> str:
    """Return what a person reads of the body that a service accepts."""
    text = told(receiver, given)
    assert text is not None
    return ACCEPTS[receiver.name](text)


@pytest.mark.slow
@pytest.mark.parametrize("receiver", SHOWN, ids=lambda receiver: receiver.name)
@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_service_accepts_what_it_is_told(receiver: ApiReceiver, name: str) -> None:
    hostile = name * (1024 // len(name))
    for message in (
        notified(alarm(name)),
        notified(alarm(name, "OK", "ALARM")),
        notified(alarm(name, description=hostile, reason=hostile, account="999988887777")),
        notified(alarm(name, description=f"[warning] {name}\nWhy it matters: {hostile}\nRunbook: {hostile}")),
        notified(alarm(name, description=f"{name}\nhttps://example.com/{name}\n{hostile}")),
        notified(composite(name, 9)),
        notified(prometheus(name)),
        notified(prometheus(name, "OK", hostile)),
        queued(event(name)),
    ):
        read = body(FULL[receiver.name], message)
        assert name in read or name.strip() == "" or len(name) > 200


@pytest.mark.slow
@given(name=st.text(EVERY, min_size=1, max_size=255), text=st.text(EVERY, max_size=1024), reason=st.text(EVERY))
def test_any_name_any_description_and_any_reason(name: str, text: str, reason: str) -> None:
    for receiver in SHOWN:
        body(receiver, notified(alarm(name, description=text, reason=reason)))
        body(receiver, notified(alarm(name, "INSUFFICIENT_DATA", "ALARM", description=f"[critical] {text}")))


def test_a_card_says_what_a_woken_person_needs_in_this_order() -> None:
    assert body(SLACK, notified(alarm())).split("\n") == [
        "🔴 Critical in production: NAT gateways drop packets",
        "Since: 2026-11-22 01:29 UTC (OK to ALARM)",
        "How bad: 1423.5 is greater than the threshold 1000",
        "Sum of PacketsDropCount > 1000 count for 2 of 3 periods of 1 min.",
        'Why it matters: connections of "paying" customers hang,',
        "and \\ they leave",
        "What to do: https://wiki.example.com/alerts/nat#dropped-packets",
        f"Note: {SLACK.note}",
        "Where: Account 123456789012, us-east-1, edge-nat-dropped-packets",
        f"Where to look: {CONSOLE}alarm/edge-nat-dropped-packets",
        "Also told: pager, oncall",
    ]


def test_the_end_is_short() -> None:
    reason = REASON.replace("were greater", "were not greater").replace("1423.5", "3.0")
    assert body(SLACK, notified(alarm(now="OK", before="ALARM", reason=reason))).split("\n")[:3] == [
        "🟢 Resolved in production: NAT gateways drop packets",
        "Over since: 2026-11-22 01:29 UTC (ALARM to OK)",
        "Now: 3 is not greater than the threshold 1000",
    ]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (notified(composite("c", 2)), {"level": "Raised: child-0, child-1"}),
        (notified(composite("c", 7)), {"level": "Raised: child-0, child-1, child-2, child-3, child-4 and 2 more"}),
        (queued(event(reasonData=CHILDREN, reason="")), {"level": "Raised: x"}),
        (queued(event()), {"level": "1423.5 is greater than the threshold 1000", "severity": "critical"}),
        (notified(prometheus()), {"summary": "3 pods of hub crash", "level": "3 firing, 1 resolved", "link": ""}),
        (notified(prometheus()), {"runbook": "https://wiki.example.com/kubernetes#pods-crash", "region": "us-east-1"}),
        (notified(alarm(description=None)), {"summary": "edge-nat-dropped-packets", "runbook": "", "why": ""}),
        (notified(alarm(description=FOREIGN)), {"runbook": "https://example.org/runbooks/1?a=b&c=d"}),
        (notified(alarm(description="javascript:alert(1)\nRunbook: javascript:alert(1)")), {"runbook": ""}),
        (notified(alarm(reason="Unchecked: Initial alarm creation")), {"level": "Unchecked: Initial alarm creation"}),
        (notified(alarm(partition="aws-cn")), {"link": CHINA}),
        (notified(alarm("a/b c?")), {"link": f"{CONSOLE}alarm/a%2Fb%20c%3F"}),
        (notified(alarm("\N{PILE OF POO}" * 255)), {"link": CONSOLE}),
        (notified(alarm(), topic="arn:other"), {"severity": "critical"}),
        (notified(alarm(description="[warning] x")), {"severity": "critical"}),
        (notified(alarm(description="[warning] x"), topic="arn:other"), {"severity": "warning", "others": ""}),
        (notified(alarm(description="x"), topic="arn:other"), {"severity": "", "title": "🔴 Alarm in production: x"}),
        (notified(alarm(now="OK", before="INSUFFICIENT_DATA")), {"state": "none"}),
        (notified(alarm(now="INSUFFICIENT_DATA", before="ALARM")), {"state": "resolved", "title": NO_DATA}),
        (notified(alarm(now="ALARM", before="INSUFFICIENT_DATA")), {"state": "firing"}),
        (notified(prometheus("")), {"name": "(no name)"}),
    ],
    ids=range(21),
)  # fmt: skip
def test_what_a_card_holds(message: Input, expected: dict[str, Any]) -> None:
    found = card(message)
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("value", "threshold", "level"),
    [
        ("5.0", "1.0", "5 is less than or equal to the threshold 1"),
        ("1.5E-4", "0.001", "0.00015 is less than or equal to the threshold 0.001"),
        ("-3.14159", "1.0E9", "-3.14 is less than or equal to the threshold 1000000000"),
        ("99.9921", "99.995", "99.99 is less than or equal to the threshold 99.995"),
        ("99.9951", "99.998", "99.9951 is less than or equal to the threshold 99.998"),
        ("99.9999951", "99.9999958", "99.9999951 is less than or equal to the threshold 99.9999958"),
        ("0.98765432101234", "0.99", "0.987654 is less than or equal to the threshold 0.99"),
        ("1000.004", "1000.004", "1000.004 is less than or equal to the threshold 1000.004"),
    ],
)
def test_the_value_against_the_threshold(value: str, threshold: str, level: str) -> None:
    crossed = f"Threshold Crossed: 1 datapoint [{value} (22/11/26 01:29:00)] was less than or equal to the threshold"
    assert card(notified(alarm(reason=f"{crossed} ({threshold}).")))["level"] == level


@pytest.mark.parametrize(
    "written",
    [
        "See https://a.example/b.",
        "(https://a.example/b), then call",
        "**https://a.example/b**",
        "[page](https://a.example/b).",
        "<https://a.example/b|page>",
        'href="https://a.example/b"',
        "Runbook: https://a.example/b; or ask!",
    ],
)
def test_an_address_ends_where_the_sentence_goes_on(written: str) -> None:
    assert card(notified(alarm(description=f"Broken\n{written}")))["runbook"] == "https://a.example/b"


@pytest.mark.parametrize("address", ["https://a.example/b_(c)", "https://a.example/b?c=(d)&e=f#g"])
def test_an_address_keeps_its_own_parentheses(address: str) -> None:
    for written in (address, f"({address})", f"[page]({address})."):
        assert card(notified(alarm(description=f"Broken\n{written}")))["runbook"] == address


def test_a_description_of_another_form_is_shown_as_it_is() -> None:
    text = body(SLACK, notified(alarm(description=FOREIGN)))
    assert 'Somebody else\'s "alarm"' in text
    assert "Description: Call 555-0100. See https://example.org/runbooks/1?a=b&c=d or @everyone" in text


def test_the_summaries_of_several_alerts_are_all_shown() -> None:
    summaries = "; ".join(f"disk {number} of the database is full" for number in range(5))
    text = body(
        SLACK, notified(prometheus(description=f"{summaries}\nWhy it matters: it stops\nRunbook: https://a.example"))
    )
    assert "🔴 Critical in production: disk 0 of the database is full; disk 1" in text
    assert f"Description: {summaries}" in text
    assert "Why it matters: it stops" in text


def test_a_webhook_gets_strings() -> None:
    message = json.loads(told(WEBHOOK, notified(alarm())) or "")
    assert message["alarm"] == "edge-nat-dropped-packets"
    assert message["time"] == "2026-11-22T01:29:30.123Z"
    assert message["description"] == DESCRIPTION
