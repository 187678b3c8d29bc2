"""The texts of all packs' alerts read well, also where the series lack labels and where values are small."""

from __future__ import annotations

import re

import pytest

from northsouth.alerts.prometheus import AlertRule, AlertTest, Firing, RuleGroup, RuleTest
from northsouth.alerts.prometheus.promtool import run_tests
from northsouth.alerts.prometheus.templates import without_labels
from tests.alerts.prometheus.packs.every_pack import EVERY_ALERT, RUNBOOK

HOLE = re.compile(
    r"^\s|\s$|\s\s|\s[,.;:)/]|\(\s*\)|[,:/]$|\b(?:of|in|by|for|with|from)[.,]?$|\b(?:of|in|for) (?:is|are|has)\b"
)
"""What a text with a hole in place of a label looks like."""
SMALL = "0.2"
FILLED = (
    ('{{ if lt $value 1.0 }}{{ printf "%.2g" $value }}{{ else }}{{ humanize $value }}{{ end }}', SMALL),
    ('{{ $value | printf "%.2f" }}', "0.20"),
    ('{{ $value | printf "%.0f" }}', "0"),
    ("{{ $value | humanizePercentage }}", "20%"),
    ("{{ $value | humanizeDuration }}", "200ms"),
    ("{{ $value }}", SMALL),
)
"""What the templates of values give for 0.2."""


def filled(text: str) -> str:
    """Return a text as Prometheus fills it in for an alert without labels whose value is 0.2."""
    text = without_labels(text)
    for template, value in FILLED:
        text = text.replace(template, value)
    return text


def texts(rule: AlertRule) -> dict[str, str]:
    return {"summary": rule.summary, "description": rule.description}


@pytest.mark.parametrize("rule", EVERY_ALERT, ids=lambda rule: rule.alert)
def test_a_text_without_its_labels_has_no_hole(rule: AlertRule) -> None:
    for text in map(filled, texts(rule).values()):
        assert "{{" not in text
        assert not HOLE.search(text), text


def test_promtool_fills_every_text_in_like_this(promtool: str) -> None:  # noqa: ARG001
    """Each alert gets the expression of a series without labels; ``humanize`` alone would write 200m."""
    rules = [
        AlertRule(
            alert=f"{number}-{rule.alert}",
            expr="small",
            for_="0s",
            severity=rule.severity,
            summary=rule.summary,
            description=rule.description,
            runbook=RUNBOOK,
        )
        for number, rule in enumerate(EVERY_ALERT)
    ]
    test = RuleTest(
        name="no labels",
        series={"small": SMALL},
        alerts=[
            AlertTest(rule.alert, "0m", [Firing({}, {name: filled(text) for name, text in texts(rule).items()})])
            for rule in rules
        ],
    )
    assert run_tests("texts", [RuleGroup("texts", rules)], [test]).failures == {}


@pytest.mark.parametrize("text", ["The API of  fails", "subresource ", "(): none", "disk of is full", "a, b,"])
def test_a_hole_is_seen(text: str) -> None:
    assert HOLE.search(text)
