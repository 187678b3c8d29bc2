"""What would have happened: each pack's incidents and its ordinary days, as data.

``test_timelines.py`` replays them. ``python -m tests.alerts.packs.timelines`` writes the table of ``docs/alerts.md``.
A series is in the notation of :mod:`northsouth.testing.notation`, one point a minute. A metric that a case does not
mention has no data.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from northsouth.testing import series

QUIET = "a quiet week"
DEPLOY = "a deploy"
ZONE = "a zone outage"
NEW = "a new environment"
NIGHT = "no traffic at night"
TRICKLE = "10 a minute"
ORDINARY = (QUIET, DEPLOY, ZONE, NEW, NIGHT, TRICKLE)
"""The days on which nobody is woken. Each pack has each of them."""


@dataclass(frozen=True, slots=True)
class Case:
    """One history, and what the alarms of a pack do on it.

    Attributes:
        pack: what the names of its alarms begin with, in the stack of ``example.py``.
        situation: one of :data:`ORDINARY`, or the incident.
        given: by metric, its series, or one value for all the time.
        fires: by alarm that notifies, how long after ``begins`` it goes to ``ALARM``; no other alarm does. In a new
            environment: the alarms that are raised until the first data, which ``QuietStart`` holds back.
        begins: the minute in which the incident begins.

    """

    pack: str
    situation: str
    given: Mapping[str, str | float]
    fires: Mapping[str, str] = field(default_factory=dict)
    begins: int = 0

    @property
    def is_incident(self) -> bool:
        """Whether somebody has to be notified."""
        return self.situation not in ORDINARY

    @property
    def minutes(self) -> int:
        """How long it is."""
        return max(len(series(text).points) for text in self.given.values() if isinstance(text, str))


def days(text: str, times: int = 7) -> str:
    """Return a day's series, day after day."""
    return ", ".join([text] * times)


def hourly(*runs: tuple[float | str, int]) -> str:
    """Return what a job publishes 25 minutes past each hour: values, each so many times."""
    return ", ".join(f"_ x 25, {value}, _ x 34" for value, times in runs for _ in range(times))


GATEWAYS = {
    "PacketsInFromSource": "1M x 60",
    "PacketsInFromDestination": "1M x 60",
    "ConnectionAttemptCount": "1k x 60",
    "ConnectionEstablishedCount": "995 x 60",
}


def nat(
    situation: str, bytes_a_minute: str, *, begins: int = 0, fires: Mapping[str, str] | None = None, **other: str
) -> Case:
    """Return a case of three gateways, each of which passes so much in and out in a minute."""
    names = ("BytesOutToDestination", "BytesInFromDestination", "BytesInFromSource")
    return Case("nat", situation, {**GATEWAYS, **dict.fromkeys(names, bytes_a_minute), **other}, fires or {}, begins)


NAT = [
    nat(QUIET, days("0.2G x 480, 0.4G x 480, 0.2G x 480")),
    nat(DEPLOY, "0.2G x 120, 14G x 4, 0.2G x 60"),
    Case(
        "nat",
        ZONE,
        {
            "BytesOutToDestination": "0.3G x 60, 0.45G x 60",
            "BytesOutToDestination{00000000000000000}": "0.3G x 60, _ x 60",
            "BytesInFromSource": "0.3G x 60, 0.45G x 60",
            "BytesInFromSource{00000000000000000}": "0.3G x 60, _ x 60",
            "BytesInFromDestination": "0.3G x 120",
            "PacketsInFromSource": "1M x 120",
            "PacketsDropCount": "_ x 60, 90 x 60",
            "ConnectionAttemptCount": "1k x 60, 1500 x 60",
            "ConnectionEstablishedCount": "990 x 60, 1450 x 60",
        },
    ),
    nat(NEW, "_ x 30, 0.2G x 90"),
    nat(NIGHT, days("0 x 480, 0.4G x 960", 4)),
    nat(
        TRICKLE,
        "1M x 120",
        PacketsInFromSource="10 x 120",
        PacketsInFromDestination="10 x 120",
        PacketsDropCount="1 x 120",
        ConnectionAttemptCount="10 x 120",
        ConnectionEstablishedCount="5 x 120",
    ),
    nat(
        "a NAT refactoring: a service leaves its private path",
        "0.3G x 4320, 5G x 300",
        begins=4320,
        fires={"throughput": "13m", "daily-budget": "27m"},
    ),
    nat(
        "a gateway is as fast as it can be",
        "0.3G x 60, 650G x 30",
        begins=60,
        fires={"bandwidth": "3m", "daily-budget": "1m", "throughput": "11m"},
    ),
    nat(
        "one destination takes all source ports",
        "0.3G x 60",
        begins=60,
        ErrorPortAllocation="0 x 60, 40 x 30",
        fires={"port-allocation-errors": "15m"},
    ),
    nat(
        "a destination turns the addresses away",
        "0.3G x 120",
        begins=60,
        ConnectionAttemptCount="1k x 120",
        ConnectionEstablishedCount="990 x 60, 700 x 60",
        fires={"connections-not-established": "12m"},
    ),
    nat(
        "a destination turns the addresses away, at 60 connections a minute",
        "0.3G x 120",
        begins=60,
        ConnectionAttemptCount="60 x 120",
        ConnectionEstablishedCount="59 x 60, _ x 60",
        fires={"connections-not-established": "12m"},
    ),
    nat(
        "a gateway drops packets",
        "0.3G x 120",
        begins=60,
        PacketsInFromSource="1M x 120",
        PacketsInFromDestination="1M x 120",
        PacketsDropCount="0 x 60, 500 x 60",
        fires={"dropped-packets": "5m"},
    ),
]

