"""Boards that the tests draw."""

from __future__ import annotations

from northsouth.alerts.dashboards.board import Board, Graph, Limit, PromQuery, Section, Shown, Text, board_of
from northsouth.metrics.functions import IF
from northsouth.metrics.metric import Metric
from northsouth.metrics.render import render
from northsouth.metrics.units import gigabits_per_second, percent

HOSTILE = '</script><img src=x onerror=alert(1)> | [x](javascript:1) `a` "q" \\ ${LABEL}'.replace("${", "$ {")
"""Everything that Markdown, HTML and JSON could stumble over."""


def metric(name: str, **values: object) -> Metric:
    given: dict[str, object] = {"namespace": "AWS/NATGateway", "statistic": "Sum", "unit": "Bytes", **values}
    return Metric(name=name, dimensions={"NatGatewayId": "${aws_nat_gateway.a.id}"}, **given)  # type: ignore[arg-type]


OUT = metric("BytesOutToDestination")
DROPPED = metric("PacketsDropCount", unit="Count")
SENT = metric("PacketsOutToDestination", unit="Count")

ALARMS = [
    Shown(
        "example-nat-throughput",
        "arn:aws:cloudwatch:us-east-1:123456789012:alarm:example-nat-throughput",
        "warning",
        "More than 2 Gbit/s leaves",
        "https://runbooks.example.com/nat#throughput",
        render((OUT.per_second() > gigabits_per_second(2)).for_datapoints(3, of=5)),
    ),
    Shown(
        "example-nat-delivered",
        "${aws_cloudwatch_metric_alarm.delivered.arn}",
        "critical",
        HOSTILE,
        "https://runbooks.example.com/nat (old)#delivered",
        render((IF(SENT > 0, 1 - DROPPED / SENT, 1) < percent(99.9)).for_datapoints(1)),
    ),
    Shown(
        "example-nat-bytes",
        "arn:aws:cloudwatch:us-east-1:123456789012:alarm:example-nat-bytes",
        "info",
        "Bytes",
        "https://runbooks.example.com/nat#bytes",
        render((DROPPED > 5).for_datapoints(1)),
    ),
]
COMPOSITE = Shown(
    "example-web",
    "arn:aws:cloudwatch:us-east-1:123456789012:alarm:example-web",
    "critical",
    "Down",
    "https://r.example.com",
)

BOARD = board_of(
    "Example", {"NAT": ALARMS, "Web": [COMPOSITE]}, {"NAT": [Graph.of("Sent and dropped", DROPPED / SENT)]}
)

PROMETHEUS = Board(
    "Clusters",
    (
        Section(
            "API",
            graphs=(
                Graph.promql(
                    "Errors",
                    PromQuery('sum by (cluster) (rate(apiserver_request_total{code=~"5.."}[5m]))', "{{cluster}}"),
                    "vector(0)",
                    unit="count/s",
                    limits=[Limit(3, "> 3/s"), Limit(0.1, "< 0.1/s", "below")],
                ),
            ),
            texts=(Text("Runbooks", "[errors](https://r.example.com)"),),
        ),
    ),
)
MIXED = Board("Both", (*BOARD.sections, *PROMETHEUS.sections))
