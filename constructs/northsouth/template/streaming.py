"""Walks through a JSON document piece by piece; pure.

A plan of 100 MiB takes gigabytes as Python objects. `Streamed` holds only the piece that is being read; `Held` offers
the same walk through a document that is in memory already. Python's own decoder reads the pieces. Measured with a plan
of 170 MiB: ijson decodes each part of a document in a pass of its own, and msgspec keeps the last of two equal keys
without a word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import NoReturn, Protocol, TextIO

from northsouth.errors.reading import fault
from northsouth.template.model import EMPTY, MAX_BYTES, MAX_DEPTH, TemplateError, Value, freeze, join

CHUNK = 1024 * 1024
"""Characters that are read at a time; more if a single piece is longer."""

_SPACE = re.compile(r"[ \t\n\r]*")
_ENDS = frozenset(",:]} \t\n\r")
_CACHED = 512


class Node(Protocol):
    """One value of a document; it is walked through once, before the next one."""

    def value(self) -> object:
        """Return the value, decoded."""

    def kept(self, value: object, where: str) -> Mapping[str, Value]:
        """Return an object that is part of the value, in the form to keep it in; empty for ``null``."""

    def members(self) -> Iterator[tuple[str, Node]]:
        """Yield the members of an object; nothing for ``null``."""

    def elements(self) -> Iterator[Node]:
        """Yield the elements of an array; nothing for ``null``."""


class Held:
    """A node of a decoded document.

    Args:
        value: the decoded value.
        source: the document's name, for messages.
        path: where the node is in it.

    """

    __slots__ = ("_source", "_value", "path")

    def __init__(self, value: object, source: str, path: str = "") -> None:
        self._value = value
        self._source = source
        self.path = path

    def value(self) -> object:
        """Return the value, decoded."""
        return self._value

    def kept(self, value: object, where: str) -> Mapping[str, Value]:
        """Return an object that is part of the value, in the form to keep it in."""
        frozen = freeze({} if value is None else value, self._source)
        if not isinstance(frozen, Mapping):
            raise _wrong_kind(self._source, where, "object")
        return frozen

    def members(self) -> Iterator[tuple[str, Node]]:
        """Yield the members of an object."""
        if self._value is None:
            return
        if not isinstance(self._value, Mapping):
            raise _wrong_kind(self._source, self.path, "object")
        for key, value in self._value.items():
            yield str(key), Held(value, self._source, join(self.path, str(key)))

    def elements(self) -> Iterator[Node]:
        """Yield the elements of an array."""
        if self._value is None:
            return
        if not isinstance(self._value, list | tuple):
            raise _wrong_kind(self._source, self.path, "array")
        for position, value in enumerate(self._value):
            yield Held(value, self._source, join(self.path, position))


class Streamed:
    """A node of a document that is being read.

    Args:
        text: the rest of the document, which begins with this node.
        path: where the node is in it.

    """

    __slots__ = ("_text", "_walked", "path")

    def __init__(self, text: Text, path: str = "") -> None:
        self._text = text
        self._walked = False
        self.path = path

    def value(self) -> object:
        """Return the value, decoded."""
        self._walked = True
        return self._text.value(self.path)

    def kept(self, value: object, where: str) -> Mapping[str, Value]:
        """Return an object that is part of the value, in the form to keep it in."""
        if value is None:
            return EMPTY
        if not isinstance(value, Mapping):
            raise _wrong_kind(self._text.source, where, "object")
        return pack(value, self._text.source)

    def members(self) -> Iterator[tuple[str, Node]]:
        """Yield the members of an object."""
        seen: set[str] = set()
        for _ in self._items("{}", "object"):
            if self._text.peek() != '"':
                self._text.refuse("Expecting property name enclosed in double quotes")
            where = self._text.where()
            key = str(self._text.value())
            if key in seen:
                raise TemplateError(
                    f"{self._text.source}: the key {json.dumps(key)} is twice in {self.path or 'the document'} "
                    f"(again at {where}); keep one of the two"
                )
            seen.add(key)
            self._text.take(":")
            child = Streamed(self._text, join(self.path, key))
            yield key, child
            child.skip()

    def elements(self) -> Iterator[Node]:
        """Yield the elements of an array."""
        for position in self._items("[]", "array"):
            child = Streamed(self._text, join(self.path, position))
            yield child
            child.skip()

    def skip(self) -> None:
        """Go past the node, unless that was done."""
        if not self._walked:
            self.value()

    def _items(self, brackets: str, kind: str) -> Iterator[int]:
        """Yield the position of each item, with the text at its beginning."""
        if self._text.peek() != brackets[0]:
            if self.value() is not None:
                raise _wrong_kind(self._text.source, self.path, kind)
            return
        self._walked = True
        self._text.take(brackets[0])
        if self._text.peek() == brackets[1]:
            self._text.take(brackets[1])
            return
        position = 0
        while True:
            yield position
            position += 1
            if self._text.take(f",{brackets[1]}") == brackets[1]:
                return


def _wrong_kind(source: str, path: str, kind: str) -> TemplateError:
    if path:
        return TemplateError(f"{source}: {path} is not an {kind}")
    return TemplateError(f"{source}: the document is not a JSON {kind}")


class Text:
    """A JSON text, of which only the part that is being read is in memory.

    Args:
        stream: where it comes from.
        source: its name, for messages.

    """

    def __init__(self, stream: TextIO, source: str) -> None:
        self.source = source
        self._stream = stream
        self._buffer = ""
        self._at = 0
        self._left = MAX_BYTES
        self._line = 1
        self._column = 1
        self._decode = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant).raw_decode

    def peek(self) -> str:
        """Return the next character that is no white space, or "" at the end."""
        while True:
            if match := _SPACE.match(self._buffer, self._at):
                self._at = match.end()
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def take(self, marks: str) -> str:
        """Go past one of some characters and return it.

        Raises:
            TemplateError: if another one is next.

        """
        mark = self.peek()
        if not mark or mark not in marks:
            self.refuse(f"Expecting {' or '.join(map(repr, marks))}")
        self._at += 1
        return mark

    def value(self, path: str = "") -> object:
        """Decode the next value and go past it.

        Raises:
            TemplateError: if it is no JSON, nested too deeply, or has one key twice.

        """
        self.peek()
        while True:
            try:
                value, end = self._decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                if not self._more():
                    self.refuse(error.msg, error.pos)
            except RecursionError:
                raise TemplateError(f"{self.source}: nested too deeply") from None
            except _DuplicateError:
                self._find_duplicate(path)
            except ValueError as error:  # a number with too many digits, or NaN
                raise TemplateError(f"{self.source}: not JSON: {fault(error)}") from None
            else:
                # A number whose end was not read yet may go on: `0` as `0.5`.
                if self._buffer[end : end + 1] in _ENDS or not self._more():
                    self._at = end
                    return value

    def end(self) -> None:
        """Make sure that nothing follows.

        Raises:
            TemplateError: if something does.

        """
        if self.peek():
            self.refuse("Extra data")

    def where(self) -> str:
        """Return the line and column of the next character."""
        return self._line_and_column(self._at)

    def refuse(self, message: str, at: int | None = None) -> NoReturn:
        """Raise an error that says where.

        Raises:
            TemplateError: always.

        """
        place = self._at if at is None else at
        ends = "" if self._buffer[place:].strip() else "; the file ends there"
        raise TemplateError(f"{self.source}: not JSON: {message} at {self._line_and_column(place)}{ends}")

    def _line_and_column(self, at: int) -> str:
        line, column = _position(self._buffer[:at], self._line, self._column)
        return f"line {line}, column {column}"

    def _more(self) -> bool:
        """Read on, at least as much as is held, so that a long value is not decoded too often."""
        try:
            chunk = self._stream.read(max(CHUNK, len(self._buffer) - self._at))
        except ValueError as error:  # bytes that are no text
            raise TemplateError(f"{self.source}: not JSON: {fault(error)}") from None
        if not chunk:
            return False
        self._left -= len(chunk)
        if self._left < 0:  # a pipe does not say its size
            raise TemplateError(f"{self.source}: larger than {MAX_BYTES // 2**20} MiB")
        self._line, self._column = _position(self._buffer[: self._at], self._line, self._column)
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return True

    def _find_duplicate(self, path: str) -> NoReturn:
        """Walk through the value whose decoding met a key twice: the walk says which, and where."""

        def walk(node: Node) -> None:
            mark = self.peek()
            if mark == "{":
                for _, member in node.members():
                    walk(member)
            elif mark == "[":
                for element in node.elements():
                    walk(element)

        with suppress(RecursionError):
            walk(Streamed(self, path))
        raise TemplateError(f"{self.source}: nested too deeply")


class Packed(Mapping[str, Value]):
    """An object that is decoded when it is first read. Until then it is JSON text, a tenth of the size in memory.

    Args:
        text: the JSON text of an object.

    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __getitem__(self, key: str) -> Value:
        return _opened(self._text)[key]

    def __iter__(self) -> Iterator[str]:
        return iter(_opened(self._text))

    def __len__(self) -> int:
        return len(_opened(self._text))

    def __repr__(self) -> str:
        return f"Packed({self._text})"


def pack(value: Mapping[str, object], source: str) -> Packed:
    """Return a decoded JSON object as its text.

    Args:
        value: the object.
        source: the document's name, for messages.

    Raises:
        TemplateError: if it nests deeper than ``MAX_DEPTH``.

    """
    _bound(value, MAX_DEPTH, source)
    return Packed(json.dumps(value, separators=(",", ":")))


def _bound(value: object, levels: int, source: str) -> None:
    if not levels:
        raise TemplateError(f"{source}: nested deeper than {MAX_DEPTH} levels")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(item, dict | list):
            _bound(item, levels - 1, source)


@lru_cache(_CACHED)
def _opened(text: str) -> Mapping[str, Value]:
    value = freeze(json.loads(text), "values")
    return value if isinstance(value, Mapping) else EMPTY


class _DuplicateError(ValueError):
    """An object has one key twice."""


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DuplicateError
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _position(text: str, line: int, column: int) -> tuple[int, int]:
    """Return line and column behind a text that begins at some."""
    breaks = text.count("\n")
    return (line + breaks, len(text) - text.rfind("\n")) if breaks else (line, column + len(text))
