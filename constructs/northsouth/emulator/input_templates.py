"""Input templates of EventBridge pipes and rules, filled in as EventBridge documents it.

Sources: eb-pipes-input-transformation (P) and eb-transform-target-input (R) of the EventBridge user guide.

- ``<$.body.key>`` is a path into the event, whose SQS ``body`` is parsed if it is JSON (P, "Implicit body data
  parsing"); ``<name>`` is a variable of a rule's ``InputPathsMap`` (R).
- A path that leads nowhere gives nothing (P, R, "Common issues").
- A bare string gets quotes, one inside a string gets none (P).
- An object or a list inside a string loses its quotes (P).
- Values are not escaped (P, R). That they are is said nowhere, but ``escape`` tries it too: what is sent must be right
  either way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_HOLE = re.compile(r"<(\$\.[^<>\s]+|[A-Za-z0-9_-]+)>")


def of_message(message_id: str, body: str, attributes: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the event that a pipe makes of an SQS message."""
    return {"messageId": message_id, "body": _parsed(body), "attributes": dict(attributes or {})}


def fill_pipe(template: str, event: Mapping[str, Any], *, escape: bool = False) -> str:
    """Fill the template of a pipe."""
    return _fill(template, lambda hole: at(event, hole), escape=escape)


def fill_rule(template: str, paths: Mapping[str, str], event: Mapping[str, Any], *, escape: bool = False) -> str:
    """Fill the template of a rule."""
    values = {name: at(event, path) for name, path in paths.items()}
    return _fill(template, values.get, escape=escape)


def at(event: Mapping[str, Any], path: str) -> Any:
    """Return what is at a path, or nothing."""
    value: Any = event
    for part in path.removeprefix("$.").split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body


def _fill(template: str, value_of: Any, *, escape: bool) -> str:
    pieces: list[str] = []
    end, quoted = 0, False
    for hole in _HOLE.finditer(template):
        literal = template[end : hole.start()]
        quoted = _inside_string(literal, quoted=quoted)
        pieces += [literal, _written(value_of(hole.group(1)), quoted=quoted, escape=escape)]
        end = hole.end()
    return "".join([*pieces, template[end:]])


def _inside_string(literal: str, *, quoted: bool) -> bool:
    for quote in re.findall(r'\\.|"', literal):
        quoted ^= quote == '"'
    return quoted


def _written(value: Any, *, quoted: bool, escape: bool) -> str:
    if value is None:
        return "" if quoted else '""'
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)[1:-1] if escape else value
        return text if quoted else f'"{text}"'
    text = json.dumps(value)
    return text.replace('"', "") if quoted else text
