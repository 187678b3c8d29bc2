"""What the machine of a status page counts and writes: states, days, the feed; and the reference JSONata agrees."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from northsouth.alerts.status.workflow import StatusWorkflow, Watched
from tests.harness.jsonata import ROOT, agrees, evaluate, node_tool

WORKFLOW = StatusWorkflow(
    partition="aws",
    title='The "shop" \\ Ω',
    address="https://status.example.com/index.html",
    watched=(Watched(name="*", alarm="down", degraded="slow"), Watched(name="API", alarm="api")),
    bucket="status",
)
STATES: dict[str, Any] = WORKFLOW.definition()["States"]  # type: ignore[assignment]
KNOWN = STATES["Begin"]["Assign"]
NOON = "2026-11-28T12:00:00.000Z"
DAY, BEFORE = "2026-11-28", "2026-11-27"


def context(entered: str = NOON) -> dict[str, Any]:
    return {"context": {"State": {"EnteredTime": entered}}}


def alarm(name: str, state: str, since: str = NOON) -> dict[str, str]:
    return {"name": name, "state": state, "since": since}


def change(at: str, was: str, state: str) -> dict[str, str]:
    return {"Timestamp": at, "HistorySummary": f"Alarm updated from {was} to {state}"}


@pytest.mark.parametrize(
    ("down", "slow", "api", "state"),
    [
        ("OK", "OK", "OK", "operational"),
        ("ALARM", "OK", "OK", "outage"),
        ("ALARM", "ALARM", "ALARM", "outage"),
        ("OK", "ALARM", "OK", "degraded"),
        ("OK", "OK", "ALARM", "degraded"),
        ("INSUFFICIENT_DATA", "OK", "OK", "unknown"),
        ("INSUFFICIENT_DATA", "ALARM", "OK", "degraded"),
        (None, "OK", "OK", "unknown"),
    ],
)
def test_a_state_is_an_outage_degraded_or_fine(down: str | None, slow: str, api: str, state: str) -> None:
    now = [alarm("slow", slow), alarm("api", api, "2026-11-28T11:00:00.000Z")]
    now += [alarm("down", down)] if down else []
    shown = evaluate(STATES["Judge"]["Assign"]["shown"], {**KNOWN, "now": now})
    assert shown["state"] == state
    assert [each["name"] for each in shown["components"]] == ["*", "API"]
    assert shown["components"][1]["state"] == ("outage" if api == "ALARM" else "operational")
    if (down, slow, api) == ("OK", "OK", "ALARM"):
        assert shown["since"] == "2026-11-28T11:00:00.000Z"


def history(*items: dict[str, str], state: str = "OK", since: str = "2026-11-01T00:00:00.000Z") -> dict[str, Any]:
    """Return what a run knows of the alarm of an outage, from its newest change to its oldest."""
    item = {"component": "*", "kind": "outage", "alarm": "down", "most": 20}
    states = {**context(), "input": item, "result": {"AlarmHistoryItems": list(items)}}
    variables = {**KNOWN, "now": [alarm("down", state, since)], "states": states}
    program = STATES["Histories"]["ItemProcessor"]["States"]["History"]["Output"]
    CASES.append((program, variables))
    found: dict[str, Any] = evaluate(program, variables)
    return found


CASES: list[tuple[Any, dict[str, Any]]] = []
"""All that was evaluated, for the reference."""


@pytest.mark.parametrize(
    ("items", "more", "seconds"),
    [
        ([], {}, {BEFORE: 0, DAY: 0}),
        ([], {"state": "ALARM"}, {BEFORE: 86400, DAY: 43200}),
        ([], {"state": "ALARM", "since": "2026-11-28T11:00:00.000Z"}, {DAY: 3600}),
        ([change("2026-11-28T11:00:00.000Z", "OK", "ALARM")], {}, {BEFORE: 0, DAY: 3600}),
        ([change("2026-11-28T01:00:00.500Z", "ALARM", "OK")], {}, {BEFORE: 86400, DAY: 3600}),
        # A new alarm knows nothing of the time before.
        ([change("2026-11-28T01:00:00.000Z", "INSUFFICIENT_DATA", "OK")], {}, {DAY: 0}),
        (
            [change("2026-11-28T00:30:00.000Z", "ALARM", "OK"), change("2026-11-27T23:30:00.000Z", "OK", "ALARM")],
            {},
            {BEFORE: 1800, DAY: 1800},
        ),
        # As many as are read: what was before them is not known.
        ([change("2026-11-28T11:00:00.000Z", "ALARM", "OK")] * 20, {}, {DAY: 0}),
    ],
    ids=range(8),
)
def test_the_seconds_of_a_day_in_which_an_alarm_was_raised(
    items: list[dict[str, str]], more: dict[str, str], seconds: dict[str, int]
) -> None:
    assert history(*items, **more)["seconds"] == seconds


def kept(histories: list[dict[str, Any]], before: list[dict[str, Any]], entered: str = NOON) -> list[dict[str, Any]]:
    variables = {**KNOWN, "histories": histories, "kept": before, "states": context(entered)}
    program = STATES["Keep"]["Arguments"]["Body"]["components"]
    CASES.append((program, variables))
    found: list[dict[str, Any]] = evaluate(program, variables)
    return found


def counted(component: str, kind: str, **seconds: int) -> dict[str, Any]:
    days = {f"2026-{day[1:3]}-{day[3:]}": value for day, value in seconds.items()}
    return {"component": component, "kind": kind, "changes": [], "seconds": days}


def test_days_are_kept_for_90_days_and_never_shrink() -> None:
    old = {
        "2026-08-30": {"outage": 9, "degraded": 9},
        "2026-08-31": {"outage": 1, "degraded": 2},
        BEFORE: {"outage": 500, "degraded": 0},
    }
    histories = [counted("*", "outage", d1127=300, d1128=60), counted("*", "degraded", d1127=20, d1128=0)]
    whole, api = kept([*histories, counted("API", "outage", d1128=5)], [{"name": "*", "days": old}])
    assert whole["days"] == {
        "2026-08-31": {"outage": 1, "degraded": 2},
        BEFORE: {"outage": 500, "degraded": 20},
        DAY: {"outage": 60, "degraded": 0},
    }
    assert api == {"name": "API", "days": {DAY: {"outage": 5, "degraded": 0}}}
    again = kept([*histories, counted("API", "outage", d1128=5)], [whole, api])
    assert again == [whole, api], "a run that is repeated changes nothing"


def test_a_history_that_was_not_read_changes_no_day() -> None:
    old = [{"name": "*", "days": {BEFORE: {"outage": 5, "degraded": 0}}}, {"name": "API", "days": {}}]
    assert kept([], old) == old


def test_what_an_earlier_run_kept_is_read() -> None:
    """A page of one component is a list of one."""
    kept = [{"name": "*", "days": {BEFORE: {"outage": 5, "degraded": 0}}}]
    variables = {"states": {"result": {"Body": json.dumps({"updated": NOON, "components": kept})}}}
    CASES.append((STATES["Recall"]["Assign"], variables))
    assert evaluate(STATES["Recall"]["Assign"], variables) == {"kept": kept}


def test_the_feed_holds_what_began_and_what_is_over_the_newest_first() -> None:
    read = history(
        change("2026-11-28T11:00:00.000Z", "ALARM", "OK"),
        change("2026-11-28T10:00:00.000Z", "INSUFFICIENT_DATA", "ALARM"),
        change("2026-11-27T10:00:00.000Z", "OK", "INSUFFICIENT_DATA"),
    )
    histories = [read, {**read, "component": "API", "changes": read["changes"][:2]}]
    body = STATES["Feed"]["Arguments"]["Body"]
    variables = {**KNOWN, "histories": histories}
    CASES.append((body, variables))
    feed = evaluate(body, variables)
    assert (feed["version"], feed["title"]) == ("https://jsonfeed.org/version/1.1", WORKFLOW.title)
    assert feed["home_page_url"] == WORKFLOW.address
    assert [item["title"] for item in feed["items"]] == [
        f"The outage is over: {WORKFLOW.title}",
        "Outage: API",
        f"Outage: {WORKFLOW.title}",
    ]
    assert len({item["id"] for item in feed["items"]}) == 3
    assert evaluate(body, {**KNOWN, "histories": []})["items"] == []


def test_the_page_lists_the_outages_of_the_whole_service() -> None:
    program = STATES["Publish"]["Arguments"]["Body"]["history"]
    read = history(
        change("2026-11-28T11:30:00.000Z", "ALARM", "OK"),
        change("2026-11-28T11:00:00.000Z", "INSUFFICIENT_DATA", "ALARM"),
    )
    listed = evaluate(program, {"histories": [read, {**read, "component": "API"}]})
    assert listed == [
        {"at": "2026-11-28T11:30:00.000Z", "was": "outage", "state": "operational"},
        {"at": "2026-11-28T11:00:00.000Z", "was": "unknown", "state": "outage"},
    ]
    assert evaluate(program, {"histories": []}) is None


def test_terraform_finds_no_expression_in_a_title_or_a_name() -> None:
    name = "$${x} %{if} ${y}"
    workflow = replace(WORKFLOW, title=name, watched=(Watched(name=name, alarm="down"),))
    assert not re.findall(r"[$%]\{", workflow.text())
    begin = json.loads(workflow.text())["States"]["Begin"]["Assign"]
    assert (begin["title"], begin["components"][0]["name"]) == (name, name)


@pytest.mark.slow
def test_the_reference_jsonata_agrees() -> None:
    test_days_are_kept_for_90_days_and_never_shrink()
    test_the_feed_holds_what_began_and_what_is_over_the_newest_first()
    test_what_an_earlier_run_kept_is_read()
    for state in ("OK", "ALARM"):
        history(change("2026-11-28T00:30:00.000Z", "ALARM", "OK"), state=state)
        history(state=state)
        now = [alarm("down", "OK"), alarm("slow", state), alarm("api", "ALARM")]
        CASES.append((STATES["Judge"]["Assign"], {**KNOWN, "now": now}))
    agrees(CASES)


@pytest.mark.slow
def test_a_validator_accepts_the_definition(tmp_path: Path) -> None:
    file = tmp_path / "definition.json"
    file.write_text(json.dumps(WORKFLOW.definition()), encoding="utf-8")
    done = node_tool([ROOT / "node_modules" / ".bin" / "asl-validator", "--json-path", file])
    assert done.returncode == 0, done.stdout + done.stderr
