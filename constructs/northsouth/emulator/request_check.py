"""Checks a request against botocore's own model of a service: its members, types, lengths, ranges, patterns and enums.

Real AWS ignores a member it does not know; here it is refused, because it is a mistake or newer than the model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from moto.core.exceptions import ServiceException

_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
}
_JAVA_SUPPLEMENTARY = "\\uD800\\uDC00-\\uDBFF\\uDFFF"
_SUPPLEMENTARY = "\\U00010000-\\U0010FFFF"
"""The characters beyond 16 bits, as Java's patterns write them, and as Python's do."""


class InvalidRequestError(ServiceException):
    """The refusal AWS gives for a request that its own model does not allow."""

    code = "ValidationException"


def check(shape: Shape | None, parameters: dict[str, Any]) -> None:
    """Refuse a request that does not fit its shape, naming every fault as AWS does.

    Raises:
        InvalidRequestError: it does not fit.

    """
    if shape is None:
        return
    faults = list(_faults(shape, parameters, ""))
    if not faults:
        return
    detected = f"{len(faults)} validation error{'s' if len(faults) > 1 else ''} detected: "
    raise InvalidRequestError(detected + "; ".join(faults))


def _faults(shape: Shape, value: Any, where: str) -> Iterator[str]:
    walker = _WALKERS.get(shape.type_name)
    if walker:
        yield from walker(shape, value, where)
    else:
        yield from _scalar(shape, value, where)


def _structure(shape: StructureShape, value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _fault(value, where, "be a structure")
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield _fault(None, _below(where, name), "not be null")
    for name, member in value.items():
        if name not in shape.members:
            yield _fault(member, _below(where, name), f"be one of the members of {shape.name}")
        elif member is not None:
            yield from _faults(shape.members[name], member, _below(where, name))


def _list(shape: ListShape, value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield _fault(value, where, "be a list")
        return
    yield from _length(shape, value, where)
    for index, member in enumerate(value):
        yield from _faults(shape.member, member, f"{where}.{index + 1}.member")


def _map(shape: MapShape, value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _fault(value, where, "be a map")
        return
    for key, member in value.items():
        yield from _faults(shape.key, key, where)
        yield from _faults(shape.value, member, f"{where}.{key}")


def _scalar(shape: Shape, value: Any, where: str) -> Iterator[str]:
    types = _SCALARS.get(shape.type_name)
    if types and (not isinstance(value, types) or (isinstance(value, bool) and bool not in types)):
        yield _fault(value, where, f"be of type {shape.type_name}")
        return
    allowed = shape.metadata.get("enum", [])
    if allowed and value not in allowed:
        yield _fault(value, where, f"satisfy enum value set: [{', '.join(allowed)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern.replace(_JAVA_SUPPLEMENTARY, _SUPPLEMENTARY), value):
        yield _fault(value, where, f"satisfy regular expression pattern: {pattern}")
    yield from _length(shape, value, where)


def _length(shape: Shape, value: Any, where: str) -> Iterator[str]:
    number = isinstance(value, int | float)
    size, noun = (value, "value") if number else (len(value), "length")
    if "min" in shape.metadata and size < shape.metadata["min"]:
        yield _fault(value, where, f"have {noun} greater than or equal to {shape.metadata['min']}")
    if "max" in shape.metadata and size > shape.metadata["max"]:
        yield _fault(value, where, f"have {noun} less than or equal to {shape.metadata['max']}")


def _below(where: str, name: str) -> str:
    member = name[0].lower() + name[1:]
    return f"{where}.{member}" if where else member


def _fault(value: Any, where: str, constraint: str) -> str:
    given = "null" if value is None else f"'{value}'"
    return f"Value {given} at '{where}' failed to satisfy constraint: Member must {constraint}"


_WALKERS: dict[str, Callable[[Any, Any, str], Iterator[str]]] = {"structure": _structure, "list": _list, "map": _map}
