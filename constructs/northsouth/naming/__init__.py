"""Names in place of those that a construct gives; pure.

A construct makes the names of its objects from its own name. What exists already has other names, and AWS renames few
kinds of objects: Terraform would destroy them. So each construct takes the names to use instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TypeAlias

from northsouth.errors import Problem
from northsouth.tokens import is_token

Names: TypeAlias = Mapping[str, Mapping[str, str]]
"""By resource type and the name that a construct would give: the name to give instead."""


class Naming:
    """The names of one construct."""

    def __init__(self, names: Names | None = None) -> None:
        """Take the names that are to be used instead."""
        self._names = names or {}
        self._asked: dict[str, dict[str, None]] = {}

    def name(self, type: str, default: str) -> str:
        """Return the name of an object.

        Args:
            type: its resource type.
            default: the name that the construct would give it.

        """
        self._asked.setdefault(type, {})[default] = None
        return self._names.get(type, {}).get(default, default)

    def tags(self, type: str, default: str, more: Mapping[str, str]) -> dict[str, str]:
        """Return the tags of an object whose name is its tag ``Name``; for an empty name there is no such tag."""
        name = self.name(type, default)
        return {"Name": name, **more} if name else dict(more)

    def renames(self, type: str) -> bool:
        """Tell whether an object of a type has another name than the construct would give."""
        return bool(self._names.get(type))

    def unknown(self) -> Iterator[Problem]:
        """Yield the names for which the construct, when all is declared, has no object."""
        for kind, names in self._names.items():
            known = [name for name in self._asked.get(kind, ()) if not is_token(name)]
            if not self._asked.get(kind):
                types = ", ".join(self._asked) or "no type"
                yield Problem("names", repr(kind), f"a resource type that is named here: {types}", "Use one of these.")
                continue
            for default in names:
                if default not in known:
                    close = get_close_matches(default, known, n=1) or known[:1]
                    yield Problem(
                        f'names["{kind}"]',
                        repr(default),
                        f"a name that would be given: {', '.join(map(repr, known[:8]))}",
                        f"Write {close[0]!r}." if close else "Remove it.",
                    )
