"""What happens on the day: usual metrics, and on them the incidents of the packs, one after another; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from northsouth.alerts.replay import MetricKey
from northsouth.testing import series
from northsouth.testing.notation import Point
from tests.alerts.packs.timelines import CASES, Case

BEGIN = datetime(2027, 3, 1, tzinfo=UTC)
"""Midnight of a Monday; the emulator's clock is set to it."""
MINUTES = 1440
REQUESTS = 100
"""Requests in a usual minute."""


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident of ``tests/alerts/packs/timelines.py``, or one that is no metric.

    Attributes:
        at: the minute of the day in which it begins.
        minutes: how long it lasts; then all is as usual.
        title: what people call it.
        alarms: what the names of its pack's alarms begin with.
        pack: the pack of its case; empty if what happens is not put as metrics.
        situation: of its case.
        names: by metric of the case, the metric of the example, if it has another name.
        only: a part of the dimensions of the metrics that are changed; the others stay as usual.

    """

    at: int
    minutes: int
    title: str
    alarms: str
    pack: str = ""
    situation: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    only: str = ""

    @property
    def fires(self) -> tuple[str, ...]:
        """Which alarms of the pack fire by the timelines of the pack."""
        return tuple(self._case().fires) if self.pack else ()

    @property
    def span(self) -> range:
        """Its minutes."""
        return range(self.at, self.at + self.minutes)

    def points(self) -> Iterator[tuple[str, Sequence[Point]]]:
        """Yield the metrics that it changes, each with its points from the beginning on."""
        if not self.pack:
            return
        case = self._case()
        for key, text in case.given.items():
            name, _, part = key.partition("{")
            points = series(text).points[case.begins :][: self.minutes] if isinstance(text, str) else ()
            # Of the two clusters of a case, the first is the one that falls silent.
            if points and part in ("", "cluster=a}"):
                yield self.names.get(name, name), points

    def _case(self) -> Case:
        (case,) = (each for each in CASES if (each.pack, each.situation) == (self.pack, self.situation))
        return case


def _clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


SEARCH = {"RequestCount": "Requests", "Archived": "ArchivedRecords"}
ROUTER = {"Known": "KnownDeployments"}
CLUSTER = {"Up": "cluster_node_count"}
NO_LOGS, NO_RUNS = "half of the logs are not delivered", "the archiving job does not run"
S3_BY_NAT = "a route table loses its route to the S3 endpoint"
INCIDENTS = (
    # Seen by the daily run of the egress analysis at 03:00, in the records of the day before.
    Incident(_clock("00:00"), 180, S3_BY_NAT, "egress-"),
    Incident(
        _clock("02:00"),
        60,
        "a NAT refactoring: a service leaves its private path",
        "nat-",
        "nat",
        "a NAT refactoring: a service leaves its private path",
    ),
    Incident(
        _clock("03:05"),
        175,
        "the load balancer moves to a VPC origin: requests vanish, the archive goes on",
        "archival-search-",
        "archival",
        "the load balancer moves to a VPC origin: its requests vanish, the archive goes on",
        SEARCH,
    ),
    Incident(
        _clock("06:05"),
        40,
        "a drain loop rate limits one cluster",
        "kubernetes-hub-a-",
        "api",
        "a drain loop takes the share of all clients",
        only="hub-a",
    ),
    Incident(_clock("07:00"), 300, NO_RUNS, "archive-hub-"),
    Incident(
        _clock("07:05"),
        45,
        "a cluster falls silent",
        "silent-clusters-",
        "clusters",
        "a cluster falls silent",
        CLUSTER,
        only="hub-a",
    ),
    Incident(
        _clock("08:30"), 20, "a handoff fails once", "handoff-", "handoff", "a release dies in its handoff", ROUTER
    ),
    Incident(
        _clock("10:30"),
        30,
        "the routing layer starts without state",
        "handoff-",
        "handoff",
        "the routing layer starts without state",
        ROUTER,
    ),
    Incident(_clock("12:30"), 30, "a cold-start storm", "serving-hub-", "serving", "a cold-start storm"),
    Incident(_clock("14:00"), 180, NO_LOGS, "archive-hub-"),
    Incident(
        _clock("15:00"),
        60,
        "GPU time-outs that loop",
        "serving-hub-",
        "serving",
        "GPU time-outs that loop: each retry times out after a minute",
    ),
    Incident(
        _clock("18:30"),
        40,
        "an outage: the status page must not wait",
        "serving-hub-",
        "serving",
        "an outage: the status page must not wait",
    ),
    Incident(
        _clock("21:00"),
        4,
        "CPU stress that ends",
        "serving-hub-",
        "serving",
        "CPU stress that ends after four minutes",
    ),
)

USUAL: dict[str, str] = {
    "Requests": "900",
    "ArchivedRecords": "900",
    "DaysToExpiry": "190",
    "FirewallRuleQueryVolume": "10",
    "KnownDeployments": "40",
    "apiserver_request_total": "3000",
    "apiserver_request_total_5XX": "0",
    "apiserver_request_total_429": "0",
    "Watchdog": "1",
    "BytesInFromSource": "200000000",
    "BytesInFromDestination": "200000000",
    "BytesOutToDestination": "200000000",
    "ConnectionAttemptCount": "1000",
    "ConnectionEstablishedCount": "995",
    "PacketsInFromSource": "1000000",
    "PacketsInFromDestination": "1000000",
    "CPUUtilization": "40",
    "JVMMemoryPressure": "60",
    "OldGenJVMMemoryPressure": "40",
    "Nodes": "6",
    "OpenSearchRequests": "1000",
    "5xx": "1",
    "FreeStorageSpace": "1000000",
    "ClusterIndexWritesBlocked": "0",
    "ClusterStatus.red": "0",
    "ClusterStatus.yellow": "0",
    "CoordinatingWriteRejected": "500",
    "PrimaryWriteRejected": "500",
    "ReplicaWriteRejected": "500",
    "ResourceCount": "5000",
    "RuleEvaluations": "1",
    "NumberOfMessagesPublished": "1",
    "RequestCount": str(REQUESTS),
    "Invocations": str(REQUESTS),
    "ColdStarts": "0",
    "TargetResponseTime": "(50ms*20)",
    "HealthyHostCount": "3",
    "cluster_node_count": "1",
    "NewConnectionCount": "500",
    "ClientTLSNegotiationErrorCount": "20",
}
"""What metrics report in a usual minute. One that is not here reports nothing: failures, errors, dead letters."""
PUBLISHED = ("NorthSouth/LogArchive", "NorthSouth/Egress")
"""Namespaces whose metrics are not put: the archive and the egress analysis publish them themselves."""


def script(metrics: Sequence[MetricKey]) -> dict[MetricKey, list[Point]]:
    """Return what each metric reports in each minute of the day."""
    day: dict[MetricKey, list[Point]] = {}
    for metric in metrics:
        if metric.namespace not in PUBLISHED:
            usual = series(f"{USUAL.get(metric.name, '_')} x {MINUTES}").points
            day[metric] = list(usual)
    for incident in INCIDENTS:
        for name, points in incident.points():
            changed = [metric for metric in day if metric.name == name and incident.only in str(metric)]
            if not changed:
                raise SystemExit(f"{incident.title}: no alarm of the example reads {name}")
            for metric in changed:
                day[metric][incident.at : incident.at + len(points)] = points
    return day


def moment(minute: float) -> datetime:
    """Return a minute of the day as a moment."""
    return BEGIN + timedelta(minutes=minute)


def due(expression: str) -> Iterator[int]:
    """Yield the minutes of the day at which a schedule is due.

    Args:
        expression: ``rate(5 minutes)``, or ``cron(...)`` with numbers or ``*`` for minute and hour, each day.

    """
    kind, _, rest = expression.removesuffix(")").partition("(")
    fields = rest.split()
    if kind == "rate" and fields[1].startswith("minute"):
        yield from range(int(fields[0]), MINUTES, int(fields[0]))
    elif kind == "cron" and set(fields[2:]) <= {"*", "?"}:
        minute, hour = fields[:2]
        yield from (int(minute) + 60 * each for each in range(24) if hour in ("*", str(each)))
    else:
        raise SystemExit(f"the day does not know the schedule {expression}")
