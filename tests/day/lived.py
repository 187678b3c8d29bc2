"""Lives the day: metrics, logs and flow records flow in, schedules start, alarms are judged, and all is written down.

The emulator's clock is shifted and stands still: it is set to each moment at which something happens. What happens at
one moment is over before the next one begins, so that the same day is lived each time.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import time_machine

from northsouth.alerts.replay import (
    Alarms,
    MetricKey,
    Samples,
    Series,
    Settings,
    State,
    Timeline,
    read_alarms,
    replay,
)
from northsouth.egress.flows.engine import Question, explain
from northsouth.egress.flows.vpc import Gateway, Vpc
from northsouth.emulator import objects, outbound
from northsouth.emulator.server import ACCOUNT, Emulator
from northsouth.template import parse
from northsouth.testing.notation import Point, Sample
from tests.alerts.routes.receiver import Answers, receiver
from tests.day import deployed, receipts
from tests.day.receipts import HOSTS, STATUSPAGE, Receipt, Routes
from tests.day.script import BEGIN, INCIDENTS, MINUTES, NO_LOGS, NO_RUNS, due, moment, script
from tests.egress.flows.records import GB, Flow, parquet, zonal
from tests.logs import archive_runs

FIRST_JUDGED = 100
"""The minute of the first evaluation: every metric has had a point by then, also those of the archive."""
SLICE = 30
"""Minutes of data that are put and judged at once."""
PATIENCE_SECONDS = 240
"""How long it may take until all that a moment began is over; all alarms of a new environment act at once."""
PAGE, PAGE_RUN = "northsouth-example-status", "example-status"
LOGS = "northsouth-example-alb-logs"
BALANCER = "app/hub/50dc6c495c0c9188"
CUSTOMERS = "example-alarms-serving-hub-success-rate"
SLOW = "example-alarms-serving-hub-latency"
FLOWS = (Flow("10.40.1.7", "52.216.20.20", 55 * GB, 200 * GB, "S3"), Flow("10.40.1.7", "203.0.113.80", GB, 2 * GB))


@dataclass(frozen=True)
class Day:
    """What became of the day.

    Attributes:
        alarms: the alarms as they are deployed.
        history: what their metrics reported, by the script.
        replayed: what became of each alarm, by the replay.
        lived: the changes of each alarm on the emulator: moments and states.
        received: what reached the receivers.
        expected: what should have reached them, by the replay.
        page: the states of the status page, by the page.
        page_expected: the same, by the replay.
        component: the states that Statuspage was sent, without repeats.
        component_expected: the same, by the replay.
        faults: anything else that was not as it should be, one sentence each.
        counts: what was done, for the last line.

    """

    alarms: Alarms
    history: Mapping[MetricKey, Series]
    replayed: Mapping[str, Timeline]
    lived: Mapping[str, list[tuple[int, State]]]
    received: Counter[Receipt]
    expected: Counter[Receipt]
    page: list[tuple[int, str]]
    page_expected: list[tuple[int, str]]
    component: list[str]
    component_expected: list[str]
    faults: list[str]
    counts: Mapping[str, int]


def live(emulator: Emulator, state: Mapping[str, Any], say: Callable[[str], object]) -> Day:
    """Live the day on an emulator to which the example is deployed.

    Args:
        emulator: the emulator.
        state: Terraform's state, as ``terraform show -json`` writes it.
        say: takes a line for each hour.

    """
    declared = read_alarms(parse(dict(state)))
    quiet = {name for name, alarm in declared.metric.items() if not alarm.actions.enabled}
    alarms = as_the_emulator_acts(declared)
    who = receipts.routes(deployed.environment())
    with (
        tempfile.TemporaryDirectory() as folder,
        time_machine.travel(BEGIN - timedelta(hours=1), tick=False) as clock,
        receiver() as world,
        outbound.redirected(dict.fromkeys(HOSTS.values(), world.address)),
    ):
        return _Living(emulator, alarms, quiet, who, clock, world, Path(folder), say).day()


def as_the_emulator_acts(alarms: Alarms) -> Alarms:
    """Return alarms without what the emulator does not know: a suppressor's waits; and with their actions on."""

    def acting(alarm: Any) -> Any:
        return replace(alarm, actions=replace(alarm.actions, enabled=True))

    composites = {
        name: replace(alarm, suppressor=replace(alarm.suppressor, wait=0, extension=0)) if alarm.suppressor else alarm
        for name, alarm in alarms.composite.items()
    }
    return replace(
        alarms,
        metric={name: acting(alarm) for name, alarm in alarms.metric.items()},
        composite={name: acting(alarm) for name, alarm in composites.items()},
    )


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """A run that a schedule starts.

    Attributes:
        minute: when it is due.
        name: the schedule's name.
        machine: the state machine's ARN.
        given: its input.

    """

    minute: int
    name: str
    machine: str
    given: str


