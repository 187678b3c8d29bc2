"""Changed types of an index's fields; pure.

An index keeps the types with which it was made. A changed template makes the next index differ from those before it:
searches over both fail or leave out shards, and the archive's stored rows keep the old type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from northsouth.comparison.column_types import is_readable
from northsouth.logs.index_template import IndexTemplate, objects_of
from northsouth.logs.index_types import FIELD_TYPES

_OBJECT = "an object with fields"


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field that had another type.

    Attributes:
        name: the field.
        before: its type in what is stored.
        after: its type in the list.

    """

    name: str
    before: str
    after: str

    def __str__(self) -> str:
        return f'{self.name}: "{self.before}" → "{self.after}"'


def changed_fields(stored: object, template: IndexTemplate) -> tuple[ChangedField, ...]:
    """Return the fields whose type in a list differs from what is stored, by name.

    A type of the same family is no change, if the archive's column stays readable: ``integer`` may become ``long``,
    ``float`` may become ``double``, ``keyword`` may become ``wildcard``.

    Args:
        stored: decoded JSON: a template's body, or an answer of ``GET _index_template/<name>``, ``GET <index>`` or
            ``GET <index>/_mapping``.
        template: the list.

    Raises:
        ValueError: if it is none of these.

    """
    mappings = list(_mappings(stored))
    if not mappings:
        raise ValueError("no index template, and no answer of GET _index_template/<name> or GET <index>/_mapping")
    after: dict[str, str] = {name: template.declared(name).type for name in template.fields}
    after |= dict.fromkeys(objects_of(template), _OBJECT)
    before = {(name, kind) for mapping in mappings for name, kind in _types(mapping, "")}
    return tuple(
        ChangedField(name, kind, after[name])
        for name, kind in sorted(before)
        if name in after and not _is_alike(kind, after[name])
    )


def _is_alike(before: str, after: str) -> bool:
    if before == after:
        return True
    old, new = FIELD_TYPES.get(before), FIELD_TYPES.get(after)
    return old is not None and new is not None and old.family == new.family and is_readable(old.column, new.column)


def _mappings(stored: object) -> Iterator[Mapping[str, object]]:
    if not isinstance(stored, Mapping):
        return
    listed = stored.get("index_templates")
    if isinstance(listed, list):
        for entry in listed:
            yield from _mappings(entry.get("index_template") if isinstance(entry, Mapping) else None)
        return
    if "index_patterns" in stored:
        inner = stored.get("template")
        yield from _mapping_of(inner if isinstance(inner, Mapping) else {})
        return
    for entry in stored.values():
        if isinstance(entry, Mapping) and "mappings" in entry:
            yield from _mapping_of(entry)


def _mapping_of(holder: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    mappings = holder.get("mappings")
    yield mappings if isinstance(mappings, Mapping) else {}


def _types(mapping: Mapping[str, object], path: str) -> Iterator[tuple[str, str]]:
    properties = mapping.get("properties")
    for key, field in properties.items() if isinstance(properties, Mapping) else ():
        if not isinstance(field, Mapping):
            continue
        if "properties" in field:
            yield f"{path}{key}", _OBJECT if field.get("type", "object") == "object" else str(field["type"])
            yield from _types(field, f"{path}{key}.")
        else:
            yield f"{path}{key}", str(field.get("type", "object"))
