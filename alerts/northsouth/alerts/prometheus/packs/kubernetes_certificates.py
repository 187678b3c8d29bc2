"""Rules on certificates that end soon: of the Kubernetes API's clients, and of cert-manager; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.durations import duration
from northsouth.alerts.prometheus.model import AlertRule, Rule
from northsouth.alerts.prometheus.packs.kubernetes_parts import alert, in_seconds, length, rate
from northsouth.errors import Problem
from northsouth.metrics.dimensions import SECOND
from northsouth.metrics.units import Quantity

if TYPE_CHECKING:
    from northsouth.alerts.prometheus.packs.kubernetes_api import KubernetesApiRules

_CERTIFICATES = "apiserver_client_certificate_expiration_seconds"
_BOUNDS = (1800, 3600, 7200, 21600, 43200, 86400, 172800, 345600, 604800, 2592000, 7776000)


def rules(pack: KubernetesApiRules) -> list[Rule]:
    """Return the alerts."""
    ends = ((Severity.WARNING, pack.expires_within), (Severity.CRITICAL, pack.expires_now))
    return [rule(pack, severity, within) for rule in (_of_clients, _of_manager) for severity, within in ends]


def _of_clients(pack: KubernetesApiRules, severity: Severity, within: Quantity) -> AlertRule:
    return alert(
        pack,
        "KubernetesClientCertificateExpires",
        f"histogram_quantile(0.01, {rate(pack, f'{_CERTIFICATES}_bucket', by='le')}) < {in_seconds(within)}",
        for_="5m",
        severity=severity,
        summary="is called with a certificate that ends in {{ $value | humanizeDuration }} or less",
        description=f"A client authenticates with a certificate that is valid for less than {length(within)}. When "
        "it ends, the client is locked out.",
    )


def _of_manager(pack: KubernetesApiRules, severity: Severity, within: Quantity) -> AlertRule:
    ends = f"min by ({pack.label}, namespace, name) (certmanager_certificate_expiration_timestamp_seconds)"
    return alert(
        pack,
        "KubernetesCertificateExpires",
        f"{ends} - time() < {in_seconds(within)}",
        for_="5m",
        severity=severity,
        summary="has a certificate that ends soon: {{ $labels.namespace }}/{{ $labels.name }}",
        description=f"cert-manager should have renewed it long ago, but it is valid for less than {length(within)}. "
        "The alert goes on when it has ended.",
    )


def bound_problems(pack: KubernetesApiRules, *names: str) -> Iterator[Problem]:
    """Yield times at which a certificate's end cannot be seen: between a histogram's bounds, a quantile is a guess."""
    bounds = ", ".join(map(duration, _BOUNDS))
    for name in names:
        given: Quantity = getattr(pack, name)
        if given.unit.dimension != SECOND.dimension or given.number_in(SECOND) not in _BOUNDS:
            allowed = f"the API server counts certificates that end within {bounds}"
            yield Problem(name, str(given), allowed, "Choose one of them.")