DAY = "200 x 480, 1k x 480, 500 x 480"


def archival(
    situation: str, requests: str, archived: str, fires: Mapping[str, str] | None = None, **other: str
) -> Case:
    """Return a case of an archive that another tool fills; incidents begin after six hours."""
    given = {"RequestCount": requests, "Archived": archived, **other}
    return Case("archival", situation, given, fires or {}, 360 if fires else 0)


ARCHIVAL = [
    archival(QUIET, days(DAY), days(DAY)),
    archival(DEPLOY, "1k x 300, 400 x 5, 1k x 120", "1k x 300, 390 x 5, 1k x 120"),
    archival(ZONE, "900 x 300, 600 x 180", "900 x 300, 598 x 180"),
    archival(NEW, "_ x 30, 100 x 510", "_ x 30, 100 x 510"),
    archival(NIGHT, "500 x 600, _ x 480, 500 x 60", "500 x 600, _ x 480, 500 x 60"),
    archival(TRICKLE, "10 x 1440", days("0 x 59, 590", 24)),
    archival("the archiving job does not run", "1k x 720", "1k x 360, _ x 360", {"rate-low": "1h2m", "stale": "3h"}),
    archival(
        "the archiving job does not run, at 10 requests a minute",
        "10 x 720",
        "10 x 360, _ x 360",
        {"rate-low": "1h10m", "stale": "3h"},
    ),
    archival(
        "half of the records are lost, at 10 requests a minute",
        "10 x 720",
        "10 x 360, 5 x 360",
        {"rate-low": "1h20m"},
    ),
    archival(
        "the load balancer moves to a VPC origin: its requests vanish, the archive goes on",
        "900 x 360, _ x 360",
        "900 x 360, 833 x 360",
        {"requests-vanished": "1h32m", "rate-high": "2h4m"},
    ),
    archival("each record is archived twice", "900 x 720", "900 x 360, 1800 x 360", {"rate-high": "2h4m"}),
    archival(
        "the format of the log changes", "900 x 420", "900 x 420", {"unparsed": "2m"}, Unparsed="_ x 360, 50 x 60"
    ),
    archival(
        "the format of the log changes, at 10 requests a minute",
        "10 x 420",
        "10 x 360, _ x 60",
        {"unparsed": "1m"},
        Unparsed="_ x 360, 10 x 60",
    ),
    archival(
        "a run of the archiving job fails",
        "900 x 420",
        "900 x 420",
        {"failed-run": "1m"},
        Failures="_ x 360, 1, _ x 59",
    ),
]


def archive(
    situation: str,
    requests: tuple[tuple[float, int], ...],
    records: tuple[tuple[float, int], ...],
    rate: tuple[tuple[float | str, int], ...],
    fires: Mapping[str, str] | None = None,
    begins: int = 480,
    **other: str,
) -> Case:
    """Return a case of a ``LogArchive`` whose hourly runs publish these; incidents begin after eight hours."""
    runs = sum(times for _, times in requests)
    given = {
        "MeasuredRequests": hourly(*requests),
        "MeasuredRecords": hourly(*records),
        "SuccessRate": hourly(*rate),
        "CompletedRuns": hourly((1, runs)),
        "UnparsedLines": hourly((0, runs)),
        **other,
    }
    return Case("archive", situation, given, fires or {}, begins if fires else 0)


