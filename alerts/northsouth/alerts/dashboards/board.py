"""What a dashboard shows, in CloudWatch or in Grafana: sections of graphs, alarm states and texts; pure.

A :class:`Board` is made from alarms (:func:`board_of`) or by hand, also of PromQL expressions, and is then drawn by
:mod:`northsouth.alerts.dashboards.cloudwatch` and :mod:`northsouth.alerts.dashboards.grafana`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from northsouth.alerts.dashboards.markdown import escaped, link
from northsouth.errors import Problem, refuse
from northsouth.metrics.algebra import Expression, Several, common
from northsouth.metrics.metric import Metric
from northsouth.metrics.render import Query, Rendered, name_metrics
from northsouth.metrics.syntax import write


@dataclass(frozen=True, slots=True)
class Limit:
    """A line in a graph, and the side of it that is bad.

    Attributes:
        value: where it is, in the graph's unit.
        label: what stands beside it: ``< 99 %``.
        bad: the side on which an alarm is raised.

    """

    value: int | float
    label: str
    bad: Literal["above", "below"] = "above"


@dataclass(frozen=True, slots=True)
class PromQuery:
    """One PromQL expression.

    Attributes:
        expression: the PromQL.
        legend: what its series are called; ``{{label}}`` stands for a label's value.

    """

    expression: str
    legend: str = ""


Source: TypeAlias = Query | PromQuery


@dataclass(frozen=True, slots=True)
class Graph:
    """Time series with their limits.

    Attributes:
        title: its title.
        sources: CloudWatch's queries, or PromQL's; never both. Where there is metric math, its metrics are hidden.
        unit: the symbol of the values' unit, as :class:`~northsouth.metrics.dimensions.Unit` has it: ``%``, ``Gbit/s``.
        limits: the lines in it.
        description: what it shows, in a sentence.
        runbook: the page that says what to do, if there is one.

    """

    title: str
    sources: tuple[Source, ...]
    unit: str = ""
    limits: tuple[Limit, ...] = ()
    description: str = ""
    runbook: str = ""

    @classmethod
    def of(cls, title: str, measured: Expression | Sequence[Metric], *limits: Limit, description: str = "") -> Graph:
        """Draw a metric, arithmetic on metrics, or several metrics of one unit.

        Args:
            title: the graph's title.
            measured: what to draw.
            limits: lines in it.
            description: what it shows.

        Raises:
            UnitError: if several metrics measure different things.
            ConfigurationError: if there is no metric.

        """
        if not isinstance(measured, Expression):
            if not measured:
                rule = "a graph draws one metric or more"
                refuse(f"Graph {title!r}", [Problem("measured", "an empty list", rule, "Give a metric.")])
            measured = Several(tuple(common("a graph", tuple(measured))))
        ids = name_metrics(measured)
        queries = tuple(Query(name, metric, "", metric.label or metric.name) for metric, name in ids.items())
        if not isinstance(measured, Metric | Several):
            free = next(name for name in ("result", "graph", "graph_result") if name not in ids.values())
            queries = (*queries, Query(free, None, write(measured, ids), title))
        return cls(title, queries, measured.measure.symbol, limits, description)

    @classmethod
    def promql(
        cls, title: str, *queries: PromQuery | str, unit: str = "", limits: Iterable[Limit] = (), description: str = ""
    ) -> Graph:
        """Draw PromQL expressions.

        Args:
            title: the graph's title.
            queries: the expressions.
            unit: the symbol of the values' unit; empty for a ratio, ``count`` for a number of things.
            limits: lines in it.
            description: what it shows.

        """
        read = tuple(PromQuery(query) if isinstance(query, str) else query for query in queries)
        return cls(title, read, unit, tuple(limits), description)

    @property
    def metrics(self) -> int:
        """How many metrics CloudWatch has to read for it."""
        return sum(isinstance(source, Query) for source in self.sources)


@dataclass(frozen=True, slots=True)
class Text:
    """Markdown.

    Attributes:
        title: its title.
        markdown: the text below it.

    """

    title: str
    markdown: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An alarm as a dashboard knows it.

    Attributes:
        name: its name.
        arn: its ARN, usually a token.
        severity: how soon somebody has to act.
        summary: what is wrong when it is raised.
        runbook: the page that says what to do.
        condition: what it measures; a composite measures nothing.

    """

    name: str
    arn: str
    severity: str
    summary: str
    runbook: str
    condition: Rendered | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a board: alarm states, graphs and texts under one heading.

    Attributes:
        title: its heading.
        alarms: the alarms whose states stand first.
        graphs: the graphs, in this order.
        texts: what stands below them.

    """

    title: str
    alarms: tuple[Shown, ...] = ()
    graphs: tuple[Graph, ...] = ()
    texts: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Variable:
    """A label whose values the reader of a Grafana dashboard chooses; PromQL reads it as ``label=~"$label"``.

    Attributes:
        label: the label; the variable has its name.
        metric: a selector of series that have the label.

    """

    label: str
    metric: str


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard.

    Attributes:
        title: its title.
        sections: its sections, in this order.
        variables: what the reader chooses, in this order. CloudWatch's dashboards have none.

    """

    title: str
    sections: tuple[Section, ...]
    variables: tuple[Variable, ...] = ()


