"""Finds the references in Terraform expressions, in one pass over the text.

This is not an evaluator. It knows what is literal text, what is an expression (``${...}`` and ``%{...}``, not their
escapes ``$${`` and ``%%{``), what is a string inside an expression, and what a reference looks like. Source: the
Terraform language reference, "Strings and Templates" and "References to Named Values".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
# An attribute, a splat, or an index that can be read without evaluating anything.
_STEPS = (
    rf"(?:\.(?:{_NAME}|\d+|\*)"
    r'|\[(?:\d+|\*|each\.key|each\.value|count\.index|"(?:[^"\\$%]|[$%](?!\{)|\\.)*")\])'
)
_TRAVERSAL = re.compile(rf"{_NAME}{_STEPS}+")
_STEP = re.compile(rf'\.({_NAME}|\d+|\*)|\[([^\]"]*|"(?:[^"\\]|\\.)*")\]')
_OPENING = re.compile(r"[$%]+\{")
_OUTSIDE_STRING = re.compile(rf'[$%]\{{|[{{}}"]|{_NAME}{_STEPS}*')
_INSIDE_STRING = re.compile(r'[$%]{2,}|[$%]\{|["\\]')
_OPENERS = frozenset({"{", "${", "%{"})
_ROOTS_WITHOUT_RESOURCES = frozenset({"path", "terraform", "self"})
_ONE_STEP_ROOTS = frozenset({"var", "local", "each", "count"})


@dataclass(frozen=True, slots=True)
class Reference:
    """One named value that an expression refers to.

    Attributes:
        text: as written: ``aws_subnet.private["a"].id``.
        subject: the block: ``aws_subnet.private``, ``data.aws_vpc.main``, ``module.hub``, ``var.name``, ``local.name``,
            ``each.value``, ``count.index``.
        index: the literal key or number that selects one instance of it, or None.
        attribute: the rest: ``id``, ``tags.Name``, or empty for the whole block.

    """

    text: str
    subject: str
    index: str | int | None = None
    attribute: str = ""

    @property
    def root(self) -> str:
        """The first word: ``var``, ``module``, ``data``, or a resource type."""
        return self.subject.partition(".")[0]

    @classmethod
    def parse(cls, text: str) -> Reference | None:
        """Read one reference, or return None if ``text`` is not one (or leads nowhere by itself, as ``path.module``).

        Args:
            text: a traversal, such as ``module.hub["eu"].group_id``.

        """
        match = re.match(_NAME, text)
        if match is None or match.group() in _ROOTS_WITHOUT_RESOURCES or not _TRAVERSAL.fullmatch(text):
            return None
        steps = list(_steps(text, match.end()))
        names = 2 if match.group() == "data" else 1
        head = steps[:names]
        if len(head) < names or not all(isinstance(step, str) and kind == "." for kind, step in head):
            return None
        subject = ".".join([match.group(), *(str(step) for _, step in head)])
        rest = steps[names:]
        index: str | int | None = None
        if rest and rest[0][0] == "[" and match.group() not in _ONE_STEP_ROOTS:
            index = rest.pop(0)[1]
        attribute = "".join(f".{step}" if kind == "." else f"[{json.dumps(step)}]" for kind, step in rest)
        return cls(text, subject, index, attribute.removeprefix("."))


def _steps(text: str, start: int) -> Iterator[tuple[str, str | int | None]]:
    """Yield what follows the first word: (".", name) or ("[", key); an index that is not a literal is None."""
    for match in _STEP.finditer(text, start):
        name, key = match.groups()
        if name == "*" or key == "*":
            yield "[", None
        elif name is not None:
            yield ("[", int(name)) if name.isdigit() else (".", name)
        elif key.isdigit():
            yield "[", int(key)
        elif key.startswith('"'):
            yield "[", _unquote(key)
        else:
            yield "[", None


def _unquote(literal: str) -> str:
    try:
        return str(json.loads(literal))
    except ValueError:
        return literal[1:-1]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a template string: literal text, or one whole expression."""

    text: str
    expression: bool = False


def parts(text: str) -> tuple[Part, ...]:
    """Split a template string into literal text (with escapes undone) and the expressions between ``${`` and ``}``.

    A directive (``%{ if ... }``) counts as an expression that nothing can evaluate. An expression that never closes
    runs to the end of the text.
    """
    pieces: list[Part] = []
    literal: list[str] = []
    position = 0
    while match := _OPENING.search(text, position):
        literal.append(text[position : match.start()])
        marks = match.group()[:-1]
        if len(marks) > 1:
            literal.append(f"{marks[1:]}{{")
            position = match.end()
            continue
        end = _closing(text, match.end())
        if literal and (joined := "".join(literal)):
            pieces.append(Part(joined))
        literal = []
        inner = text[match.end() : end]
        pieces.append(Part(inner.strip() if marks == "$" else f"%{inner}", expression=True))
        position = end + 1
    literal.append(text[position:])
    if joined := "".join(literal):
        pieces.append(Part(joined))
    return tuple(pieces)


def references(text: str) -> tuple[Reference, ...]:
    """Return what the expressions in a template string refer to, in order, without repeats.

    Args:
        text: any argument's text, with zero or more ``${...}``.

    """
    if "${" not in text and "%{" not in text:
        return ()
    named = (reference for part in parts(text) if part.expression for reference in in_expression(part.text))
    return tuple(dict.fromkeys(named))


def in_expression(text: str) -> Iterator[Reference]:
    """Yield what a bare expression (what stands between ``${`` and ``}``) refers to."""
    for match in _tokens(text, 0):
        # `f(x).y.z` and `a[b].c.d`: what follows a closing bracket belongs to a value, not to the document.
        follows_value = match.start() > 0 and text[match.start() - 1] == "."
        is_call = text[match.end() : match.end() + 1] == "("
        if not follows_value and not is_call and (reference := Reference.parse(match.group())):
            yield reference


def _closing(text: str, start: int) -> int:
    """Return where the expression that begins at ``start`` closes, or the end of the text."""
    return next((match.start() for match in _tokens(text, start) if match.group() == "}"), len(text))


def _tokens(text: str, start: int) -> Iterator[re.Match[str]]:
    """Yield names with their steps, and each ``}`` that closes what was open at ``start``; nothing inside strings."""
    stack = ["{"]
    position = start
    while match := (_INSIDE_STRING if stack[-1] == '"' else _OUTSIDE_STRING).search(text, position):
        mark = match.group()
        position = match.end()
        if mark in _OPENERS:
            stack.append("{")
        elif mark == "\\":
            position += 1
        elif mark == '"':
            _toggle(stack)
        elif mark == "}" and len(stack) > 1:
            stack.pop()
        elif stack[-1] != '"':
            yield match


def _toggle(stack: list[str]) -> None:
    if stack[-1] == '"':
        stack.pop()
    else:
        stack.append('"')
