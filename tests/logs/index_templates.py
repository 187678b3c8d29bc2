"""A list of fields for the tests."""

from __future__ import annotations

from typing import Any

from northsouth.logs.index_template import IndexField, IndexTemplate

FIELDS: dict[str, Any] = {
    "@timestamp": "date",
    "level": "keyword",
    "took": "double",
    "user.id": "long",
    "user.name": "keyword",
    "tags": IndexField(type="keyword", many=True),
}


def template(**changed: Any) -> IndexTemplate:
    """Return a template, with other arguments where they are given."""
    usual: dict[str, Any] = {
        "name": "app-logs",
        "index_patterns": ("app-logs-*",),
        "time_field": "@timestamp",
        "fields": FIELDS,
    }
    return IndexTemplate(**{**usual, **changed})


def with_field(name: str, kind: Any, **changed: Any) -> IndexTemplate:
    """Return a template with a time and one more field."""
    return template(fields={"@timestamp": "date", name: kind}, **changed)
