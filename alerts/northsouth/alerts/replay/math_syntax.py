"""Reads the text of metric math into a tree. Source: using-metric-math, "Metric math syntax and functions"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from northsouth.alerts.replay.cursor import Cursor, Token

LONGEST = 2048
"""Characters of one expression (API_MetricDataQuery, Expression)."""
DEEPEST = 100
"""Levels of nesting that are read; an expression of AWS's own pages has six."""

_TOKEN = re.compile(
    r"""(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<text>"[^"]*"|'[^']*')
    |(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^<>()\[\],]))""",
    re.VERBOSE,
)
_SAME = {"&&": "AND", "||": "OR"}
# Operators by how tightly they hold; AWS documents no precedence, so it is that of the field.
_BINDING = {
    "OR": 1,
    "AND": 2,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), 3),
    **dict.fromkeys("+-", 4),
    **dict.fromkeys("*/", 5),
    "^": 7,
}
_NEGATION = 6


class MathError(ValueError):
    """An expression that cannot be evaluated; the message says why, in one clause."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """The id of a metric or of another expression."""

    id: str


@dataclass(frozen=True, slots=True)
class Word:
    """A keyword, such as REPEAT, or quoted text."""

    text: str


@dataclass(frozen=True, slots=True)
class Several:
    """``[a, b]``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """``-operand``."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Operation:
    """``left operator right``."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """``FUNCTION(arguments)``."""

    function: str
    arguments: tuple[Node, ...]


Node: TypeAlias = Number | Name | Word | Several | Negation | Operation | Call


def parse(text: str) -> Node:
    """Return the tree of an expression.

    Raises:
        MathError: if it is not metric math.

    """
    if len(text) > LONGEST:
        raise MathError(f"its metric math has {len(text)} characters, and CloudWatch takes {LONGEST}")
    cursor = Cursor(list(_tokens(text)), lambda where: MathError(f"its metric math {text!r} is not understood {where}"))
    tree = _Parser(cursor).expression(0, 0)
    cursor.end()
    return tree


def names(node: Node) -> Iterator[str]:
    """Yield the ids in a tree, with repetitions."""
    match node:
        case Name(id=id):
            yield id
        case Several(items=items) | Call(arguments=items):
            for item in items:
                yield from names(item)
        case Negation(operand=operand):
            yield from names(operand)
        case Operation(left=left, right=right):
            yield from names(left)
            yield from names(right)


def _tokens(text: str) -> Iterator[Token]:
    place = 0
    while (rest := text[place:].lstrip()) != "":
        place = len(text) - len(rest)
        match = _TOKEN.match(text, place)
        if match is None:
            raise MathError(f"its metric math {text!r} is not understood at {text[place : place + 10]!r}")
        kind = str(match.lastgroup)
        yield kind, match.group(kind)
        place = match.end()


class _Parser:
    """Reads by precedence: an operand, then operators that hold it tighter than what stands before it."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor

    def expression(self, least: int, depth: int) -> Node:
        left = self._operand(depth)
        while (binding := _BINDING.get(operator := self._operator(), 0)) > least:
            self._cursor.next("sign", "word")
            # a ^ b ^ c is a ^ (b ^ c); every other operator groups from the left.
            left = Operation(operator, left, self.expression(binding - (operator == "^"), depth + 1))
            depth += 1  # a chain is a tree as deep as it is long
        return left

    def _operator(self) -> str:
        kind, text = self._cursor.peek()
        return _SAME.get(text, text) if kind in ("sign", "word") else ""

    def _operand(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise MathError(f"its metric math nests deeper than {DEEPEST} levels")
        if self._cursor.skips("sign", "-"):
            return Negation(self.expression(_NEGATION, depth + 1))
        if self._cursor.skips("sign", "("):
            inner = self.expression(0, depth + 1)
            self._cursor.take(")")
            return inner
        if self._cursor.skips("sign", "["):
            return Several(self._list("]", depth))
        kind, _ = self._cursor.peek()
        text = self._cursor.next("number", "text", "word")
        match kind:
            case "number":
                return Number(float(text))
            case "text":
                return Word(text[1:-1])
        return self._word(text, depth)

    def _word(self, text: str, depth: int) -> Node:
        if self._cursor.skips("sign", "("):
            return Call(text, self._list(")", depth))
        return Word(text) if text.isupper() else Name(text)

    def _list(self, end: str, depth: int) -> tuple[Node, ...]:
        items: list[Node] = []
        while self._cursor.peek()[1] != end:
            if items:
                self._cursor.take(",")
            items.append(self.expression(0, depth + 1))
        self._cursor.take(end)
        return tuple(items)
