"""The arguments of `northsouth.adoption`."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from northsouth.adoption import Imports, moved_from
from tests.arguments.entries import Entry, Late


def imports(stack: TerraformStack, arguments: dict[str, Any]) -> None:
    for name in ("a", "b"):
        SnsTopic(stack, name, name=name)
    Imports(stack, "it", **arguments)


def topic(name: str) -> Late:
    return Late(lambda stack: SnsTopic(stack, name, name=name))


ENTRIES: list[Entry] = [
    Entry(
        Imports,
        imports,
        {"ids": {"aws_sns_topic.a": "arn:a"}},
        {"ids": {"aws_sns_topic.b": "arn:b"}},
        {"file": "reads a file that adopt wrote: tests/adoption/test_imports.py"},
    ),
    Entry(
        moved_from,
        lambda _, arguments: moved_from(**arguments),
        {"construct": topic("a"), "old_path": "c"},
        {"construct": topic("b"), "old_path": "d"},
    ),
]

READS: dict[Any, str] = {}