ARCHIVE = [
    archive(QUIET, ((20000, 168),), ((20000, 168),), ((1, 168),)),
    archive(DEPLOY, ((20000, 12),), ((20000, 6), (19500, 1), (20000, 5)), ((1, 6), (0.975, 1), (1, 5))),
    archive(ZONE, ((20000, 6), (12000, 6)), ((20000, 6), (11990, 6)), ((1, 6), (0.999, 6))),
    archive(NEW, ((20000, 8),), ((20000, 8),), ((1, 8),), {"stale": "0m"}, 0),
    archive(NIGHT, ((20000, 8), (0, 8), (20000, 2)), ((20000, 8), (0, 8), (20000, 2)), ((1, 8), ("_", 8), (1, 2))),
    archive(TRICKLE, ((600, 12),), ((600, 6), (570, 6)), ((1, 6), (0.95, 6))),
    archive(
        "logs are not delivered", ((20000, 16),), ((20000, 8), (9000, 8)), ((1, 8), (0.45, 8)), {"rate-low": "1h26m"}
    ),
    archive(
        "logs are not delivered, at 10 requests a minute",
        ((600, 16),),
        ((600, 8), (300, 8)),
        ((1, 8), (0.5, 8)),
        {"rate-low": "1h26m"},
    ),
    archive(
        "each record is archived twice",
        ((20000, 16),),
        ((20000, 8), (40000, 8)),
        ((1, 8), (2, 8)),
        {"rate-high": "1h26m"},
    ),
    archive(
        "the load balancer moves to a VPC origin: its requests vanish, the archive goes on",
        ((20000, 8), (0, 8)),
        ((20000, 8), (50000, 8)),
        ((1, 8), ("_", 8)),
        {"requests-vanished": "1h26m"},
    ),
    archive(
        "the archiving job does not run",
        ((20000, 8), ("_", 8)),  # type: ignore[arg-type]
        ((20000, 8), ("_", 8)),  # type: ignore[arg-type]
        ((1, 8), ("_", 8)),
        {"stale": "4h26m"},
        CompletedRuns=hourly((1, 8), ("_", 8)),
        UnparsedLines=hourly((0, 8), ("_", 8)),
    ),
    archive(
        "lines are damaged",
        ((20000, 16),),
        ((20000, 16),),
        ((1, 16),),
        {"unparsed": "26m"},
        UnparsedLines=hourly((0, 8), (200, 8)),
    ),
    archive(
        "a run of the archiving job fails",
        ((20000, 16),),
        ((20000, 16),),
        ((1, 16),),
        {"failed-runs": "1m"},
        ExecutionsFailed="0 x 480, 1, 0 x 479",
    ),
    archive(
        "files come after the last run of their hour",
        ((20000, 16),),
        ((20000, 16),),
        ((1, 16),),
        {"unreconciled": "1m"},
        MissingRecords="_ x 480, 120, _ x 479",
        SurplusRecords="_ x 480, 0, _ x 479",
        DuplicateRecords="_ x 480, 0, _ x 479",
    ),
]


def daily(*values: float | str) -> str:
    """Return what a run publishes 20 minutes past midnight, day after day."""
    return ", ".join(f"_ x 20, {value}, _ x 1419" for value in values)


def egress(
    situation: str,
    usd: Sequence[float | str],
    gigabytes: Sequence[float | str],
    fires: Mapping[str, str] | None = None,
) -> Case:
    """Return a case of avoidable dollars and of GB to S3, by day; incidents begin after a day."""
    given = {
        "AvoidableUsdPerDay": daily(*usd),
        "EgressBytes": daily(*(each if each == "_" else f"{each}G" for each in gigabytes)),
        "CompletedRuns": daily(*("_" if each == "_" else 1 for each in usd)),
    }
    return Case("egress", situation, given, fires or {}, 1440 if fires else 0)


EGRESS = [
    egress(QUIET, [1.2] * 7, [2] * 7),
    egress(DEPLOY, [1.9], [8]),
    egress(ZONE, [3.5], [2]),
    Case("egress", NEW, {"AvoidableUsdPerDay": "_ x 90", "CompletedRuns": "_ x 90"}, {"stale": "3m"}),
    egress(NIGHT, [0] * 3, ["_"] * 3),
    egress(TRICKLE, [0.01], [0.001]),
    egress(
        "a route table loses its route to the S3 endpoint",
        [1.2, 1.2, 12.4, 12.4],
        [2, 2, 255, 255],
        {"avoidable": "24h21m", "traffic-s3": "24h21m"},
    ),
    egress("the daily run fails", [1.2, *["_"] * 5], [2, *["_"] * 5], {"stale": "73h3m"}),
]


def api(
    situation: str,
    requests: str,
    refused: str = "_",
    failed: str = "_",
    fires: Mapping[str, str] | None = None,
    begins: int = 60,
) -> Case:
    """Return a case of an EKS cluster's API server; incidents begin after an hour."""
    given = {
        "apiserver_request_total": requests,
        "apiserver_request_total_429": refused,
        "apiserver_request_total_5XX": failed,
    }
    return Case("api", situation, given, fires or {}, begins if fires else 0)