@dataclass
class _Living:
    emulator: Emulator
    alarms: Alarms
    quiet: set[str]
    who: Routes
    clock: Any
    world: Answers
    folder: Path
    say: Callable[[str], object]
    received: Counter[Receipt] = field(default_factory=Counter)
    component: list[str] = field(default_factory=list)
    page: list[tuple[int, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    now: datetime = BEGIN
    seen: int = 0

    def __post_init__(self) -> None:
        self.clients = {
            name: self.emulator.client(name) for name in ("cloudwatch", "scheduler", "stepfunctions", "ec2")
        }
        self.metrics = script(self.alarms.metrics)
        self.published: dict[MetricKey, list[tuple[int, float]]] = {
            metric: [] for metric in self.alarms.metrics if metric not in self.metrics
        }
        runs = sorted(self._schedules())
        self.runs = [run for run in runs if run.name != PAGE_RUN]
        self.looks = [run for run in runs if run.name == PAGE_RUN]
        self.requests = next(m for m in self.metrics if m.name == "RequestCount" and m.namespace.endswith("ELB"))

    def day(self) -> Day:
        self._before()
        edges = sorted(
            {
                FIRST_JUDGED,
                *range(FIRST_JUDGED // SLICE * SLICE + SLICE, MINUTES, SLICE),
                *(each.minute for each in self.runs),
                MINUTES,
            }
        )
        last = 0
        for edge in edges:
            self._put(last, edge)
            if edge > FIRST_JUDGED:
                self.emulator.judge_alarms(moment(max(last, FIRST_JUDGED)), moment(edge), self._pass_to)
            self._pass_to(moment(edge))
            for run in (each for each in self.runs if each.minute == edge):
                self._deliver_for(run)
                self._start(run)
            if edge % 60 == 0:
                self.say(f"{moment(edge):%H:%M}")
            last = edge
        self._pass_to(moment(MINUTES))
        return self._result()

    # what is there before

    def _before(self) -> None:
        """Begin as CloudWatch would: new metric alarms have no data. What composites say of that is not compared."""
        cloudwatch = self.clients["cloudwatch"]
        for name in self.alarms.metric:
            cloudwatch.set_alarm_state(AlarmName=name, StateValue="INSUFFICIENT_DATA", StateReason="new")
        self._settle()
        self.received.clear()
        self.component.clear()

    def _schedules(self) -> Iterator[Run]:
        """Yield when each deployed schedule is due on the day."""
        scheduler = self.clients["scheduler"]
        for each in scheduler.list_schedules()["Schedules"]:
            found = scheduler.get_schedule(GroupName=each["GroupName"], Name=each["Name"])
            for minute in due(found["ScheduleExpression"]):
                yield Run(minute, found["Name"], found["Target"]["Arn"], found["Target"].get("Input") or "{}")

    # time passes

    def _pass_to(self, then: datetime) -> None:
        """Let what was begun end at its own moment, and set the clock on."""
        self._settle()
        while self.looks and moment(self.looks[0].minute) <= then:
            run = self.looks.pop(0)
            self._set(moment(run.minute))
            self._start(run)
        self._set(then)

    def _set(self, then: datetime) -> None:
        self._look_at_the_page()
        self.now = then
        self.clock.move_to(then)

    def _settle(self) -> None:
        try:
            self.emulator.settle(PATIENCE_SECONDS)
        except TimeoutError as unfinished:
            self.faults.append(f"{self.now:%H:%M}: {unfinished}")
        time = int(self.now.timestamp())
        for request in self.world.received[self.seen :]:
            name = next(name for name, host in HOSTS.items() if host == request.host)
            if name == STATUSPAGE:
                status = json.loads(request.body)["component"]["status"]
                self.component += [status] if self.component[-1:] != [status] else []
            else:
                self.received[receipts.read(name, request.body, time)] += 1
            self.seen += 1

    def _look_at_the_page(self) -> None:
        if "status.json" in objects.keys(PAGE):
            state = json.loads(objects.get(PAGE, "status.json"))["state"]
            if [shown for _, shown in self.page[-1:]] != [state]:
                self.page.append((int(self.now.timestamp()), state))

    # what flows in

    def _put(self, first: int, last: int) -> None:
        """Put what all metrics reported in these minutes."""
        by_namespace: dict[str, list[dict[str, Any]]] = {}
        for metric, points in self.metrics.items():
            for minute in range(first, last):
                if points[minute]:
                    by_namespace.setdefault(metric.namespace, []).append(_datum(metric, minute, points[minute]))
        self.clock.move_to(moment(last))
        for namespace, data in by_namespace.items():
            for place in range(0, len(data), 1000):
                batch = data[place : place + 1000]
                self.clients["cloudwatch"].put_metric_data(Namespace=namespace, MetricData=batch)
                self.counts["metric values"] += len(batch)
        self.clock.move_to(self.now)

    def _requests_in(self, hour: int) -> int:
        points = self.metrics[self.requests][hour * 60 : hour * 60 + 60]
        return int(sum(sample.value * sample.count for point in points for sample in point))

    def _deliver_logs(self, hour: int) -> int:
        """Put the load balancer's log of an hour, or half of it; return its lines."""
        (lost,) = (each for each in INCIDENTS if each.title == NO_LOGS)
        number = self._requests_in(hour) // (2 if hour * 60 in lost.span else 1)
        start = moment(hour * 60)
        pattern = archive_runs.line(start).replace(archive_runs.LOAD_BALANCER, BALANCER)
        stamp = start.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        lines = (
            pattern.replace(stamp, f"{start + timedelta(seconds=3599 * n / max(number, 1)):%Y-%m-%dT%H:%M:%S}.000000Z")
            for n in range(number)
        )
        key = archive_runs.object_key(start + timedelta(hours=1), prefix="edge")
        key = key.replace(archive_runs.LOAD_BALANCER.replace("/", "."), BALANCER.replace("/", "."))
        objects.put(LOGS, key, gzip.compress("".join(f"{line}\n" for line in lines).encode(), 1))
        self.counts["log lines"] += number
        return number

    def _deliver_flows(self) -> tuple[float, float]:
        """Put the flow records of the day before; return what a local run finds avoidable, and the bytes of S3."""
        found = self.clients["ec2"].describe_nat_gateways()["NatGateways"]
        gateways = sorted(
            (each["NatGatewayAddresses"][0]["NetworkInterfaceId"], each["NatGatewayAddresses"][0]["PrivateIp"])
            for each in found
        )
        day = BEGIN - timedelta(days=1)
        start = int(day.timestamp()) + 3600
        interface, own = gateways[0]
        records = [
            record for flow in FLOWS for record in zonal(replace(flow, start=start), interface=interface, own=own)
        ]
        name = f"AWSLogs/{ACCOUNT}/vpcflowlogs/us-east-1/{day:%Y/%m/%d}/{ACCOUNT}_vpcflowlogs_us-east-1_fl-0a.parquet"
        objects.put(deployed.FLOW_LOGS, name, parquet(records, self.folder))
        self.counts["flow records"] += len(records)
        vpc = Vpc(("10.40.0.0/16",), tuple(Gateway(place, (address,)) for place, address in gateways))
        local = explain(Question(files=[self.folder / "records.parquet"], vpc=vpc, zones=3))
        return sum(row["usd_saved"] for row in local.remedies if row["pays"]), FLOWS[0].up + FLOWS[0].down

    # what is started

    def _start(self, run: Run) -> None:
        """Start what a schedule starts, as its role would, and wait for its end."""
        (idle,) = (each for each in INCIDENTS if each.title == NO_RUNS)
        if run.name.startswith("example-hub") and run.minute in idle.span:
            return
        given = run.given.replace("<aws.scheduler.scheduled-time>", f"{moment(run.minute):%Y-%m-%dT%H:%M:%SZ}")
        client = self.clients["stepfunctions"]
        name = f"{run.name}-{run.minute}"
        started = client.start_execution(stateMachineArn=run.machine, name=name, input=given)["executionArn"]
        self._settle()
        ended = client.describe_execution(executionArn=started)
        self.counts[f"runs of {run.name}"] += 1
        if ended["status"] != "SUCCEEDED":
            self.faults.append(
                f"{moment(run.minute):%H:%M}: {run.name} {ended['status']}: {ended.get('cause', '')[:300]}"
            )

    def _deliver_for(self, run: Run) -> None:
        """Deliver what a run is about, and expect what it publishes."""
        (idle,) = (each for each in INCIDENTS if each.title == NO_RUNS)
        if run.name == "example-hub-first":
            self._deliver_or_skip(run.minute, runs=run.minute not in idle.span)
        elif run.name.endswith("measure-daily"):
            self._expect_egress(run.minute)

    def _deliver_or_skip(self, minute: int, *, runs: bool) -> None:
        hour = minute // 60 - 1
        # The hour before the day is empty.
        requests, lines = (self._requests_in(hour), self._deliver_logs(hour)) if hour >= 0 else (0, 0)
        if runs:
            self._expect(minute, "MeasuredRequests", requests)
            self._expect(minute, "MeasuredRecords", lines)
            if requests:
                self._expect(minute, "SuccessRate", lines / requests)
            self._expect(minute, "CompletedRuns", 1)
            self._expect(minute, "UnparsedLines", 0)

    def _expect_egress(self, minute: int) -> None:
        usd, s3 = self._deliver_flows()
        self._expect(minute, "AvoidableUsdPerDay", usd)
        self._expect(minute, "EgressBytes", s3)

    def _expect(self, minute: int, name: str, value: float) -> None:
        for metric, points in self.published.items():
            if metric.name == name:
                points.append((minute, value))

    # what came of it

    def _result(self) -> Day:
        history = {metric: _series(enumerate(points)) for metric, points in self.metrics.items()}
        for metric, values in self.published.items():
            history[metric] = _series((minute, (Sample(value),)) for minute, value in values)
            self._compare_published(metric, values)
        begin = int(BEGIN.timestamp())
        settings = Settings(
            start=begin + 60 * FIRST_JUDGED, end=begin + 60 * MINUTES, history_start=begin, created=False,
            mark_unknowns=False, initial=dict.fromkeys(self.alarms.composite, State.OK),
        )  # fmt: skip
        result = replay(self.alarms, history, settings)
        self.faults += [str(refusal) for refusal in result.refused]
        self._check_quiet_start()
        lines = result.timelines
        expected = receipts.expected(lines.values(), self.who, self.quiet)
        words = {State.ALARM: "outage", State.OK: "operational", State.INSUFFICIENT_DATA: "unknown"}
        shown = [(time, words[state]) for time, state in lines[CUSTOMERS].states[1:]]
        return Day(
            alarms=self.alarms,
            history=history,
            replayed=lines,
            lived={name: self._changes(name) for name in lines},
            received=self.received,
            expected=expected,
            page=[each for each in self.page if each[0] >= settings.start],
            page_expected=shown,
            component=self.component,
            component_expected=_component(lines[CUSTOMERS], lines[SLOW]),
            faults=self.faults,
            counts=self.counts,
        )

    def _changes(self, name: str) -> list[tuple[int, State]]:
        pages = self.clients["cloudwatch"].get_paginator("describe_alarm_history")
        items = [
            item
            for page in pages.paginate(
                AlarmName=name, AlarmTypes=["MetricAlarm", "CompositeAlarm"], HistoryItemType="StateUpdate"
            )
            for item in page["AlarmHistoryItems"]
        ]
        changes = [
            (int(item["Timestamp"].timestamp()), State(json.loads(item["HistoryData"])["newState"]["stateValue"]))
            for item in items
        ]
        return sorted(each for each in changes if each[0] >= moment(FIRST_JUDGED).timestamp())

    def _compare_published(self, metric: MetricKey, values: Sequence[tuple[int, float]]) -> None:
        """Hold what the runs published against what the script says they should have."""
        found = self.clients["cloudwatch"].get_metric_statistics(
            Namespace=metric.namespace,
            MetricName=metric.name,
            Dimensions=[{"Name": name, "Value": value} for name, value in metric.dimensions],
            StartTime=BEGIN,
            EndTime=BEGIN + timedelta(days=1),
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        there = sorted(((each["Timestamp"] - BEGIN) // timedelta(minutes=1), each["Maximum"]) for each in found)
        same = len(there) == len(values) and all(
            minute == when and abs(value - wanted) <= 1e-9 * abs(wanted)
            for (minute, value), (when, wanted) in zip(there, values, strict=True)
        )
        if not same:
            self.faults.append(f"{metric} was published as {there}, and should be {list(values)}")

    def _check_quiet_start(self) -> None:
        described = self.clients["cloudwatch"].get_paginator("describe_alarms")
        for page in described.paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"]):
            for alarm in (*page["MetricAlarms"], *page["CompositeAlarms"]):
                if not alarm["ActionsEnabled"]:
                    self.faults.append(f"{alarm['AlarmName']} had good data, and its actions are still off")


def _component(customers: Timeline, slow: Timeline) -> list[str]:
    """Return the states of Statuspage's component: those of its two alarms, without repeats; at first operational."""
    shown = ["operational"]
    moments = sorted({*(time for time, _ in customers.states[1:]), *(time for time, _ in slow.states[1:])})
    for time in moments:
        if customers.at(time) is State.ALARM:
            state = "partial_outage"
        else:
            state = "degraded_performance" if slow.at(time) is State.ALARM else "operational"
        shown += [state] if shown[-1:] != [state] else []
    return shown[1:]


def _datum(metric: MetricKey, minute: int, point: Point) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
    common = {"MetricName": metric.name, "Dimensions": dimensions, "Timestamp": moment(minute)}
    if len(point) == 1 and point[0].count == 1:
        return {**common, "Value": point[0].value}
    return {
        **common,
        "Values": [sample.value for sample in point],
        "Counts": [float(sample.count) for sample in point],
    }


def _series(points: Any) -> Series:
    known = [(int(moment(minute).timestamp()), point) for minute, point in points if point]
    values = np.array([sample.value for _, point in known for sample in point], dtype=np.float64)
    counts = np.array([sample.count for _, point in known for sample in point], dtype=np.float64)
    offsets = np.cumsum([0, *(len(point) for _, point in known)])
    rows = [point for _, point in known]
    statistics = {
        "Minimum": np.array([min(sample.value for sample in row) for row in rows], dtype=np.float64),
        "Maximum": np.array([max(sample.value for sample in row) for row in rows], dtype=np.float64),
        "Sum": np.array([sum(sample.value * sample.count for sample in row) for row in rows], dtype=np.float64),
        "SampleCount": np.array([sum(sample.count for sample in row) for row in rows], dtype=np.float64),
    }
    times = np.array([time for time, _ in known], dtype=np.int64)
    return Series(times, statistics, 60, samples=Samples(offsets, values, counts))
