"""Reads a member of a value by its path, and replaces references by what they stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from northsouth.template.expressions import Part, Reference, parts
from northsouth.template.model import MAX_DEPTH, TemplateError, Value

MAX_SUBSTITUTIONS = 20_000
"""Most references replaced in one value."""

MAX_TEXT = 1024 * 1024
"""Longest text that replacements may produce; longer text stays as written."""

_STEP = re.compile(r'([^.\[\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]')

Lookup = Callable[[Reference], Value]


def at(value: Value, path: str) -> Value:
    """Return the member of ``value`` at ``path`` (``tags.Name``, ``ingress[0].cidr_blocks``), or None if absent.

    A list of one object is entered without an index, as Terraform's JSON writes a nested block either way.
    """
    for match in _STEP.finditer(path):
        name, position, key = match.groups()
        step = name if name is not None else key
        if step is not None and isinstance(value, tuple) and len(value) == 1:
            value = value[0]
        if isinstance(value, Mapping) and step is not None:
            value = value.get(step)
        elif isinstance(value, tuple) and position is not None and int(position) < len(value):
            value = value[int(position)]
        elif position != "0" or not isinstance(value, Mapping):
            return None
    return value


def substitute(value: Value, lookup: Lookup, source: str) -> Value:
    """Return ``value`` with each ``${reference}`` replaced by what ``lookup`` knows of it.

    Args:
        value: any value.
        lookup: what a reference stands for, or None; may itself contain references.
        source: the document's name, for the message.

    Raises:
        TemplateError: if the replacement runs away.

    """
    return _Substitution(lookup, source).apply(value, 0)


class _Substitution:
    def __init__(self, lookup: Lookup, source: str) -> None:
        self._lookup = lookup
        self._source = source
        self._left = MAX_SUBSTITUTIONS
        self._open: set[str] = set()

    def apply(self, value: Value, depth: int) -> Value:
        if isinstance(value, str):
            return self._text(value, depth) if "{" in value else value
        if depth > 2 * MAX_DEPTH:
            raise TemplateError(f"{self._source}: references expand without end")
        if isinstance(value, tuple):
            return tuple(self.apply(item, depth + 1) for item in value)
        if isinstance(value, Mapping):
            return MappingProxyType({key: self.apply(item, depth + 1) for key, item in value.items()})
        return value

    def _text(self, text: str, depth: int) -> Value:
        self._spend(len(text) // 1024)
        pieces = parts(text)
        if len(pieces) == 1 and pieces[0].expression:
            meaning = self._expression(pieces[0], depth)
            return text if meaning is None else meaning
        texts: list[str] = []
        for piece in pieces:
            meaning = self._expression(piece, depth) if piece.expression else piece.text
            if isinstance(meaning, bool):
                meaning = str(meaning).lower()
            if not isinstance(meaning, str | int | float):
                return text
            texts.append(str(meaning))
        # A piece that is still an expression keeps the whole text as written: half a replacement would mislead.
        if sum(map(len, texts)) > MAX_TEXT or any("${" in piece for piece in texts):
            return text
        return "".join(texts)

    def _expression(self, part: Part, depth: int) -> Value:
        """Return what an expression stands for, or None if it is more than a reference or not known."""
        reference = Reference.parse(part.text)
        if reference is None or reference.text != part.text or part.text in self._open:
            return None
        self._spend(1)
        meaning = self._lookup(reference)
        if meaning is None:
            return None
        self._open.add(part.text)
        try:
            return self.apply(meaning, depth + 1)
        finally:
            self._open.discard(part.text)

    def _spend(self, amount: int) -> None:
        self._left -= amount
        if self._left < 0:
            raise TemplateError(f"{self._source}: references expand without end")
