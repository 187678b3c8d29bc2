"""Where two values differ: paths, policies as JSON, lists by their members."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.comparison import differences
from northsouth.comparison.difference import SENSITIVE, Difference, canonical, decoded, empty, masked, member
from northsouth.template import TemplateError
from northsouth.template.model import MAX_DEPTH

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


def told(before: object, after: object) -> list[tuple[str, Any, Any]]:
    return [(each.path, each.before, each.after) for each in differences(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": True}, [("a", 1, True)]),
        ({"a": 1}, {"a": "1"}, [("a", 1, "1")]),
        ({"a": None}, {}, []),
        ({}, {"a": 0}, [("a", None, 0)]),
        ({"tags": {"a.b": "x"}}, {"tags": {"a.b": "y"}}, [('tags["a.b"]', "x", "y")]),
        ({"domains": ["a", "b", "c"]}, {"domains": ["a", "x", "b", "c"]}, [("domains[1]", None, "x")]),
        ({"domains": ["a", "b"]}, {"domains": ["b"]}, [("domains[0]", "a", None)]),
        ({"backend": [{"path": "a"}]}, {"backend": {"path": "b"}}, [("backend.path", "a", "b")]),
        ({"backend": {"path": "a"}}, {"backend": [{"path": "b"}]}, [("backend.path", "a", "b")]),
        ({"zones": ["a"]}, {"zones": ["b"]}, [("zones[0]", "a", "b")]),
        ({"zones": ["a", "b", "c"]}, {"zones": ["x", "b", "y"]}, [("zones[0]", "a", "x"), ("zones[2]", "c", "y")]),
        ({"zones": ["a", "b"]}, {"zones": ["b", "c"]}, [("zones[0]", "a", None), ("zones[1]", None, "c")]),
        ({"a": {"b": 1}}, {"a": [1, 2]}, [("a", {"b": 1}, (1, 2))]),
    ],
)
def test_table(before: object, after: object, expected: list[Any]) -> None:
    assert told(before, after) == expected


def test_members_in_another_order_are_one_difference() -> None:
    [only] = differences({"a": [1, 2, 3]}, {"a": [3, 1, 2]})
    assert (only.path, only.reordered) == ("a", True)


def test_policies_are_compared_as_json() -> None:
    def policy(*actions: str, indent: int | None = None) -> dict[str, str]:
        statements = [{"Sid": "Deny", "Effect": "Deny"}, {"Sid": "Read", "Effect": "Allow", "Action": list(actions)}]
        return {"policy": json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=indent)}

    assert told(policy("s3:GetObject"), policy("s3:GetObject", indent=2)) == []
    assert told(policy("s3:GetObject"), policy("s3:GetObject", "s3:PutObject")) == [
        ("policy.Statement[Sid=Read].Action[1]", None, "s3:PutObject")
    ]


def test_blocks_are_known_again_by_their_name() -> None:
    before = {"rule": [{"name": "a", "port": 1}, {"name": "b", "port": 2}, {"name": "c", "port": 3}]}
    after = {"rule": [{"name": "c", "port": 3}, {"name": "b", "port": 4}]}
    assert told(before, after) == [("rule[name=b].port", 2, 4), ("rule[0]", {"name": "a", "port": 1}, None)]


def test_a_single_block_that_is_left_on_each_side_is_the_same_one() -> None:
    before = {"ingress": [{"from_port": 80}, {"from_port": 443}]}
    after = {"ingress": [{"from_port": 443}, {"from_port": 8080}]}
    assert told(before, after) == [("ingress[1].from_port", 80, 8080)]


def test_text_that_is_no_json_is_text() -> None:
    assert told({"a": "{not json"}, {"a": '{"x": 1}'}) == [("a", "{not json", '{"x": 1}')]
    deep = "[" * 5000 + "]" * 5000
    assert len(told({"a": deep}, {"a": "[]"})) == 1


@pytest.mark.slow
def test_ten_thousand_members_are_compared_at_once() -> None:
    before = [{"name": str(number), "port": 1} for number in range(10_000)]
    after = [{"name": str(number), "port": 2} for number in range(10_000)]
    assert len(differences(before, after)) == 10_000


@given(JSON, JSON)
def test_equal_values_have_no_difference_and_others_have_one(a: Any, b: Any) -> None:
    assert differences(a, a) == ()
    assert bool(differences(a, b)) == bool(differences(b, a))
    if not isinstance(a, str | None) and type(a) is type(b) and a == b and json.dumps(a) == json.dumps(b):
        assert differences(a, b) == ()


def test_a_sensitive_attribute_is_one_difference_without_its_value() -> None:
    places = differences({"auth": {"a": "x", "b": "y"}, "name": "n"}, {"auth": {"a": "1", "b": "2"}, "name": "m"})
    assert masked(places, {"auth"}) == (Difference("auth", SENSITIVE, SENSITIVE), Difference("name", "n", "m"))


@pytest.mark.parametrize(
    ("value", "says_nothing"),
    [(None, True), ("", True), ((), True), ({}, True), ("a", False), ((1,), False), ({"a": 1}, False), (0, False)],
)
def test_an_empty_value_says_nothing(value: Any, *, says_nothing: bool) -> None:
    assert empty(value) is says_nothing


def test_the_order_of_keys_does_not_count() -> None:
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("plain", "tags.plain"),
        ("a_b-c", "tags.a_b-c"),
        ("a.b", 'tags["a.b"]'),
        ("a b", 'tags["a b"]'),
        ("_", 'tags["_"]'),
        ("-", 'tags["-"]'),
    ],
)
def test_a_key_that_is_no_plain_word_is_quoted(key: str, path: str) -> None:
    assert member("tags", key) == path


@pytest.mark.parametrize(
    ("text", "value"), [("[1]", (1,)), ('\n {"a": 1}', {"a": 1}), ("1", None), ("", None), ("[", None)]
)
def test_only_an_object_or_a_list_is_decoded(text: str, value: Any) -> None:
    assert decoded(text) == value


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["a", "a", "b"], ["a", "b"], [("list[1]", "a", None)]),
        ([{"name": "a"}, {"name": "a", "port": 1}], [{"name": "a"}], [("list[1]", {"name": "a", "port": 1}, None)]),
        (
            [{"name": "a", "port": 1}, {"name": "a", "port": 2}],
            [{"name": "a", "port": 3}, {"name": "a", "port": 4}],
            [("list[0].port", 1, 3), ("list[1].port", 2, 4)],
        ),
        (["a", "b"], ["b", {"x": 1}], [("list[0]", "a", None), ("list[1]", None, {"x": 1})]),
    ],
)
def test_members_of_lists(before: list[Any], after: list[Any], expected: list[Any]) -> None:
    assert told({"list": before}, {"list": after}) == expected


@pytest.mark.parametrize(("before", "after", "side"), [({"a": {1}}, {}, "before"), ({}, {"a": {1}}, "after")])
def test_a_value_that_is_no_json_is_named_by_its_side(before: object, after: object, side: str) -> None:
    with pytest.raises(TemplateError, match=f"^{side}"):
        differences(before, after)


def test_texts_in_texts_are_compared_to_a_depth() -> None:
    def nested(innermost: str) -> object:
        value: Any = innermost
        for _ in range(3):
            for _ in range(MAX_DEPTH - 2):
                value = [value]
            value = json.dumps(value)
        return value

    [only] = differences(nested("old"), nested("new"))
    assert only.path == "[0]" * 2 * MAX_DEPTH
    assert "old" in str(only.before)
    assert "new" in str(only.after)
