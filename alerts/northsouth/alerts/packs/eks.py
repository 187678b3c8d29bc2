"""Alarms on the Kubernetes API, on EKS's own metrics of the control plane."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)
from constructs import Construct

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.meaning import MissingData, Severity, SeverityName
from northsouth.alerts.packs.pack import Pack
from northsouth.alerts.response import Response
from northsouth.metrics.functions import IF
from northsouth.metrics.metric import Metric
from northsouth.metrics.units import CountThreshold, Threshold, count, percent, quantity


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


class BlockedEvictions(Construct):
    """Counts evictions that a PodDisruptionBudget forbids, in the audit log of an EKS cluster.

    The cluster must send its ``audit`` log to CloudWatch Logs (eks/latest/userguide/control-plane-logs). The API server
    answers such an eviction with 429, as it answers a client that asks too much.

    Attributes:
        filter: the ``aws_cloudwatch_log_metric_filter``.
        metric: the evictions that were refused, a count.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: str,
        namespace: str = "NorthSouth/Kubernetes",
        provider: TerraformProvider | None = None,
    ) -> None:
        """Declare the filter.

        Args:
            scope: where it belongs.
            id: its name within ``scope``.
            cluster: the cluster's name; its log group is ``/aws/eks/<cluster>/cluster``.
            namespace: the CloudWatch namespace of the metric; not one of AWS's own.
            provider: the Region and account of the cluster.

        """
        super().__init__(scope, id)
        name = f"BlockedEvictions-{cluster}"
        self.metric = Metric(namespace=namespace, name=name, statistic="Sum", unit="Count")
        self.filter = CloudwatchLogMetricFilter(
            self,
            "filter",
            name=name,
            log_group_name=f"/aws/eks/{cluster}/cluster",
            pattern='{ ($.objectRef.subresource = "eviction") && ($.responseStatus.code = 429) }',
            metric_transformation=CloudwatchLogMetricFilterMetricTransformation(
                namespace=namespace, name=name, value="1", unit="Count"
            ),
            provider=provider,
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
        over: Threshold = percent(3),
        *,
        floor: CountThreshold = count(300),
        failures: CountThreshold = count(30),
        datapoints: int = 10,
        of: int = 15,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when the API server answers more than a share of requests with 5xx.

        Args:
            over: the share that is too much.
            floor: requests in a minute below which a few failures would be a large share; an idle cluster sends several
                hundred.
            failures: requests that must fail in a minute with fewer than ``floor``.
            datapoints: how many minutes must be over it. An upgrade replaces the API servers within a few.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        requests, failed = api_requests(self._cluster), api_requests(self._cluster, "5XX")
        share = IF((requests >= quantity(floor)) | (failed >= quantity(failures)), failed / requests, 0)
        return self._alarm(
            "errors",
            when=(share > quantity(over)).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"The Kubernetes API of {self._cluster} fails on more than {over} of its requests",
            because="deployments, scaling and failover stand still, and controllers act on old state",
        )

    def throttled(
        self,
        over: Threshold = percent(1),
        *,
        floor: CountThreshold = count(300),
        refusals: CountThreshold = count(60),
        evictions: Metric | None = None,
        datapoints: int = 3,
        of: int = 5,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when the API server turns away more than a share of requests with 429.

        The API server also answers 429 to an eviction that a PodDisruptionBudget forbids. A drain asks again every 5
        seconds: 12 times a minute for each pod, for as long as a node upgrade waits. AWS/EKS does not say which 429 it
        was. Give the metric of :class:`BlockedEvictions` to leave these out. Without it, ``refusals`` lets five blocked
        pods pass.

        The server does not see throttling in the client. To find the client, read the audit log or
        ``apiserver_flowcontrol_rejected_requests_total``.

        Args:
            over: the share that is too much.
            floor: requests in a minute below which nothing is judged.
            refusals: refused requests in a minute below which nothing is judged.
            evictions: evictions that were refused with 429, a count; they are not counted as throttled.
            datapoints: how many minutes must be over it; a leader election is a burst of one.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        requests, refused = api_requests(self._cluster), api_requests(self._cluster, "429")
        throttled = refused if evictions is None else refused - evictions.with_period(60)
        share = IF((requests >= quantity(floor)) & (throttled >= quantity(refusals)), throttled / requests, 0)
        return self._alarm(
            "throttled",
            when=(share > quantity(over)).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"The Kubernetes API of {self._cluster} turns away more than {over} of its requests with 429",
            because="a client asks too much, and others that share its priority level wait"
            + ("; or a drain repeats evictions that a PodDisruptionBudget forbids" if evictions is None else ""),
        )

    def silent(
        self, *, datapoints: int = 3, of: int = 3, severity: Severity | SeverityName = Severity.CRITICAL
    ) -> Alarm:
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