KUBERNETES = [
    api(QUIET, days("3k x 480, 6k x 960"), days("0 x 1439, 300"), days("0 x 1438, 40 x 2")),
    api(DEPLOY, "3k x 60, 9k x 5, 3k x 60", "0 x 60, 40 x 5, 0 x 60"),
    api(ZONE, "3k x 60, 2k x 60", "0 x 120", "0 x 60, 90 x 5, 5 x 55"),
    api(NEW, "_ x 30, 600 x 90", fires={"silent": "0m"}, begins=0),
    api(NIGHT, "600 x 480, 6k x 960"),
    api(TRICKLE, "10 x 240", "3 x 240", "3 x 240"),
    api("a node upgrade with one blocked eviction", "600 x 240", "0 x 60, 12 x 60, 0 x 120"),
    api("a drain loop takes the share of all clients", "6k x 120", "0 x 60, 900 x 60", fires={"throttled": "3m"}),
    api("the control plane fails", "3k x 180", "0 x 180", "0 x 60, 400 x 120", fires={"errors": "10m"}),
    api(
        "the control plane fails, and its clients ask less",
        "600 x 60, 100 x 120",
        "0 x 180",
        "0 x 60, 100 x 120",
        fires={"errors": "10m"},
    ),
    api("the cluster is gone", "3k x 60, _ x 60", fires={"silent": "25m"}),
]


def clusters(situation: str, one: str, other: str, fires: Mapping[str, str] | None = None) -> Case:
    """Return a case of two clusters with a heartbeat each minute; incidents begin after an hour."""
    return Case("clusters", situation, {"Up{cluster=a}": one, "Up{cluster=b}": other}, fires or {}, 60 if fires else 0)


CLUSTERS = [
    clusters(QUIET, "1 x 10080", "1 x 10080"),
    clusters(DEPLOY, "1 x 60, _ x 4, 1 x 60", "1 x 124"),
    clusters(ZONE, "1 x 60, _ x 8, 1 x 60", "1 x 60, _ x 7, 1 x 61"),
    Case("clusters", NEW, {"Up": "_ x 30, 1 x 60"}, {"all": "0m"}),
    clusters(NIGHT, "1 x 1440", "1 x 1440"),
    clusters(TRICKLE, "1 x 120", "1 x 120"),
    clusters("a cluster falls silent", "1 x 60, _ x 60", "1 x 120", {"some": "26m"}),
    clusters("the store takes nothing", "1 x 60, _ x 60", "1 x 60, _ x 60", {"all": "25m"}),
]

ANSWERS = "(50ms*995, 300ms*5)"
"""A thousand answers."""


BEFORE = 4320
"""Minutes that an incident of a load balancer has before it: the three days of the longest window."""


def serving(
    situation: str, requests: str, *, begins: int = 60, fires: Mapping[str, str] | None = None, **other: str
) -> Case:
    """Return a case of a load balancer; incidents begin after three days and an hour."""
    given: dict[str, str | float] = {"RequestCount": requests, "Invocations": requests, **other}
    if fires and begins:
        usual = requests.split()[0]
        same = {"RequestCount": usual, "Invocations": usual, "HealthyHostCount": "3"}
        given = {name: f"{same.get(name, '_')} x {BEFORE}, {text}" for name, text in given.items()}
        begins += BEFORE
    return Case("serving", situation, {"HealthyHostCount": 3, **given}, fires or {}, begins if fires else 0)


