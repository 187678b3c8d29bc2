"""Remembered checks: never another answer than the check itself, and far fewer questions."""

from __future__ import annotations

import collections.abc
import enum
import typing
from collections import Counter
from types import ModuleType
from typing import Any

import jsii
import pytest
import typing_extensions
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule import Route53ResolverFirewallRule
from constructs import Construct
from hypothesis import given
from hypothesis import strategies as st
from jsii._type_checking import check_type as jsii_check

from northsouth.bindings import checks


class Kind(enum.Enum):
    A = "a"


class Struct:
    pass


@typing_extensions.runtime_checkable
class Named(typing_extensions.Protocol):
    name: str


scalars: st.SearchStrategy[Any] = st.sampled_from([None, True, False, 0, 7, 0.5, "", "text", "7", Kind.A, Struct()])
values: st.SearchStrategy[Any] = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=2), scalars)
# What jsii's generator writes: `typing.Sequence`, not that of `collections.abc`.
plain: st.SearchStrategy[Any] = st.sampled_from([str, bool, int, jsii.Number, Kind, Struct, Named, object, typing.Any])
hints: st.SearchStrategy[Any] = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda each: typing.Union[tuple(each)])  # noqa: UP007
        | inner.map(lambda each: typing.Optional[each])  # noqa: UP045
        | inner.map(lambda each: typing.Sequence[each])  # type: ignore[valid-type]
        | inner.map(lambda each: typing.List[each])  # type: ignore[valid-type] # noqa: UP006
        | inner.map(lambda each: typing.Mapping[str, each])  # type: ignore[valid-type]
    ),
    max_leaves=4,
)


def answer(check: checks.Check, value: object, hint: object) -> str:
    try:
        check(argname="argument x", value=value, expected_type=hint)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "passed"


@given(hints, st.lists(values, min_size=1, max_size=12))
def test_the_answer_is_that_of_the_check(hint: object, given: list[object]) -> None:
    remembering = checks.remembering(jsii_check)
    for value in given:
        assert answer(remembering, value, hint) == answer(jsii_check, value, hint)


def test_an_empty_text_does_not_speak_for_others() -> None:
    remembering = checks.remembering(jsii_check)
    hint = typing.Sequence[int]
    assert answer(remembering, "", hint) == "passed"
    assert answer(remembering, "text", hint).startswith("TypeError: ")


@pytest.fixture
def asked() -> Counter[str]:
    return Counter()


@pytest.fixture
def remembering(asked: Counter[str]) -> checks.Check:
    def check(argname: str, value: object, expected_type: object) -> None:
        asked[argname] += 1
        jsii_check(argname=argname, value=value, expected_type=expected_type)

    return checks.remembering(check)


@pytest.mark.parametrize(
    ("hint", "values", "times"),
    [
        (str, ["a", "b"], 1),
        (typing.Optional[str], [None, "a", None, "b"], 2),  # noqa: UP045
        (jsii.Number, [1, 2, 0.5, 1.5, True, False], 3),
        (typing.Optional[typing.Sequence[str]], [None, None], 1),  # noqa: UP045
        (typing.Sequence[str], [["a"], ["a"]], 2),
        (typing.Any, ["a", "b", {}, {}], 3),
        (Struct, [Struct(), Struct()], 2),
    ],
)
def test_what_is_asked_again(
    hint: object, values: list[object], times: int, remembering: checks.Check, asked: Counter[str]
) -> None:
    for value in values:
        remembering(argname="x", value=value, expected_type=hint)
    assert asked["x"] == times


def test_what_fails_fails_each_time(remembering: checks.Check, asked: Counter[str]) -> None:
    for _ in range(2):
        with pytest.raises(TypeError, match=r"type of x must be str; got int instead"):
            remembering(argname="x", value=1, expected_type=str)
    assert asked["x"] == 2


def generated(name: str = "made_up", **names: object) -> ModuleType:
    """A module as jsii's generator of cdktf's time writes it."""
    module = ModuleType(name)
    source = """
import typing
def check_type(argname, value, expected_type):
    checked.append(argname)
def stub(value: typing.Optional["str"]) -> None: ...
def make(value):
    check_type("argument value", value, typing.get_type_hints(stub)["value"])
"""
    vars(module).update(checked=[])
    exec(source, vars(module))
    vars(module).update(names)
    return module


def test_a_generated_module_remembers() -> None:
    module = generated()
    checks.remember(module)
    for value in ("a", "b", None):
        module.make(value)

    assert module.checked == ["argument value", "argument value"]
    assert module.typing is not typing
    assert module.typing.get_type_hints(module.stub) is module.typing.get_type_hints(module.stub)
    assert module.typing.get_type_hints(module.stub) == typing.get_type_hints(module.stub)
    assert {name for name in dir(typing) if not hasattr(module.typing, name)} == set()
    assert module.typing.cast is typing.cast


def test_again_is_a_no_op() -> None:
    module = generated()
    checks.remember(module)
    once = dict(vars(module))
    checks.remember(module)
    assert vars(module) == once


@pytest.mark.parametrize("names", [{"check_type": jsii.load}, {"check_type": None}, {"check_type": "text"}])
def test_another_module_stays_as_it_is(names: dict[str, object]) -> None:
    module = generated(**names)
    before = dict(vars(module))
    checks.remember(module)
    assert vars(module) == before


def test_what_the_generator_of_today_imports_is_remembered_too() -> None:
    module = generated(check_type=jsii_check, typing=collections.abc)
    checks.remember(module)
    assert module.check_type is not jsii_check
    assert module.typing is collections.abc


def test_the_provider_and_the_cdk_remember() -> None:
    for constructor in (Route53ResolverFirewallRule.generate_config_for_import, Construct.__init__):
        names = getattr(constructor, "__globals__", {}) or constructor.__func__.__globals__  # type: ignore[union-attr]
        assert names["check_type"].__module__ == checks.__name__