def board_of(
    title: str,
    alarms: Mapping[str, Iterable[Shown]],
    graphs: Mapping[str, Iterable[Graph]],
    texts: Mapping[str, Iterable[Text]] = {},
) -> Board:
    """Return the board of a set of alarms: each with its graph, its state, and its runbook.

    Sections are ordered by title, and their contents by name. A board therefore changes only where its alarms change.

    Args:
        title: the board's title.
        alarms: the alarms by section.
        graphs: more graphs by section, which stand behind those of the alarms.
        texts: more texts by section, which stand behind the runbooks.

    """
    alarms_by_section = {
        section: sorted(section_alarms, key=lambda alarm: alarm.name) for section, section_alarms in alarms.items()
    }
    prefix = common_prefix([alarm.name for section_alarms in alarms_by_section.values() for alarm in section_alarms])
    sections = [
        _section(
            name,
            tuple(alarms_by_section.get(name, ())),
            tuple(graphs.get(name, ())),
            tuple(texts.get(name, ())),
            prefix,
        )
        for name in sorted({*alarms_by_section, *graphs, *texts})
    ]
    return Board(title, tuple(sections))


def graph_of(alarm: Shown, condition: Rendered, prefix: str = "") -> Graph:
    """Return the graph of what an alarm judges, with its threshold.

    Args:
        alarm: the alarm.
        condition: what it measures.
        prefix: the part of its name that the title leaves out.

    """
    below = condition.comparison_operator.startswith("LessThan")
    limit = Limit(condition.threshold, condition.limit or "raised", "below" if below else "above")
    title = alarm.name.removeprefix(prefix)
    # The label of an alarm's expression is its unit, which stands at the axis already.
    queries = tuple(query if query.metric is not None else replace(query, label=title) for query in judged(condition))
    return Graph(
        title, queries, condition.unit.symbol, (limit,), f"{alarm.summary} ({condition.window})", alarm.runbook
    )


def judged(condition: Rendered) -> tuple[Query, ...]:
    """Return what an alarm judges as queries, the judged one last."""
    metric = condition.metric
    return condition.queries if metric is None else (Query("judged", metric, "", metric.label or metric.name),)


def common_prefix(names: list[str], separator: str = "-") -> str:
    """Return what all ``names`` begin with, up to and with a dash: ``example-alarms-``; nothing for a single name."""
    if len(names) < 2:
        return ""
    first, last = min(names), max(names)
    same = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[: first.rfind(separator, 0, same) + 1]


def _section(
    title: str, alarms: tuple[Shown, ...], graphs: tuple[Graph, ...], texts: tuple[Text, ...], prefix: str
) -> Section:
    drawn = tuple(graph_of(alarm, alarm.condition, prefix) for alarm in alarms if alarm.condition is not None)
    pages = (Text("Runbooks", runbooks(alarms, prefix)),) if alarms else ()
    return Section(title, alarms, (*drawn, *graphs), (*pages, *texts))


def runbooks(alarms: Iterable[Shown], prefix: str = "") -> str:
    """Return a table of alarms: what each means, and where it says what to do."""
    rows = [
        f"| {link(alarm.name.removeprefix(prefix), alarm.runbook)} | {escaped(alarm.severity)} "
        f"| {escaped(alarm.summary)} |"
        for alarm in alarms
    ]
    return "\n".join(["| Runbook | Severity | What is wrong |", "|---|---|---|", *rows])
