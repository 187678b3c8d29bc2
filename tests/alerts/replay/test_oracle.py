"""The oracle itself, held against every table and example that AWS prints."""

from __future__ import annotations

from fractions import Fraction

import pytest

from northsouth.alerts.replay import Alarms, CompositeAlarm, MuteRule, Settings, State
from northsouth.alerts.replay.alarms import Actions, Missing, Suppressor
from tests.alerts.replay import oracle, oracle_actions, oracle_math

OK, ALARM, INSUFFICIENT = State.OK, State.ALARM, State.INSUFFICIENT_DATA
_ = None
KEEP = "keep"
MODES = (Missing.MISSING, Missing.IGNORE, Missing.BREACHING, Missing.NOT_BREACHING)

THREE_OF_THREE = {
    "0-X-X": (OK, OK, OK, OK),
    "0----": (OK, OK, OK, OK),
    "-----": (INSUFFICIENT, KEEP, ALARM, OK),
    "0XX-X": (ALARM, ALARM, ALARM, ALARM),
    "--X--": (ALARM, KEEP, ALARM, OK),
}
TWO_OF_THREE = {
    "0-X-X": (ALARM, ALARM, ALARM, ALARM),
    "00X0X": (ALARM, ALARM, ALARM, ALARM),
    "0-X--": (OK, OK, ALARM, OK),
    "----0": (OK, OK, ALARM, OK),
    "---X-": (ALARM, KEEP, ALARM, OK),
    "--X--": (ALARM, KEEP, ALARM, OK),  # the last graph of Lightsail's page, amazon-lightsail-alarms
}
TABLES = [
    (points, datapoints, mode, expected)
    for datapoints, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
    for points, row in table.items()
    for mode, expected in zip(MODES, row, strict=True)
]


def verdict(points: str, datapoints: int, mode: Missing, state: State, reading: str) -> State:
    marks = {"0": False, "X": True, "-": None}
    return oracle.verdict([marks[each] for each in points], 3, datapoints, mode, state, reading)


@pytest.mark.parametrize("reading", ["range", "periods"])
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize(("points", "datapoints", "mode", "expected"), TABLES)
def test_the_tables_of_missing_data(
    points: str, datapoints: int, mode: Missing, expected: State | str, state: State, reading: str
) -> None:
    assert verdict(points, datapoints, mode, state, reading) is (state if expected == KEEP else expected)


@pytest.mark.parametrize("points", ["----X", "---X-"])
def test_a_fresh_breach_among_missing_points_does_not_alarm_at_once(points: str) -> None:
    for mode in (Missing.MISSING, Missing.IGNORE):
        assert verdict(points, 3, mode, OK, "range") is OK


def test_the_readings_of_the_premature_rule_differ_where_a_breach_is_older_than_the_periods() -> None:
    assert verdict("X----", 2, Missing.MISSING, OK, "range") is ALARM
    assert verdict("X----", 2, Missing.MISSING, OK, "periods") is OK


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("metric1 < metric2", [0, 0, 1, 0]),
        ("metric1 >= 30", [1, 0, 0, 0]),
        ("metric1 > 15 AND metric2 > 15", [1, 0, 0, 0]),
        ("metric1 / metric2", [Fraction(3, 2), _, 0, _]),
        ("metric2 + 1", [21, _, 21, _]),
        ("SUM([metric1, metric2])", [50, 20, 20, 0]),
        ("FILL(metric2, 7)", [20, 7, 20, 7]),
        ("FILL(metric2, REPEAT)", [20, 20, 20, 20]),
        ("metric1 / PERIOD(metric1)", [Fraction(1, 2), Fraction(1, 3), 0, 0]),
    ],
)
def test_operators_of_metric_math(expression: str, expected: list[object]) -> None:
    series = {"metric1": fractions(30, 20, 0, 0), "metric2": fractions(20, _, 20, _)}
    assert evaluated(expression, series) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("IF(metric1, metric2, metric3)", [30, 0, 20, 0, _]),
        ("IF(metric1, 5, metric3)", [5, 5, 20, _, _]),
        ("IF(metric1, metric2, 5)", [30, 0, 5, 5, _]),
        ("IF(metric1, metric2)", [30, 0, _, _, _]),
    ],
)
def test_the_tables_of_if(expression: str, expected: list[object]) -> None:
    series = {
        "metric1": fractions(1, 1, 0, 0, _),
        "metric2": fractions(30, _, 0, 0, 30),
        "metric3": fractions(0, 0, 20, _, 20),
    }
    assert evaluated(expression, series) == expected


def fractions(*values: int | None) -> oracle_math.Points:
    return [None if value is None else Fraction(value) for value in values]


def evaluated(expression: str, series: dict[str, oracle_math.Points]) -> oracle_math.Points:
    starts = [60 * place for place in range(len(series["metric1"]))]
    return oracle_math.evaluate("e", {"e": expression}, series, dict.fromkeys(series, 60), starts)


