"""What a run's input may be: whatever is given, the expressions answer, and the reference JSONata answers the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from northsouth.logs.archive_reconciliation import Reconciliation
from northsouth.logs.archive_workflow import Workflow
from tests.harness.jsonata import Variables, agrees, evaluate
from tests.logs.test_archive_workflow import WORKFLOW

STARTED = "2026-11-27T10:00:00.000Z"
RECONCILIATION = Reconciliation(
    states=WORKFLOW.states,
    archive=WORKFLOW.archive,
    source_name=WORKFLOW.source_name,
    source=WORKFLOW.source,
    schedule=WORKFLOW.schedule,
    database=WORKFLOW.database,
    table=WORKFLOW.table,
    job_arn="arn:aws:states:us-east-1:123456789012:stateMachine:edge-alb",
)
TIME = "it must be a time with seconds and an offset, from 1970 on"
DAY = "it must be a day from 1970 on"
PAST = "it must be a time that is past"
RUN = "run: got"

GOOD: tuple[object, ...] = (
    {},
    {"window": "2026-11-21T22:00:00Z"},
    {"window": "2024-02-29T22:15:30.5+05:45", "run": "by-hand", "force": True, "all_objects": False},
    {"window": "1970-01-01T00:00:00Z"},
    {"scheduledTime": STARTED, "offsetMinutes": 90, "run": "first"},
    # The scheduler's clock may be ahead of this one's.
    {"scheduledTime": "2026-11-27T10:00:01Z", "offsetMinutes": 90, "run": "first"},
    {"window": "2026-11-21T22:00:00Z", "objects": "s3://logs/", "execution": "arn", "error": "x", "cause": "y"},
)
BAD: tuple[tuple[object, str], ...] = (
    *(
        ({"window": given}, TIME)
        for given in (
            "2026-11-21T22:00Z",
            "2026-11-21T22:00:00",
            "2026-11-21 22:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T22:00:60Z",
            "2026-11-21T22:00:00+25:00",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "12026-11-21T22:00:00Z",
            " 2026-11-21T22:00:00Z",
            "2026-11-21T22:00:00Z\n",
            "{% $x %}",
            "'; DROP TABLE alb",
            "",
            None,
            True,
            0,
            1764234120000,
            [],
            ["2026-11-21T22:00:00Z"],
            {},
        )
    ),
    ({"window": "2026-11-27T10:00:01Z"}, PAST),
    ({"window": "9999-12-31T23:59:59Z"}, PAST),
    ({"scheduledTime": "2999-01-01T00:00:00Z", "offsetMinutes": 90}, PAST),
    ({"scheduledTime": "2026-11-27T10:00:01Z"}, PAST),
    ({"scheduledTime": "soon"}, TIME),
    *(
        ({"offsetMinutes": given}, "offsetMinutes: got")
        for given in (-1, 1e300, 1_440_001, 1_440_000.5, "5", None, True, [5])
    ),
    *(({"run": given}, RUN) for given in ("", " x", "é", "x" * 256, 7, None, ["first"])),
    *(({"force": given}, "it must be true or false") for given in ("yes", "true", 1, None)),
    ({"all_objects": 0}, "it must be true or false"),
    ({"Window": "2026-11-21T22:00:00Z"}, '"Window" is no field of an input; an input has window, run, force'),
    ({"": 1}, '"" is no field of an input'),
    ({"window": "2026-11-21T22:00:00Z", "scheduledTime": STARTED}, "both are there; give one of them"),
    *((given, "an input is an object") for given in (5, "2026-11-21T22:00:00Z", None, True, [], [{}])),
)
BAD_DAYS: tuple[tuple[object, str], ...] = (
    *(
        ({"reconcile": given}, DAY)
        for given in ("2026-02-29", "0000-01-01", "1969-12-31", "2026-11-21T00:00:00Z", "21.11.2026", 20261121, None)
    ),
    ({"reconcile": "2999-01-01"}, PAST),
    ({"reconcile": "2026-11-28"}, PAST),
    ({"scheduledTime": "2999-01-01T00:00:00Z"}, PAST),
    ({"window": "2026-11-21T22:00:00Z"}, '"window" is no field of an input; an input has reconcile'),
    ({"reconcile": "2026-11-21", "scheduledTime": STARTED}, "both are there"),
)


def case(machine: Workflow | Reconciliation, given: object) -> tuple[str, Variables]:
    """Return the expression that judges an input, and the variables it reads."""
    states: Mapping[str, Any] = machine.definition()["States"]  # type: ignore[assignment]
    context = {"Execution": {"StartTime": STARTED}}
    return states["Input"]["Assign"]["problem"], {"states": {"input": given, "context": context}}


@pytest.mark.parametrize("given", GOOD, ids=repr)
def test_a_good_input(given: object) -> None:
    assert evaluate(*case(WORKFLOW, given)) == ""


@pytest.mark.parametrize(("given", "wrong"), BAD, ids=repr)
def test_a_bad_input_has_a_message(given: object, wrong: str) -> None:
    assert wrong in evaluate(*case(WORKFLOW, given))


@pytest.mark.parametrize(("given", "wrong"), BAD_DAYS, ids=repr)
def test_a_bad_input_of_a_reconciliation_has_a_message(given: object, wrong: str) -> None:
    assert wrong in evaluate(*case(RECONCILIATION, given))
    assert evaluate(*case(RECONCILIATION, {"reconcile": "2026-11-27"})) == ""


def test_several_faults_are_one_message() -> None:
    problem = evaluate(*case(WORKFLOW, {"window": 1, "force": 2, "x": 3}))
    assert [each.partition(":")[0].partition(" is")[0] for each in problem.split(". ")] == ["window", "force", '"x"']


@pytest.mark.slow
def test_the_reference_answers_the_same() -> None:
    agrees(
        [
            *(case(WORKFLOW, given) for given in GOOD),
            *(case(WORKFLOW, given) for given, _ in BAD),
            *(case(RECONCILIATION, given) for given, _ in BAD_DAYS),
        ]
    )
