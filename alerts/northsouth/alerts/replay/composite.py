"""Reads and evaluates the rule of a composite alarm. Source: alarm-combining."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from northsouth.alerts.replay.cursor import Cursor, Token
from northsouth.alerts.replay.timeline import State

Truth: TypeAlias = NDArray[np.bool_]
StatesOf: TypeAlias = Mapping[str, NDArray[np.str_]]
"""The states of alarms at some moments, by name."""

MAX_RULE = 10_240
"""Characters of one rule (API_PutCompositeAlarm, AlarmRule)."""
DEEPEST = 100
"""Levels of parentheses that are read."""

_TOKEN = re.compile(r'\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<sign>[(),])|(?P<word>[^\s(),"]+))')
_ARN = re.compile(r"arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:(.+)")
_STATES = frozenset(State)


class RuleError(ValueError):
    """A rule that is not in CloudWatch's language; the message says why, in one clause."""


class Rule:
    """A truth about the states of alarms."""

    __slots__ = ()

    def alarms(self) -> Iterator[str]:
        """Yield the names of the alarms it is about, with repetitions."""
        raise NotImplementedError

    def holds(self, states: StatesOf, size: int) -> Truth:
        """Tell at which of ``size`` moments it holds."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class AtLeast(Rule):
    """A number, or a percentage, of alarms is in a state, or is not in it.

    One alarm alone is one of one; TRUE is at least none of none, and FALSE at least one of none.
    """

    number: float
    percent: bool
    state: State
    negated: bool
    names: tuple[str, ...]

    def alarms(self) -> Iterator[str]:
        """Yield the alarms."""
        yield from self.names

    def holds(self, states: StatesOf, size: int) -> Truth:
        """Tell when enough of them are."""
        count = np.zeros(size, dtype=np.int64)
        for name in self.names:
            count += (states[name] == self.state) != self.negated
        return np.asarray(count * 100 >= self.number * len(self.names) if self.percent else count >= self.number)


@dataclass(frozen=True, slots=True)
class Not(Rule):
    """The opposite of a rule."""

    rule: Rule

    def alarms(self) -> Iterator[str]:
        """Yield the alarms of the rule."""
        yield from self.rule.alarms()

    def holds(self, states: StatesOf, size: int) -> Truth:
        """Tell when the rule does not hold."""
        return ~self.rule.holds(states, size)


@dataclass(frozen=True, slots=True)
class Joined(Rule):
    """Two rules joined by AND or OR."""

    operator: str
    left: Rule
    right: Rule

    def alarms(self) -> Iterator[str]:
        """Yield the alarms of both."""
        yield from self.left.alarms()
        yield from self.right.alarms()

    def holds(self, states: StatesOf, size: int) -> Truth:
        """Tell when both, or one of them, hold."""
        left, right = self.left.holds(states, size), self.right.holds(states, size)
        return left & right if self.operator == "AND" else left | right


def parse_rule(text: str) -> Rule:
    """Return a rule; NOT binds tighter than AND, AND tighter than OR.

    Raises:
        RuleError: if it is not in CloudWatch's language.

    """
    if len(text) > MAX_RULE:
        raise RuleError(f"its rule has {len(text)} characters, and CloudWatch takes {MAX_RULE}")
    cursor = Cursor(list(_tokens(text)), lambda where: RuleError(f"its rule is not understood {where}"))
    rule = _Parser(cursor).either(0)
    cursor.end()
    return rule


def alarm_name(reference: str) -> str:
    """Return the name of an alarm that is referred to by its name or by its ARN."""
    match = _ARN.fullmatch(reference)
    return match[1] if match else reference


def _tokens(text: str) -> Iterator[Token]:
    place, length = 0, len(text.rstrip())
    while place < length:
        match = _TOKEN.match(text, place)
        if match is None:
            raise RuleError(f"its rule is not understood at {text[place : place + 20]!r}")
        kind = str(match.lastgroup)
        yield kind, re.sub(r"\\(.)", r"\1", match[kind]) if kind == "quoted" else match[kind]
        place = match.end()


class _Parser:
    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor

    def either(self, depth: int) -> Rule:
        rule = self._conjunction(depth)
        while self._cursor.skips("word", "OR"):
            rule = Joined("OR", rule, self._conjunction(depth))
        return rule

    def _conjunction(self, depth: int) -> Rule:
        rule = self._operand(depth)
        while self._cursor.skips("word", "AND"):
            rule = Joined("AND", rule, self._operand(depth))
        return rule

    def _operand(self, depth: int) -> Rule:
        if depth > DEEPEST:
            raise RuleError(f"its rule nests deeper than {DEEPEST} levels")
        if self._cursor.skips("word", "NOT"):
            return Not(self._operand(depth + 1))
        if self._cursor.skips("sign", "("):
            rule = self.either(depth + 1)
            self._cursor.take(")")
            return rule
        kind, word = self._cursor.peek()
        if kind != "word" or word not in {"TRUE", "FALSE", "AT_LEAST", *_STATES}:
            raise self._cursor.wrong()
        self._cursor.next("word")
        if word in ("TRUE", "FALSE"):
            return AtLeast(int(word == "FALSE"), percent=False, state=State.ALARM, negated=False, names=())
        if word == "AT_LEAST":
            return self._at_least()
        self._cursor.take("(")
        name = self._name()
        self._cursor.take(")")
        return AtLeast(1, percent=False, state=State(word), negated=False, names=(name,))

    def _at_least(self) -> Rule:
        self._cursor.take("(")
        number = self._cursor.next("word")
        if not re.fullmatch(r"\d{1,4}%?", number):
            raise RuleError(f"AT_LEAST of its rule takes a number or a percentage, not {number!r}")
        self._cursor.take(",")
        negated = self._cursor.skips("word", "NOT")
        state = self._cursor.next("word")
        if state not in _STATES:
            raise RuleError(f"AT_LEAST of its rule takes a state, not {state!r}")
        self._cursor.take(",")
        self._cursor.take("(")
        names = [self._name()]
        while self._cursor.skips("sign", ","):
            names.append(self._name())
        self._cursor.take(")")
        self._cursor.take(")")
        percent = number.endswith("%")
        return AtLeast(int(number.rstrip("%")), percent, State(state), negated, tuple(names))

    def _name(self) -> str:
        return alarm_name(self._cursor.next("word", "quoted"))
