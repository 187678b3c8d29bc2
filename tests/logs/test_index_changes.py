"""Which types of an index's fields may change."""

from __future__ import annotations

from typing import Any

import pytest

from northsouth.logs.index_changes import changed_fields
from tests.logs.index_templates import template, with_field


@pytest.mark.parametrize(
    ("before", "after", "harmless"),
    [
        ("long", "long", True),
        ("integer", "long", True),
        ("byte", "short", True),
        ("float", "double", True),
        ("half_float", "float", True),
        ("keyword", "wildcard", True),
        ("text", "match_only_text", True),
        ("date", "date_nanos", True),
        ("long", "integer", False),
        ("long", "double", False),
        ("long", "unsigned_long", False),
        ("double", "float", False),
        ("keyword", "text", False),
        ("keyword", "ip", False),
        ("keyword", "long", False),
        ("date", "keyword", False),
        ("geo_point", "object", False),
    ],
)
def test_which_types_may_become_another(before: str, after: Any, harmless: bool) -> None:
    stored = {"index_patterns": ["a"], "template": {"mappings": {"properties": {"it": {"type": before}}}}}
    changed = changed_fields(stored, with_field("it", after))
    assert [str(each) for each in changed] == ([] if harmless else [f'it: "{before}" → "{after}"'])


def test_a_value_does_not_become_an_object_nor_the_other_way_round() -> None:
    made = with_field("user.id", "long")
    stored = with_field("user", "keyword").body
    assert [str(each) for each in changed_fields(stored, made)] == ['user: "keyword" → "an object with fields"']
    back = changed_fields(made.body, with_field("user", "keyword"))
    assert [str(each) for each in back] == ['user: "an object with fields" → "keyword"']


def test_what_comes_and_goes_is_no_change() -> None:
    assert changed_fields(with_field("old", "long").body, with_field("new", "keyword")) == ()
    assert changed_fields(template().body, template()) == ()


def test_what_a_cluster_answers() -> None:
    made = with_field("took", "double")
    mappings = {"properties": {"took": {"type": "long"}, "broken": 5}}
    answers = [
        {
            "index_templates": [
                {"name": "a", "index_template": {"index_patterns": [], "template": {"mappings": mappings}}}
            ]
        },
        {"logs-1": {"mappings": mappings}, "logs-2": {"mappings": {}}},
        {"logs-1": {"aliases": {}, "mappings": mappings, "settings": {}}},
    ]
    for answer in answers:
        assert [each.name for each in changed_fields(answer, made)] == ["took"]


@pytest.mark.parametrize("stored", [{}, [], None, 5, {"error": {"reason": "no such index"}, "status": 404}])
def test_what_is_no_answer(stored: object) -> None:
    with pytest.raises(ValueError, match="no index template, and no answer"):
        changed_fields(stored, template())
