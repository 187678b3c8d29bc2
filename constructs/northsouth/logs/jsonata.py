"""Text with holes: SQL and S3 addresses that Step Functions fills in with JSONata when it runs.

Only the window of time changes in the SQL of an archival run. The SQL is therefore a tuple of literal text and
:class:`Var`. The state machine gets it as a JSONata expression. Tests, named queries and benchmarks get it as plain
text. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Var:
    """A hole, named by the JSONata expression that fills it: ``$window.day``."""

    expression: str


Interpolated = tuple[str | Var, ...]
"""Literal text and holes, in order."""


def literal(text: str) -> str:
    """Return ``text`` as a JSONata string literal; JSONata's escapes are JSON's."""
    return json.dumps(text, ensure_ascii=False)


def concatenation(text: Interpolated) -> str:
    """Return the JSONata code that puts ``text`` together (JSONata's ``&`` joins strings)."""
    parts = [part.expression if isinstance(part, Var) else literal(part) for part in merged(text)]
    return " & ".join(parts) if parts else literal("")


def expression(code: str) -> str:
    """Wrap JSONata code the way Amazon States Language marks it."""
    return f"{{% {code} %}}"


def one_line(code: str) -> str:
    """Return code of several lines as an expression of one; not every reader of definitions takes line breaks."""
    return expression(" ".join(line.strip() for line in code.strip().splitlines()))


def filled(text: Interpolated, value: Callable[[Var], str]) -> str:
    """Return plain text: every hole replaced by ``value(hole)``."""
    return "".join(value(part) if isinstance(part, Var) else part for part in text)


def merged(text: Interpolated) -> Interpolated:
    """Return the same text with neighbouring literals made one."""
    parts: list[str | Var] = []
    for part in text:
        last = parts[-1] if parts else None
        if isinstance(part, str) and isinstance(last, str):
            parts[-1] = last + part
        else:
            parts.append(part)
    return tuple(parts)
