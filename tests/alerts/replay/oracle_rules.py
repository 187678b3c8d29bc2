"""Composite alarms of the oracle, from AWS's text alone (alarm-combining): rules asked at every change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from northsouth.alerts.replay import Alarms, State

TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[(),]|[^\s(),"]+)')

States = Callable[[str], State]
"""Gives the state of an alarm by its name."""

Test = Callable[[States], bool]


def judged(
    rule: str,
    state: State,
    initial: Mapping[str, State],
    changes: Mapping[str, Sequence[tuple[int, State]]],
    start: int,
) -> list[tuple[int, State]]:
    """Return the changes of a composite: ALARM while its rule is true, else OK, asked at every change of any alarm."""
    test, names = read(rule)
    result: list[tuple[int, State]] = []
    moments = {start, *(moment for name in names for moment, _ in changes[name] if moment >= start)}
    for now in sorted(moments):

        def state_of(name: str, now: int = now) -> State:
            known = initial[name]
            for moment, new in changes[name]:
                if moment <= now:
                    known = new
            return known

        becomes = State.ALARM if test(state_of) else State.OK
        if becomes is not state:
            state = becomes
            result.append((now, state))
    return result


def children_first(alarms: Alarms) -> Iterator[str]:
    """Yield the names of the composites, each after those that it names."""
    done: set[str] = set()
    while len(done) < len(alarms.composite):
        for name, composite in alarms.composite.items():
            children = {child for child in read(composite.rule)[1] if child in alarms.composite}
            if name not in done and children <= done:
                done.add(name)
                yield name


def read(rule: str) -> tuple[Test, list[str]]:
    """Return the test that a rule is, and the names of the alarms it asks."""
    tokens = [match[1] for match in TOKEN.finditer(rule)]
    names: list[str] = []
    test = either(tokens, names)
    assert not tokens, f"left over: {tokens}"
    return test, names


def either(tokens: list[str], names: list[str]) -> Test:
    """Read conditions joined by OR."""
    tests = [both(tokens, names)]
    while tokens and tokens[0] == "OR":
        tokens.pop(0)
        tests.append(both(tokens, names))
    return lambda states: any(test(states) for test in tests)


def both(tokens: list[str], names: list[str]) -> Test:
    """Read conditions joined by AND."""
    tests = [one(tokens, names)]
    while tokens and tokens[0] == "AND":
        tokens.pop(0)
        tests.append(one(tokens, names))
    return lambda states: all(test(states) for test in tests)


def one(tokens: list[str], names: list[str]) -> Test:
    """Read one condition."""
    word = tokens.pop(0)
    if word == "NOT":
        test = one(tokens, names)
        return lambda states: not test(states)
    if word == "(":
        inner = either(tokens, names)
        assert tokens.pop(0) == ")"
        return inner
    if word in ("TRUE", "FALSE"):
        return lambda _: word == "TRUE"
    assert tokens.pop(0) == "("
    if word == "AT_LEAST":
        return at_least(tokens, names)
    name = alarm(tokens, names)
    assert tokens.pop(0) == ")"
    return lambda states: states(name) is State[word]


def at_least(tokens: list[str], names: list[str]) -> Test:
    """Read ``AT_LEAST(M, STATE_CONDITION, (alarm1, alarm2))`` after its first parenthesis."""
    number = tokens.pop(0)
    assert tokens.pop(0) == ","
    negated = tokens[0] == "NOT"
    if negated:
        tokens.pop(0)
    wanted = State[tokens.pop(0)]
    assert tokens[:2] == [",", "("]
    del tokens[:2]
    asked = [alarm(tokens, names)]
    while tokens[0] == ",":
        tokens.pop(0)
        asked.append(alarm(tokens, names))
    assert tokens[:2] == [")", ")"]
    del tokens[:2]
    share = Fraction(number.rstrip("%"))
    least = len(asked) * share / 100 if number.endswith("%") else share
    return lambda states: sum((states(name) is wanted) != negated for name in asked) >= least


def alarm(tokens: list[str], names: list[str]) -> str:
    """Read the name of an alarm, with or without quotes."""
    text = tokens.pop(0)
    name = re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
    names.append(name)
    return name
