"""Rule files as YAML: no larger than foretold, and read back as what was written, whatever the texts."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.rendering import document, group_value, max_bytes, rule_file
from northsouth.alerts.prometheus.rules import RecordingRule, RuleGroup

# Of every length, with the characters that grow most: line breaks are indented, controls and quotes escaped.
TEXTS = st.text(max_size=20) | st.text("\n\0'\"\\: é\U0001f600\u2028", max_size=50)
RULES = st.builds(RecordingRule, record=TEXTS, expr=TEXTS, labels=st.dictionaries(TEXTS, TEXTS, max_size=2))
GROUPS = st.builds(RuleGroup, TEXTS, st.lists(RULES, max_size=3), labels=st.dictionaries(TEXTS, TEXTS, max_size=2))


@given(st.lists(GROUPS, max_size=3))
def test_a_file_is_no_larger_than_foretold(groups: list[RuleGroup]) -> None:
    assert len(rule_file(groups).encode()) <= max_bytes(groups)


@given(st.lists(GROUPS, max_size=3))
def test_a_file_is_read_back_as_what_was_written(groups: list[RuleGroup]) -> None:
    assert yaml.safe_load(rule_file(groups)) == {"groups": [group_value(group) for group in groups]}


def test_a_word_of_an_enumeration_is_written_as_text() -> None:
    assert yaml.safe_load(document({"severity": Severity.CRITICAL})) == {"severity": "critical"}
