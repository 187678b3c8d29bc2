"""What is exported, with every duration divided by 60."""

from __future__ import annotations

import pytest
import yaml

from tests.lab import shortened


@pytest.mark.parametrize(
    ("written", "expected"),
    [("1m", "1s"), ("30s", "500ms"), ("1h30m", "1m30s"), ("7d", "2h48m"), ("0s", "0s"), ("4h", "4m")],
)
def test_a_duration_is_a_sixtieth(written: str, expected: str) -> None:
    assert shortened.text(written) == expected


def test_what_is_no_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="'soon' is no duration of Prometheus"):
        shortened.text("soon")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("rate(a[5m]) > 300", "rate(a[5s]) > 300"),
        ("max_over_time(rate(a[5m])[1h:1m])", "max_over_time(rate(a[5s])[1m:1s])"),
        ("max_over_time(a[1h:])", "max_over_time(a[1m:])"),
        ("a offset 1w", "a offset 2h48m"),
        ("a offset -5m", "a offset -5s"),
        ("a OFFSET 5m", "a OFFSET 5s"),
        ('a{window="[5m]"}', 'a{window="[5m]"}'),
        ("a{window='offset 5m', b=\"it's [5m]\"}[5m]", "a{window='offset 5m', b=\"it's [5m]\"}[5s]"),
        (r'a{b="\"[5m]"}', r'a{b="\"[5m]"}'),
        ("a[5m] # over [5m]", "a[5s] # over [5m]"),
        ("a5m + b:rate5m", "a5m + b:rate5m"),
    ],
)
def test_an_expression_looks_less_far_back(written: str, expected: str) -> None:
    assert shortened.expression(written) == expected


def test_only_durations_of_a_document_change() -> None:
    document = yaml.safe_load("""
groups:
  - {name: 5m, interval: 1m, rules: [{alert: A, expr: 'a[5m]', for: 15m, annotations: {summary: for 5m, for: "5m"}}]}
route: {group_wait: 30s, routes: [{repeat_interval: 4h, matchers: ['a="5m"']}]}
""")
    assert shortened.document(document) == {
        "groups": [
            {
                "name": "5m",
                "interval": "1s",
                "rules": [
                    {"alert": "A", "expr": "a[5s]", "for": "15s", "annotations": {"summary": "for 5m", "for": "5m"}}
                ],
            }
        ],
        "route": {"group_wait": "500ms", "routes": [{"repeat_interval": "4m", "matchers": ['a="5m"']}]},
    }
