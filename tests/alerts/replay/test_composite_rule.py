from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.replay.composite import DEEPEST, MAX_RULE, RuleError, parse_rule
from northsouth.alerts.replay.timeline import State
from tests.alerts.test_composition import _LEAVES, Judged, _grow, text

STATES = [state.value for state in State]


def holds(rule: str, **states: str) -> bool:
    return bool(parse_rule(rule).holds({name: np.array([state]) for name, state in states.items()}, 1)[0])


@pytest.mark.parametrize(
    ("rule", "states", "expected"),
    [
        ("ALARM(a)", {"a": "ALARM"}, True),
        ("ALARM(a)", {"a": "INSUFFICIENT_DATA"}, False),
        ('OK("a b")', {"a b": "OK"}, True),
        ('ALARM("say \\"hi\\", (now)")', {'say "hi", (now)': "ALARM"}, True),
        ("INSUFFICIENT_DATA(a)", {"a": "INSUFFICIENT_DATA"}, True),
        ("ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:a:b)", {"a:b": "ALARM"}, True),
        ("TRUE", {}, True),
        ("FALSE OR NOT FALSE", {}, True),
        ("NOT ALARM(a) AND OK(b)", {"a": "OK", "b": "OK"}, True),
        ("ALARM(a) OR ALARM(b) AND ALARM(c)", {"a": "ALARM", "b": "OK", "c": "OK"}, True),
        ("(ALARM(a) OR ALARM(b)) AND ALARM(c)", {"a": "ALARM", "b": "OK", "c": "OK"}, False),
        ("NOT (ALARM(a) OR ALARM(b))", {"a": "OK", "b": "OK"}, True),
        ("AT_LEAST(2, ALARM, (a, b, c))", {"a": "ALARM", "b": "OK", "c": "ALARM"}, True),
        ("AT_LEAST(2, NOT ALARM, (a, b, c))", {"a": "ALARM", "b": "OK", "c": "ALARM"}, False),
        ("AT_LEAST(1, NOT INSUFFICIENT_DATA, (a))", {"a": "OK"}, True),
        ("AT_LEAST(50%, OK, (a, b, c, d))", {"a": "OK", "b": "OK", "c": "ALARM", "d": "ALARM"}, True),
        ("AT_LEAST(50%, OK, (a, b, c))", {"a": "OK", "b": "ALARM", "c": "ALARM"}, False),
        ("AT_LEAST(34%, NOT OK, (a, b, c))", {"a": "ALARM", "b": "OK", "c": "OK"}, False),
        ('AT_LEAST(1, ALARM, ("a", b)) AND NOT ALARM(c)', {"a": "OK", "b": "ALARM", "c": "OK"}, True),
        ("ALARM(AND) AND OK(ALARM)", {"AND": "ALARM", "ALARM": "OK"}, True),
    ],
)
def test_the_rule_language(rule: str, states: dict[str, str], expected: bool) -> None:
    assert holds(rule, **states) == expected


@given(st.recursive(_LEAVES, _grow, max_leaves=8))
def test_what_our_own_composites_write_is_read_as_it_is_meant(judged: Judged) -> None:
    rule, expected = judged
    for states in product(STATES, repeat=3):
        named = dict(zip("abc", states, strict=True))
        assert holds(text(rule), **named) == expected(named)


def test_many_moments_are_judged_at_once() -> None:
    rule = parse_rule("ALARM(a) AND NOT ALARM(b)")
    states = {"a": np.array(["ALARM", "ALARM", "OK"]), "b": np.array(["OK", "ALARM", "OK"])}
    assert list(rule.holds(states, 3)) == [True, False, False]
    assert list(rule.alarms()) == ["a", "b"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("", "not understood at its end"),
        ("ALARM(a", "not understood at its end"),
        ("ALARM a", "not understood at 'a'"),
        ("ALARM(a) ALARM(b)", "not understood at 'ALARM'"),
        ("ALARM(a) AND", "not understood at its end"),
        ("alarm(a)", "not understood at 'alarm'"),
        ("ALARM()", "not understood at ')'"),
        ("AT_LEAST(many, ALARM, (a))", "a number or a percentage, not 'many'"),
        ("AT_LEAST(1, FIRING, (a))", "takes a state, not 'FIRING'"),
        ("AT_LEAST(1, ALARM, a)", "not understood at 'a'"),
        ("AT_LEAST(1, ALARM, ())", "not understood at ')'"),
        ('ALARM("a', "not understood at"),
        ("(" * (DEEPEST + 2) + "TRUE", "nests deeper"),
        ("NOT " * (DEEPEST + 2) + "TRUE", "nests deeper"),
        ("x" * (MAX_RULE + 1), f"CloudWatch takes {MAX_RULE}"),
    ],
)
def test_what_is_no_rule_says_where(rule: str, words: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(rule)
    assert words in str(caught.value)
