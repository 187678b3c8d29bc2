from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.composition import (
    Rule,
    all_of,
    any_of,
    at_least,
    at_least_percent,
    has_no_data,
    is_ok,
    rule_problems,
    unless,
)


@dataclass(frozen=True)
class Fake:
    name: str

    @property
    def alarm_name(self) -> str:
        return f"${{aws_cloudwatch_metric_alarm.{self.name}.alarm_name}}"


A, B, C, D = (Fake(name) for name in "abcd")


def text(rule: Rule) -> str:
    return rule.write(lambda alarm: alarm.name)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (all_of(A, B), 'ALARM("a") AND ALARM("b")'),
        (any_of(A, B, C), 'ALARM("a") OR ALARM("b") OR ALARM("c")'),
        (any_of(A), 'ALARM("a")'),
        (all_of(any_of(A, B), C), '(ALARM("a") OR ALARM("b")) AND ALARM("c")'),
        (any_of(all_of(A, B), C), '(ALARM("a") AND ALARM("b")) OR ALARM("c")'),
        (all_of(all_of(A, B), C), 'ALARM("a") AND ALARM("b") AND ALARM("c")'),
        (all_of(A, unless(B)), 'ALARM("a") AND NOT ALARM("b")'),
        (all_of(A, unless(B, C)), 'ALARM("a") AND NOT (ALARM("b") OR ALARM("c"))'),
        (unless(all_of(A, B)), 'NOT (ALARM("a") AND ALARM("b"))'),
        (unless(unless(A)), 'NOT (NOT ALARM("a"))'),
        (all_of(is_ok(A), has_no_data(B)), 'OK("a") AND INSUFFICIENT_DATA("b")'),
        (at_least(2, A, B, C), 'AT_LEAST(2, ALARM, ("a", "b", "c"))'),
        (at_least(2, A, B, state="INSUFFICIENT_DATA"), 'AT_LEAST(2, INSUFFICIENT_DATA, ("a", "b"))'),
        (at_least_percent(50, A, B), 'AT_LEAST(50%, ALARM, ("a", "b"))'),
        (all_of(at_least(1, A, B), unless(at_least(2, C, D))), None),
        (all_of(A, B) | C, '(ALARM("a") AND ALARM("b")) OR ALARM("c")'),
        (any_of(A, B) & unless(C), '(ALARM("a") OR ALARM("b")) AND NOT ALARM("c")'),
    ],
)
def test_rules_are_written_in_cloudwatchs_language(rule: Rule, expected: str | None) -> None:
    assert text(rule) == (expected or 'AT_LEAST(1, ALARM, ("a", "b")) AND NOT AT_LEAST(2, ALARM, ("c", "d"))')


def test_terraform_gets_references() -> None:
    written = any_of(A, B).write(lambda alarm: alarm.alarm_name)
    assert written == (
        'ALARM("${aws_cloudwatch_metric_alarm.a.alarm_name}") OR ALARM("${aws_cloudwatch_metric_alarm.b.alarm_name}")'
    )


def fakes(number: int, length: int = 3) -> list[Fake]:
    return [Fake(f"{n:0{length}}") for n in range(number)]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (any_of(*fakes(101)), "a rule names at most 100"),
        (any_of(*fakes(100, 110)), "CloudWatch takes 10240"),
        (all_of(*(unless(A, B) for _ in range(126))), "a rule has at most 500"),
        (all_of(*(at_least(1, *fakes(96)) for _ in range(5)), A), "501 elements; a rule has at most 500"),
        (any_of(Fake("x" * 5111), Fake("y" * 5108)), "a rule of 10241 characters; CloudWatch takes 10240"),
        (any_of(), "a composite judges at least one"),
        (unless(), "a composite judges at least one"),
        (at_least(1), "a composite judges at least one"),
        (all_of(A, any_of()), "each part of a rule names at least one"),
        (all_of(A, unless()), "each part of a rule names at least one"),
        (any_of(A, at_least_percent(50)), "each part of a rule names at least one"),
        (at_least(4, A, B, C), "the number is from 1 to 3"),
        (at_least(0, A, B, C), "the number is from 1 to 3"),
        (at_least_percent(101, A, B), "at least 101% of 2 alarms; the number is from 1 to 100"),
        (unless(all_of(A, at_least(3, A, B))), "the number is from 1 to 2"),
        (at_least(1, A, A, B), "each alarm counts once"),
        (any_of(Fake('a"b')), "cannot quote this name"),
        (any_of(Fake("a\\b")), "cannot quote this name"),
    ],
)
def test_rules_that_cloudwatch_refuses(rule: Rule, words: str) -> None:
    (problem,) = rule_problems(rule)
    assert problem.where == "when"
    assert words in str(problem)


