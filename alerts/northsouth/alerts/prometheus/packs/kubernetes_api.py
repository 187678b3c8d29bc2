"""Rules on the Kubernetes API: failing, slow, refusing its clients, and which client it is; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from northsouth.alerts.prometheus.packs import (
    kubernetes_backend,
    kubernetes_backend_tests,
    kubernetes_certificates,
    kubernetes_certificates_tests,
    kubernetes_refusals,
    kubernetes_refusals_tests,
    kubernetes_requests,
    kubernetes_requests_tests,
)
from northsouth.alerts.prometheus.packs.kubernetes_parameters import KubernetesApiParameters
from northsouth.alerts.prometheus.rules import RuleGroup
from northsouth.alerts.prometheus.testing import RuleTest


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesApiRules(KubernetesApiParameters):
    """Rules on the API servers of all clusters that send their metrics.

    :class:`~northsouth.alerts.prometheus.packs.kubernetes_parameters.KubernetesApiParameters` describes the parameters.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    @property
    def name(self) -> str:
        """The pack's name."""
        return "kubernetes-api"

    def groups(self) -> Sequence[RuleGroup]:
        """Return the rules; recorded series stand in the group of the alerts that read them."""
        parts = {
            "requests": [*kubernetes_requests.rules(self), *kubernetes_backend.rules(self)],
            "refusals": kubernetes_refusals.rules(self),
            "certificates": kubernetes_certificates.rules(self),
        }
        return [RuleGroup(f"{self.name}-{part}", rules, interval=self.interval) for part, rules in parts.items()]

    def tests(self) -> Sequence[RuleTest]:
        """Return tests of every rule with these parameters."""
        return [
            *kubernetes_requests_tests.tests(self),
            *kubernetes_refusals_tests.tests(self),
            *kubernetes_certificates_tests.tests(self),
            *kubernetes_backend_tests.tests(self),
        ]