SERVING = [
    serving(
        QUIET,
        days("200 x 480, 1k x 960"),
        HTTPCode_Target_5XX_Count=days("_ x 1439, 4"),
        ColdStarts=days("1 x 1440"),
        TargetResponseTime=days("(50ms*200) x 480, (50ms*990, 900ms*10) x 960"),
    ),
    serving(
        DEPLOY,
        "1k x 180",
        HTTPCode_Target_5XX_Count="_ x 60, 30 x 2, _ x 118",
        ColdStarts="0 x 60, 300 x 4, 0 x 116",
        TargetResponseTime="(50ms*1000) x 60, (50ms*900, 3s*100) x 4, (50ms*1000) x 116",
    ),
    serving(
        ZONE,
        "1k x 60, 950 x 2, 1k x 118",
        HTTPCode_ELB_5XX_Count="_ x 60, 30 x 2, _ x 118",
        HealthyHostCount="3 x 60, 2 x 120",
        TargetResponseTime="(50ms*1000) x 60, (50ms*950, 1500ms*50) x 120",
    ),
    serving(
        NEW,
        "_ x 30, 100 x 90",
        HealthyHostCount="_ x 10, 3 x 110",
        fires={"no-traffic": "0m", "unhealthy-hosts-web": "0m"},
        begins=0,
    ),
    serving(
        NIGHT,
        "1k x 60, 20 x 600",
        HTTPCode_Target_5XX_Count="_ x 200, 1, _ x 30, 1, _ x 428",
        ColdStarts="0 x 60, 6 x 600",
        TargetResponseTime="(50ms*1000) x 60, (50ms*19, 3s*1) x 600",
    ),
    serving(
        "slow answers in the evening, then a few cold starts all night: no storm",
        "1k x 120, 4 x 600",
        ColdStarts="0 x 120, 1 x 600",
        TargetResponseTime="(50ms*1000) x 60, (50ms*900, 3s*100) x 60, (50ms*3, 3s*1) x 600",
        fires={"latency": "11m"},
    ),
    serving(
        TRICKLE,
        "10 x 720",
        HTTPCode_Target_5XX_Count="_ x 100, 1, _ x 200, 1, _ x 418",
        ColdStarts="0 x 60, 3 x 660",
        TargetResponseTime="(50ms*9, 3s*1) x 720",
    ),
    serving(
        "an outage: the status page must not wait",
        "1k x 120",
        HTTPCode_Target_5XX_Count="_ x 60, 900 x 60",
        fires={"burn-rate": "1m", "slow-burn-rate": "5m", "success-rate": "2m"},
    ),
    serving(
        "all targets are gone",
        "1k x 60, _ x 60",
        HTTPCode_ELB_5XX_Count="_ x 60, 1k x 60",
        HealthyHostCount="3 x 60, 0 x 60",
        fires={"burn-rate": "1m", "slow-burn-rate": "5m", "success-rate": "2m", "unhealthy-hosts-web": "3m"},
    ),
    serving(
        "an outage at 80 requests a minute",
        "80 x 180",
        HTTPCode_Target_5XX_Count="_ x 60, 80 x 60, _ x 60",
        fires={"burn-rate": "1m", "slow-burn-rate": "5m", "success-rate": "2m"},
    ),
    serving(
        "an outage at 10 requests a minute",
        "10 x 180",
        HTTPCode_Target_5XX_Count="_ x 60, 10 x 60, _ x 60",
        fires={"burn-rate": "1m", "slow-burn-rate": "5m", "success-rate": "2m"},
    ),
    serving(
        "a loss of 3 % at 80 requests a minute",
        "80 x 600",
        HTTPCode_Target_5XX_Count="_ x 60, 2.4 x 540",
        fires={"burn-rate": "29m", "slow-burn-rate": "2h25m", "success-rate": "2h21m"},
    ),
    serving(
        "GPU time-outs that loop: each retry times out after a minute",
        "1k x 180",
        HTTPCode_ELB_5XX_Count="_ x 60, 30 x 120",
        fires={"burn-rate": "30m", "success-rate": "10m"},
    ),
    serving(
        "a cold-start storm",
        "1k x 120",
        ColdStarts="0 x 60, 400 x 60",
        HTTPCode_Target_5XX_Count="_ x 60, 100 x 60",
        TargetResponseTime="(50ms*1000) x 60, (50ms*500, 8s*500) x 60",
        fires={
            "burn-rate": "9m",
            "cold-start-storm": "3m",
            "latency": "11m",
            "slow-burn-rate": "44m",
            "success-rate": "2m",
        },
    ),
    serving(
        "slow answers, at 40 a minute",
        "40 x 240",
        TargetResponseTime="(50ms*40) x 60, (50ms*20, 4s*20) x 60, (50ms*40) x 120",
        fires={"latency": "12m"},
    ),
    serving(
        "CPU stress that ends after four minutes",
        "1k x 180",
        TargetResponseTime="(50ms*1000) x 60, (50ms*900, 4s*100) x 4, (50ms*1000) x 116",
    ),
    serving(
        "0.5 % of the requests fail for a day and a half",
        "1k x 2500",
        HTTPCode_Target_5XX_Count="_ x 60, 5 x 2440",
        fires={"slow-burn-rate": "14h25m"},
    ),
    serving("no request arrives any more", "1k x 60, _ x 60", fires={"no-traffic": "25m"}),
]


def handoff(
    situation: str,
    started: str,
    completed: str,
    *,
    failed: str = "_",
    known: str = "40 x 600",
    begins: int = 120,
    fires: Mapping[str, str] | None = None,
) -> Case:
    """Return a case of handoffs between releases; incidents begin after two hours."""
    given = {"HandoffStarted": started, "HandoffCompleted": completed, "HandoffFailed": failed, "Known": known}
    return Case("handoff", situation, given, fires or {}, begins if fires else 0)


HANDOFF = [
    handoff(QUIET, days("_ x 600, 1, _ x 839"), days("_ x 603, 1, _ x 836"), known="40 x 10080"),
    handoff(DEPLOY, "_ x 120, 5, _ x 100", "_ x 124, 5, _ x 96", known="40 x 121, 38 x 1, 40 x 99"),
    handoff(ZONE, "_ x 120, 1, _ x 100", "_ x 122, 1, _ x 98", known="40 x 221"),
    handoff(NEW, "_ x 120", "_ x 120", known="_ x 10, 40 x 110", fires={"missing-state": "0m"}, begins=0),
    handoff(NIGHT, "_ x 600", "_ x 600"),
    handoff(TRICKLE, "1 x 240", "_, 1 x 239", known="40 x 240"),
    handoff("a release dies in its handoff", "_ x 120, 1, _ x 200", "_", known="40 x 321", fires={"unfinished": "6m"}),
    handoff(
        "a release dies in its handoff, again and again",
        "_ x 120, 1, _ x 3, 1, _ x 3, 1, _ x 3, 1, _ x 3, 1, _ x 100",
        "_",
        known="40 x 237",
        fires={"unfinished": "6m"},
    ),
    handoff(
        "a handoff reports that it failed",
        "_ x 120, 1, _ x 100",
        "_ x 122, 1, _ x 98",
        failed="_ x 121, 1, _ x 99",
        known="40 x 221",
        fires={"failed": "2m"},
    ),
    handoff(
        "the routing layer starts without state",
        "_ x 120, 1, _ x 100",
        "_ x 122, 1, _ x 98",
        known="40 x 120, 0 x 101",
        fires={"missing-state": "2m"},
    ),
]

