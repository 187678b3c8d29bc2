"""The arguments of `northsouth.alerts.dashboards`."""

from __future__ import annotations

from cdktf import TerraformOutput, TerraformStack

from northsouth.alerts.dashboards import Dashboard, Graph, Limit, PromQuery, Text
from tests.arguments.alerts import ERRORS, TAIL, alarm
from tests.arguments.entries import Entry, Late, construct, value

REQUESTS = Graph.of("Errors", ERRORS)


def shown(made: Dashboard) -> None:
    """Give Grafana's JSON to the stack too: some of what is declared shows only there."""
    TerraformOutput(made, "grafana", value=made.grafana)


def drawn(stack: TerraformStack, graph: Graph) -> None:
    shown(Dashboard(stack, "it", name="edge", region="us-east-1", alarms={}, graphs={"Errors": [graph]}))


ENTRIES: list[Entry] = [
    construct(
        Dashboard,
        {"name": "edge", "region": "us-east-1", "alarms": Late(lambda stack: {"All": [alarm(stack, "a")]})},
        then=shown,
        changes={
            "name": "other",
            "region": "eu-west-3",
            "alarms": Late(lambda stack: {"Other": [alarm(stack, "a")]}),
            "graphs": {"All": [REQUESTS]},
            "texts": {"All": [Text("Where", "to look")]},
            "title": "Other",
        },
    ),
    value(
        Graph.of,
        drawn,
        {"title": "Errors", "measured": ERRORS, "limits": []},
        changes={"title": "Other", "measured": TAIL, "limits": [Limit(5, "> 5")], "description": "what fails"},
    ),
    value(
        Text,
        lambda stack, it: shown(
            Dashboard(
                stack, "it", name="edge", region="us-east-1", alarms={"All": [alarm(stack, "a")]}, texts={"All": [it]}
            )
        ),
        {"title": "Where", "markdown": "to look"},
        changes={"title": "When", "markdown": "to begin"},
    ),
    value(
        Limit,
        lambda stack, it: drawn(stack, Graph.of("Errors", ERRORS, it)),
        {"value": 5, "label": "5"},
        changes={"value": 6, "label": "6", "bad": "below"},
    ),
]

READS: dict[object, str] = {
    Graph.promql: "a graph of Grafana's alone, which CloudWatch's dashboard refuses: tests/alerts/dashboards",
    PromQuery: "part of such a graph: tests/alerts/dashboards",
}
"""Methods that declare nothing."""
