"""Rules on what the Kubernetes API answers: failing, too slow, refusing; and the error budget of both; pure."""

from __future__ import annotations

from dataclasses import dataclass

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.packs.kubernetes_parameters import KubernetesApiParameters
from northsouth.alerts.prometheus.packs.kubernetes_parts import (
    FAILURES,
    REFUSALS,
    REQUEST_COUNT,
    alert,
    in_seconds,
    length,
    per_second,
    rate,
)
from northsouth.alerts.prometheus.packs.parameters import fraction
from northsouth.alerts.prometheus.rules import AlertRule, RecordingRule, Rule
from northsouth.alerts.prometheus.selectors import Like, Match, Matchers, Not, NotLike
from northsouth.alerts.prometheus.templates import label, with_label
from northsouth.alerts.prometheus.timelines import number
from northsouth.metrics.dimensions import RATIO
from northsouth.metrics.units import Threshold, quantity

REQUESTS = "cluster:apiserver_requests:rate5m"
"""Requests a second."""
FAILED = "cluster:apiserver_requests_failed:rate5m"
"""Requests a second that were answered with 5xx."""
REFUSED = "cluster:apiserver_requests_refused:rate5m"
"""Requests a second that were answered with 429, without evictions."""
BAD = "cluster:apiserver_requests_bad:rate5m"
"""Requests a second that failed or were slower than Kubernetes' own objective."""

_WRITE: Match = {"verb": Like("POST|PUT|PATCH|DELETE", example="POST")}
_READ: Match = {"verb": Like("GET|LIST", example="GET")}
_SINGLE: Match = {"verb": Like("GET|POST|PUT|PATCH|DELETE", example="GET")}
_ANSWERED_AT_ONCE: Matchers = {"subresource": NotLike("proxy|attach|log|exec|portforward")}
"""Not the requests that stay open for as long as somebody reads: their duration says nothing of the API server."""


@dataclass(frozen=True, slots=True)
class Burn:
    """One pair of windows over which the error budget is judged.

    Attributes:
        long: the window over which the burn must be large enough to act.
        short: the window that shows that the burn still goes on.
        factor: how many times faster than allowed the budget is spent.
        for_: how long.
        severity: how soon somebody has to act.

    """

    long: str
    short: str
    factor: float
    for_: str
    severity: Severity


BURNS = (
    Burn("1h", "5m", 14.4, "2m", Severity.CRITICAL),
    Burn("6h", "30m", 6, "15m", Severity.CRITICAL),
    Burn("1d", "2h", 3, "1h", Severity.WARNING),
    Burn("3d", "6h", 1, "3h", Severity.WARNING),
)
"""The windows of the Site Reliability Workbook, chapter 5, for a month's budget: 2 %, 5 %, 10 % and 10 % of it."""


def rules(pack: KubernetesApiParameters) -> list[Rule]:
    """Return the recorded series, and the alerts that read them."""
    burns = [_burn(pack, burn) for burn in BURNS]
    return [*_recorded(pack), _errors(pack), *burns, _slow(pack), _refused(pack)]


def _recorded(pack: KubernetesApiParameters) -> list[Rule]:
    within = "\n  or ".join(
        rate(pack, f"{pack.latency}_bucket", {**match, **_ANSWERED_AT_ONCE}, by="verb, scope, le")
        for match in (
            {**_WRITE, "le": Like("1(.0)?", example="1")},
            {**_READ, "scope": Like("resource|", example="resource"), "le": Like("1(.0)?", example="1")},
            {**_READ, "scope": "namespace", "le": Like("5(.0)?", example="5")},
            {**_READ, "scope": "cluster", "le": Like("30(.0)?", example="30")},
        )
    )
    verbs: Match = {"verb": Like("POST|PUT|PATCH|DELETE|GET|LIST", example="GET")}
    timed = rate(pack, f"{pack.latency}_count", {**verbs, **_ANSWERED_AT_ONCE})
    slow = f"(\n  {timed}\n-\n  sum by ({pack.label}) (\n  {within}\n  )\n  or 0 * {REQUESTS}\n)"
    failed = rate(pack, REQUEST_COUNT, {"code": Like("5..", example="500")})
    refused = rate(pack, REQUEST_COUNT, {"code": "429", "subresource": Not("eviction")})
    return [
        RecordingRule(record=REQUESTS, expr=rate(pack, REQUEST_COUNT)),
        RecordingRule(record=FAILED, expr=f"{failed}\nor 0 * {REQUESTS}"),
        RecordingRule(record=REFUSED, expr=f"{refused}\nor 0 * {REQUESTS}"),
        RecordingRule(record=BAD, expr=f"{FAILED}\n+\n{slow}"),
    ]


