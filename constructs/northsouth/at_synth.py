"""Rules on a whole stack, checked at synth: they see the resources of all constructs, the user's included."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import jsii
from cdktf import DefaultTokenResolver, StringConcat, TerraformStack, Tokenization
from constructs import Construct, IValidation

from northsouth.errors import Problem
from northsouth.tree import stack_of

Rule = Callable[[TerraformStack], Iterable[Problem]]

_RULES: WeakKeyDictionary[TerraformStack, list[Rule]] = WeakKeyDictionary()


def judge_at_synth(scope: Construct, rule: Rule) -> None:
    """Have ``rule`` judge the stack of ``scope`` at synth. A problem ends the synth before the stack is written."""
    stack = stack_of(scope)
    rules = _RULES.get(stack)
    if rules is None:
        rules = _RULES[stack] = []
        stack.node.add_validation(_Judge(stack))
    if rule not in rules:
        rules.append(rule)


def judge_now(stack: TerraformStack) -> list[Problem]:
    """Return what the rules of a finished stack find wrong with it; they do not judge it again at synth."""
    problems = _problems(stack)
    _RULES.pop(stack, None)
    return problems


def _problems(stack: TerraformStack) -> list[Problem]:
    return [problem for rule in _RULES.get(stack, ()) for problem in rule(stack)]


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource as a construct of the stack declares it.

    Attributes:
        path: the path of its construct: ``edge/nat/ipv4-us-east-1a``.
        address: its address without the index of an instance: ``aws_route.nat_ipv4-us-east-1a_1B2C3D4E``.
        arguments: its arguments; references are expressions, such as ``${aws_route_table.private.id}``.

    """

    path: str
    address: str
    arguments: Mapping[str, Any]


def declared(stack: TerraformStack, *types: str) -> list[Declared]:
    """Return a stack's resources of some types, in the order of the tree.

    Args:
        stack: the stack.
        *types: module and class in the bindings: ``route.Route``, ``s3Bucket.S3Bucket``.

    """
    endings = tuple(f".{kind}" for kind in types)
    constructs: Sequence[Any] = stack.node.find_all()
    chosen = [construct for construct in constructs if getattr(construct, "__jsii_type__", "").endswith(endings)]
    if not chosen:
        return []
    written = [construct.to_terraform() for construct in chosen]
    documents = Tokenization.resolve(written, resolver=DefaultTokenResolver(StringConcat()), scope=stack)
    return [_declared(document) for document in documents]


def _declared(document: Mapping[str, Any]) -> Declared:
    """Read ``{"resource": {TYPE: {NAME: ARGUMENTS}}}``."""
    [(kind, named)] = document["resource"].items()
    [(name, arguments)] = named.items()
    # The CDK's own note; `node.path` would be one more question for each resource.
    return Declared(arguments["//"]["metadata"]["path"], f"{kind}.{name}", arguments)


@jsii.implements(IValidation)
class _Judge:
    def __init__(self, stack: TerraformStack) -> None:
        self._stack = stack

    def validate(self) -> list[str]:
        return [str(problem) for problem in _problems(self._stack)]
