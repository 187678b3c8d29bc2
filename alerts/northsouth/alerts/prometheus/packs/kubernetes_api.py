"""Rules on the Kubernetes API: failing, slow, refusing its clients, and which client it is; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.prometheus.model import RuleGroup
from northsouth.alerts.prometheus.packs import (
    kubernetes_certificates,
    kubernetes_certificates_tests,
    kubernetes_refusals,
    kubernetes_refusals_tests,
    kubernetes_requests,
    kubernetes_requests_tests,
)
from northsouth.alerts.prometheus.packs.kubernetes_clients import Clients
from northsouth.alerts.prometheus.packs.parameters import (
    length_problems,
    quantity_problems,
    runbook_problems,
    share_problems,
)
from northsouth.alerts.prometheus.selectors import Match, label_problems, match_problems, metric_problems
from northsouth.alerts.prometheus.testing import RuleTest
from northsouth.errors import Problem, refuse
from northsouth.metrics.units import Quantity, count, count_per_second, days, percent, seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesApiRules:
    """Rules on the API servers of all clusters that send their metrics.

    Attributes:
        runbook: address of a page with a section for each alert: ``…#kubernetesapierrors``.
        match: which series are those of API servers.
        label: the label that tells clusters apart.
        floor: requests a second below which no share of them is judged.
        errors_over: the share answered with 5xx that is too much.
        refused_over: the share answered with 429 that is too much. Evictions do not count: 429 is how the API says that
            a PodDisruptionBudget forbids one (kubernetes.io/docs/concepts/scheduling-eviction/api-eviction).
        rejected_over: requests a second of one flow schema that API Priority and Fairness may reject.
        born_over: how high a counter of refused requests may be when it is first seen. ``rate()`` sees only what is
            added later, so the first burst needs a rule of its own; it also fires for ten minutes when an API server
            that refused requests before is scraped for the first time.
        evictions_over: refused evictions a second; ``kubectl drain`` asks again every five seconds for each pod.
        clients: what tells clients apart.
        one_client_over: the share of all refused requests that makes one client the cause.
        one_client_floor: refused requests a second below which no client is named.
        slow_over: the 99th percentile of requests on single objects.
        waits_over: the 99th percentile of what clients wait in their own rate limiter; the server cannot see it, and
            clients that are not written with client-go do not report it.
        objective: the share of requests that should be answered, and fast enough, in a month.
        latency: the histogram of durations; before Kubernetes 1.26 ``apiserver_request_slo_duration_seconds``.
        expires_within: how long before a certificate ends somebody is told in working hours: a bound of the API
            server's histogram, in which the hundredth of the requests with the shortest-lived certificates is judged.
        expires_now: how long before it ends somebody is woken; also such a bound.
        interval: how often the rules are evaluated.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    runbook: str
    match: Match = field(default_factory=lambda: {"job": "apiserver"})
    label: str = "cluster"
    floor: Quantity = count_per_second(5)
    errors_over: Quantity = percent(3)
    refused_over: Quantity = percent(1)
    rejected_over: Quantity = count_per_second(0.1)
    born_over: Quantity = count(10)
    evictions_over: Quantity = count_per_second(0.1)
    clients: Clients = field(default_factory=Clients.by_request)
    one_client_over: Quantity = percent(50)
    one_client_floor: Quantity = count_per_second(0.1)
    slow_over: Quantity = seconds(1)
    waits_over: Quantity = seconds(1)
    objective: Quantity = percent(99)
    latency: str = "apiserver_request_sli_duration_seconds"
    expires_within: Quantity = days(7)
    expires_now: Quantity = days(1)
    interval: str = "1m"

    def __post_init__(self) -> None:
        refuse("KubernetesApiRules", problems(self))

    @property
    def name(self) -> str:
        """The pack's name."""
        return "kubernetes-api"

    def groups(self) -> Sequence[RuleGroup]:
        """Return the rules; recorded series stand in the group of the alerts that read them."""
        found = {
            "requests": kubernetes_requests.rules(self),
            "refusals": kubernetes_refusals.rules(self),
            "certificates": kubernetes_certificates.rules(self),
        }
        return [RuleGroup(f"{self.name}-{part}", rules, interval=self.interval) for part, rules in found.items()]

    def tests(self) -> Sequence[RuleTest]:
        """Return tests of every rule with these parameters."""
        return [
            *kubernetes_requests_tests.tests(self),
            *kubernetes_refusals_tests.tests(self),
            *kubernetes_certificates_tests.tests(self),
        ]


def problems(rules: KubernetesApiRules) -> Iterator[Problem]:
    """Yield what is wrong with the parameters."""
    yield from runbook_problems(rules.runbook)
    yield from match_problems("match", rules.match)
    yield from label_problems("label", rules.label)
    yield from metric_problems("latency", rules.latency)
    yield from length_problems(rules, "interval")
    yield from (problem.within("clients") for problem in rules.clients.problems(rules.label))
    yield from share_problems(rules, "errors_over", "refused_over", "one_client_over", "objective")
    rates = ("floor", "rejected_over", "evictions_over", "one_client_floor")
    yield from quantity_problems(rules, count_per_second(1), *rates)
    yield from quantity_problems(rules, count(1), "born_over")
    yield from quantity_problems(rules, seconds(1), "slow_over", "waits_over")
    yield from kubernetes_certificates.bound_problems(rules, "expires_within", "expires_now")
