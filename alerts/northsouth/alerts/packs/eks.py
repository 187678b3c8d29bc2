"""Alarms on the Kubernetes API, on EKS's own metrics of the control plane."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import TerraformProvider
from constructs import Construct

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.meaning import MissingData, Severity
from northsouth.alerts.packs.pack import Pack
from northsouth.alerts.response import Response
from northsouth.metrics.functions import IF
from northsouth.metrics.metric import Metric
from northsouth.metrics.units import Quantity, count, percent


def api_requests(cluster: str, kind: str = "") -> Metric:
    """Return the requests to a cluster's API server, or those that ended in ``4XX``, ``429`` or ``5XX``.

    Free and without an agent from Kubernetes 1.28 on; older clusters have no such metric
    (eks/latest/userguide/cloudwatch.html).
    """
    return Metric(
        namespace="AWS/EKS",
        name=f"apiserver_request_total{'_' if kind else ''}{kind}",
        statistic="Sum",
        unit="Count",
        dimensions={"ClusterName": cluster},
        period=60,
    )


class KubernetesApiAlarms(Pack):
    """Alarms on the API server of one EKS cluster: failing, throttling, and silent.

    Example::

        api = KubernetesApiAlarms(self, "kubernetes-api", cluster="prod", respond=respond)
        api.errors()
        api.throttled()
        api.silent()
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: str,
        respond: Response,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Begin the pack.

        Args:
            scope: where it belongs.
            id: its name within ``scope``; the first part of the alarms' names.
            cluster: the cluster's name.
            respond: who is notified, and the page that says what to do.
            provider: the Region and account of the cluster.
            tags: tags of the alarms.

        """
        super().__init__(scope, id, respond=respond, provider=provider, tags=tags)
        self._cluster = cluster

    def errors(
        self,
        over: Quantity = percent(3),
        *,
        floor: Quantity = count(300),
        datapoints: int = 10,
        of: int = 15,
        severity: Severity | str = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when the API server answers more than a share of requests with 5xx.

        Args:
            over: the share that is too much.
            floor: requests in a minute below which nothing is judged; an idle cluster sends several hundred.
            datapoints: how many minutes must be over it. An upgrade replaces the API servers within a few.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        return self._share(
            "errors",
            "5XX",
            over,
            floor,
            (datapoints, of),
            severity,
            f"The Kubernetes API of {self._cluster} fails on more than {over} of its requests",
            "deployments, scaling and failover stand still while the API fails, and controllers act on old state",
        )

    def throttled(
        self,
        over: Quantity = percent(1),
        *,
        floor: Quantity = count(300),
        datapoints: int = 3,
        of: int = 5,
        severity: Severity | str = Severity.WARNING,
    ) -> Alarm:
        """Raise when the API server turns away more than a share of requests with 429.

        Throttling on the side of the client is not seen by the server. Which client it was is told by the audit log
        or by ``apiserver_flowcontrol_rejected_requests_total``.

        Args:
            over: the share that is too much.
            floor: requests in a minute below which nothing is judged.
            datapoints: how many minutes must be over it; a leader election is a burst of one.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        return self._share(
            "throttled",
            "429",
            over,
            floor,
            (datapoints, of),
            severity,
            f"The Kubernetes API of {self._cluster} throttles more than {over} of its requests",
            "a client asks too much, and others that share its priority level wait: controllers fall behind",
        )

    def silent(self, *, datapoints: int = 3, of: int = 3, severity: Severity | str = Severity.CRITICAL) -> Alarm:
        """Raise when no request to the API is counted: the cluster is gone, or it is older than these metrics.

        No data counts as bad, so it is also raised at creation until the first metrics arrive.

        Args:
            datapoints: how many times five minutes must be empty.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        return self._alarm(
            "silent",
            when=(api_requests(self._cluster).with_period(300) < 1).for_datapoints(datapoints, of=of),
            missing=MissingData.BREACHING,
            severity=severity,
            summary=f"The Kubernetes API of {self._cluster} counts no requests",
            because="a cluster always asks itself; none counted means it is gone, or the other alarms here are blind",
        )

    def _share(
        self,
        id: str,
        kind: str,
        over: Quantity,
        floor: Quantity,
        window: tuple[int, int],
        severity: Severity | str,
        summary: str,
        because: str,
    ) -> Alarm:
        requests, bad = api_requests(self._cluster), api_requests(self._cluster, kind)
        datapoints, of = window
        return self._alarm(
            id,
            when=(IF(requests >= floor, bad / requests, 0) > over).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=summary,
            because=because,
        )
