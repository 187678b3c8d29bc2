"""Dataclasses of northsouth behave as stock ones, although their methods are compiled late."""

from __future__ import annotations

import copy
import dataclasses
import logging
import pickle
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from northsouth.bindings import methods

NAME = "northsouth.methods_under_test"
SOURCE = """
from dataclasses import dataclass, field

@dataclass(frozen=True, slots=True)
class Frozen:
    a: int
    b: tuple[str, ...] = ()
    c: list[int] = field(default_factory=list, compare=False, repr=False)

@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Ordered:
    a: int

@dataclass(frozen=True)
class Child(Frozen):
    d: int = 0

@dataclass(frozen=True, eq=False)
class Identity:
    a: int

@dataclass
class Plain:
    a: int
    mine: "Plain | None" = None

    def __repr__(self):
        return "mine"
"""


def classes(name: str) -> ModuleType:
    module = ModuleType(name)
    sys.modules[name] = module
    exec(SOURCE, vars(module))
    return module


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    methods.install()
    monkeypatch.setitem(sys.modules, NAME, ModuleType(NAME))
    return classes(NAME)


@pytest.fixture
def stock(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setitem(sys.modules, "elsewhere", ModuleType("elsewhere"))
    return classes("elsewhere")


def outcome(work: Callable[[], Any]) -> object:
    try:
        return work()
    except Exception as error:
        return type(error), str(error)


CASES: dict[str, Callable[[Any], object]] = {
    "repr": lambda m: [repr(each) for each in (m.Frozen(1, ("x",), [2]), m.Ordered(a=1), m.Child(1, d=2), m.Plain(1))],
    "equal": lambda m: [
        m.Frozen(1, (), [2]) == m.Frozen(1, (), [3]),
        m.Frozen(1) == m.Child(1),
        m.Plain(1) == m.Plain(1),
    ],
    "hash": lambda m: [hash(m.Frozen(1)) == hash(m.Frozen(1, c=[2])), len({m.Child(1), m.Child(1), m.Child(2)})],
    "identity": lambda m: m.Identity(1) == m.Identity(1),
    "no hash": lambda m: hash(m.Plain(1)),
    "order": lambda m: [m.Ordered(a=1) < m.Ordered(a=2), m.Ordered(a=1) >= m.Ordered(a=2)],
    "no order": lambda m: m.Ordered(a=1) < 2,
    "assign": lambda m: setattr(m.Frozen(1), "a", 2),
    "assign to a child": lambda m: setattr(m.Child(1), "a", 2),
    "assign what is no field": lambda m: setattr(m.Frozen(1), "z", 2),
    "delete": lambda m: delattr(m.Frozen(1), "a"),
    "replace": lambda m: repr(dataclasses.replace(m.Frozen(1), a=2)),
    "copy": lambda m: copy.deepcopy(m.Frozen(1, c=[2])) == m.Frozen(1),
    "pickle": lambda m: pickle.loads(pickle.dumps(m.Frozen(1, ("x",)))) == m.Frozen(1, ("x",)),
    "match": lambda m: m.Frozen.__match_args__,
    "names": lambda m: [m.Frozen.__eq__.__name__, m.Frozen.__eq__.__qualname__, m.Frozen.__hash__.__name__],
}


@pytest.mark.parametrize("case", CASES)
def test_it_does_what_stock_does(case: str, late: ModuleType, stock: ModuleType) -> None:
    assert [outcome(lambda: CASES[case](late)) for _ in range(2)] == [outcome(lambda: CASES[case](stock))] * 2


def test_only_our_methods_but_init_are_compiled_late(late: ModuleType, stock: ModuleType) -> None:
    def is_late(method: Any) -> bool:
        return "compiled" in method.__code__.co_freevars

    assert is_late(late.Frozen.__eq__)
    assert not is_late(late.Frozen.__init__)
    assert not is_late(stock.Frozen.__eq__)
    assert late.Frozen.__eq__.__module__ == NAME


@pytest.mark.parametrize("changed", [None, outcome, len])
def test_another_way_of_making_them_is_left_alone(
    changed: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(dataclasses, "_create_fn", changed)
    with caplog.at_level(logging.DEBUG, "northsouth.bindings"):
        methods.install()
    assert vars(dataclasses)["_create_fn"] is changed
    assert caplog.messages == ["methods of dataclasses are compiled at once: this Python makes them in another way"]


def test_a_second_time_does_nothing() -> None:
    methods.install()
    once = vars(dataclasses)["_create_fn"]
    methods.install()
    assert vars(dataclasses)["_create_fn"] is once