CERTIFICATES = [
    Case(
        "certificates",
        QUIET,
        {
            "NewConnectionCount": days("500 x 1440"),
            "ClientTLSNegotiationErrorCount": days("20 x 1440"),
            "DaysToExpiry": days("190, _ x 719, 190, _ x 719"),
        },
    ),
    Case(
        "certificates",
        DEPLOY,
        {
            "NewConnectionCount": "500 x 120",
            "TargetTLSNegotiationErrorCount": "_ x 60, 3 x 2, _ x 58",
            "DaysToExpiry": "190 x 120",
        },
    ),
    Case(
        "certificates",
        ZONE,
        {
            "NewConnectionCount": "500 x 60, 900 x 60",
            "ClientTLSNegotiationErrorCount": "20 x 60, 40 x 60",
            "DaysToExpiry": "190 x 120",
        },
    ),
    Case(
        "certificates",
        NEW,
        {"NewConnectionCount": "_ x 30, 100 x 1500", "DaysToExpiry": "_ x 700, 190, _ x 829"},
        {"expiry-www": "0m"},
    ),
    Case(
        "certificates",
        NIGHT,
        {
            "NewConnectionCount": "500 x 60, _ x 480",
            "ClientTLSNegotiationErrorCount": "20 x 60, 2 x 480",
            "DaysToExpiry": "190 x 540",
        },
    ),
    Case(
        "certificates",
        TRICKLE,
        {"NewConnectionCount": "10 x 240", "ClientTLSNegotiationErrorCount": "8 x 240", "DaysToExpiry": "190 x 240"},
    ),
    Case(
        "certificates",
        "a certificate is not renewed",
        {"DaysToExpiry": days("30 x 1440", 4) + ", 29 x 60"},
        {"expiry-www": "1m"},
        5760,
    ),
    Case(
        "certificates",
        "an internal certificate in a public place",
        {
            "NewConnectionCount": "500 x 60, 50 x 60",
            "ClientTLSNegotiationErrorCount": "20 x 60, 450 x 60",
            "DaysToExpiry": "190 x 120",
        },
        {"client-tls-errors": "3m"},
        60,
    ),
    Case(
        "certificates",
        "targets present no certificate",
        {
            "NewConnectionCount": "500 x 120",
            "TargetTLSNegotiationErrorCount": "_ x 60, 400 x 60",
            "DaysToExpiry": "190 x 120",
        },
        {"target-tls-errors": "3m"},
        60,
    ),
]


def dns(situation: str, volume: str, fires: Mapping[str, str] | None = None, begins: int = 480) -> Case:
    """Return a case of an override and a list of blocked names with the same queries, in five minutes' sums."""
    return Case("dns", situation, {"FirewallRuleGroupQueryVolume": volume}, fires or {}, begins if fires else 0)


DNS = [
    dns(QUIET, days("10 x 1440")),
    dns(DEPLOY, "10 x 480, 15 x 5, 10 x 480"),
    dns(ZONE, "10 x 480, 7 x 240"),
    dns(NEW, "_ x 30, 10 x 600", {"override-unused-hub": "0m"}, 0),
    dns(NIGHT, "10 x 480, _ x 150, 10 x 240"),
    dns(TRICKLE, "10 x 960"),
    dns("an override is gone from the VPC", "10 x 480, _ x 360", {"override-unused-hub": "5h"}),
    dns("a compromised host asks for blocked names", "10 x 480, 400 x 60", {"blocked-malware": "6m"}),
]


def meta(
    situation: str,
    *,
    waiting: str = "_",
    undelivered: str = "_",
    uncalled: str = "_",
    beat: str = "1 x 600",
    fires: Mapping[str, str] | None = None,
    begins: int = 60,
) -> Case:
    """Return a case of the ways from alarms to people; incidents begin after an hour."""
    given = {
        "ApproximateNumberOfMessagesVisible": waiting,
        "NumberOfNotificationsFailed": undelivered,
        "FailedInvocations": uncalled,
        "Signal": beat,
    }
    return Case("meta", situation, given, fires or {}, begins if fires else 0)


