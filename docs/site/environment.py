"""The reference of environment files: keys and types from what reads them, meanings from docstrings and the example."""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import griffe

from northsouth.alerts import mutes, packs
from northsouth.alerts.routes.receivers import KINDS, kind
from northsouth.alerts.tables import REQUIRED, Parameter, parameters
from northsouth.metrics.units import Quantity
from northsouth.stacks.alarm_tables import ALARM_TABLES, AlertsSection, mute_keys
from northsouth.stacks.settings import Environment

_ABOUT = (
    "Every key that `northsouth synth` reads. The file [environments/example.toml](../environments/example.toml) has "
    "all of them, with an explanation of each."
)
_TABLE = re.compile(r"\[+([\w.\-\"]+)\]+")
_KEY = re.compile(r"([\w-]+) = ")
_PLAIN = {str: "text", int: "number", float: "number", bool: "true or false"}


def environment_page(root: Path) -> str:
    """Return the page.

    Args:
        root: the repository.

    """
    meanings = dict(_comments((root / "environments" / "example.toml").read_text(encoding="utf-8")))
    lines = [
        "# Environment files",
        "",
        _ABOUT,
        "",
    ]
    for name, parameter in parameters(Environment).items():
        section = _dataclass_in(parameter.hint)
        if section is AlertsSection:
            lines += _alerts()
        elif section is not None:
            lines += _section(name, section, meanings)
    return "\n".join(lines)


def _comments(text: str) -> Iterator[tuple[str, str]]:
    """Yield each key's path with the comment right above it."""
    table, comment = "", []
    for line in text.splitlines():
        if line.startswith("# "):
            # Indented lines are examples.
            comment += [] if line.startswith("#   ") else [line[2:].strip()]
            continue
        if match := _TABLE.fullmatch(line.strip()):
            table = match[1]
            yield table, " ".join(comment)
        elif match := _KEY.match(line):
            yield f"{table}.{match[1]}", " ".join(comment)
        comment = []


def _section(path: str, section: type[Any], meanings: Mapping[str, str]) -> Iterator[str]:
    known = parameters(section)
    below = {name: inner for name, each in known.items() if (inner := _dataclass_in(each.hint)) is not None}
    yield f"## [{path}]"
    yield ""
    yield _plain_text(meanings.get(path) or _first_line(section))
    yield ""
    yield from _table({key: each for key, each in known.items() if key not in below}, path, meanings)
    for name, inner in below.items():
        repeated = get_origin(known[name].hint) is not None and _is_mapping(known[name].hint)
        yield from _section(f"{path}.{name}{'.NAME' if repeated else ''}", inner, meanings)


def _table(known: Mapping[str, Parameter], path: str, meanings: Mapping[str, str]) -> Iterator[str]:
    if not known:
        return
    yield "| key | value | default | meaning |"
    yield "|---|---|---|---|"
    for key, each in known.items():
        meaning = _plain_text(meanings.get(f"{path}.{key}") or meanings.get(key, ""))
        yield f"| `{key}` | {_kind(each.hint)} | {_default(each.default)} | {meaning} |"
    yield ""


def _alerts() -> Iterator[str]:
    yield "## [alerts]"
    yield ""
    yield "| key | value | default | meaning |"
    yield "|---|---|---|---|"
    yield "| `runbook` | text | required | the page that says what to do; each pack's page is below it |"
    minutes = parameters(AlertsSection)["quiet_start_minutes"].default
    yield f"| `quiet_start_minutes` | number | `{minutes}` | how long a new alarm without good data stays quiet |"
    yield ""
    yield "## [alerts.mutes.NAME]"
    yield ""
    yield _plain_text(_first_line(mutes.MuteRule))
    yield ""
    yield from _table(mute_keys(), "", _meanings(mutes.MuteRule.__init__))
    for name in KINDS:
        receiver = kind(name)
        yield f"## [alerts.routes.{name}.NAME]"
        yield ""
        yield _plain_text(_first_line(receiver))
        yield ""
        severities = {"severities": Parameter(list[str])}
        own = {key: each for key, each in parameters(receiver).items() if key != "name"}
        yield from _table({**severities, **own}, "", _meanings(receiver))
    for key, spec in ALARM_TABLES.items():
        yield f"## [alerts.{key}{'.NAME' if spec.by_name else ''}]"
        yield ""
        yield from _table(spec.constructor(), "", _meanings(getattr(packs, spec.packs[0]).__init__))
        for alarm, (method, arguments) in spec.alarms().items():
            function = next(
                getattr(getattr(packs, each), method) for each in spec.packs if hasattr(getattr(packs, each), method)
            )
            yield f"### {alarm}"
            yield ""
            yield _plain_text(_first_line(function))
            yield ""
            yield from _table(arguments, "", _meanings(function))


def _meanings(declared: Callable[..., Any]) -> dict[str, str]:
    """Return what a docstring says of each argument or attribute."""
    text = inspect.getdoc(declared)
    if text is None:
        return {}
    wanted = (griffe.DocstringSectionKind.parameters, griffe.DocstringSectionKind.attributes)
    sections = griffe.Docstring(text).parse("google", warnings=False)
    return {
        each.name: " ".join(each.description.split()) for part in sections if part.kind in wanted for each in part.value
    }


def _first_line(declared: Any) -> str:  # noqa: ANN401 - a class or a function
    return (inspect.getdoc(declared) or "").partition("\n")[0]


def _dataclass_in(hint: Any) -> type[Any] | None:  # noqa: ANN401 - any type
    """Return the section that a field holds: itself, one or none, or one for each name."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type) and hint.__module__.startswith("northsouth.stacks"):
        return hint
    return next((nested for each in get_args(hint) if (nested := _dataclass_in(each)) is not None), None)


def _is_mapping(hint: Any) -> bool:  # noqa: ANN401 - any type
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return any(map(_is_mapping, get_args(hint)))
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _kind(hint: Any) -> str:  # noqa: ANN401 - any type
    """Return in words what a value of a type is in TOML."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if hint is Quantity or origin is Annotated:
        return f'text with a unit, as in "{inner[1]}"' if inner else "text with a unit"
    if origin is Literal:
        return " or ".join(f'`"{each}"`' for each in inner)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return " or ".join(f'`"{each.value}"`' for each in hint)
    if origin in (Union, types.UnionType):
        kinds = dict.fromkeys(_kind(each) for each in inner if each is not type(None))
        return " or ".join(kinds)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"table: by name, {_kind(inner[1])}"
    if isinstance(origin, type):
        return f"list of {_kind(inner[0])}"
    return f"table (`{getattr(hint, '__name__', 'value')}`)"


def _default(value: object) -> str:
    if value is REQUIRED:
        return "required"
    if value is None:
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, Quantity | str):
        return f'`"{value}"`'
    if isinstance(value, Enum):
        return f'`"{value.value}"`'
    return (
        f"`{value}`"
        if isinstance(value, int | float)
        else ""
        if not value
        else f"`{list(value)}`"
        if isinstance(value, list | tuple)
        else ""
    )


def _plain_text(text: str) -> str:
    text = re.sub(r":\w+:`~?(?:[\w.]+\.)?([\w ]+?)`", r"`\1`", text)
    return re.sub(r"``([^`]*)``", r"`\1`", text).replace("|", "\\|").replace("<", "&lt;")
