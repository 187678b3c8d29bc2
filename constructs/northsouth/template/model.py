"""The values a template is made of, and the limits that keep a hostile document from hurting its reader."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, TypeAlias

from northsouth.template.expressions import Reference

Value: TypeAlias = "bool | int | float | str | tuple[Value, ...] | Mapping[str, Value] | None"
"""Any JSON value, frozen: arrays are tuples, objects are read-only mappings."""

MAX_BYTES = 256 * 1024 * 1024
"""Largest document that is read: ten times the plan of a stack with 10,000 resources."""

MAX_DEPTH = 100
"""Deepest nesting of arrays, objects and modules that is read; Terraform's own schemas stay below 20."""

MAX_RESOURCES = 200_000
"""Most resource instances in one document."""

EMPTY: Mapping[str, Value] = MappingProxyType({})


class TemplateError(ValueError):
    """A document that is not Terraform JSON, or not of a shape Terraform writes; the message is one line."""


class Kind(StrEnum):
    """Where a document comes from."""

    SYNTHESIZED = "synthesized"
    PLAN = "plan"
    STATE = "state"


class Mode(StrEnum):
    """Whether Terraform manages a resource or only reads it."""

    MANAGED = "managed"
    DATA = "data"


ModeName = Literal["managed", "data"]
"""The word of a :class:`Mode`, which stands for it."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One instance of a resource or data source.

    Attributes:
        address: Terraform's address: ``aws_vpc.main``, ``module.hub["eu"].data.aws_vpc.main[0]``. A deposed object has
            its key in it, as Terraform shows it: ``aws_vpc.main (deposed object a1b2c3d4)``.
        mode: managed, or data (only read).
        type: the resource type, such as ``aws_vpc``.
        name: the name of its block.
        index: the key of a ``for_each`` instance, the number of a ``count`` instance, or None.
        module: the address of the module instance it stands in; empty in the root module.
        values: its arguments and attributes. Of a plan, only those already known.
        unknown: the top-level attributes of a planned resource that are, in whole or part, known only after apply.
        repeated: True for a synthesized block whose ``count`` or ``for_each`` is an expression: one block stands for
            instances that only Terraform can number.
        deposed: the key of a deposed object: a failed ``create_before_destroy`` left it behind, it exists beside the
            resource of the same address, and the next apply destroys it. Empty for all others.

    """

    address: str
    mode: Mode
    type: str
    name: str
    index: str | int | None = None
    module: str = ""
    values: Mapping[str, Value] = field(default_factory=lambda: EMPTY, hash=False)
    unknown: frozenset[str] = frozenset()
    repeated: bool = False
    deposed: str = ""

    @property
    def block(self) -> str:
        """The address without module and index, as written in an expression beside it."""
        prefix = "data." if self.mode is Mode.DATA else ""
        return f"{prefix}{self.type}.{self.name}"

    def __str__(self) -> str:
        return self.address


@dataclass(frozen=True, slots=True)
class Link:
    """One reference in a resource, and where it leads.

    Attributes:
        path: the attribute that holds it: ``vpc_id``, ``tags.Name``, ``ingress[0].cidr_blocks[1]``.
        reference: what was written.
        targets: the resources it leads to, also through locals, variables and module outputs. Empty if it leads out of
            the document; several if it names a block with ``count`` or ``for_each`` as a whole.

    """

    path: str
    reference: Reference
    targets: tuple[Resource, ...]


def object_address(address: str, deposed: str) -> str:
    """Return the address of one object, as Terraform shows it: of a deposed one with its key."""
    return f"{address} (deposed object {deposed})" if deposed else address


def freeze(value: object, source: str, depth: int = 0) -> Value:
    """Return a decoded JSON value with arrays as tuples and objects as read-only mappings.

    Raises:
        TemplateError: if it nests deeper than ``MAX_DEPTH`` or holds something that is not JSON.

    """
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if depth >= MAX_DEPTH:
        raise TemplateError(f"{source}: nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        return MappingProxyType({str(key): freeze(item, source, depth + 1) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return tuple(freeze(item, source, depth + 1) for item in value)
    raise TemplateError(f"{source}: {type(value).__name__} is not a JSON value")


def join(path: str, step: str | int) -> str:
    """Return the path of a member of the value at ``path``."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{step}" if path else step


def bracketed(key: str | int) -> str:
    """Return a key as Terraform writes it after an address: ``["a"]``, ``[0]``."""
    return f"[{json.dumps(key, ensure_ascii=False)}]"


def below(path: str, prefix: str) -> bool:
    """Tell whether ``path`` is ``prefix`` or lies inside it."""
    return not prefix or path == prefix or path.startswith((f"{prefix}.", f"{prefix}["))


def top(path: str) -> str:
    """Return the attribute that a path begins with."""
    return path.partition(".")[0].partition("[")[0]


def strings(value: Value, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each string of a value with its path; keys of objects are not values."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for position, item in enumerate(value):
            yield from strings(item, join(path, position))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from strings(item, join(path, key))
