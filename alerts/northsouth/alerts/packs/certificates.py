"""Alarms on certificates: those that will expire, and those that fail although they are valid."""

from __future__ import annotations

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.meaning import MissingData, Severity, SeverityName
from northsouth.alerts.packs.load_balancer import balancer_metric
from northsouth.alerts.packs.pack import Pack
from northsouth.metrics.functions import IF
from northsouth.metrics.metric import Metric
from northsouth.metrics.units import CountThreshold, Threshold, count, days, percent, quantity


class CertificateAlarms(Pack):
    """Alarms on certificates in ACM and on TLS at a load balancer.

    Only certificates in ACM have an expiry metric. For others, publish one (cert-manager, blackbox exporter). A
    certificate can be valid but wrong, such as an internal one in a public place. Only failing handshakes show that.

    Example::

        certificates = CertificateAlarms(self, "certificates", respond=respond)
        certificates.expiry("www", certificate.arn)
        certificates.client_tls_errors(lb.arn_suffix)
        certificates.target_tls_errors(lb.arn_suffix)
    """

    def expiry(
        self,
        name: str,
        certificate_arn: str,
        within: Threshold = days(30),
        *,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise before an ACM certificate expires, and stay raised when it has.

        ACM stops publishing ``DaysToExpiry`` at expiry. Missing data counts as bad, so that the alarm does not end at
        that moment. It is therefore also raised at creation, until the first of two data points a day arrives.

        Args:
            name: what the certificate is called in the alarm's name.
            certificate_arn: the certificate.
            within: how long before. ACM renews its own certificates 60 days before (and those from DNS or e-mail
                validation only while the proof can be found), so 30 means that renewal has failed.
            severity: how soon somebody has to act.

        """
        left = Metric(
            namespace="AWS/CertificateManager",
            name="DaysToExpiry",
            statistic="Minimum",
            unit="Days",
            dimensions={"CertificateArn": certificate_arn},
            period=86400,
        )
        return self._alarm(
            f"expiry-{name}",
            when=(left < quantity(within)).for_datapoints(1),
            missing=MissingData.BREACHING,
            severity=severity,
            summary=f"The certificate {name} expires in less than {within}",
            because="every client refuses an expired certificate; that ACM has not renewed it means renewal fails",
            section="expiry",
        )

    def client_tls_errors(
        self,
        load_balancer: str,
        over: Threshold = percent(10),
        *,
        floor: CountThreshold = count(100),
        datapoints: int = 3,
        of: int = 5,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when many clients fail to agree on TLS with the load balancer: they do not trust its certificate.

        Scanners fail all the time, so a share of the new connections is judged, not a number.

        Args:
            load_balancer: the ``arn_suffix`` of the load balancer.
            over: the share of connections that is too much.
            floor: connections in a minute below which nothing is judged.
            datapoints: how many minutes must be over it.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        failed = balancer_metric("ClientTLSNegotiationErrorCount", load_balancer)
        opened = balancer_metric("NewConnectionCount", load_balancer)
        tried = opened + failed
        return self._alarm(
            "client-tls-errors",
            when=(IF(tried >= quantity(floor), failed / tried, 0) > quantity(over)).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"More than {over} of the clients cannot agree on TLS",
            because="a certificate that clients do not trust, or a TLS policy they are too old for",
        )

    def target_tls_errors(
        self,
        load_balancer: str,
        over: CountThreshold = count(0),
        *,
        datapoints: int = 3,
        of: int = 5,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when the load balancer cannot agree on TLS with its targets.

        Args:
            load_balancer: the ``arn_suffix`` of the load balancer.
            over: the failures in a minute that are too many; between one's own machines there should be none.
            datapoints: how many minutes must be over it.
            of: how many are looked at; 3 of 5 lets a target restart.
            severity: how soon somebody has to act.

        """
        failed = balancer_metric("TargetTLSNegotiationErrorCount", load_balancer)
        return self._alarm(
            "target-tls-errors",
            when=(failed > quantity(over)).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary="The load balancer cannot agree on TLS with its targets",
            because="requests fail with 502; a target presents no certificate, or ciphers the balancer does not know",
        )
