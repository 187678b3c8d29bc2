"""Whether documents fit an index template: the index takes them whole, and the archive reads every value; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from northsouth.logs.index_template import IndexTemplate, objects_of, time_keys
from northsouth.logs.index_types import DATES, is_time

_LONGEST_SHOWN = 60
_REFUSED = "The index refuses the document."
_LEFT_OUT = "The index leaves the value out (_ignored)."
_NOT_READ = "The archive would not find the value."


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a document does not fit.

    Attributes:
        field: the field, with dots between objects.
        reason: what it holds, what the list says, and what would become of it.

    """

    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"


def misfits(template: IndexTemplate, document: object) -> Iterator[Misfit]:
    """Yield where a document does not fit.

    Args:
        template: the list of fields.
        document: a decoded JSON value. Of a hit of a search, its ``_source`` is the document.

    """
    if isinstance(document, Mapping) and "_source" in document and "_index" in document:
        document = document["_source"]
    if not isinstance(document, Mapping):
        yield Misfit("the document", f"{_excerpt(document)} is no object. {_REFUSED}")
        return
    yield from _object(template, document, "", objects_of(template))
    if _at(document, template.time_field) is None:
        yield Misfit(
            template.time_field, "is missing. No window of time has the document, so the archive never has it."
        )


def _object(template: IndexTemplate, document: Mapping[str, object], path: str, objects: set[str]) -> Iterator[Misfit]:
    for key, value in document.items():
        name = f"{path}{key}"
        if "." in key:
            yield Misfit(name, f"has a dot in its name. {_NOT_READ} Write an object: {_nested(key)}.")
        elif name in template.fields:
            yield from _value(template, name, value)
        elif name in objects:
            yield from _inside(template, name, value, objects)
        elif template.dynamic == "strict":
            yield Misfit(name, f"is not in the list of fields. {_REFUSED} Add it, or remove it in Logstash.")


def _inside(template: IndexTemplate, name: str, value: object, objects: set[str]) -> Iterator[Misfit]:
    if isinstance(value, Mapping):
        yield from _object(template, value, f"{name}.", objects)
    elif isinstance(value, list):
        yield Misfit(name, f"is a list, and the list of fields has an object. {_NOT_READ}")
    elif value is not None:
        yield Misfit(name, f"{_excerpt(value)} is a value, and the list of fields has an object. {_REFUSED}")


def _value(template: IndexTemplate, name: str, value: object) -> Iterator[Misfit]:
    kind, declared = template.type_of(name), template.declared(name)
    if declared.type == "object":
        return
    if isinstance(value, list) and not declared.many:
        yield Misfit(name, "is a list, and the list of fields has one value. Write IndexField(type=…, many=True).")
        return
    for item in _single(value):
        if isinstance(item, Mapping) and not kind.keeps_objects:
            yield Misfit(name, f"is an object, and the list of fields has {declared.type}. {_REFUSED}")
        elif not _fits(template, name, item):
            takes = _takes(template) if declared.type in DATES else kind.takes
            reason = f"{_excerpt(item)} is no value of {declared.type}, which takes {takes}."
            refused = name == template.time_field or kind.keeps_objects
            yield Misfit(name, f"{reason} {_REFUSED if refused else _LEFT_OUT}")


def _fits(template: IndexTemplate, name: str, value: object) -> bool:
    if template.declared(name).type in DATES:
        return is_time(value, time_keys(template.times))
    return template.type_of(name).fits(value)


def _takes(template: IndexTemplate) -> str:
    forms = {
        "iso": "a time such as 2026-11-27T09:02:00Z",
        "epoch s": "seconds since 1970",
        "epoch ms": "milliseconds since 1970",
    }
    return " or ".join(forms[key] for key in time_keys(template.times))


def _single(value: object) -> Iterator[object]:
    """Yield the values of a field: an index takes lists of lists as one list, and null as no value."""
    if isinstance(value, list):
        for item in value:
            yield from _single(item)
    elif value is not None:
        yield value


def _at(document: Mapping[str, object], name: str) -> object:
    value: object = document
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _nested(key: str) -> str:
    first, _, rest = key.partition(".")
    return f'{{"{first}": {{"{rest}": …}}}}'


def _excerpt(value: object) -> str:
    text = "null" if value is None else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}… ({len(text):,} characters)"
