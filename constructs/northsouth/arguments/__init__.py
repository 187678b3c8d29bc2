"""Checks what people give to the library's public callables, by the hints in their signatures.

A package's public classes and functions pass `check_public` when they are first asked for (`northsouth.exports`). From
then on a call with a wrong argument ends in one :class:`~northsouth.errors.ConfigurationError`. It says what was given,
what the argument takes, and what to write instead, and has the problems of all other arguments, too.

``kinds`` says what a hint accepts, ``checking`` plans and checks a call, ``advice`` and ``shown`` write the report.
"""

from __future__ import annotations

import enum
import inspect
from collections.abc import Iterable
from types import FunctionType, ModuleType

from northsouth.arguments import advice
from northsouth.arguments.checking import checked
from northsouth.arguments.kinds import Words, Wrong, accept_text
from northsouth.arguments.shown import is_ours
from northsouth.errors import ConfigurationError

__all__ = ["accept_text", "check_public", "checked"]


def check_public(module: ModuleType, names: Iterable[str]) -> None:
    """Have the public classes and functions of a module check their arguments; those that do already stay as they are.

    Args:
        module: the module that defines them.
        names: their names.

    """
    for name in names:
        value = getattr(module, name, None)
        if isinstance(value, type):
            _check_class(value)
        elif isinstance(value, FunctionType) and value.__module__.startswith("northsouth."):
            setattr(module, name, checked(value))


class _Signature:
    """Gives a construct's class the signature of its constructor; jsii's metaclass hides it."""

    def __get__(self, instance: object, owner: type) -> inspect.Signature:
        signature = inspect.signature(owner.__init__)  # type: ignore[misc]
        _, *parameters = signature.parameters.values()
        return signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty)


def _check_class(owner: type) -> None:
    if issubclass(owner, BaseException):
        return
    if issubclass(owner, enum.Enum):
        if owner is not enum.Enum and "_missing_" not in vars(owner):
            owner._missing_ = classmethod(_refuse_word)  # type: ignore[assignment]
        return
    for base in owner.__mro__:
        if is_ours(base) and not getattr(base, "_is_protocol", False) and base not in _DONE:
            _DONE.add(base)
            _check_methods(base)


_DONE: set[type] = set()


def _check_methods(owner: type) -> None:
    for name, member in list(vars(owner).items()):
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(member, FunctionType):
            if member.__code__.co_argcount + member.__code__.co_kwonlyargcount > 1 or member.__code__.co_flags & 0x0C:
                setattr(owner, name, checked(member, owner))
        elif isinstance(member, classmethod | staticmethod) and isinstance(member.__func__, FunctionType):
            setattr(owner, name, type(member)(checked(member.__func__, owner)))
    if any(base.__module__ == "constructs" for base in owner.__mro__):
        owner.__signature__ = _Signature()  # type: ignore[attr-defined]


def _refuse_word(owner: type[enum.Enum], value: object) -> None:
    problem = advice.problem(
        Wrong("value", value, Words([member.value for member in owner], owner)), "value", optional=False, frame=None
    )
    raise ConfigurationError(owner.__name__, [problem])
