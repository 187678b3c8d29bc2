"""A snapshot's text reads well, and loses nothing."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from northsouth.testing import snapshot_text

PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=6)
VALUES = st.recursive(
    PLAIN | st.sampled_from(["{", "[]", "{}", "a\nb", "\n", "a\n", '{"a": 1}', '{"a":1}', '["x", "(json)"]']),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | inner.map(json.dumps)
        | inner.map(lambda value: json.dumps(value, indent=2))
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=3))
def test_reading_what_was_written_gives_the_same_state(state: dict[str, Any]) -> None:
    assert snapshot_text.read(snapshot_text.write(state)) == state
    assert snapshot_text.read(snapshot_text.write(state, fitted=True)) == state


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=3))
def test_what_is_fitted_is_the_same_json(state: dict[str, Any]) -> None:
    assert json.loads(snapshot_text.write(state, fitted=True)) == json.loads(snapshot_text.write(state))


def test_what_is_short_is_on_one_line_and_members_are_rows() -> None:
    row = {"id": "x" * 60, "metric": {"dimensions": {"NatGatewayId": "y" * 60}}}
    state = {"a": {"short": [1, 2], "rows": [row, row], "alone": ["z" * 200], "lists": [row | {"several": [1, 2]}, 1]}}
    assert snapshot_text.write(state, fitted=True).split("\n") == [
        "{",
        '  "a": {',
        '    "short": [1, 2],',
        '    "rows": [',
        f"      {json.dumps(row)},",
        f"      {json.dumps(row)}",
        "    ],",
        f'    "alone": ["{"z" * 200}"],',
        '    "lists": [',
        "      {",
        f'        "id": "{"x" * 60}",',
        f'        "metric": {{"dimensions": {{"NatGatewayId": "{"y" * 60}"}}}},',
        '        "several": [1, 2]',
        "      },",
        "      1",
        "    ]",
        "  }",
        "}",
        "",
    ]


def test_policies_and_queries_are_written_out() -> None:
    state = {"policy": '{"Statement": [{"Sid": "ä"}]}', "compact": '{"a":[1]}', "query": "SELECT 1\nFROM t"}
    assert json.loads(snapshot_text.write(state)) == {
        "policy": {"(json)": {"Statement": [{"Sid": "ä"}]}},
        "compact": {"(compact json)": {"a": [1]}},
        "query": {"(lines)": ["SELECT 1", "FROM t"]},
    }


def test_what_would_come_back_otherwise_stays_as_it_is() -> None:
    state = {"spaces": '{ "a": 1 }', "number": '{"a": 1e5}', "twice": '{"a": 1, "a": 2}', "escaped": '{"a": "\\u00e4"}'}
    assert json.loads(snapshot_text.write(state)) == state
