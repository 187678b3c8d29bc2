"""Metric math that an alarm can have, and that it cannot."""

from __future__ import annotations

import pytest

from northsouth.emulator.documented.metric_math import fault, is_several


@pytest.mark.parametrize(
    "text",
    [
        *("m1 + m2", "-m1 ^ 2", "m1 && m2", "IF(m1 > 5 OR m2 > 5, 1, 0)", "IF(m1 > 5, m1)", "SUM([m1, m2])"),
        *("SUM(METRICS('errors'))", "m1 / PERIOD(m1)", "FILL(m1, 0)", "FILL(m1, REPEAT)", "FILL(m1, LINEAR)"),
        *("RATE(m1)", "TIME_SERIES(5)", "DAY(m1)", "DATE(m1)", "FIRST(METRICS())", "METRIC_COUNT(METRICS())"),
        *("SORT(METRICS(), AVG, DESC, 1)", "ANOMALY_DETECTION_BAND(m1, 2)", "LAMBDA('f', m1)", "SLICE([m1, m2], 0)"),
        *("INSIGHT_RULE_METRIC('rule', 'Sum')", "DB_PERF_INSIGHTS('RDS', 'db-X', 'os.cpu.avg')"),
    ],
)
def test_an_alarm_takes(text: str) -> None:
    assert fault(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("m1 +", "is not understood"),
        ("m1 m2", "is not understood"),
        ("(m1", "is not understood"),
        ("m1 % 2", "is not understood"),
        ("", "is not understood"),
        ("FOO(m1)", "Unknown function 'FOO'"),
        ("IF(m1)", "IF takes 2 to 3 arguments, not 1"),
        ("FILL(m1)", "FILL takes 2 arguments, not 1"),
        ("FILL(m1, ZERO)", "Undefined variable 'ZERO'"),
        ("SUM(m1, m2)", "SUM takes 1 arguments, not 2"),
        ("SUM(M1)", "Undefined variable 'M1'"),
        ("M1", "Undefined variable 'M1'"),
        ("m1 + 'a'", "Undefined variable 'a'"),
        ("SUM(SEARCH('{AWS/EC2} CPU', 'Average', 300))", "SEARCH is not supported on Metric Alarms."),
    ],
)
def test_an_alarm_does_not_take(text: str, why: str) -> None:
    assert why in str(fault(text))


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("m1 + m2", False),
        ("SUM(METRICS())", False),
        ("SLICE(METRICS(), 0)", False),
        ("SLICE(METRICS(), 0, 2)", True),
        ("METRICS()", True),
        ("[m1, m2]", True),
        ("-RATE([m1, m2]) * 2", True),
        ("ANOMALY_DETECTION_BAND(m1)", True),
    ],
)
def test_an_expression_returns_one_series_or_several(text: str, several: bool) -> None:
    assert is_several(text) == several
