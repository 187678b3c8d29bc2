from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import and_, or_
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


def test_a_single_rule_needs_no_parentheses() -> None:
    for single in (all_of, any_of):
        assert text(unless(single(A))) == 'NOT ALARM("a")'
        assert text(all_of(single(A), single(is_ok(B)))) == 'ALARM("a") AND OK("b")'
        assert unless(single(A)).elements == 1


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
    ("rule", "given"),
    [
        (lambda: any_of(Fake("a\\b"), Fake('a"b')), [repr('a"b'), repr("a\\b")]),
        (lambda: at_least(4, A, B, C), ["at least 4 of 3 alarms"]),
        (lambda: at_least_percent(101, A, B), ["at least 101% of 2 alarms"]),
        (lambda: at_least(1, B, A, B, A), ["'a' twice", "'b' twice"]),
    ],
)
def test_a_problem_says_what_was_given(rule: Callable[[], Rule], given: list[str]) -> None:
    assert [problem.given for problem in rule_problems(rule())] == given


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


def judge(rule: str) -> Callable[[Mapping[str, str]], bool]:
    """Return how Python, whose syntax its language is close to, judges a rule."""
    python = re.sub(r"\bAND\b", "and", rule)
    python = re.sub(r"\bOR\b", "or", python)
    python = re.sub(r"\bNOT\b", "not", python)
    python = re.sub(r"\b(\d+)%", r"percent(\1)", python)
    code = compile(python, "rule", "eval")

    def percent(share: int) -> float:
        return share * 3 / 100

    def at_least_of(number: float, wanted: Callable[[str], bool], names: tuple[str, ...]) -> bool:
        return sum(wanted(name) for name in names) >= number

    def judged(states: Mapping[str, str]) -> bool:
        def state(wanted: str) -> Any:
            return lambda name: states[name] == wanted

        known = {word: state(word) for word in _STATES}
        return bool(eval(code, {"__builtins__": {}}, {**known, "AT_LEAST": at_least_of, "percent": percent}))

    return judged


Judged = tuple[Rule, Any]
_STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
_LEAVES: st.SearchStrategy[Judged] = st.one_of(
    st.sampled_from([A, B, C]).map(lambda a: (any_of(a), lambda s: s[a.name] == "ALARM")),
    st.sampled_from([A, B, C]).map(lambda a: (is_ok(a), lambda s: s[a.name] == "OK")),
    st.sampled_from([A, B, C]).map(lambda a: (has_no_data(a), lambda s: s[a.name] == "INSUFFICIENT_DATA")),
    st.integers(1, 3).map(lambda n: (at_least(n, A, B, C), lambda s: [s[x] for x in "abc"].count("ALARM") >= n)),
    st.integers(1, 100).map(
        lambda share: (
            at_least_percent(share, A, B, C, state="OK"),
            lambda s: [s[x] for x in "abc"].count("OK") * 100 >= share * 3,
        )
    ),
)


def _grow(inner: st.SearchStrategy[Judged]) -> st.SearchStrategy[Judged]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda rs: (all_of(*(r for r, _ in rs)), lambda s: all(f(s) for _, f in rs))),
        several.map(lambda rs: (any_of(*(r for r, _ in rs)), lambda s: any(f(s) for _, f in rs))),
        several.map(lambda rs: (unless(*(r for r, _ in rs)), lambda s: not any(f(s) for _, f in rs))),
        several.map(lambda rs: (reduce(and_, (r for r, _ in rs)), lambda s: all(f(s) for _, f in rs))),
        several.map(lambda rs: (reduce(or_, (r for r, _ in rs)), lambda s: any(f(s) for _, f in rs))),
    )


@given(st.recursive(_LEAVES, _grow, max_leaves=8))
def test_the_text_means_what_the_rule_means(judged: Judged) -> None:
    rule, expected = judged
    written = judge(text(rule))
    for states in product(_STATES, repeat=3):
        named = dict(zip("abc", states, strict=True))
        assert written(named) == expected(named)
