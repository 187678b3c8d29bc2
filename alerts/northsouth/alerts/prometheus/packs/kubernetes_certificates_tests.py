"""Tests of the rules on certificates that end soon, made of the pack's parameters; pure."""

from __future__ import annotations

from collections.abc import Sequence

from northsouth.alerts.prometheus.packs.kubernetes_parameters import KubernetesApiParameters
from northsouth.alerts.prometheus.packs.kubernetes_scenarios import (
    BAD,
    GOOD,
    Series,
    on,
)
from northsouth.alerts.prometheus.selectors import example
from northsouth.alerts.prometheus.selectors import series as named
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import counter, gauge, number
from northsouth.metrics.dimensions import SECOND
from northsouth.metrics.units import quantity


def tests(pack: KubernetesApiParameters) -> Sequence[RuleTest]:
    """Return the scenarios."""
    return [_client_certificates(pack), _certificates(pack)]


def _client_certificates(pack: KubernetesApiParameters) -> RuleTest:
    soon, now = quantity(pack.expires_within).number_in(SECOND), quantity(pack.expires_now).number_in(SECOND)
    alert, metric = "KubernetesClientCertificateExpires", "apiserver_client_certificate_expiration_seconds"

    def cluster(name: str, *, after: float, before: float) -> Series:
        """Return a cluster whose clients' certificates end between two times from now, until they are renewed."""
        labels = {**example(pack.match), pack.label: name}
        until, always = counter((60, BAD), (0, GOOD)), counter((60, BAD + GOOD))
        none = counter((0, BAD + GOOD))
        return {
            named(f"{metric}_bucket", {**labels, "le": number(after)}): none,
            named(f"{metric}_bucket", {**labels, "le": number(before)}): until,
            named(f"{metric}_bucket", {**labels, "le": number(3 * soon)}): until,
            named(f"{metric}_bucket", {**labels, "le": number(40 * soon)}): always,
            named(f"{metric}_bucket", {**labels, "le": "+Inf"}): always,
        }

    warned = [on(pack, name, severity="warning") for name in ("soon", "now")]
    return RuleTest(
        name="clients whose certificates end soon, now, and later; they are renewed after an hour",
        series={
            **cluster("soon", after=now, before=soon),
            **cluster("now", after=now / 2, before=now),
            **cluster("later", after=soon, before=2 * soon),
        },
        alerts=[
            AlertTest(alert, "4m"),
            AlertTest(alert, "15m", [*warned, on(pack, "now", severity="critical")]),
            AlertTest(alert, f"{BAD + 6}m"),
        ],
    )


def _certificates(pack: KubernetesApiParameters) -> RuleTest:
    soon, now = quantity(pack.expires_within).number_in(SECOND), quantity(pack.expires_now).number_in(SECOND)
    alert, metric = "KubernetesCertificateExpires", "certmanager_certificate_expiration_timestamp_seconds"

    def certificate(name: str, ends: float, **namespaces: str) -> Series:
        """Return a certificate that ends some seconds after the start, until it is renewed."""
        labels = {pack.label: "main", "name": name, **(namespaces or {"namespace": "web"})}
        return {named(metric, labels): gauge((ends, BAD), (ends + 40 * soon, GOOD))}

    def firing(name: str, severity: str, namespace: str = "web") -> Firing:
        return on(pack, "main", namespace=namespace, name=name, severity=severity)

    ten_minutes = 600
    return RuleTest(
        name="certificates that come within their limits after ten minutes, or not at all, renewed after an hour",
        series={
            **certificate("soon", soon + ten_minutes),
            # The same name in another namespace, as cert-manager's own target renames it.
            **certificate("soon", soon + 2 * 3600, namespace="cert-manager", exported_namespace="shop"),
            **certificate("later", soon + ten_minutes, namespace="cert-manager", exported_namespace="shop"),
            **certificate("now", now + ten_minutes),
            **certificate("ended", -1),
            **certificate("later", soon + 2 * 3600),
        },
        alerts=[
            AlertTest(
                alert,
                "14m",
                [firing(*labels) for labels in (("now", "warning"), ("ended", "warning"))]
                + [firing("ended", "critical")],
            ),
            AlertTest(
                alert,
                "20m",
                [
                    *(firing(name, "warning") for name in ("soon", "now", "ended")),
                    firing("later", "warning", "shop"),
                    *(firing(name, "critical") for name in ("now", "ended")),
                ],
            ),
            AlertTest(alert, f"{BAD + 1}m"),
        ],
    )
