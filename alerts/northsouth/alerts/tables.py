"""Reads TOML tables by the signature of what they declare: a key is an argument, its type says the values; pure.

What a table leaves out keeps the argument's default. Quantities are text with a unit (``"3 %"``, ``"2 Gbit/s"``); a
count is a number. A dataclass is a table, a mapping is a table by names of the user's, a sequence is a list.
"""

from __future__ import annotations

import dataclasses
import difflib
import enum
import inspect
import re
import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, time
from functools import cache
from typing import Annotated, Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

from northsouth.errors import ConfigurationError, Problem
from northsouth.metrics.units import Quantity, UnitError, count, parse, quantity_problems

REQUIRED: Final = inspect.Parameter.empty
"""The default of an argument that has none."""
BROKEN: Final = object()
"""Stands for a value that has been reported and could not be read."""

_KINDS = {bool: "a boolean: true or false", int: "an integer", float: "a number", str: "text"}
_INTEGER = re.compile(r"[-+]?\d+")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
_TOML_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "a boolean"),
    (int, "a number"),
    (float, "a number"),
    (str, "text"),
    (Mapping, "a table"),
    (list, "a list"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """One key of a table.

    Attributes:
        hint: its type.
        default: what it is if the table leaves it out; :data:`REQUIRED` if it may not.

    """

    hint: Any
    default: Any = REQUIRED


@cache
def parameters(declared: Callable[..., Any]) -> Mapping[str, Parameter]:
    """Return the arguments of a function, a method, a dataclass or another class, without ``self``."""
    function = declared.__init__ if isinstance(declared, type) else declared  # type: ignore[misc]
    # A dataclass's own hints, since those of its generated constructor lack the names of its module.
    hints = get_type_hints(declared if dataclasses.is_dataclass(declared) else function, include_extras=True)
    return {
        name: Parameter(hints.get(name, Any), _default(declared, name, parameter.default))
        for name, parameter in inspect.signature(function).parameters.items()
        if name != "self"
    }


def _default(declared: Callable[..., Any], name: str, default: object) -> object:
    """Return an argument's default; a dataclass hides the results of its factories."""
    if dataclasses.is_dataclass(declared):
        field = next(field for field in dataclasses.fields(declared) if field.name == name)
        if field.default_factory is not dataclasses.MISSING:
            return field.default_factory()
    return default


def below(path: str, key: str) -> str:
    """Return the path of a key in the table at ``path``."""
    return f"{path}.{key}" if path else key


def unknown_key(path: str, key: str, known: Collection[str], noun: str = "key") -> Problem:
    """Return the problem of a key that there is not, with the closest one that there is."""
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    listed = f"Known keys: {', '.join(sorted(known))}." if known else "Remove it."
    return Problem(
        path, f"the {noun} {key!r}", f"there is no such {noun}", f"Did you mean {near[0]!r}?" if near else listed
    )


def is_complete(known: Mapping[str, Parameter], table: Mapping[str, object], arguments: Mapping[str, object]) -> bool:
    """Whether all arguments that a table gives, and all that are required, could be read."""
    return all(key in arguments for key, parameter in known.items() if key in table or parameter.default is REQUIRED)


def _is_quantity(hint: object) -> bool:
    """Whether a type is a quantity, or is read as one: text, and numbers for counts."""
    hints = set(get_args(hint)) or {hint}
    return Quantity in hints and hints <= {Quantity, str, int, float, type(None)}


def _as_reported(value: object) -> str:
    """Return how a report shows a value: a table and a list by their kind, because a secret may be in them."""
    if isinstance(value, Mapping | list):
        return next(name for kind, name in _TOML_KINDS if isinstance(value, kind))
    return _in_toml(value) if isinstance(value, bool | date | time) else repr(value)


def _in_toml(value: object) -> str:
    """Return a plain value as TOML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _instead(hint: object, value: object) -> str:
    """Return what to write in place of a value of the wrong kind."""
    if hint is str and isinstance(value, bool | int | float):
        return f'Write it in quotes: "{_in_toml(value)}".'
    text = value.strip() if isinstance(value, str) else ""
    if (hint is int and _INTEGER.fullmatch(text)) or (hint is float and _NUMBER.fullmatch(text)):
        return f"Write it without quotes: {text}."
    if hint is bool:
        return "Write true or false, without quotes."
    return "Change the value."


class TableReader:
    """Reads values by their types, and keeps what is wrong with them.

    Attributes:
        problems: everything that was wrong so far, each with the path of its key.

    """

    def __init__(
        self, special: Mapping[Any, Callable[[TableReader, object, str], Any]] | None = None, *, judged: bool = True
    ) -> None:
        """Begin without problems.

        Args:
            special: by type, what reads a value of it at a path, and returns :data:`BROKEN` after reporting it.
            judged: whether empty text and quantities of another kind than the default's are refused here; off where
                what is built refuses them itself.

        """
        self.problems: list[Problem] = []
        self._special = special or {}
        self._judged = judged

    def arguments(self, known: Mapping[str, Parameter], table: Mapping[str, object], path: str) -> dict[str, Any]:
        """Return the arguments that a table gives, without those that cannot be read or are missing.

        Args:
            known: the keys that there are.
            table: the table.
            path: the table's path.

        """
        self.problems += [unknown_key(below(path, key), key, known) for key in table if key not in known]
        values: dict[str, Any] = {}
        for key, parameter in known.items():
            if key in table:
                value = self.value(parameter.hint, table[key], below(path, key), parameter.default)
                if value is not BROKEN:
                    values[key] = value
            elif parameter.default is REQUIRED:
                self.problems.append(Problem(below(path, key), "nothing", "this key is required", "Add it."))
        return values

    def build(self, declared: Callable[..., Any], value: object, path: str) -> Any:  # noqa: ANN401
        """Make what a table declares; :data:`BROKEN` if its values cannot be read, or it refuses them."""
        table = self.table(value, path)
        if table is None:
            return BROKEN
        known = parameters(declared)
        arguments = self.arguments(known, table, path)
        if not is_complete(known, table, arguments):
            return BROKEN
        try:
            return declared(**arguments)
        except ConfigurationError as refused:
            self.problems += [problem.within(path) for problem in refused.problems]
            return BROKEN

    def table(self, value: object, path: str) -> Mapping[str, object] | None:
        """Return the value if it is a table; else report it, without repeating what may be a secret."""
        if isinstance(value, Mapping):
            return value
        kind = next((name for kind, name in _TOML_KINDS if isinstance(value, kind)), "a date")
        self.problems.append(Problem(path, kind, "it is a table", "Write it in { }, or below [ ]."))
        return None

    def value(self, hint: Any, value: object, path: str, default: object = REQUIRED) -> Any:  # noqa: ANN401
        """Return a TOML value as an argument of a type. If it does not fit, report it and return :data:`BROKEN`."""
        origin, inner = get_origin(hint), get_args(hint)
        if hint in self._special:
            return self._special[hint](self, value, path)
        if origin is Annotated:
            return self.value(inner[0], value, path, inner[1])
        if _is_quantity(hint):
            return self._quantity(value, path, default)
        if origin is Literal:
            return self._word(value, path, inner)
        if isinstance(hint, type) and issubclass(hint, enum.Enum):
            return self._word(value, path, [member.value for member in hint])
        if dataclasses.is_dataclass(hint):
            return self.build(cast("type[Any]", hint), value, path)
        if origin in (Union, types.UnionType):
            return self._one_of(inner, value, path, default)
        if origin is not None and isinstance(origin, type):
            return self._several(origin, inner, value, path)
        return self._plain(hint, value, path, default)

    def _several(self, origin: type, inner: tuple[Any, ...], value: object, path: str) -> Any:  # noqa: ANN401
        """Return a table by names, a list, or a list of a fixed length."""
        if issubclass(origin, Mapping):
            table = self.table(value, path)
            values = {name: self.value(inner[1], item, below(path, name)) for name, item in (table or {}).items()}
            return BROKEN if table is None or BROKEN in values.values() else values
        if not isinstance(value, list):
            return self._wrong(path, _as_reported(value), "it is a list", "Write it in [ ].", BROKEN)
        fixed = inner if origin is tuple and inner[-1] is not Ellipsis else None
        if fixed is not None and len(value) != len(fixed):
            rule = f"it is a list of {len(fixed)}"
            return self._wrong(path, f"a list of {len(value)}", rule, "Correct the list.", BROKEN)
        hints = fixed or [inner[0]] * len(value)
        items = [
            self.value(hint, item, f"{path}[{at}]") for at, (hint, item) in enumerate(zip(hints, value, strict=True))
        ]
        return BROKEN if BROKEN in items else tuple(items) if origin is tuple else items

    def _one_of(self, hints: Iterable[Any], value: object, path: str, default: object) -> Any:  # noqa: ANN401
        """Return the value as the first type that fits: a plain one, else the one that needs reading."""
        known = [hint for hint in hints if hint is not type(None)]
        words = [hint for hint in known if isinstance(hint, type) and issubclass(hint, enum.Enum)]
        if words or str in known:
            # They are the enumeration's own words, or examples of text.
            known = [str if get_origin(hint) is Literal else hint for hint in known]
        plain = [hint for hint in known if hint in _KINDS]
        if words and str in plain and self._judged:
            return self.value(words[0], value, path, default)
        for hint in plain:
            if type(value) is hint:
                return self._plain(hint, value, path, default)
        rest = [hint for hint in known if hint not in plain and hint not in words]
        return self.value((rest or plain or words)[0], value, path, default)

    def _word(self, value: object, path: str, words: Sequence[str]) -> Any:  # noqa: ANN401
        if value in words:
            return value
        *most, last = map(repr, words)
        rule = f"it is {', '.join(most)} or {last}" if most else f"it is {last}"
        near = difflib.get_close_matches(value, words, n=1) if isinstance(value, str) else []
        return self._wrong(path, _as_reported(value), rule, f"Write {near[0] if near else words[0]!r}.", BROKEN)

    def _plain(self, hint: Any, value: object, path: str, default: object) -> Any:  # noqa: ANN401
        if hint is Any:
            return value
        if isinstance(value, date | time) and hint is str:
            return self._wrong(path, "a date", "it is text", f'Write it in quotes: "{value.isoformat()}".', BROKEN)
        kinds = (int, float) if hint is float else hint
        if not isinstance(value, kinds) or (isinstance(value, bool) and hint is not bool):
            return self._wrong(
                path, _as_reported(value), f"it is {_KINDS.get(hint, 'text')}", _instead(hint, value), BROKEN
            )
        if value == "" and self._judged and not isinstance(default, str):
            return self._wrong(
                path, "empty text", "it is text of 1 character or more", "Write it, or remove it.", BROKEN
            )
        return value

    def _quantity(self, value: object, path: str, like: object) -> Any:  # noqa: ANN401
        """Return a quantity; a number without a unit is a count, where a count is asked for."""
        kind = like if isinstance(like, Quantity) else None
        counts = kind is not None and kind.unit == count(1).unit
        if counts and type(value) is int:
            if self._judged and value < 0:
                return self._wrong(
                    path, repr(value), "a count is greater than or equal to 0", "Write 0 or more.", BROKEN
                )
            return count(value)
        if not isinstance(value, str):
            rule = "it is a count: a number" if counts else "it is text with a unit"
            example = f"{kind}" if counts else f'"{kind or "3 %"}"'
            return self._wrong(path, _as_reported(value), rule, f"Write it as in {example}.", BROKEN)
        try:
            read = parse(value)
        except UnitError as error:
            wrong = [dataclasses.replace(problem, where=path) for problem in error.problems]
        else:
            wrong = list(quantity_problems(path, value, kind)) if kind is not None and self._judged else []
        self.problems += wrong
        return BROKEN if wrong else read

    def _wrong(self, path: str, given: str, rule: str, fix: str, result: Any) -> Any:  # noqa: ANN401
        self.problems.append(Problem(path, given, rule, fix))
        return result
