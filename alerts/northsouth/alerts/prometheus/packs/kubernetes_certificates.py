"""Rules on certificates that end soon: of the Kubernetes API's clients, and of cert-manager; pure."""

from __future__ import annotations

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.packs.kubernetes_parameters import KubernetesApiParameters
from northsouth.alerts.prometheus.packs.kubernetes_parts import alert, in_seconds, length, rate
from northsouth.alerts.prometheus.rules import AlertRule, Rule
from northsouth.alerts.prometheus.templates import label, with_label
from northsouth.metrics.units import Threshold

_CERTIFICATES = "apiserver_client_certificate_expiration_seconds"
_MANAGED = "certmanager_certificate_expiration_timestamp_seconds"


def rules(pack: KubernetesApiParameters) -> list[Rule]:
    """Return the alerts."""
    ends = ((Severity.WARNING, pack.expires_within), (Severity.CRITICAL, pack.expires_now))
    return [rule(pack, severity, within) for rule in (_of_clients, _of_manager) for severity, within in ends]


def _of_clients(pack: KubernetesApiParameters, severity: Severity, within: Threshold) -> AlertRule:
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


def _of_manager(pack: KubernetesApiParameters, severity: Severity, within: Threshold) -> AlertRule:
    # Scraped without honor_labels, the namespace is that of cert-manager, and the certificate's is the exported one.
    certificates = f'label_replace({_MANAGED}, "namespace", "$1", "exported_namespace", "(.+)")'
    ends = f"min by ({pack.label}, namespace, name) ({certificates})"
    return alert(
        pack,
        "KubernetesCertificateExpires",
        f"{ends} - time() < {in_seconds(within)}",
        for_="5m",
        severity=severity,
        summary=f"has a certificate that ends soon: {with_label('namespace', '', '/')}{label('name', 'unnamed')}",
        description=f"cert-manager should have renewed it long ago, but it is valid for less than {length(within)}. "
        "The alert goes on when it has ended.",
    )
