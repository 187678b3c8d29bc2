"""The rule language of CloudWatch's composite alarms: parsed, and evaluated on the states of alarms.

Source: the documentation of ``PutCompositeAlarm`` and "Composite alarms" in the CloudWatch user guide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
_TOKEN = re.compile(r'\s*(?:(?P<quoted>"[^"]*")|(?P<mark>[(),])|(?P<word>[^\s(),"]+))')

StateOf = Callable[[str], str]
"""Gives the state of an alarm by its name or ARN."""

Test = Callable[[StateOf], bool]


class RuleSyntaxError(Exception):
    """The rule does not follow the language; the message says where."""


@dataclass(frozen=True)
class ParsedRule:
    """A rule that follows the language."""

    alarms: tuple[str, ...]
    """The names or ARNs of the alarms it looks at, each once."""

    holds: Test


def parse(text: str) -> ParsedRule:
    """Parse a rule.

    Raises:
        RuleSyntaxError: it does not follow the language.

    """
    parser = _Parser(list(_tokens(text)))
    test = parser.either()
    parser.expect("")
    return ParsedRule(tuple(dict.fromkeys(parser.alarms)), test)


def _tokens(text: str) -> Iterator[str]:
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match:
            raise RuleSyntaxError(f"unexpected {text[position:].strip()[:20]!r}")
        yield match[0].strip()
        position = match.end()


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = [*tokens, ""]
        self.alarms: list[str] = []

    def either(self) -> Test:
        tests = [self._conjunction()]
        while self._accept("OR"):
            tests.append(self._conjunction())
        return lambda state: any(test(state) for test in tests)

    def _conjunction(self) -> Test:
        tests = [self._operand()]
        while self._accept("AND"):
            tests.append(self._operand())
        return lambda state: all(test(state) for test in tests)

    def _operand(self) -> Test:
        if self._accept("NOT"):
            test = self._operand()
            return lambda state: not test(state)
        if self._accept("("):
            inner = self.either()
            self.expect(")")
            return inner
        word = self._next()
        if word in ("TRUE", "FALSE"):
            return lambda _state: word == "TRUE"
        if word == "AT_LEAST":
            return self._at_least()
        if word not in STATES:
            raise RuleSyntaxError(f"unexpected {word or 'end'!r}")
        self.expect("(")
        name = self._alarm()
        self.expect(")")
        return lambda state: state(name) == word

    def _at_least(self) -> Test:
        self.expect("(")
        number = self._next()
        if not re.fullmatch(r"[1-9]\d*%?", number):
            raise RuleSyntaxError(f"AT_LEAST needs a number or percentage, not {number!r}")
        self.expect(",")
        wanted = self._next()
        if wanted not in STATES:
            raise RuleSyntaxError(f"AT_LEAST needs a state, not {wanted!r}")
        self.expect(",")
        self.expect("(")
        names = [self._alarm()]
        while self._accept(","):
            names.append(self._alarm())
        self.expect(")")
        self.expect(")")
        share = int(number.removesuffix("%"))
        least = len(names) * share / 100 if number.endswith("%") else share
        if least > len(names):
            raise RuleSyntaxError(f"AT_LEAST {number} of {len(names)} alarms can never hold")
        return lambda state: sum(state(name) == wanted for name in names) >= least

    def _alarm(self) -> str:
        name = self._next().strip('"')
        if not name or name in "(),":
            raise RuleSyntaxError("the name of an alarm is missing")
        self.alarms.append(name)
        return name

    def _accept(self, token: str) -> bool:
        accepted = self._tokens[0] == token
        if accepted:
            self._next()
        return accepted

    def _next(self) -> str:
        return self._tokens.pop(0) if len(self._tokens) > 1 else ""

    def expect(self, token: str) -> None:
        actual = self._next()
        if actual != token:
            raise RuleSyntaxError(f"expected {token or 'the end'!r} instead of {actual or 'the end'!r}")
