"""The state machine that measures a day: its arithmetic, what it asks of AWS, and how long it can take."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from northsouth.egress.analysis_metrics import avoidable_usd, completed_runs, egress_bytes
from northsouth.egress.analysis_workflow import DAY, DAY_BEFORE, TIMEOUT_SECONDS, Workflow, with_days
from northsouth.logs.jsonata import concatenation, expression
from northsouth.metrics import Metric
from tests.egress.flows.test_athena import GATEWAYS
from tests.harness.jsonata import evaluate
from tests.logs.test_archive_workflow import slowest

BY_PATH, AVOIDABLE = replace(GATEWAYS, day=DAY, day_before=DAY_BEFORE).measured()
WORKFLOW = Workflow(
    partition="aws",
    analysis="egress",
    workgroup="egress",
    dead_letter_url="https://sqs.us-east-1.amazonaws.com/123456789012/egress-dead-letters",
    by_path=BY_PATH,
    avoidable=AVOIDABLE,
)
DEFINITION: dict[str, Any] = json.loads(json.dumps(WORKFLOW.definition()))
STATES = DEFINITION["States"]


def after_input(given: dict[str, Any], state: str = "Day") -> Any:
    context = {"Execution": {"StartTime": "2026-11-29T12:34:56.789Z"}}
    return evaluate(STATES[state]["Assign"], {"states": {"input": given, "context": context}})


@pytest.mark.parametrize(
    ("given", "day", "before"),
    [
        ({"scheduledTime": "2026-11-29T03:00:00Z"}, "2026/11/28", "2026/11/27"),
        ({"scheduledTime": "2026-03-01T00:30:00Z"}, "2026/02/28", "2026/02/27"),
        ({"day": "2027-01-01"}, "2027/01/01", "2026/12/31"),
        ({}, "2026/11/28", "2026/11/27"),
        # A dead letter is an input.
        ({"day": "2026-11-01", "execution": "e", "error": "x", "cause": "y"}, "2026/11/01", "2026/10/31"),
    ],
)
def test_the_day_that_a_run_is_about(given: dict[str, Any], day: str, before: str) -> None:
    assert after_input(given, "Input")["problem"] == ""
    assert after_input(given) == {"day": day, "before": before}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"day": "2026-02-30"}, 'day: got "2026-02-30"; it must be a day'),
        ({"day": 20261128}, "day: got 20261128; it must be a day"),
        ({"days": "2026-11-28"}, '"days" is no field of an input; an input has day, scheduledTime'),
        ({"day": "2026-11-28", "scheduledTime": "2026-11-29T03:00:00Z"}, "both are there; give one of them"),
        ([], "the input: got []; an input is an object"),
    ],
)
def test_an_input_that_is_none_is_refused(given: Any, problem: str) -> None:
    assert problem in after_input(given, "Input")["problem"]


def test_the_queries_are_the_saved_ones_of_another_day() -> None:
    sql = evaluate(expression(concatenation(with_days(BY_PATH))), {"day": "2026/11/28", "before": "2026/11/27"})
    assert sql == BY_PATH.replace(DAY, "'2026/11/28'").replace(DAY_BEFORE, "'2026/11/27'")
    assert "WHERE day = '2026/11/28'" in sql
    assert "WHERE day IN ('2026/11/27', '2026/11/28')" in sql
    saved = GATEWAYS.queries()["services_by_path"].sql
    steps = saved.split("SELECT service, remedy,")[0]
    assert steps.replace(GATEWAYS.day, DAY).replace(GATEWAYS.day_before, DAY_BEFORE) in BY_PATH


def rows(*cells: tuple[str, ...]) -> dict[str, Any]:
    return {"ResultSet": {"Rows": [{"Data": [{"VarCharValue": cell} for cell in row]} for row in cells]}}


def published(*services: tuple[str, str, str], usd: str = "0.0") -> dict[tuple[tuple[str, str], ...], float]:
    """Return what a run publishes of the rows of its queries, by name and dimensions."""
    by_path = rows(("service", "remedy", "bytes"), *services)
    read = evaluate(STATES["ReadByPath"]["Assign"], {"states": {"result": by_path}})
    read |= evaluate(STATES["ReadAvoidable"]["Assign"], {"states": {"result": rows(("usd",), (usd,))}})
    data = evaluate(STATES["Publish"]["Arguments"]["MetricData"], read)
    return {
        (("", each["MetricName"]), *((one["Name"], one["Value"]) for one in each["Dimensions"])): each["Value"]
        for each in data
    }


def key(metric: Metric) -> tuple[tuple[str, str], ...]:
    return (("", metric.name), *metric.dimensions.items())


def test_a_run_publishes_what_the_metrics_are_about() -> None:
    s3, web = ("S3", "gateway endpoint", "255000000000"), ("internet", "none", "3000000000")
    assert published(s3, web, usd="1.2375E1") == {
        key(completed_runs("egress")): 1,
        key(egress_bytes("egress")): 258_000_000_000,
        key(avoidable_usd("egress")): 12.375,
        key(egress_bytes("egress", service="S3", path="gateway endpoint")): 255_000_000_000,
        key(egress_bytes("egress", service="internet", path="none")): 3_000_000_000,
    }


@pytest.mark.parametrize("number", [0, 1])
def test_a_day_without_traffic_is_a_run(number: int) -> None:
    data = published(*[("S3", "gateway endpoint", "5")] * number)
    assert data[key(egress_bytes("egress"))] == 5 * number
    assert data[key(avoidable_usd("egress"))] == 0
    assert len(data) == 3 + number


def test_every_state_can_be_reached_and_no_task_ends_a_run_without_a_message() -> None:
    targets = {
        target
        for state in STATES.values()
        for part in (state, *state.get("Choices", []), *state.get("Catch", []))
        for target in (part.get("Next"), part.get("Default"))
        if target
    }
    assert targets | {"Input"} == set(STATES)
    tasks = {name: state for name, state in STATES.items() if state["Type"] == "Task" and name != "DeadLetter"}
    assert all(state["Catch"][-1]["ErrorEquals"] == ["States.ALL"] for state in tasks.values())


def test_the_slowest_run_ends_before_its_time_out() -> None:
    assert slowest(STATES, "Input") < DEFINITION["TimeoutSeconds"] == TIMEOUT_SECONDS
