from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from northsouth.alerts.replay.alarms import Missing
from northsouth.alerts.replay.timeline import State
from northsouth.alerts.replay.verdict import ALARM, INSUFFICIENT_DATA, KEEP, OK, Codes, Judge, states

WORDS = {"OK": OK, "ALARM": ALARM, "INSUFFICIENT_DATA": INSUFFICIENT_DATA, "keep": KEEP}

# alarms-and-missing-data, both tables; oldest point left, the range is 5.
TABLES = """
3 0-X-X OK OK OK OK
3 0---- OK OK OK OK
3 ----- INSUFFICIENT_DATA keep ALARM OK
3 0XX-X ALARM ALARM ALARM ALARM
3 --X-- ALARM keep ALARM OK
2 0-X-X ALARM ALARM ALARM ALARM
2 00X0X ALARM ALARM ALARM ALARM
2 0-X-- OK OK ALARM OK
2 ----0 OK OK ALARM OK
2 ---X- ALARM keep ALARM OK
"""
# The same page's prose, and Lightsail's graph J (amazon-lightsail-alarms).
PROSE = """
3 ----X OK OK ALARM OK
3 ---X- OK OK ALARM OK
3 ---X0 OK OK OK OK
3 --X-0 OK OK OK OK
2 --X-- ALARM keep ALARM OK
3 00XXX ALARM ALARM ALARM ALARM
3 XXX00 OK OK OK OK
2 XXX00 OK OK OK OK
2 X0X00 OK OK OK OK
"""
MODES = (Missing.MISSING, Missing.IGNORE, Missing.BREACHING, Missing.NOT_BREACHING)


def cells() -> list[tuple[int, str, Missing, str]]:
    rows = [line.split() for line in (TABLES + PROSE).strip().splitlines() if line]
    return [(int(m), points, mode, word) for m, points, *words in rows for mode, word in zip(MODES, words, strict=True)]


def row(points: str) -> Codes:
    return np.array([["0X-".index(point) for point in reversed(points)]], dtype=np.uint8)


@pytest.mark.parametrize("premature", ["range", "periods"])
@pytest.mark.parametrize(("m", "points", "mode", "word"), cells())
def test_awss_tables(m: int, points: str, mode: Missing, word: str, premature: str) -> None:
    assert Judge(3, m, mode, premature)(row(points))[0] == WORDS[word]  # type: ignore[arg-type]


def test_the_readings_of_the_premature_rule_differ_where_only_old_points_breach() -> None:
    old = row("X----")
    assert Judge(3, 2, Missing.MISSING, "range")(old)[0] == ALARM
    assert Judge(3, 2, Missing.MISSING, "periods")(old)[0] == OK
    differ = 0
    for points, m, mode in product(map("".join, product("0X-", repeat=5)), (1, 2, 3), MODES):
        one, other = (Judge(3, m, mode, each)(row(points))[0] for each in ("range", "periods"))
        differ += one != other
    assert differ == 18


def test_many_rows_are_judged_as_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("northsouth.alerts.replay.verdict._CHUNK", 64)
    every = np.array(list(product(range(3), repeat=5)), dtype=np.uint8)
    judge = Judge(3, 2, Missing.IGNORE, "range")
    assert list(judge(every)) == [judge(each[None])[0] for each in every]


@pytest.mark.parametrize(
    ("verdicts", "initial", "expected"),
    [
        ([KEEP, KEEP, ALARM, KEEP, OK, KEEP], State.OK, [OK, OK, ALARM, ALARM, OK, OK]),
        ([KEEP, OK], State.INSUFFICIENT_DATA, [INSUFFICIENT_DATA, OK]),
        ([ALARM, OK], State.OK, [ALARM, OK]),
    ],
)
def test_what_is_kept_is_the_state_before(verdicts: list[int], initial: State, expected: list[int]) -> None:
    assert list(states(np.array(verdicts, dtype=np.uint8), initial)) == expected