@pytest.mark.parametrize(
    "rule",
    [
        any_of(*fakes(100)),
        any_of(*fakes(100), *fakes(100)),
        at_least(3, A, B, C),
        at_least(1, A, B, C),
        at_least_percent(1, A, B),
        at_least_percent(100, A, B),
        all_of(*(at_least(1, *fakes(96)) for _ in range(5))),
        any_of(Fake("x" * 5110), Fake("y" * 5108)),
    ],
)
def test_limits_are_inclusive(rule: Rule) -> None:
    assert list(rule_problems(rule)) == []


@pytest.mark.parametrize(
    ("rule", "elements"),
    [
        (any_of(A), 1),
        (all_of(A, B, is_ok(C)), 3),
        (unless(A), 1),
        (unless(A, B), 4),
        (all_of(any_of(A, B), C), 5),
        (at_least(2, A, B, C), 7),
        (unless(at_least(2, A, B, C)), 7),
    ],
)
def test_alarms_and_parentheses_count_as_elements(rule: Rule, elements: int) -> None:
    assert rule.elements == elements


def evaluate(rule: str, states: dict[str, str]) -> bool:
    """Judge a rule by Python, whose syntax its language is close to."""
    python = re.sub(r"\bAND\b", "and", rule)
    python = re.sub(r"\bOR\b", "or", python)
    python = re.sub(r"\bNOT\b", "not", python)

    def state(wanted: str) -> Any:
        return lambda name: states[name] == wanted

    def at_least_of(number: int, wanted: Any, names: tuple[str, ...] | str) -> bool:
        return sum(wanted(name) for name in ([names] if isinstance(names, str) else names)) >= number

    known = {word: state(word) for word in ("ALARM", "OK", "INSUFFICIENT_DATA")}
    return bool(eval(python, {"__builtins__": {}}, {**known, "AT_LEAST": at_least_of}))


Judged = tuple[Rule, Any]
_STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
_LEAVES: st.SearchStrategy[Judged] = st.one_of(
    st.sampled_from([A, B, C]).map(lambda a: (any_of(a), lambda s: s[a.name] == "ALARM")),
    st.sampled_from([A, B, C]).map(lambda a: (is_ok(a), lambda s: s[a.name] == "OK")),
    st.integers(1, 3).map(lambda n: (at_least(n, A, B, C), lambda s: [s[x] for x in "abc"].count("ALARM") >= n)),
)


def _grow(inner: st.SearchStrategy[Judged]) -> st.SearchStrategy[Judged]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda rs: (all_of(*(r for r, _ in rs)), lambda s: all(f(s) for _, f in rs))),
        several.map(lambda rs: (any_of(*(r for r, _ in rs)), lambda s: any(f(s) for _, f in rs))),
        several.map(lambda rs: (unless(*(r for r, _ in rs)), lambda s: not any(f(s) for _, f in rs))),
    )


@given(st.recursive(_LEAVES, _grow, max_leaves=8))
def test_the_text_means_what_the_rule_means(judged: Judged) -> None:
    rule, expected = judged
    written = text(rule)
    for states in product(_STATES, repeat=3):
        named = dict(zip("abc", states, strict=True))
        assert evaluate(written, named) == expected(named)
