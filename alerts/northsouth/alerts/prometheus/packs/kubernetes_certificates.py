"""Rules on certificates that end soon: of the Kubernetes API's clients, and of cert-manager; pure."""

from __future__ import annotations

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.packs.kubernetes_parameters import KubernetesApiParameters
from northsouth.alerts.prometheus.packs.kubernetes_parts import alert, in_seconds, length, rate
from northsouth.alerts.prometheus.rules import AlertRule, Rule
from northsouth.metrics.units import Quantity

_CERTIFICATES = "apiserver_client_certificate_expiration_seconds"


def rules(pack: KubernetesApiParameters) -> list[Rule]:
    """Return the alerts."""
    ends = ((Severity.WARNING, pack.expires_within), (Severity.CRITICAL, pack.expires_now))
    return [rule(pack, severity, within) for rule in (_of_clients, _of_manager) for severity, within in ends]


def _of_clients(pack: KubernetesApiParameters, severity: Severity, within: Quantity) -> AlertRule:
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


def _of_manager(pack: KubernetesApiParameters, severity: Severity, within: Quantity) -> AlertRule:
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