@pytest.mark.parametrize(
    ("composite", "suppressor", "expected"),
    [
        ([(2, ALARM)], [], [(4, ALARM)]),
        ([(2, ALARM)], [(3, ALARM)], []),
        ([(2, ALARM), (3, OK)], [], [(5, OK)]),
        ([(2, ALARM)], [(1, ALARM)], []),
        ([(2, ALARM)], [(3, ALARM), (6, OK)], [(9, ALARM)]),
        ([(2, ALARM), (7, OK)], [(3, ALARM), (6, OK)], [(9, OK)]),
    ],
    ids=[f"example {number}" for number in range(1, 7)],
)
def test_the_examples_of_suppressors(
    composite: oracle.Changes, suppressor: oracle.Changes, expected: oracle.Changes
) -> None:
    """alarm-suppression, with a wait of 2 and an extension of 3 time units."""
    assert runs(composite, suppressor) == expected


def test_a_mute_rule_wins_over_a_suppressor_and_leaves_the_rest_to_it() -> None:
    rule = MuteRule("m", "m", "at(1970-01-01T00:00)", duration=60, alarms=("c",))
    suppressor = [(3, ALARM), (58, OK)]
    assert runs([(2, ALARM)], suppressor, rule, end=100) == [(61, ALARM)]
    assert runs([(2, ALARM)], [], rule, end=100) == [(60, ALARM)]


def runs(composite: oracle.Changes, suppressor: oracle.Changes, *mute_rules: MuteRule, end: int = 20) -> oracle.Changes:
    declared = CompositeAlarm("c", "c", "FALSE", Suppressor("s", wait=2, extension=3), Actions(alarm=("a",), ok=("a",)))
    alarms = Alarms(composite={"c": declared}, mute_rules=mute_rules)
    changes = {"c": composite, "s": suppressor}
    return oracle_actions.runs(declared, alarms, changes, dict.fromkeys("cs", OK), Settings(start=0, end=end))


@pytest.mark.parametrize(
    ("expression", "inside", "outside"),
    [
        ("cron(0 2 * * SUN)", ["2026-10-04T02:00"], ["2026-10-05T02:00", "2026-10-04T02:01"]),
        ("cron(0 1 1 * *)", ["2026-10-01T01:00"], ["2026-10-02T01:00"]),
        ("cron(0 18 * * FRI)", ["2026-10-02T18:00"], ["2026-10-03T18:00"]),
        ("cron(0 9 * * SUN#4)", ["2026-10-25T09:00"], ["2026-10-18T09:00", "2026-11-01T09:00"]),
        ("cron(*/20 8-9 * JAN,MAR ?)", ["2026-01-05T08:40", "2026-03-05T09:00"], ["2026-02-05T08:40"]),
        ("cron(0 0 L * *)", ["2026-02-28T00:00", "2028-02-29T00:00"], ["2028-02-28T00:00"]),
        ("cron(0 0 * * 5L)", ["2026-10-30T00:00"], ["2026-10-23T00:00"]),
        ("cron(0 0 * * 7)", ["2026-10-04T00:00"], ["2026-10-03T00:00"]),
        ("at(2024-05-10T14:00)", ["2024-05-10T14:00"], ["2024-05-11T14:00"]),
    ],
)
def test_when_a_mute_rule_begins(expression: str, inside: list[str], outside: list[str]) -> None:
    for text in [*inside, *outside]:
        assert oracle_actions.matches(expression, oracle.datetime.fromisoformat(text)) == (text in inside), text


def test_a_window_of_five_minutes_moves_by_the_minute() -> None:
    """alarm-limits prints the stamps of the points that are asked for at 12:15 and at 12:16."""
    alarm = oracle.MetricAlarm("a", "a", (), "m", oracle.Comparison.GREATER, 0, 3, 3, 300)
    noon = 12 * 3600
    minutes = {now: [(begin - noon) // 60 for begin, _ in slots(alarm, noon + now * 60)] for now in (15, 16)}
    assert minutes == {15: [0, 5, 10], 16: [1, 6, 11]}


def slots(alarm: oracle.MetricAlarm, now: int) -> list[oracle.Slot]:
    return oracle.slots_of(alarm, Settings(evaluation_range=alarm.periods), now)


@pytest.mark.parametrize(
    ("zone", "period", "expected"),
    [
        ("America/New_York", 86400, [("2026-10-31T04:00", 24), ("2026-11-01T04:00", 25)]),  # clocks go back
        ("UTC", 86400, [("2026-10-31T00:00", 24), ("2026-11-01T00:00", 24)]),
        ("Asia/Kolkata", 3600, [("2026-11-02T02:30", 1), ("2026-11-02T03:30", 1)]),
        ("+05:30", 3600, [("2026-11-02T02:30", 1), ("2026-11-02T03:30", 1)]),
        ("UTC", 604800, [("2026-10-19T00:00", 168), ("2026-10-26T00:00", 168)]),
    ],
)
def test_a_wall_clock_window_is_of_complete_calendar_periods(
    zone: str, period: int, expected: list[tuple[str, int]]
) -> None:
    now = int(oracle.datetime(2026, 11, 2, 5, 10, tzinfo=oracle.UTC).timestamp())
    spans = oracle.calendar_periods(period, 2, oracle.zone(zone), now)
    shown = [
        (oracle.datetime.fromtimestamp(begin, oracle.UTC).strftime("%Y-%m-%dT%H:%M"), (end - begin) // 3600)
        for begin, end in spans
    ]
    assert shown == expected
