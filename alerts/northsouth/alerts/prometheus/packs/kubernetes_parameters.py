"""The parameters of the rules on the Kubernetes API, and what is wrong with them; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from northsouth.alerts.prometheus.durations import duration
from northsouth.alerts.prometheus.packs.kubernetes_clients import Clients
from northsouth.alerts.prometheus.packs.parameters import (
    length_problems,
    quantity_problems,
    runbook_problems,
    share_problems,
)
from northsouth.alerts.prometheus.selectors import Match, label_problems, match_problems, metric_problems
from northsouth.errors import Problem, refuse
from northsouth.metrics.dimensions import RATIO, SECOND
from northsouth.metrics.units import (
    CountThreshold,
    Quantity,
    Threshold,
    count,
    count_per_second,
    days,
    gibibytes,
    percent,
    quantity,
    seconds,
)

_CERTIFICATE_BOUNDS = (1800, 3600, 7200, 21600, 43200, 86400, 172800, 345600, 604800, 2592000, 7776000)
"""Seconds: the bounds of ``apiserver_client_certificate_expiration_seconds``."""


_SHARES = (
    "errors_over",
    "refused_over",
    "one_client_over",
    "objective",
    "storage_over",
    "storage_full",
    "aggregated_over",
    "terminated_over",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesApiParameters:
    """The parameters of :class:`~northsouth.alerts.prometheus.packs.KubernetesApiRules`.

    Attributes:
        runbook: address of a page with a section for each alert: ``…#kubernetesapierrors``.
        match: which series are those of API servers.
        label: the label that names the cluster.
        floor: requests a second below which no share of them is judged.
        errors_over: the share of requests answered with 5xx above which the alert fires.
        refused_over: the share answered with 429 above which the alerts fire. Evictions do not count: the API answers
            429 if a PodDisruptionBudget forbids one (kubernetes.io/docs/concepts/scheduling-eviction/api-eviction).
        rejected_over: requests a second of one flow schema that API Priority and Fairness may reject.
        born_over: the first value of a counter of refused requests above which the alert fires. ``rate()`` sees only
            what is added later, so the first burst has a rule of its own. That rule ignores an older API server that
            was not scraped ten minutes before.
        evictions_over: refused evictions a second; ``kubectl drain`` asks again every five seconds for each pod.
        clients: the labels that distinguish clients.
        one_client_over: the share of all refused requests above which the alert names one client as the cause.
        one_client_floor: refused requests a second, evictions aside, below which no client is named.
        slow_over: the 99th percentile of the duration of requests on single objects above which the alert fires.
        waits_over: the 99th percentile of the time that clients wait in their own rate limiter above which the alert
            fires. The server cannot see that time, and only clients written with client-go report it.
        objective: the share of requests that should be answered, and fast enough, in a month.
        latency: the histogram of durations; before Kubernetes 1.26 ``apiserver_request_slo_duration_seconds``.
        expires_within: how long before a certificate ends the warning fires. It is a bound of the API server's
            histogram. The alert judges the hundredth of the requests whose certificates end first.
        expires_now: how long before it ends the critical alert fires; also a bound of the histogram.
        storage_quota: the size at which etcd takes no more writes: 8 GiB on EKS. If you run etcd yourself, it is your
            ``--quota-backend-bytes``, or 2 GiB.
        storage_over: the share of the quota in use above which the warning fires.
        storage_full: the share of the quota in use above which the critical alert fires.
        aggregated_over: the share of ten minutes for which an aggregated API may be out of reach. The default leaves
            time to replace a pod.
        terminated_over: the share of requests that the API server may give up to protect itself.
        interval: how often the rules are evaluated.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    runbook: str
    match: Match = field(default_factory=lambda: {"job": "apiserver"})
    label: str = "cluster"
    floor: Threshold = count_per_second(5)
    errors_over: Threshold = percent(3)
    refused_over: Threshold = percent(1)
    rejected_over: Threshold = count_per_second(0.1)
    born_over: CountThreshold = count(10)
    evictions_over: Threshold = count_per_second(0.1)
    clients: Clients = field(default_factory=Clients.by_request)
    one_client_over: Threshold = percent(50)
    one_client_floor: Threshold = count_per_second(0.1)
    slow_over: Threshold = seconds(1)
    waits_over: Threshold = seconds(1)
    objective: Threshold = percent(99)
    latency: str = "apiserver_request_sli_duration_seconds"
    expires_within: Threshold = days(7)
    expires_now: Threshold = days(1)
    storage_quota: Threshold = gibibytes(8)
    storage_over: Threshold = percent(80)
    storage_full: Threshold = percent(95)
    aggregated_over: Threshold = percent(15)
    terminated_over: Threshold = percent(5)
    interval: str = "1m"

    def __post_init__(self) -> None:
        refuse(type(self).__name__, _problems(self))


def _problems(pack: KubernetesApiParameters) -> Iterator[Problem]:
    """Yield what is wrong with the parameters."""
    yield from runbook_problems(pack.runbook)
    yield from match_problems("match", pack.match)
    yield from label_problems("label", pack.label)
    yield from metric_problems("latency", pack.latency)
    yield from length_problems(pack, "interval")
    yield from (problem.within("clients") for problem in pack.clients.problems(pack.label))
    yield from share_problems(pack, *_SHARES)
    if quantity(pack.storage_full).number_in(RATIO) <= quantity(pack.storage_over).number_in(RATIO):
        rule = f"it is above storage_over, {pack.storage_over}: the warning comes first"
        yield Problem("storage_full", str(pack.storage_full), rule, "Write percent(95).")
    yield from quantity_problems(pack, gibibytes(1), "storage_quota")
    rates = ("floor", "rejected_over", "evictions_over", "one_client_floor")
    yield from quantity_problems(pack, count_per_second(1), *rates)
    yield from quantity_problems(pack, count(1), "born_over")
    yield from quantity_problems(pack, seconds(1), "slow_over", "waits_over")
    yield from _bound_problems(pack, "expires_within", "expires_now")


def _bound_problems(pack: KubernetesApiParameters, *names: str) -> Iterator[Problem]:
    """Yield times at which a certificate's end cannot be seen: between a histogram's bounds, a quantile is a guess."""
    bounds = ", ".join(map(duration, _CERTIFICATE_BOUNDS))
    for name in names:
        within: Quantity = getattr(pack, name)
        if within.unit.dimension != SECOND.dimension or within.number_in(SECOND) not in _CERTIFICATE_BOUNDS:
            allowed = f"the API server counts certificates that end within {bounds}"
            yield Problem(name, str(within), allowed, "Choose one of them.")
