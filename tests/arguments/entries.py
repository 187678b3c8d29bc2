"""How a table says that an argument reaches the JSON: what to declare, and what to give each argument instead.

One file of this package for each room holds ``ENTRIES``, a list of these, and ``READS``: public callables that declare
nothing. A new construct, method, value or argument needs an entry there; `test_arguments` finds what has none.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cdktf import TerraformStack

from northsouth.alerts import Severity
from northsouth.metrics.units import Quantity

OTHER_PROVIDER = "second-provider"
Declare = Callable[[TerraformStack, dict[str, Any]], object]


@dataclass(frozen=True)
class Also:
    """Another value that only shows, or is only accepted, together with other arguments; both sides get those."""

    value: Any
    arguments: Mapping[str, Any]


def also(value: Any, **arguments: Any) -> Also:
    return Also(value, arguments)


@dataclass(frozen=True)
class Late:
    """A value that is made in the stack that uses it."""

    make: Callable[[TerraformStack], Any]


@dataclass(frozen=True)
class Entry:
    """One callable of the public API, and another value for each of its arguments.

    Attributes:
        target: the construct, its method, or the (named) constructor of a value.
        declare: declares something in a stack with the callable's arguments.
        base: the arguments that are the same on both sides.
        changes: for each argument, another value than the base's or the default.
        unseen: arguments that declare nothing, each with the reason and the test that shows what it does.
        everything: more arguments, with which a construct declares every kind of resource; its ``provider`` must reach
            them all.

    """

    target: Callable[..., Any]
    declare: Declare
    base: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    unseen: Mapping[str, str] = field(default_factory=dict)
    everything: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.target.__qualname__

    @property
    def arguments(self) -> dict[str, inspect.Parameter]:
        """The arguments that somebody gives, by name."""
        of_construct = ("scope", "id")
        return {
            name: each
            for name, each in parameters(self.target).items()
            if name not in of_construct or each.kind is inspect.Parameter.KEYWORD_ONLY
        }

    def other(self, argument: str) -> Any:
        """Return another value for an argument; `inspect.Parameter.empty` if none is known."""
        if argument in self.changes:
            return self.changes[argument]
        default = self.arguments[argument].default
        return varied(argument, self.base.get(argument, default))


def parameters(target: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Return the parameters of a callable without ``self``."""
    # A construct's class says (*args, **kwargs): jsii's metaclass is what is called.
    found = dict(inspect.signature(target.__init__ if inspect.isclass(target) else target).parameters)
    found.pop("self", None)
    return found


def varied(argument: str, value: Any) -> Any:
    """Return another value for arguments whose meaning is the same everywhere; `inspect.Parameter.empty` for others."""
    if argument == "tags":
        return {"team": "arguments"}
    if argument == "provider":
        return Late(other_provider)
    if argument == "severity":
        return "warning" if value == Severity.CRITICAL else "critical"
    if isinstance(value, Quantity):
        return Quantity(value.value * 3 / 4 if value.value else 7, value.unit)
    if isinstance(value, bool):
        return not value
    if argument in ("datapoints", "of") and isinstance(value, int):
        return value + 1 if argument == "of" else value - 1 or inspect.Parameter.empty
    if argument == "period" and isinstance(value, int):
        return 300 if value == 60 else 60
    if argument in ("hold", "quiet_period") and isinstance(value, int):
        return 2 * value
    return inspect.Parameter.empty


def other_provider(stack: TerraformStack) -> Any:
    """Return a second provider of the stack; the stack has it already."""
    return stack.node.find_child(OTHER_PROVIDER)


def construct(
    target: Any, base: Mapping[str, Any], *, then: Callable[[Any], object] | None = None, **given: Any
) -> Entry:
    """Describe a construct; ``then`` does what is needed for it to declare anything. ``given``: see `Entry`."""

    def declare(stack: TerraformStack, arguments: dict[str, Any]) -> None:
        made = target(stack, "it", **arguments)
        if then:
            then(made)

    return Entry(target, declare, base, **given)


def method(
    target: Any,
    make: Callable[[TerraformStack], Any],
    base: Mapping[str, Any] | None = None,
    *,
    then: Callable[[TerraformStack, Any], object] | None = None,
    **given: Any,
) -> Entry:
    """Describe a method of what ``make`` declares; ``then`` uses what it returns. ``given``: see `Entry`."""

    def declare(stack: TerraformStack, arguments: dict[str, Any]) -> None:
        result = getattr(make(stack), target.__name__)(**arguments)
        if then:
            then(stack, result)

    return Entry(target, declare, base or {}, **given)


def value(
    target: Any, use: Callable[[TerraformStack, Any], object], base: Mapping[str, Any] | None = None, **given: Any
) -> Entry:
    """Describe a value object, made by ``target`` and declared by ``use``. ``given``: see `Entry`."""

    def declare(stack: TerraformStack, arguments: dict[str, Any]) -> None:
        use(stack, target(*_positional(target, arguments), **arguments))

    return Entry(target, declare, base or {}, **given)


def _positional(target: Callable[..., Any], arguments: dict[str, Any]) -> list[Any]:
    """Take what stands before, and in, a callable's ``*several`` out of the arguments, in order.

    What it takes as ``**named`` is one argument here, and is spread.
    """
    found: list[Any] = []
    kinds = {name: each.kind for name, each in parameters(target).items()}
    for name, kind in kinds.items():
        if kind is inspect.Parameter.POSITIONAL_ONLY and name in arguments:
            found.append(arguments.pop(name))
        if kind is inspect.Parameter.VAR_KEYWORD:
            arguments.update(arguments.pop(name, {}))
    if inspect.Parameter.VAR_POSITIONAL in kinds.values():
        for name, kind in kinds.items():
            if kind is inspect.Parameter.VAR_POSITIONAL:
                return [*found, *arguments.pop(name, ())]
            found.append(arguments.pop(name))
    return found
