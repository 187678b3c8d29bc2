"""The dashboard of an environment's alarms, and the status page for customers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cdktf import TerraformOutput, TerraformStack

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.dashboards.board import Graph, Text
from northsouth.alerts.dashboards.dashboard import Dashboard
from northsouth.alerts.packs.load_balancer import LoadBalancerAlarms
from northsouth.alerts.status.status_page import StatusPage
from northsouth.egress import analysis_metrics
from northsouth.logs import metrics
from northsouth.stacks.alarms import Watched
from northsouth.stacks.settings import DashboardSection, StatusPageSection

_PERIOD = 300
"""Seconds of one point in graphs of traffic."""


def declare_dashboard(
    stack: TerraformStack, section: DashboardSection, environment: str, region: str, watched: Watched
) -> Dashboard:
    """Declare the dashboard of all alarms that the stack has so far, and output its JSON for Grafana."""
    dashboard = Dashboard(
        stack,
        "dashboard",
        name=section.name or environment,
        title=section.title,
        region=region,
        graphs=dict(_graphs(watched)),
        texts={"nat": [Text("New since yesterday", watched.analysis.new_traffic)]} if watched.analysis else {},
    )
    if section.grafana:
        TerraformOutput(
            stack,
            "grafana_dashboard",
            value=dashboard.grafana,
            description="The dashboard as Grafana imports it: terraform output -raw grafana_dashboard",
            # Not a secret: hidden, or each apply would print all of it.
            sensitive=True,
        )
    return dashboard


def _graphs(watched: Watched) -> Iterator[tuple[str, list[Graph]]]:
    """Yield the graphs of metrics without an alarm, by their section."""
    bytes_out = watched.nat.metric("BytesOutToDestination", period=_PERIOD)
    if bytes_out:
        zones = [replace(metric, label=zone) for zone, metric in sorted(bytes_out.items())]
        yield "nat", [Graph.of("Bytes out, by zone", zones)]
    if watched.analysis:
        name = watched.analysis.name
        yield "egress", [Graph.of("Through NAT, by day", [analysis_metrics.egress_bytes(name)])]
    archive = watched.archive
    if archive is None:
        return
    for source in sorted(archive.construct.jobs):
        counts = (metrics.window_requests, metrics.delivered_records, metrics.archived_records)
        series = [count(archive.name, source, period=archive.period) for count in counts]
        yield f"archive-{source}", [Graph.of("From requests to the archive, by window", series)]


def declare_status_page(
    stack: TerraformStack, section: StatusPageSection, environment: str, serving: LoadBalancerAlarms
) -> StatusPage:
    """Declare the status page of a load balancer's success rate, and output its address."""
    # The slow one of the two alarms judges what the page promises; the fast one allows more failures.
    slow = serving.alarms["success-rate-slow"]
    page = StatusPage(
        stack,
        "status-page",
        name=f"{environment}-status",
        bucket_name=section.bucket,
        title=section.title,
        about=section.about,
        alarm=serving.alarms["success-rate"],
        success=slow if isinstance(slow, Alarm) else None,
        interval_minutes=section.interval_minutes,
        allow_destroy=not section.protect,
    )
    TerraformOutput(stack, "status_page", value=page.url, description="The status page's address")
    return page
