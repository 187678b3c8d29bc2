"""Every argument reaches the JSON: changing it changes what is declared. An argument without an entry fails.

The public API is found by `public_api`; what to give each argument is in this package's other files, one for each room.
All variants are stacks of one app, so that one is cheap.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cdktf import TerraformOutput, TerraformStack
from cdktf import Testing as CdkTesting
from cdktf_cdktf_provider_aws.provider import AwsProvider

from tests.arguments import public_api
from tests.arguments.entries import OTHER_PROVIDER, Also, Entry, Late, value

pytestmark = pytest.mark.slow

ROOMS: list[ModuleType] = [
    room
    for file in sorted(Path(__file__).parent.glob("[!t]*.py"))
    if hasattr(room := importlib.import_module(f"tests.arguments.{file.stem}"), "ENTRIES")
]
ENTRIES: list[Entry] = [entry for room in ROOMS for entry in room.ENTRIES]
READS: dict[Callable[..., Any], str] = {target: why for room in ROOMS for target, why in room.READS.items()}
BUILT_IN = "terraform_data"
"""A resource of Terraform's own: no provider of the caller's makes it."""

ROOT = Path(__file__).parents[2]

ids = itertools.count()


@cache
def app() -> Any:
    return CdkTesting.app()


def declared(entry: Entry, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return what an entry declares with some arguments, in a stack of its own."""
    stack = TerraformStack(app(), f"stack-{next(ids)}")
    AwsProvider(stack, "aws", region="us-east-1")
    AwsProvider(stack, OTHER_PROVIDER, region="us-east-1", alias="other")
    # Names derived from the path must not tell the stacks apart.
    made = {name: given.make(stack) if isinstance(given, Late) else given for name, given in arguments.items()}
    entry.declare(stack, made)
    document: dict[str, Any] = json.loads(CdkTesting.synth(stack, True).replace(stack.node.id, "stack"))
    return document


@cache
def base(position: int) -> dict[str, Any]:
    return declared(ENTRIES[position], dict(ENTRIES[position].base))


def variants() -> list[Any]:
    return [
        pytest.param(position, argument, id=f"{entry.name}-{argument}")
        for position, entry in enumerate(ENTRIES)
        for argument in entry.arguments
        if argument not in entry.unseen
    ]


@pytest.mark.parametrize(("position", "argument"), variants())
def test_changing_an_argument_changes_what_is_declared(position: int, argument: str) -> None:
    entry = ENTRIES[position]
    other = entry.other(argument)
    assert other is not inspect.Parameter.empty, (
        f"{entry.name}({argument}=...) has no entry: give it another value in the `changes` of its room's file in"
        " tests/arguments, or say in `unseen` why it declares nothing and which test shows what it does"
    )
    before = base(position)
    if isinstance(other, Also):
        before = declared(entry, {**entry.base, **other.arguments})
        after = declared(entry, {**entry.base, **other.arguments, argument: other.value})
    else:
        after = declared(entry, {**entry.base, argument: other})
    assert after != before, f"{entry.name}({argument}=...) is accepted and dropped: the synthesized JSON stays the same"


@pytest.mark.parametrize(
    "entry",
    [each for each in ENTRIES if "provider" in each.arguments and inspect.isclass(each.target)],
    ids=lambda e: e.name,
)
def test_the_provider_reaches_every_resource(entry: Entry) -> None:
    if entry.target not in public_api.constructs():
        return
    document = declared(entry, {**entry.base, **entry.everything, "provider": entry.other("provider")})
    every = {**document["resource"], **document.get("data", {})}
    without = [
        f"{kind}.{name}"
        for kind, named in every.items()
        for name, resource in named.items()
        # What an argument brought along has its own provider.
        if name.startswith("it_") and kind != BUILT_IN and resource.get("provider") != "aws.other"
    ]
    assert without == []


def test_every_public_callable_that_declares_has_an_entry() -> None:
    targets = {entry.target for entry in ENTRIES}
    wanted = {*public_api.constructs(), *public_api.methods(), *public_api.makers()}
    missing = sorted(each.__qualname__ for each in wanted - targets - READS.keys())
    assert not missing, (
        f"no entry: {', '.join(missing)}; add one to the file of their room in tests/arguments, or to its READS what"
        " declares nothing"
    )


def test_no_entry_is_left_over() -> None:
    for entry in ENTRIES:
        unknown = {*entry.base, *entry.changes, *entry.unseen, *entry.everything} - entry.arguments.keys()
        assert not unknown, f"{entry.name} has no argument {', '.join(sorted(unknown))}"
        assert not entry.changes.keys() & entry.unseen.keys()


def test_a_reason_names_a_test_that_is_there() -> None:
    reasons = [*READS.values(), *(why for entry in ENTRIES for why in entry.unseen.values())]
    named = {path for why in reasons for path in re.findall(r"tests/[\w/]+(?:\.py)?", why)}
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
    assert [why for why in reasons if "tests/" not in why] == []


def test_a_dropped_argument_would_be_found() -> None:
    def forgetful(*, name: str, tags: dict[str, str] | None = None) -> str:  # noqa: ARG001 - forgotten on purpose
        return name

    entry = value(forgetful, lambda stack, it: TerraformOutput(stack, "name", value=it), {"name": "a"})
    assert declared(entry, {"name": "a", "tags": entry.other("tags")}) == declared(entry, {"name": "a"})
    assert declared(entry, {"name": "b"}) != declared(entry, {"name": "a"})
    assert entry.other("name") is inspect.Parameter.empty
