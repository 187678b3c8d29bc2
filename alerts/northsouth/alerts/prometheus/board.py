"""The dashboard of a pack: what each of its alerts measures, with its threshold, and which of them fire; pure.

Needs the extra ``prometheus``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from northsouth.alerts.dashboards.board import Board, Graph, Limit, PromQuery, Section, Shown, Text, Variable, runbooks
from northsouth.alerts.prometheus.promql import measured, narrowed, recorded_labels
from northsouth.alerts.prometheus.templates import named_labels

_LABEL = re.compile(r"\{\{-?\s*\$labels\.(\w+)[^}]*\}\}")
_OTHER = re.compile(r"(?:\{\{.*?\}\})+", re.DOTALL)
_UNITS = {"humanizePercentage": "", "humanizeDuration": "s", "humanize1024": "B"}
"""What the functions of an alert's own texts say about its value."""


@dataclass(frozen=True, slots=True)
class _Alert:
    name: str
    severity: str
    summary: str
    runbook: str
    unit: str
    query: str
    limit: Limit | None


VARIABLES = ("cluster", "instance")
"""The labels that the reader of a dashboard chooses by, where the alerts have them."""


def board_of_rules(title: str, groups: Sequence[Mapping[str, Any]], variables: Sequence[str] = VARIABLES) -> Board:
    """Return the dashboard of rules: a section for each group with alerts.

    A comparison with a number becomes a line in the graph of what is compared. An expression that compares nothing,
    because it finds series that are there or not, is drawn as it is: a series is an alert.

    Args:
        title: the dashboard's title.
        groups: the groups as a rule file holds them.
        variables: labels that the reader chooses by. A graph shows the chosen ones if what it draws has the label.

    """
    rules = [rule for group in groups for rule in group["rules"]]
    recorded = recorded_labels(
        (rule["record"], rule["expr"], rule.get("labels", ())) for rule in rules if "record" in rule
    )
    matchers = {name: _chosen(name) for name in variables}
    metrics: dict[str, str] = {}
    sections = []
    for group in groups:
        alerts = []
        for alert in (_alert(rule) for rule in group["rules"] if "alert" in rule):
            chosen = narrowed(alert.query, matchers, recorded)
            alerts.append(replace(alert, query=chosen.expr))
            metrics = {**chosen.metrics, **metrics}
        sections.append((str(group["name"]), alerts))
    used = [name for name in variables if name in metrics]
    return Board(
        title,
        tuple(_section(name, alerts, used) for name, alerts in sections if alerts),
        tuple(Variable(name, _of_chosen(metrics[name], used[:at])) for at, name in enumerate(used)),
    )


def _chosen(label: str) -> str:
    return f'{label}=~"${label}"'


def _of_chosen(metric: str, labels: Sequence[str]) -> str:
    return f"{metric}{{{','.join(map(_chosen, labels))}}}" if labels else metric


def _alert(rule: Mapping[str, Any]) -> _Alert:
    texts = rule.get("annotations", {})
    measure = measured(rule["expr"])
    words = " ".join(texts.values())
    unit = next((unit for function, unit in _UNITS.items() if function in words), "count")
    return _Alert(
        name=rule["alert"],
        severity=rule.get("labels", {}).get("severity", ""),
        summary=without_templates(texts.get("summary", "")),
        runbook=texts.get("runbook_url", ""),
        unit=unit if measure.comparison else "count",
        query=measure.expr,
        limit=_limit(measure.comparison, measure.value),
    )


def _limit(comparison: str, value: float) -> Limit | None:
    """Return a line in a graph; equality has no bad side."""
    if not comparison or comparison in ("==", "!="):
        return None
    return Limit(value, f"{comparison} {value:g}", "below" if comparison.startswith("<") else "above")


def _section(name: str, alerts: Sequence[_Alert], variables: Sequence[str]) -> Section:
    names = "|".join(dict.fromkeys(alert.name for alert in alerts))
    # An alert without the label is about all clusters or all instances.
    chosen = "".join(f',{label}=~"${label}|"' for label in variables)
    firing = Graph.promql(
        "Alerts that fire",
        PromQuery(
            f'sum by (alertname, severity) (ALERTS{{alertstate="firing",alertname=~"{names}"{chosen}}})',
            "{{alertname}} {{severity}}",
        ),
        unit="count",
        description="Nothing is drawn while none fires.",
    )
    with_runbook = tuple(
        Shown(alert.name, "", alert.severity, alert.summary, alert.runbook) for alert in alerts if alert.runbook
    )
    texts = (Text("Runbooks", runbooks(with_runbook)),) if with_runbook else ()
    return Section(name, graphs=(firing, *_graphs(alerts)), texts=texts)


def _graphs(alerts: Sequence[_Alert]) -> Iterator[Graph]:
    """Yield a graph for each measured expression. Alerts with the same name and measure are lines in one graph."""
    measures: dict[tuple[str, str], list[_Alert]] = {}
    for alert in alerts:
        measures.setdefault((alert.name, alert.query), []).append(alert)
    names = [name for name, _ in measures]
    for at, ((name, query), same) in enumerate(measures.items()):
        number = f" {names[: at + 1].count(name)} of {names.count(name)}" if names.count(name) > 1 else ""
        limits = {alert.limit for alert in same if alert.limit}
        yield Graph(
            f"{name}{number}",
            (PromQuery(query),),
            same[0].unit,
            tuple(sorted(limits, key=lambda limit: limit.value)),
            same[0].summary,
            same[0].runbook,
        )


def without_templates(text: str) -> str:
    """Return an alert's text without its templates: a label is named, any other value is left open."""
    return " ".join(_OTHER.sub("\N{HORIZONTAL ELLIPSIS}", _LABEL.sub(r"(\1)", named_labels(text))).split())
