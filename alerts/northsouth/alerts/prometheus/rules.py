"""Rules as values: what Prometheus, Mimir and Amazon Managed Prometheus evaluate; pure.

Nothing is checked when a value is made. :meth:`~northsouth.alerts.prometheus.RuleFile.yaml`, the exports and the
constructs refuse everything that is wrong with all of their rules in one report
(:mod:`northsouth.alerts.prometheus.rule_checks`).
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.meaning import Severity, SeverityName


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """A condition, and what to tell the person who acts on it.

    Attributes:
        alert: its name, the label ``alertname``.
        expr: the PromQL expression; each series it returns is one alert. May be indented text of several lines.
        severity: how soon somebody has to act; the label ``severity``.
        summary: what is wrong, in one line; may use templates: ``{{ $labels.cluster }}``, ``{{ $value }}``.
        description: what it means and what was measured; may use templates.
        runbook: address of the page that says what to do; the annotation ``runbook_url``.
        for_: how long the expression must return the series before the alert fires; ``0s`` fires at once.
        keep_firing_for: how long it still fires after the expression stopped returning the series (Prometheus 2.42).
        labels: further labels of the alert, for routing; values may use templates.
        annotations: further annotations; values may use templates.

    """

    alert: str
    expr: str
    severity: Severity | SeverityName
    summary: str
    description: str
    runbook: str
    for_: str = "5m"
    keep_firing_for: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The alert's name."""
        return self.alert

    @property
    def all_labels(self) -> dict[str, str]:
        """The labels that the rule adds to each alert."""
        return {"severity": str(self.severity), **self.labels}

    @property
    def all_annotations(self) -> dict[str, str]:
        """The annotations of each alert, before templates are filled in."""
        return {
            "summary": self.summary,
            "description": self.description,
            "runbook_url": self.runbook,
            **self.annotations,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRule:
    """A series that is computed from others.

    Attributes:
        record: the name of the new metric; by convention ``level:metric:operations``.
        expr: the PromQL expression.
        labels: labels that each series gets.

    """

    record: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The new metric's name."""
        return self.record


Rule = AlertRule | RecordingRule
"""What a group of rules holds: alerts, and recordings of a query's result under a name of its own."""


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that are evaluated together and in order: a rule sees what those before it have recorded.

    Attributes:
        name: its name; unique within a file.
        rules: the rules.
        interval: how often they are evaluated; that of the server if not given.
        limit: how many alerts or series one rule may produce; 0 or none for no limit.
        query_offset: how far in the past the expressions are evaluated, for series that arrive late (Prometheus 2.53).
        labels: labels that all rules of the group get; a rule's own win. They are written into each rule, because
            Prometheus knows labels of groups only from 3.0 on.

    """

    name: str
    rules: Sequence[Rule]
    interval: str | None = None
    limit: int | None = None
    query_offset: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


def plain(text: str) -> str:
    """Return a text of several lines without the indentation of the source it stands in."""
    first, newline, rest = text.strip("\n").partition("\n")
    if first[:1].isspace():
        first, newline, rest = "", "", text.strip("\n")
    lines = f"{first}{newline}{textwrap.dedent(rest)}".splitlines()
    return "\n".join(line.rstrip() for line in lines).strip()
