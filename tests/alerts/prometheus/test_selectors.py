from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.prometheus.promql import is_series, parse
from northsouth.alerts.prometheus.selectors import Like, Not, NotLike, example, left_out, quoted, selector, series

MATCH = {"job": "node", "pod": Like("web-.*", example="web-1"), "device": NotLike("lo|veth.*")}


def test_a_selector_is_written_from_labels() -> None:
    assert selector("up") == "up"
    assert selector("up", {}, "5m") == "up[5m]"
    assert selector("up", MATCH, "5m", offset="7d") == (
        'up{job="node",pod=~"web-.*",device!~"lo|veth.*"}[5m] offset 7d'
    )


def test_a_label_may_have_any_value_but_one() -> None:
    assert selector("up", {"cluster": Not()}) == 'up{cluster!=""}'
    assert selector("up", {"subresource": Not("eviction")}) == 'up{subresource!="eviction"}'


def test_an_example_is_found_by_the_selector() -> None:
    assert example({"job": "node", "pod": Like("web-.*", example="web-1")}) == {"job": "node", "pod": "web-1"}


def test_a_series_that_a_selector_leaves_out() -> None:
    assert left_out({"job": "node", "pod": Like("web-.*", example="web-1")}) == {
        "job": "something-else",
        "pod": "web-1",
    }
    assert left_out({"job": Like(".+", example="a"), "pod": "b"}) == {"job": "a", "pod": "something-else"}
    assert left_out({"job": Like(".+", example="a")}) is None


@given(st.text())
def test_any_value_of_a_label_is_valid_promql(value: str) -> None:
    assert parse(selector("up", {"job": value})).evaluable
    assert is_series(series("up", {"job": value}))


@pytest.mark.parametrize(("text", "literal"), [('a"b', r'"a\"b"'), ("a\\b", r'"a\\b"'), ("a\nb", r'"a\nb"')])
def test_what_a_literal_cannot_hold_is_escaped(text: str, literal: str) -> None:
    assert quoted(text) == literal
