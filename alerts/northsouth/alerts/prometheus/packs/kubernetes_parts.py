"""What the rules on the Kubernetes API have in common: rates by cluster, alerts that name the cluster; pure."""

from __future__ import annotations

from northsouth.alerts.meaning import INCIDENT, Severity
from northsouth.alerts.prometheus.durations import duration
from northsouth.alerts.prometheus.packs.kubernetes_parameters import KubernetesApiParameters
from northsouth.alerts.prometheus.packs.parameters import page
from northsouth.alerts.prometheus.rules import AlertRule
from northsouth.alerts.prometheus.selectors import Matchers, selector
from northsouth.alerts.prometheus.templates import with_label
from northsouth.alerts.prometheus.timelines import number
from northsouth.metrics.dimensions import COUNT, SECOND
from northsouth.metrics.units import CountThreshold, quantity

FAILURES, REFUSALS = "kubernetes-api-failures", "kubernetes-api-refusals"
"""Incidents that several alerts report: an API that fails and is slow, and clients that ask too much."""
REQUEST_COUNT = "apiserver_request_total"
REJECTED_COUNT = "apiserver_flowcontrol_rejected_requests_total"


def rate(pack: KubernetesApiParameters, metric: str, match: Matchers | None = None, *, by: str = "") -> str:
    """Return the sum of rates by cluster and ``by``."""
    labels = ", ".join(filter(None, (pack.label, by)))
    return f"sum by ({labels}) (rate({selector(metric, {**pack.match, **(match or {})}, '5m')}))"


def alert(
    pack: KubernetesApiParameters,
    name: str,
    expr: str,
    *,
    for_: str,
    severity: Severity,
    summary: str,
    description: str,
    labels: dict[str, str] | None = None,
    incident: str = "",
    keep_firing_for: str | None = None,
) -> AlertRule:
    """Return an alert; its summary says first which cluster it is about.

    An Alertmanager of :mod:`northsouth.alerts.alertmanager` sends alerts of one ``incident`` in one message.
    """
    return AlertRule(
        alert=name,
        expr=expr,
        for_=for_,
        severity=severity,
        keep_firing_for=keep_firing_for,
        labels={**({INCIDENT: incident} if incident else {}), **(labels or {})},
        summary=f"The Kubernetes API{with_label(pack.label, ' of ')} {summary}",
        description=description,
        runbook=page(pack.runbook, name),
    )


def per_second(value: CountThreshold) -> str:
    """Return a number a second, as PromQL writes it."""
    return number(quantity(value).number_in(COUNT / SECOND))


def in_seconds(value: CountThreshold) -> str:
    """Return a time in seconds, as PromQL writes it."""
    return number(quantity(value).number_in(SECOND))


def length(value: CountThreshold) -> str:
    """Return a time as Prometheus writes durations."""
    return duration(quantity(value).number_in(SECOND))