META = [
    meta(QUIET, waiting=days("0 x 1440"), beat=days("1 x 1440")),
    meta(DEPLOY, beat="1 x 60, _ x 8, 1 x 60"),
    meta(ZONE, beat="1 x 60, _ x 9, 1 x 60"),
    meta(NEW, beat="_ x 20, 1 x 100", fires={"heartbeat-ruler": "0m"}, begins=0),
    meta(NIGHT),
    meta(TRICKLE, waiting="0 x 600"),
    meta("a chat refuses its messages", waiting="0 x 60, 1 x 200", fires={"dead-letters-chat": "1m"}),
    meta("SNS cannot deliver", undelivered="_ x 60, 1, _ x 200", fires={"failed-notifications-pager": "1m"}),
    meta("EventBridge cannot call its target", uncalled="_ x 60, 1, _ x 200", fires={"failed-invocations-chat": "1m"}),
    meta("the ruler stops", beat="1 x 60, _ x 60", fires={"heartbeat-ruler": "25m"}),
]


def workspace(
    situation: str,
    taken: str = "5k x 600",
    evaluated: str = "1 x 600",
    beat: str = "1 x 600",
    *,
    failing: str = "_",
    undelivered: str = "_",
    fires: Mapping[str, str] | None = None,
    begins: int = 60,
) -> Case:
    """Return a case of a workspace of Amazon Managed Prometheus; incidents begin after an hour."""
    given = {
        "ResourceCount": taken,
        "RuleEvaluations": evaluated,
        "NumberOfMessagesPublished": beat,
        "RuleEvaluationFailures": failing,
        "AlertManagerNotificationsFailed": undelivered,
    }
    return Case("prometheus", situation, given, fires or {}, begins if fires else 0)


RULES = "rules-{}-silent-clusters-silent-clusters"
PROMETHEUS = [
    workspace(QUIET, "5k x 10080", "1 x 10080", "1 x 10080"),
    workspace(DEPLOY, "5k x 60, 0 x 4, 5k x 536", "1 x 60, _ x 8, 1 x 532"),
    workspace(ZONE, "5k x 60, 3k x 540"),
    workspace(
        NEW,
        "_ x 30, 5k x 60",
        "_ x 30, 1 x 60",
        "_ x 30, 1 x 60",
        fires={"ingestion-stopped": "0m", RULES.format("stopped"): "0m", "watchdog-silent": "0m"},
        begins=0,
    ),
    workspace(NIGHT, "50 x 600"),
    workspace(TRICKLE, "10 x 600"),
    workspace("all clusters are silent, or the store is", "5k x 60, 0 x 60", fires={"ingestion-stopped": "15m"}),
    workspace("the rules are no longer evaluated", evaluated="1 x 60, _ x 60", fires={RULES.format("stopped"): "25m"}),
    workspace("a rule fails", failing="_ x 60, 1 x 60", fires={RULES.format("failing"): "11m"}),
    workspace(
        "the alert manager cannot notify", undelivered="_ x 60, 1, _ x 60", fires={"notifications-failing": "1m"}
    ),
    workspace("the watchdog does not arrive", beat="1 x 60, _ x 60", fires={"watchdog-silent": "1h"}),
]

HEALTHY: dict[str, float] = {
    "ClusterStatus.red": 0,
    "ClusterStatus.yellow": 0,
    "ClusterIndexWritesBlocked": 0,
    "CoordinatingWriteRejected": 500,
    "PrimaryWriteRejected": 500,
    "ReplicaWriteRejected": 500,
    "OpenSearchRequests": 1000,
    "5xx": 1,
    "FreeStorageSpace": 100_000,
    "JVMMemoryPressure": 60,
    "OldGenJVMMemoryPressure": 40,
    "CPUUtilization": 40,
    "ThroughputThrottle": 0,
    "IopsThrottle": 0,
    "Nodes": 6,
    "AutomatedSnapshotFailure": 0,
}
"""A domain of three data nodes and three masters; its nodes have refused writes before."""


def search(
    situation: str,
    length: int = 180,
    changes: Mapping[str, str] | None = None,
    *,
    fires: Mapping[str, str] | None = None,
    before: str = "",
) -> Case:
    """Return a case of an OpenSearch domain that is as it was, but for some series; incidents begin after an hour."""
    first, left = (f"{before}, ", length - 30) if before else ("", length)
    given = {name: f"{first}{value} x {left}" for name, value in HEALTHY.items()}
    return Case("search", situation, {**given, **(changes or {})}, fires or {}, 60 if fires and not before else 0)


def rising(begin: float, by: float, times: int) -> str:
    """Return a counter that grows each minute."""
    return ", ".join(f"{begin + by * minute:g}" for minute in range(1, times + 1))


