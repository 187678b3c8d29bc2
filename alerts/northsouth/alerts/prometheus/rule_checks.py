"""What Prometheus refuses about rules, and what would make an alert useless at night; pure.

Sources are ``rulefmt`` of prometheus/prometheus and the pages under prometheus.io/docs/prometheus/latest/configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus import templates
from northsouth.alerts.prometheus.durations import seconds
from northsouth.alerts.prometheus.promql import Parsed, parse
from northsouth.alerts.prometheus.rules import AlertRule, RecordingRule, Rule, RuleGroup, plain
from northsouth.alerts.prometheus.selectors import LABEL_NAME
from northsouth.errors import Problem
from northsouth.tokens import is_token

_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_OWN_LABELS = ("alertname", "alertstate", "severity")
_OWN_ANNOTATIONS = ("summary", "description", "runbook_url")
_WRITE = "Write 30s, 5m, 1h30m or 2d."


def group_problems(groups: Sequence[RuleGroup]) -> Iterator[Problem]:
    """Yield everything that is wrong with the groups of one file."""
    if not groups:
        yield Problem("groups", "none", "a rule file has at least one group", "Give a RuleGroup.")
    names: set[str] = set()
    for group in groups:
        where = f"groups[{group.name!r}]"
        if group.name in names:
            fix = "Give one of them another name."
            yield Problem(where, "two groups of this name", "group names are unique within a file", fix)
        names.add(group.name)
        for problem in _of_group(group):
            yield problem.within(where)


def _of_group(group: RuleGroup) -> Iterator[Problem]:
    if not group.name.strip() or "\n" in group.name:
        yield Problem("name", repr(group.name), "a group's name is one line of text", "Give it a name.")
    if not group.rules:
        yield Problem("rules", "none", "a group has at least one rule", "Give it a rule, or leave the group out.")
    yield from duration_problems("interval", group.interval, positive=True)
    yield from duration_problems("query_offset", group.query_offset)
    if group.limit is not None and (isinstance(group.limit, bool) or group.limit < 0):
        yield Problem("limit", repr(group.limit), "it is a number of alerts or series", "Write 0 for no limit.")
    yield from label_problems("labels", group.labels)
    identities: set[tuple[object, ...]] = set()
    for rule in group.rules:
        where = f"rules[{rule.name!r}]"
        identity = (rule.name, plain(rule.expr), *sorted({**group.labels, **_labels_of(rule)}.items()))
        if identity in identities:
            rule_text = "rules of one name in a group differ in expression or labels"
            yield Problem(where, "the same rule twice", rule_text, "Leave one of them out.")
        identities.add(identity)
        problems = alert_problems(rule) if isinstance(rule, AlertRule) else recording_problems(rule)
        for problem in problems:
            yield problem.within(where)


def _labels_of(rule: Rule) -> Mapping[str, str]:
    return rule.all_labels if isinstance(rule, AlertRule) else rule.labels


def alert_problems(rule: AlertRule) -> Iterator[Problem]:
    """Yield what is wrong with an alert."""
    if not rule.alert.strip() or "\n" in rule.alert:
        yield Problem("alert", repr(rule.alert), "an alert's name is one line of text", "Write a name such as ApiDown.")
    parsed, problems = _read(rule.expr)
    yield from problems
    if rule.severity not in list(Severity):
        words = ", ".join(Severity)
        yield Problem("severity", repr(rule.severity), f"it is one of {words}", "Write severity='critical'.")
    yield from duration_problems("for_", rule.for_)
    yield from duration_problems("keep_firing_for", rule.keep_firing_for)
    yield from text_problems(rule)
    yield from label_problems("labels", rule.labels)
    yield from annotation_problems(rule.annotations)
    texts = {"summary": rule.summary, "description": rule.description, "runbook": rule.runbook}
    texts |= {f"annotations.{name}": text for name, text in rule.annotations.items()}
    texts |= {f"labels.{name}": text for name, text in rule.labels.items()}
    for where, text in texts.items():
        yield from template_problems(where, text, parsed)


def recording_problems(rule: RecordingRule) -> Iterator[Problem]:
    """Yield what is wrong with a recording rule."""
    if not _METRIC.fullmatch(rule.record):
        allowed = "a metric's name is of letters, digits, _ and :, and does not begin with a digit"
        yield Problem("record", repr(rule.record), allowed, "Write a name such as cluster:requests:rate5m.")
    yield from _read(rule.expr)[1]
    yield from label_problems("labels", rule.labels)


def _read(expr: str) -> tuple[Parsed | None, list[Problem]]:
    """Parse an expression; none if it is not known yet or not valid."""
    if is_token(expr):
        return None, []
    try:
        parsed = parse(plain(expr))
    except ValueError as error:
        return None, [Problem("expr", repr(plain(expr)), f"it is not PromQL: {error}", "Correct the expression.")]
    if not parsed.evaluable:
        fix = "Apply a function such as rate() or max_over_time()."
        return parsed, [Problem("expr", repr(plain(expr)), "a rule returns a vector or a number", fix)]
    return parsed, []


def duration_problems(where: str, duration: str | None, *, positive: bool = False) -> Iterator[Problem]:
    """Check a duration, if one is given."""
    if duration is None or is_token(duration):
        return
    length = seconds(duration)
    if length is None:
        yield Problem(where, repr(duration), "it is a duration of Prometheus: whole numbers with units", _WRITE)
    elif positive and not length:
        yield Problem(where, repr(duration), "it is longer than nothing", _WRITE)


def text_problems(rule: AlertRule) -> Iterator[Problem]:
    """Check what a woken person reads: none of it empty, the summary one line, the runbook an address."""
    for where, text in (("summary", rule.summary), ("description", rule.description)):
        if not text.strip():
            yield Problem(where, repr(text), "a woken person needs to read it", "Say it in one sentence.")
    if "\n" in rule.summary:
        yield Problem("summary", repr(rule.summary), "a summary is one line", "Move the rest to description=.")
    parts = urlsplit(rule.runbook)
    if not is_token(rule.runbook) and not (parts.scheme in ("http", "https") and parts.netloc):
        fix = "Link the page that says what to do."
        yield Problem("runbook", repr(rule.runbook), "a runbook is an http(s) address", fix)


def label_problems(where: str, labels: Mapping[str, str]) -> Iterator[Problem]:
    """Check the names of labels: valid, not Prometheus' own, not those that have an argument of their own."""
    for name in labels:
        if not LABEL_NAME.fullmatch(name):
            allowed = "a label's name is of letters, digits and _, and does not begin with a digit"
            yield Problem(f"{where}.{name}", repr(name), allowed, "Rename the label.")
        elif name.startswith("__"):
            yield Problem(f"{where}.{name}", repr(name), "names with __ belong to Prometheus", "Rename the label.")
        elif name in _OWN_LABELS:
            fix = "Write severity= instead." if name == "severity" else "Leave it out."
            yield Problem(f"{where}.{name}", repr(name), "the rule sets this label itself", fix)


