"""The situations that the rules on silent clusters are there for, and those that they must bear; pure.

Every time is derived from the parameters of the pack, so what is tested is what is deployed. Prometheus 2 counts a
sample at the far edge of a range and Prometheus 3 does not, hence two steps of tolerance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from northsouth.alerts.prometheus.durations import seconds
from northsouth.alerts.prometheus.packs.parameters import fraction
from northsouth.alerts.prometheus.packs.silent_clusters_parameters import Replicas, SilentClusterParameters
from northsouth.alerts.prometheus.selectors import left_out, series
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import Part, at, counter, gauge, line, minutes, whole_steps

STOPPED, ABSENT, NOT_DECLARED = "ClusterMetricsStopped", "ClusterMetricsAbsent", "ClusterNotDeclared"
SILENT, REPLICA = "ClustersSilent", "ClusterReplicaStopped"
REJECTED, LATE = "ClusterSamplesRejected", "ClusterMetricsLate"
STRANGER = "not-declared"

Life = tuple[int, int]
"""From the first to the last minute with a sample."""


def tests(pack: SilentClusterParameters) -> Sequence[RuleTest]:
    """Return all situations."""
    situations = _Situations(pack)
    scenarios = [
        situations.stopped(),
        situations.never_sent(),
        situations.begins(),
        situations.short_lived(),
        situations.second_outage(),
        situations.renamed(),
        situations.torn_down(),
        situations.delayed(),
        situations.rejected(),
        situations.behind(),
        situations.empty(),
    ]
    if len(pack.clusters) > 1:
        scenarios.append(situations.all_at_once())
    if pack.signal.counts:
        scenarios.append(situations.stands_still())
    if pack.replicas:
        scenarios.append(situations.replica_stopped(pack.replicas))
    return scenarios


class _Situations:
    """Writes the situations; all times are in minutes, rounded up to a whole number of steps."""

    def __init__(self, pack: SilentClusterParameters) -> None:
        self.pack = pack
        # A rate needs two samples in its window; a long memory is passed in longer steps.
        longest = 5 if minutes(pack.memory) >= 24 * 60 else 1
        self.step = max(min(longest, minutes(pack.window) // 3), 1)
        self.near = 2 * self.step
        self.window = self.whole(pack.window)
        self.stopped_for = self.whole(pack.stopped_for)
        self.absent_for = self.whole(pack.absent_for)
        self.memory = self.whole(pack.memory)
        self.silence = self.window + self.stopped_for
        """How long after its last sample a cluster is reported."""
        self.first = pack.clusters[0]

    def stopped(self) -> RuleTest:
        end = self.whole("20m")
        forgotten = end + self.window + self.memory
        absent = forgotten - self.absent_for
        return self.test(
            "a cluster that stopped is reported until it is repaired, without a gap when its past is forgotten",
            self.alive(self.first, (0, end)),
            self.stopped_at(end),
            self.stopped_at(end + self.silence - self.near),
            self.stopped_at(end + self.silence + self.near, self.first),
            self.stopped_at(forgotten - self.near, self.first),
            self.stopped_at(forgotten + self.near),
            self.absent_at(absent - self.near, but=self.first),
            self.absent_at(absent + self.near),
            self.absent_at(forgotten),
            self.absent_at(forgotten + self.memory // 4),
        )

    def never_sent(self) -> RuleTest:
        signal = self.pack.signal
        length = 2 * self.absent_for // self.step
        idle = dict.fromkeys(signal.sample(self.named(self.first)), gauge((0, length))) if signal.counts else {}
        unmatched = left_out(signal.match)
        unrelated = signal.sample({**unmatched, **self.named(self.first)}, (60, length)) if unmatched else {}
        return self.test(
            "a declared cluster that never sent, or a counter that was always 0, is reported after its time to begin",
            {**idle, **unrelated, series("kube_node_info", self.named(self.first)): gauge((1, length))},
            self.absent_at(self.absent_for - self.step, but=None),
            self.absent_at(self.absent_for),
            self.stopped_at(2 * self.absent_for),
        )

    def begins(self) -> RuleTest:
        begin = self.absent_for + self.near
        later = begin + self.silence + self.absent_for
        return self.test(
            "a cluster that begins late is reported until it begins, and not after",
            self.alive(self.first, (begin, later)),
            self.absent_at(begin - self.step),
            self.absent_at(begin + self.near, but=self.first),
            self.absent_at(later, but=self.first),
            self.stopped_at(later),
            self.undeclared_at(later),
        )

    def short_lived(self) -> RuleTest:
        end = self.near
        back = end + self.silence + 2 * self.near
        return self.test(
            "a life of a few minutes is remembered; its return resolves the alert",
            self.alive(self.first, (0, end), (back, back + self.near)),
            self.stopped_at(back - self.step, self.first),
            self.stopped_at(back + self.near),
        )

    def second_outage(self) -> RuleTest:
        first = self.whole("20m")
        back = first + max(self.memory // 2 // self.step * self.step, self.silence + 2 * self.near)
        second = first + self.memory
        return self.test(
            "an outage as long after another as the memory lasts is found all the same",
            self.alive(self.first, (0, first), (back, second)),
            self.stopped_at(back - self.step, self.first),
            self.stopped_at(second),
            self.stopped_at(second + self.silence - self.near),
            self.stopped_at(second + self.silence + self.near, self.first),
        )

    def renamed(self) -> RuleTest:
        change = self.whole("20m")
        end = change + self.silence + self.near
        return self.test(
            "a renamed cluster is reported under both names; so is one whose declaration was removed too early",
            {**self.alive(self.first, (0, change)), **self.alive(STRANGER, (change, end))},
            self.undeclared_at(change + self.stopped_for - self.step),
            self.undeclared_at(change + self.stopped_for + self.near, STRANGER),
            self.stopped_at(end, self.first),
        )

    def torn_down(self) -> RuleTest:
        end = self.whole("20m")
        after = end + self.silence + self.near
        return self.test(
            "a cluster that is neither declared nor alive is nobody's concern, nor are series of no cluster",
            {**self.alive(STRANGER, (0, end)), **self.pack.signal.sample({}, *self.parts((0, end)))},
            self.undeclared_at(end, STRANGER),
            self.undeclared_at(after),
            self.stopped_at(after),
            self.absent_at(after + self.absent_for),
        )

    def delayed(self) -> RuleTest:
        pause = max(minutes(self.pack.delay) // self.step - 1, 0)
        rounds = (self.silence + self.absent_for) // self.step // (pause + 2) + 2
        batches: list[Part] = [(1, 2), (None, pause)] * rounds
        end = rounds * (pause + 2) * self.step - pause * self.step
        return self.test(
            "samples that come in batches, as late as was said, are no silence",
            self.pack.signal.sample(self.named(self.first), *batches),
            self.stopped_at(end // 2),
            self.stopped_at(end),
            self.absent_at(end, but=self.first),
        )

    def all_at_once(self) -> RuleTest:
        clusters = self.pack.clusters
        end = self.whole("20m")
        back = end + self.silence + 2 * self.near
        lives = [self.alive(self.first, (0, end), (back, back + self.near))]
        lives += [self.alive(cluster, (0, end)) for cluster in clusters[1:]]
        lives += [self.alive(STRANGER, (0, back + self.near))]
        return self.test(
            "when every declared cluster is silent one more alert says so, and ends with the first that is back",
            {name: values for life in lives for name, values in life.items()},
            AlertTest(SILENT, at(end + self.silence - self.near)),
            AlertTest(SILENT, at(back - self.step), [Firing()]),
            self.stopped_at(back - self.step, *clusters),
            AlertTest(SILENT, at(back + self.near)),
            self.stopped_at(back + self.near, *clusters[1:]),
        )

    def stands_still(self) -> RuleTest:
        end = self.whole("20m") // self.step
        after = (self.silence + 2 * self.near) // self.step
        (name,) = self.pack.signal.sample(self.named(self.first))
        return self.test(
            "a counter that stands still is a cluster that stopped",
            {name: f"{counter((60, end + 1))} {gauge((60 * end, after))}"},
            self.stopped_at(end * self.step),
            self.stopped_at(end * self.step + self.silence + self.near, self.first),
        )

    def replica_stopped(self, replicas: Replicas) -> RuleTest:
        end = self.whole("20m")
        later = end + self.silence + self.near
        sample = self.pack.signal.sample
        stopped, sending = self.parts((0, end)), self.parts((0, later))
        unmatched = left_out(self.pack.signal.match)
        values = sample({replicas.label: "of-no-cluster"}, *sending)
        if unmatched is not None:
            values |= sample({**unmatched, **self.named(self.first), replicas.label: "something-else"}, *sending)
        for number in range(replicas.count):
            labels = {**self.named(self.first), replicas.label: f"replica-{number}"}
            values |= sample(labels, *(stopped if number else sending))
        return self.test(
            "a replica that stopped is reported while another still sends",
            values,
            AlertTest(REPLICA, at(end)),
            AlertTest(REPLICA, at(end + self.silence - self.near)),
            AlertTest(REPLICA, at(later), [Firing(self.named(self.first))]),
            self.stopped_at(later),
        )

    def rejected(self) -> RuleTest:
        """Test what the store refuses: below the share, above it, and below again."""
        share = fraction(self.pack.rejected_over)
        spell = (self.silence + 2 * self.near) // self.step
        length = spell * self.step
        failed = counter((5000 * share * 0.9, spell), (5000 * (share + 0.01), spell), (0, 3 * spell))
        names = {**self.named(self.first), "remote_name": "central"}
        until = 2 * length + self.whole(self.pack.window)
        return self.test(
            "samples that the store refuses are reported, also while enough others arrive",
            {
                series("prometheus_remote_storage_samples_failed_total", names): failed,
                series("prometheus_remote_storage_samples_total", names): counter((5000, 5 * spell)),
                **self.alive(self.first, (0, 5 * length)),
            },
            self.of_first(REJECTED, length, fires=False),
            self.of_first(REJECTED, length + self.stopped_for - self.step, fires=False),
            self.of_first(REJECTED, 2 * length - self.step),
            self.of_first(REJECTED, until - self.near),
            self.of_first(REJECTED, until + self.window + 2 * self.near, fires=False),
            self.stopped_at(2 * length),
        )

    def behind(self) -> RuleTest:
        """Test how late samples arrive: as late as allowed, later, and in time again.

        One cluster runs Prometheus 3.7 and one an older version. Two more of these versions send only a few of their
        samples, once in a long while, and at once.
        """
        delay = self.whole(self.pack.delay)
        allowed = seconds(self.pack.delay) or 0
        spell = (self.window + 2 * delay + 2 * self.near) // self.step
        length = spell * self.step
        pace, late = 60 * self.step, allowed + 60
        scraped = line(0, pace, 4 * spell)
        sent = " ".join(
            line(begin, pace, ticks)
            for begin, ticks in [(-allowed, spell), (length * 60 - late, spell), (2 * length * 60, 2 * spell)]
        )
        rarely = gauge((1, 4 * spell))
        values: dict[str, str] = {}
        for cluster, queued, acknowledged, pending in (
            (self.first, scraped, sent, ""),
            ("older", "", sent, gauge((2000, 4 * spell))),
            ("filtered", rarely, rarely, ""),
            ("older-filtered", "", rarely, gauge((0, 4 * spell))),
        ):
            names = {**self.named(cluster), "instance": "prometheus-0"}
            queue = {**names, "remote_name": "central", "url": "https://store.example.com"}
            values |= {
                series("prometheus_remote_storage_highest_timestamp_in_seconds", names): scraped,
                series("prometheus_remote_storage_queue_highest_timestamp_seconds", queue): queued,
                series("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", queue): acknowledged,
                series("prometheus_remote_storage_samples_pending", queue): pending,
            }
        return self.test(
            "metrics that come later than was said are reported before the cluster is taken for silent",
            {name: timeline for name, timeline in values.items() if timeline},
            self.late_at(length - self.step),
            self.late_at(length + delay - self.step),
            self.late_at(2 * length - self.step, self.first, "older"),
            self.late_at(2 * length + delay - self.near, self.first, "older"),
            self.late_at(2 * length + 2 * delay + self.near),
        )

    def empty(self) -> RuleTest:
        return self.test(
            "with nothing at all in the store, the watchdog barks", {}, AlertTest("Watchdog", at(0), [Firing()])
        )

    def whole(self, length: str) -> int:
        return whole_steps(length, self.step)

    def named(self, cluster: str) -> dict[str, str]:
        return {self.pack.label: cluster}

    def parts(self, *lives: Life) -> list[Part]:
        parts: list[Part] = []
        now = 0
        for begin, end in lives:
            parts += [(None, (begin - now) // self.step), (60, (end - begin) // self.step + 1)]
            now = end + self.step
        return parts

    def alive(self, cluster: str, *lives: Life) -> dict[str, str]:
        labels = self.named(cluster)
        if self.pack.replicas:
            labels[self.pack.replicas.label] = "replica-0"
        return self.pack.signal.sample(labels, *self.parts(*lives))

    def test(self, name: str, values: Mapping[str, str], *alerts: AlertTest) -> RuleTest:
        return RuleTest(name=name, series=values, alerts=alerts, interval=at(self.step))

    def of_first(self, alert: str, minute: int, *, fires: bool = True) -> AlertTest:
        return AlertTest(alert, at(minute), [Firing(self.named(self.first))] if fires else [])

    def stopped_at(self, minute: int, *clusters: str) -> AlertTest:
        return AlertTest(STOPPED, at(minute), [Firing(self.named(cluster)) for cluster in clusters])

    def late_at(self, minute: int, *clusters: str) -> AlertTest:
        return AlertTest(LATE, at(minute), [Firing(self.named(cluster)) for cluster in clusters])

    def undeclared_at(self, minute: int, *clusters: str) -> AlertTest:
        return AlertTest(NOT_DECLARED, at(minute), [Firing(self.named(cluster)) for cluster in clusters])

    def absent_at(self, minute: int, *, but: str | None = "") -> AlertTest:
        """Return the check that every declared cluster but ``but`` is absent at a time; with ``None``, that none is."""
        missing = [cluster for cluster in self.pack.clusters if cluster != but] if but is not None else []
        return AlertTest(ABSENT, at(minute), [Firing(self.named(cluster)) for cluster in missing])