SEARCH = [
    # A burst is refused on the third day; the replicas of a node are copied, and a report is lost.
    search(
        QUIET,
        10080,
        {
            "PrimaryWriteRejected": "500 x 2880, 540, 560, 570, 570 x 3000, _, 570 x 4196",
            "ClusterStatus.yellow": days("0 x 1428, 1 x 12"),
            "CPUUtilization": days("40 x 1410, 90 x 30"),
            "JVMMemoryPressure": days("60 x 1438, 96 x 2"),
        },
    ),
    # A blue/green deployment: twice the nodes for an hour, and the counters of the old ones are gone.
    search(
        DEPLOY,
        300,
        {
            "Nodes": "6 x 60, 9 x 10, 12 x 60, 9 x 20, 6 x 150",
            "ClusterStatus.yellow": "0 x 70, 1 x 15, 0 x 215",
            "CoordinatingWriteRejected": "500 x 120, 340 x 10, 170 x 10, 0 x 160",
            "PrimaryWriteRejected": "500 x 100, _, 500 x 19, 340 x 10, 170 x 10, 0 x 20, 3 x 140",
            "ReplicaWriteRejected": "500 x 120, 340 x 10, 170 x 10, 0 x 160",
            "CPUUtilization": "40 x 60, 75 x 90, 40 x 150",
            "JVMMemoryPressure": "60 x 60, 80 x 90, 60 x 150",
        },
    ),
    search(ZONE, 180, {"Nodes": "6 x 60, 4 x 40, 6 x 80", "ClusterStatus.yellow": "0 x 60, 1 x 15, 0 x 105"}),
    search(NEW, 120, before="_ x 30", fires={"nodes-missing": "0m"}),
    search(NIGHT, 1440, {"OpenSearchRequests": "1000 x 480, _ x 480, 1000 x 480", "5xx": "1 x 480, _ x 480, 1 x 480"}),
    search(TRICKLE, 180, {"OpenSearchRequests": "10 x 180", "5xx": "5 x 180"}),
    search("a primary shard is missing", changes={"ClusterStatus.red": "0 x 60, 1 x 120"}, fires={"red": "1m"}),
    search(
        "a node is lost, and its replicas are not copied",
        changes={"ClusterStatus.yellow": "0 x 60, 1 x 120"},
        fires={"yellow": "20m"},
    ),
    search(
        "the disks fill up, until all writes are refused",
        changes={
            "FreeStorageSpace": "100k x 60, 15k x 120",
            "ClusterIndexWritesBlocked": "0 x 80, 1 x 100",
        },
        fires={"storage-low": "1m", "writes-blocked": "21m"},
    ),
    search(
        "more is written than can be indexed",
        changes={"PrimaryWriteRejected": f"500 x 60, {rising(500, 30, 120)}"},
        fires={"writes-rejected": "5m"},
    ),
    search("three of ten requests fail", changes={"5xx": "1 x 60, 300 x 120"}, fires={"server-errors": "12m"}),
    search(
        "aggregations are too large for the heap",
        changes={"JVMMemoryPressure": "60 x 60, 96 x 120", "OldGenJVMMemoryPressure": "40 x 60, 85 x 120"},
        fires={"heap-high": "3m", "old-generation-high": "3m"},
    ),
    search("the nodes are busy", changes={"CPUUtilization": "40 x 60, 95 x 120"}, fires={"cpu-high": "41m"}),
    search("the volumes are too slow", changes={"IopsThrottle": "0 x 60, 1 x 120"}, fires={"disk-throttled": "11m"}),
    search("two nodes are lost for good", changes={"Nodes": "6 x 60, 4 x 120"}, fires={"nodes-missing": "56m"}),
    search(
        "a snapshot fails", changes={"AutomatedSnapshotFailure": "0 x 60, 1 x 120"}, fires={"snapshot-failed": "1m"}
    ),
    search("the KMS key is disabled", changes={"KMSKeyInaccessible": "_ x 60, 1 x 120"}, fires={"key-lost": "1m"}),
]

CASES: list[Case] = [
    *NAT,
    *ARCHIVAL,
    *ARCHIVE,
    *SEARCH,
    *EGRESS,
    *KUBERNETES,
    *CLUSTERS,
    *SERVING,
    *HANDOFF,
    *CERTIFICATES,
    *DNS,
    *META,
    *PROMETHEUS,
]


PACKS = {
    "nat": "NatAlarms",
    "archival": "ArchivalSuccess",
    "archive": "LogArchiveAlarms",
    "search": "OpenSearchAlarms",
    "egress": "EgressAlarms",
    "api": "KubernetesApiAlarms",
    "clusters": "SilentClusters",
    "serving": "LoadBalancerAlarms",
    "handoff": "HandoffAlarms",
    "certificates": "CertificateAlarms",
    "dns": "DnsAlarms",
    "meta": "AlarmsOnAlarms",
    "prometheus": "ManagedPrometheusAlarms",
}
"""The class of each pack."""


def what_would_have_happened() -> str:
    """Return the incidents as a table of Markdown: which alarm notifies, and how long after the beginning."""
    rows = ["| Pack | What happens | Notifies, after |", "|---|---|---|"]
    for case in CASES:
        if case.is_incident:
            told = ", ".join(f"`{alarm}` {after}" for alarm, after in sorted(case.fires.items()))
            rows.append(f"| `{PACKS[case.pack]}` | {case.situation} | {told or 'nobody'} |")
    return "\n".join(rows).replace("-silent-clusters-silent-clusters", "")


if __name__ == "__main__":
    sys.stdout.write(what_would_have_happened() + "\n")