def _errors(pack: KubernetesApiParameters) -> AlertRule:
    return _share(
        pack,
        "KubernetesApiErrors",
        FAILED,
        pack.errors_over,
        incident=FAILURES,
        for_="10m",
        severity=Severity.CRITICAL,
        summary="fails on {{ $value | humanizePercentage }} of its requests",
        description="Deployments, scaling and failover stand still while the API fails, and controllers act on old "
        "state.",
    )


def _refused(pack: KubernetesApiParameters) -> AlertRule:
    return _share(
        pack,
        "KubernetesApiRefused",
        REFUSED,
        pack.refused_over,
        incident=REFUSALS,
        for_="5m",
        severity=Severity.WARNING,
        summary="refuses {{ $value | humanizePercentage }} of its requests with 429",
        description="The API server is overloaded, or protects itself from one client. KubernetesApiOneClient and "
        "KubernetesApiFlowRejected say which.",
    )


def _share(
    pack: KubernetesApiParameters,
    name: str,
    part: str,
    over: Threshold,
    *,
    for_: str,
    severity: Severity,
    incident: str,
    summary: str,
    description: str,
) -> AlertRule:
    """Return an alert on a share of all requests, where there are enough of them."""
    share = f"{part} / {REQUESTS} > {number(fraction(over))}"
    expr = f"{share}\nand {REQUESTS} > {per_second(pack.floor)}"
    return alert(
        pack,
        name,
        expr,
        for_=for_,
        severity=severity,
        incident=incident,
        summary=summary,
        description=description,
    )


def _burn(pack: KubernetesApiParameters, burn: Burn) -> AlertRule:
    budget = 1 - quantity(pack.objective).number_in(RATIO)
    limit = number(round(burn.factor * budget, 9))
    windows = "\nand\n".join(
        f"avg_over_time({BAD}[{window}])\n/ avg_over_time({REQUESTS}[{window}])\n> {limit}"
        for window in (burn.long, burn.short)
    )
    return alert(
        pack,
        "KubernetesApiErrorBudgetBurn",
        f"{windows}\nand\navg_over_time({REQUESTS}[{burn.long}]) > {per_second(pack.floor)}",
        for_=burn.for_,
        severity=burn.severity,
        labels={"window": burn.long},
        incident=FAILURES,
        summary="spends its error budget too fast",
        description=f"{{{{ $value | humanizePercentage }}}} of the requests of the last {burn.long} failed or were "
        f"too slow. At {number(burn.factor)} times the rate that {pack.objective} allow for, the errors of 30 days are "
        f"used up in {number(round(30 / burn.factor, 1))}.",
    )


def _slow(pack: KubernetesApiParameters) -> AlertRule:
    rates = rate(pack, f"{pack.latency}_bucket", {**_SINGLE, **_ANSWERED_AT_ONCE}, by="verb, le")
    return alert(
        pack,
        "KubernetesApiSlow",
        f"histogram_quantile(0.99, {rates}) > {in_seconds(pack.slow_over)}\n"
        f"and on ({pack.label}) {REQUESTS} > {per_second(pack.floor)}",
        for_="10m",
        severity=Severity.WARNING,
        incident=FAILURES,
        summary=f"takes {{{{ $value | humanizeDuration }}}} for a {label('verb', 'request')}",
        description=f"One in a hundred{with_label('verb', ' ')} requests on a single object takes longer than "
        f"{length(pack.slow_over)}: etcd, an admission webhook, or too few API servers.",
    )