def annotation_problems(annotations: Mapping[str, str]) -> Iterator[Problem]:
    """Check the names of further annotations."""
    for name in annotations:
        where = f"annotations.{name}"
        if name in _OWN_ANNOTATIONS:
            argument = name.removesuffix("_url")
            yield Problem(
                where, repr(name), "this annotation has an argument of its own", f"Write {argument}= instead."
            )
        elif not LABEL_NAME.fullmatch(name):
            allowed = "an annotation's name is of letters, digits and _, and does not begin with a digit"
            yield Problem(where, repr(name), allowed, "Rename it.")


def template_problems(where: str, text: str, parsed: Parsed | None) -> Iterator[Problem]:
    """Check a template: its braces close, and the labels it reads can exist on the result of the expression."""
    if not templates.is_closed(text):
        yield Problem(where, repr(text), "each {{ needs its }}", "Close the template.")
        return
    if parsed is None:
        return
    for name in templates.labels(text):
        if name not in parsed.labels:
            names = ", ".join(sorted(parsed.labels.names)) or "no labels"
            has = f"all but {names}" if parsed.labels.open else names
            yield Problem(
                where,
                f"a template that reads the label {name!r}",
                f"the result of the expression cannot have it (it can have {has}), so the text would have a hole",
                "Keep the label in the expression's by (...), or leave it out of the text.",
            )
