"""Writes rules as YAML, the way people write them by hand. Needs the extra ``prometheus`` (PyYAML)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

try:
    import yaml
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        "rules for Prometheus are written with PyYAML: pip install 'northsouth[prometheus]'", name=missing.name
    ) from missing

from northsouth.alerts.prometheus.rules import AlertRule, Rule, RuleGroup, plain


class _Writer(yaml.SafeDumper):
    """Indents lists, writes texts of several lines as blocks, and never abbreviates with anchors."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow=flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002
        return True


_READ_AS_ELSE = re.compile(r"[-+]?(0o[0-7]+|[\d.]+([eE][-+]?\d+)?)|[yYnN]")
"""Texts that PyYAML would leave bare, but that YAML 1.2 or Go's reader take for a number or a truth value."""


_OTHER_BREAKS = re.compile(r"[\r\x85\u2028\u2029]")
"""Line breaks that a reader of YAML 1.1 would take for a plain one, unless they are escaped."""


def _text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "'" if _READ_AS_ELSE.fullmatch(text) else "|" if "\n" in text else None
    if _OTHER_BREAKS.search(text):
        style = '"'
    return writer.represent_scalar("tag:yaml.org,2002:str", str(text), style=style)


_Writer.add_representer(str, _text)
_Writer.add_multi_representer(str, _text)  # also the words of enumerations


def document(value: Mapping[str, Any]) -> str:
    """Return a value as YAML, its keys in the order given."""
    text: str = yaml.dump(value, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=float("inf"))
    return text


def rule_file(groups: Sequence[RuleGroup]) -> str:
    """Return groups as a rule file of Prometheus; also what Amazon Managed Prometheus takes."""
    return document({"groups": [group_value(group) for group in groups]})


def max_bytes(groups: Sequence[RuleGroup]) -> int:
    """Return how large a file of these groups is at most; much sooner than `rule_file` writes one.

    A line break, two characters in JSON, becomes at most an indentation of 14 blanks; nothing else grows as much.
    """
    return 8 * len(json.dumps([group_value(group) for group in groups])) + len("groups:\n")


def group_value(group: RuleGroup) -> dict[str, Any]:
    """Return a group as the mapping that a rule file holds."""
    settings = {"interval": group.interval, "limit": group.limit, "query_offset": group.query_offset}
    return {
        "name": group.name,
        **{key: value for key, value in settings.items() if value is not None},
        "rules": [rule_value(rule, group.labels) for rule in group.rules],
    }


def rule_value(rule: Rule, inherited: Mapping[str, str]) -> dict[str, Any]:
    """Return a rule as the mapping that a rule file holds; labels and annotations are sorted by name."""
    expr = plain(rule.expr)
    if isinstance(rule, AlertRule):
        value: dict[str, Any] = {"alert": rule.alert, "expr": expr, "for": rule.for_}
        if rule.keep_firing_for is not None:
            value["keep_firing_for"] = rule.keep_firing_for
        value["labels"] = dict(sorted({**inherited, **rule.all_labels}.items()))
        value["annotations"] = {name: plain(text) for name, text in rule.all_annotations.items()}
        return value
    labels = dict(sorted({**inherited, **rule.labels}.items()))
    return {"record": rule.record, "expr": expr} | ({"labels": labels} if labels else {})
