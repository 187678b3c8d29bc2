"""A declared state in sections, each for a file of its own, and back; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

OTHER = "other"
"""The section of every block that no other section names."""

_ROOTS = {"resource": "", "data": "data.", "output": "output.", "locals": "local.", "variable": "var."}
_ROOTS |= {"module": "module.", "provider": "provider."}
_TYPED = ("resource", "data")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")

Path = tuple[str, ...]


def split(state: Mapping[str, Any], sections: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Any]]:
    """Return the blocks of a declared state by section. A section without blocks is empty; none is left out.

    Args:
        state: a declared state (`northsouth.comparison.declared_state`).
        sections: patterns of addresses for each section, such as ``{"nat": ["*.nat_*", "output.nat_*"]}``. ``*`` stands
            for any text. A block belongs to the first section that has a matching pattern; without one, to ``other``.

    Raises:
        ValueError: if a section's name does not fit into a file's name, or is ``other``.
        TypeError: if the patterns of a section are a single text.

    """
    for name, patterns in sections.items():
        if not _NAME.fullmatch(name) or name == OTHER:
            raise ValueError(
                f"sections: the name {name!r} is not allowed; use lower-case letters, digits, - and _ "
                f"(not {OTHER!r}, which takes every block that no section names)"
            )
        if isinstance(patterns, str):
            raise TypeError(f"sections[{name!r}] is the text {patterns!r}; write a list: [{patterns!r}]")
    parts: dict[str, dict[str, Any]] = {name: {} for name in [*sections, OTHER]}
    for address, path, block in _blocks(state):
        named = (
            name for name, patterns in sections.items() if any(fnmatchcase(address, pattern) for pattern in patterns)
        )
        target = parts[next(named, OTHER)]
        for key in path[:-1]:
            target = target.setdefault(key, {})
        target[path[-1]] = block
    return parts


def join(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the declared state that was split into parts."""
    document: dict[str, Any] = {}
    for part in parts:
        _merge(document, part)
    return document


def _merge(document: dict[str, Any], part: Mapping[str, Any]) -> None:
    for key, value in part.items():
        if isinstance(value, Mapping):
            _merge(document.setdefault(key, {}), value)
        else:
            document[key] = value


def _blocks(state: Mapping[str, Any]) -> Iterator[tuple[str, Path, Any]]:
    """Yield each block with its address and its path of keys; what has no address has the key's name as one."""
    for key, value in state.items():
        if key not in _ROOTS or not isinstance(value, Mapping) or not value:
            yield key, (key,), value
            continue
        for first, inner in value.items():
            if key in _TYPED and isinstance(inner, Mapping) and inner:
                yield from ((f"{_ROOTS[key]}{first}.{name}", (key, first, name), body) for name, body in inner.items())
            else:
                yield f"{_ROOTS[key]}{first}", (key, first), inner
