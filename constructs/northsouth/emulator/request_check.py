"""Checks a request against botocore's own model of a service: its members, types, lengths, ranges, patterns and enums.

Real AWS ignores a member it does not know; here it is refused, because it is a mistake or newer than the model.
"""

from __future__ import annotations

import re
import warnings
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import regex
from botocore.model import ListShape, MapShape, Shape, StructureShape
from moto.core.exceptions import ServiceException
from moto.core.model import OperationModel, ServiceModel

_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "blob": (str, bytes),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
}
_CODES = {"athena": "InvalidRequestException", "logs": "InvalidParameterException", "sqs": "InvalidParameterValue"}
"""Services that do not say ``ValidationException``, or ``ValidationError`` if they ever spoke the query protocol."""

_JAVA = {
    # A pair of surrogates is one character in Java's UTF-16 and none in Python's strings.
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010FFFF",
    r"\p{all}": r"\p{Any}",
    r"\p{LD}": r"\p{L}\p{Nd}",
    r"{11}{0,1011}": r"{11,1022}",
}
"""What Java's regular expressions have and Python's library ``regex`` lacks, with what means the same there."""

_CODE_POINT = re.compile(r"\\x\{([0-9A-Fa-f]+)\}")


@dataclass(frozen=True)
class Fault:
    """One member of a request that does not fit its shape.

    Attributes:
        kind: ``missing``, ``unknown`` or ``invalid``.
        where: the member's path: ``tags.1.member.key``.
        value: what it was.
        constraint: what it must do.

    """

    kind: str
    where: str
    value: Any
    constraint: str

    def __str__(self) -> str:
        """Return it as most services write it."""
        value = "null" if self.value is None else f"'{self.value}'"
        return f"Value {value} at '{self.where}' failed to satisfy constraint: Member must {self.constraint}"


class InvalidRequestError(ServiceException):
    """The refusal AWS gives for a request that its own model does not allow."""


def check(operation: OperationModel, parameters: dict[str, Any]) -> None:
    """Refuse a request that does not fit its shape, naming every fault as AWS does.

    Args:
        operation: botocore's model of the operation.
        parameters: the request's parameters by the model's names.

    Raises:
        InvalidRequestError: it does not fit.

    """
    shape = operation.input_shape
    if shape is not None and (faults := list(_faults(shape, parameters, ""))):
        raise InvalidRequestError(*_worded(operation.service_model, faults))


def _worded(model: ServiceModel, faults: list[Fault]) -> tuple[str, str]:
    """Return code and message. EC2 names one fault (its API reference, "Error codes"), S3 none in a body."""
    service = model.service_name
    if service == "ec2":
        first = faults[0]
        name = ".".join(part[:1].upper() + part[1:] for part in first.where.split(".") if part != "member")
        return {
            "missing": ("MissingParameter", f"The request must contain the parameter {name}"),
            "unknown": ("UnknownParameter", f"The parameter {name} is not recognized"),
            "invalid": (
                "InvalidParameterValue",
                f"Value ({first.value}) for parameter {name} is invalid. It must {first.constraint}",
            ),
        }[first.kind]
    if service == "s3":
        return (
            "MalformedXML",
            f"The XML you provided was not well-formed or did not validate against our published schema: {faults[0]}",
        )
    began_with_query = "query" in (model.protocol, *model.metadata.get("protocols", ()))
    code = _CODES.get(service, "ValidationError" if began_with_query else "ValidationException")
    detected = f"{len(faults)} validation error{'s' if len(faults) > 1 else ''} detected: "
    return code, detected + "; ".join(map(str, faults))


def _faults(shape: Shape, value: Any, where: str) -> Iterator[Fault]:
    walker = _WALKERS.get(shape.type_name)
    if walker:
        yield from walker(shape, value, where)
    else:
        yield from _scalar(shape, value, where)


_UNLISTED = {"ConnectionPropertyKey": ("SparkProperties",)}
"""By type, values that a service takes and its model does not list: Glue's connections for Spark, which its page on
OpenSearch describes and Terraform's provider declares."""


def _structure(shape: StructureShape, value: Any, where: str) -> Iterator[Fault]:
    if shape.is_document_type:
        return
    if not isinstance(value, dict):
        yield Fault("invalid", where, value, "be a structure")
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield Fault("missing", _below(where, name), None, "not be null")
    for name, member in value.items():
        if name not in shape.members:
            yield Fault("unknown", _below(where, name), member, f"be one of the members of {shape.name}")
        elif member is not None:
            yield from _faults(shape.members[name], member, _below(where, name))


def _list(shape: ListShape, value: Any, where: str) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield Fault("invalid", where, value, "be a list")
        return
    yield from _length(shape, value, where)
    for index, member in enumerate(value):
        yield from _faults(shape.member, member, f"{where}.{index + 1}.member")


def _map(shape: MapShape, value: Any, where: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault("invalid", where, value, "be a map")
        return
    yield from _length(shape, value, where)
    for key, member in value.items():
        yield from _faults(shape.key, key, where)
        yield from _faults(shape.value, member, f"{where}.{key}")


def _scalar(shape: Shape, value: Any, where: str) -> Iterator[Fault]:
    types = _SCALARS.get(shape.type_name)
    if types and (not isinstance(value, types) or (isinstance(value, bool) and bool not in types)):
        yield Fault("invalid", where, value, f"be of type {shape.type_name}")
        return
    allowed = [*shape.metadata.get("enum", []), *_UNLISTED.get(shape.name, ())]
    if allowed and value not in allowed:
        yield Fault("invalid", where, value, f"satisfy enum value set: [{', '.join(allowed)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not compiled(pattern).fullmatch(value):
        yield Fault("invalid", where, value, f"satisfy regular expression pattern: {pattern}")
    if shape.metadata.keys() & {"min", "max"} and types:
        yield from _length(shape, _bytes(value) if shape.type_name == "blob" else value, where)


def _bytes(value: str | bytes) -> bytes:
    return b64decode(value) if isinstance(value, str) else value


def _length(shape: Shape, value: Any, where: str) -> Iterator[Fault]:
    number = isinstance(value, int | float)
    size, noun = (value, "value") if number else (len(value), "length")
    if "min" in shape.metadata and size < shape.metadata["min"]:
        yield Fault("invalid", where, value, f"have {noun} greater than or equal to {shape.metadata['min']}")
    if "max" in shape.metadata and size > shape.metadata["max"]:
        yield Fault("invalid", where, value, f"have {noun} less than or equal to {shape.metadata['max']}")


@cache
def compiled(pattern: str) -> Any:
    r"""Compile a pattern of AWS's models, which are Java's: ``\w`` and ``\d`` are ASCII, ``\p{L}`` is any letter.

    Python's own ``re`` takes most; about 180 of the 4,900 need the library ``regex`` and a few words in its spelling.

    Raises:
        regex.error: it is no regular expression.

    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile(pattern, re.ASCII)
    except re.error:
        for java, here in _JAVA.items():
            pattern = pattern.replace(java, here)
        pattern = _CODE_POINT.sub(lambda match: f"\\U{int(match[1], 16):08x}", pattern)
        return regex.compile(pattern, regex.VERSION1 if "&&" in pattern else regex.VERSION0)


def _below(where: str, name: str) -> str:
    member = name[0].lower() + name[1:]
    return f"{where}.{member}" if where else member


_WALKERS: dict[str, Callable[[Any, Any, str], Iterator[Fault]]] = {"structure": _structure, "list": _list, "map": _map}
