"""The messages of a stack's constructs: annotations, and the problems that their validations find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_LEVELS = {"@cdktf/info": "info", "@cdktf/warn": "warning", "@cdktf/error": "error"}


@dataclass(frozen=True, slots=True)
class Annotation:
    """One message of a construct.

    Attributes:
        level: ``info``, ``warning`` or ``error`` as it was added with ``Annotations.of``; ``validation`` for a problem
            that a validation of the construct found, because of which a synth fails.
        path: the construct's path, such as ``edge/network``.
        message: its text.

    """

    level: str
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.level} at {self.path}: {self.message}"


def annotations_of(stack: object) -> tuple[Annotation, ...]:
    """Return the annotations of a stack's constructs, in the order of the tree, without a synth.

    Args:
        stack: a ``TerraformStack``, or any construct, for the annotations in it and below it.

    Raises:
        TypeError: if it is no construct.

    """
    node: Any = getattr(stack, "node", None)
    if not hasattr(node, "find_all"):
        raise TypeError(f"a construct is needed, not {type(stack).__name__}")
    entries = []
    for construct in node.find_all():
        inner = construct.node
        entries += [
            Annotation(_LEVELS[entry.type], inner.path, str(entry.data))
            for entry in inner.metadata
            if entry.type in _LEVELS
        ]
        entries += [Annotation("validation", inner.path, message) for message in inner.validate()]
    return tuple(entries)
