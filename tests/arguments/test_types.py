"""Type checkers accept what the run time accepts: the words of an enumeration, and quantities as text."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import os
import subprocess
import sys
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from northsouth.arguments.checking import plan_of
from northsouth.arguments.kinds import Instance, Kind, OneOf, Words
from northsouth.dns.overrides import Confidence, ConfidenceName
from northsouth.metrics.units import Quantity
from tests.arguments import public_api

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("program_of_a_user.py")


def callables() -> Iterator[tuple[type | None, Callable[..., Any]]]:
    """Yield the functions and methods that people call, and the constructors of what they make."""
    made = {*public_api.constructs(), *public_api.makers()}
    for each in public_api.public().values():
        if inspect.isfunction(each):
            yield None, inspect.unwrap(each)
        if not inspect.isclass(each) or issubclass(each, enum.Enum | BaseException):
            continue
        for base in each.__mro__:
            for name, member in vars(base).items() if base.__module__.startswith("northsouth.") else ():
                function = inspect.unwrap(getattr(member, "__func__", member))
                given = name == "__init__" and each in made
                if inspect.isfunction(function) and (given or not name.startswith("_")):
                    yield each, function


def hints(owner: type | None, function: Callable[..., Any]) -> dict[str, Any]:
    fields = owner is not None and function.__name__ == "__init__" and dataclasses.is_dataclass(owner)
    try:
        found = typing.get_type_hints(owner if fields else function)
    except NameError:
        return {}
    return {name: hint for name, hint in found.items() if name != "return"}


def unions(hint: Any) -> Iterator[set[Any]]:
    """Yield the members of every union in a hint; a hint that is none has one member."""
    inner = hint if isinstance(hint, list) else typing.get_args(hint)
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        yield set(inner)
    elif not isinstance(hint, list):
        yield {hint}
    for each in inner if typing.get_origin(hint) is not typing.Literal else ():
        yield from unions(each)


def test_every_enumeration_has_its_words_beside_it() -> None:
    wrong: set[str] = set()
    for owner, function in callables():
        for name, hint in hints(owner, function).items():
            every = list(unions(hint))
            spoken = [words for members in every for words in members if typing.get_origin(words) is typing.Literal]
            for kind in {each for members in every for each in members if isinstance(each, enum.EnumType)}:
                names = {each.value for each in kind}
                if not any(set(typing.get_args(words)) == names for words in spoken):
                    wrong.add(f"{function.__qualname__}({name}): {kind.__name__} without the Literal of its words")
    assert not wrong, "\n".join(sorted(wrong))


def kinds(kind: Kind) -> Iterator[Kind]:
    yield kind
    for each in kind.kinds if isinstance(kind, OneOf) else ():
        yield from kinds(each)


def test_where_text_is_read_as_a_quantity_the_type_says_so() -> None:
    wrong: set[str] = set()
    for owner, function in callables():
        declared = hints(owner, function)
        for name, parameter in plan_of(function, owner).by_name.items():
            reads = any(
                isinstance(each, Instance) and each.wanted is Quantity and each.converts
                for each in kinds(parameter.kind)
            )
            if reads and not any(str in members for members in unions(declared[name])):
                wrong.add(f"{function.__qualname__}({name}) takes text, and its type does not say so")
    assert not wrong, "\n".join(sorted(wrong))


def test_a_word_becomes_its_member() -> None:
    def takes(confidence: Confidence | ConfidenceName) -> None:
        """Take a word."""

    kind = plan_of(takes, None).by_name["confidence"].kind
    assert isinstance(kind, Words)
    assert kind.taken("LOW") is Confidence.LOW
    assert kind.noun == "'LOW', 'MEDIUM' or 'HIGH'"


def test_a_program_of_a_user_type_checks_and_runs(tmp_path: Path) -> None:
    """``mypy --strict`` accepts what is right, and finds each mistake; what is right synthesizes."""
    where = ("--config-file", ROOT / "pyproject.toml", "--cache-dir", ROOT / ".mypy_cache")
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", *map(str, where), "--no-error-summary", PROGRAM],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    source = PROGRAM.read_text().splitlines()
    expected = {number for number, line in enumerate(source, start=1) if line.endswith("# wrong")}
    found = {int(line.split(":")[1]) for line in checked.stdout.splitlines() if ": error:" in line}
    assert found == expected, checked.stdout + checked.stderr
    env = {**os.environ, "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20"}
    ran = subprocess.run([sys.executable, PROGRAM], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
