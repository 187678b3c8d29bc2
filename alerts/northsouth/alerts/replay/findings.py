"""What surprises people about their alarms, found in timelines: named findings, each with its evidence.

Sources: alarms-and-missing-data (late recovery, late heartbeats), alarm-evaluation (sliding windows),
percentiles-with-low-samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from northsouth.alerts.replay.alarms import Alarms, MetricAlarm, Missing
from northsouth.alerts.replay.engine import replay
from northsouth.alerts.replay.series import History
from northsouth.alerts.replay.settings import Settings
from northsouth.alerts.replay.statistics import NotProvable, low_sample_limit, sample_count
from northsouth.alerts.replay.timeline import Replay, State, Timeline, stamp

LATE_RECOVERY = "late recovery"
LATE_HEARTBEAT = "heartbeat later than N"
SLIDING = "sliding windows against buckets"
STUCK = "stuck in ALARM"
TOO_FEW_SAMPLES = "never enough samples"
STUCK_SECONDS = 86400
"""An alarm that is in ALARM for so long without a break is stuck."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about an alarm that its author may not expect.

    Attributes:
        name: which finding it is.
        alarm: the alarm's name.
        text: what was seen, in one or two sentences.

    """

    name: str
    alarm: str
    text: str

    def to_json(self) -> dict[str, str]:
        """Return it as JSON values."""
        return {"name": self.name, "alarm": self.alarm, "text": self.text}


def findings(result: Replay, alarms: Alarms, history: History, settings: Settings) -> list[Finding]:
    """Return what is surprising about the timelines of a replay.

    Args:
        result: the replay.
        alarms: the alarms that were replayed.
        history: their metrics.
        settings: the assumptions of the replay.

    """
    listed: list[Finding] = []
    for name, timeline in result.timelines.items():
        listed += _stuck(timeline)
        alarm = alarms.metric.get(name)
        if alarm is not None and timeline.evidence.spacing:
            listed += _of_range(alarm, timeline, history, settings)
            listed += _sliding(alarm, timeline)
            listed += _low_samples(alarm, history)
    return listed


def _stuck(timeline: Timeline) -> Iterator[Finding]:
    spans = list(timeline.spans(State.ALARM))
    longest = max(spans, key=lambda span: span[1] - span[0], default=(0, 0))
    if longest[1] - longest[0] >= STUCK_SECONDS:
        hours = (longest[1] - longest[0]) / 3600
        end = "to the end of the history" if longest[1] >= timeline.end else f"to {stamp(longest[1])}"
        text = (
            f"It is in ALARM for {hours:,.0f} h, from {stamp(longest[0])} {end}. It acts once, and then says nothing."
        )
        yield Finding(STUCK, timeline.alarm, text)


def _of_range(alarm: MetricAlarm, timeline: Timeline, history: History, settings: Settings) -> Iterator[Finding]:
    """Compare with an evaluation that loads N points only, as many people believe it does."""
    if alarm.time_zone is not None or timeline.evidence.gaps == 0:
        return
    narrow = replace(settings, evaluation_range=alarm.periods, mark_unknowns=False, reasons=False)
    plain = replay(Alarms(metric={alarm.name: alarm}), history, narrow).timelines.get(alarm.name)
    if plain is None:
        return
    late = _later(timeline, plain, lambda line: [left for _, left in line.spans(State.ALARM)])
    if late:
        moment, seconds = max(late, key=lambda entry: entry[1])
        text = (
            f"It leaves ALARM up to {seconds / 60:,.0f} min later than its {alarm.periods} periods say, for example at "
            f"{stamp(moment)}. CloudWatch loads more points than it judges, so old points count again."
        )
        yield Finding(LATE_RECOVERY, alarm.name, text)
    if alarm.missing is not Missing.BREACHING:
        return
    late = _later(timeline, plain, lambda line: [entered for entered, _ in line.spans(State.ALARM)])
    if late:
        moment, seconds = max(late, key=lambda entry: entry[1])
        text = (
            f"After its metric stops, it goes to ALARM up to {seconds / 60:,.0f} min later than its {alarm.periods} "
            f"periods say, for example at {stamp(moment)}. Lower the period or the periods if that is too late."
        )
        yield Finding(LATE_HEARTBEAT, alarm.name, text)


def _later(mine: Timeline, plain: Timeline, moments: Callable[[Timeline], list[int]]) -> list[tuple[int, int]]:
    """Return each of our moments that is later than the plain timeline's next one before it, and by how much."""
    pairs = []
    before = np.array(moments(plain), dtype=np.int64)
    exact = set(before.tolist())
    for moment in moments(mine):
        earlier = before[before < moment]
        if moment not in exact and len(earlier) and mine.at(int(earlier[-1])) is not plain.at(int(earlier[-1])):
            pairs.append((moment, moment - int(earlier[-1])))
    return pairs


def _sliding(alarm: MetricAlarm, timeline: Timeline) -> Iterator[Finding]:
    if alarm.time_zone is not None or not timeline.evidence.exact or alarm.period <= alarm.interval:
        return
    period = alarm.period
    hidden = [span for span in timeline.spans(State.ALARM) if -(-span[0] // period) * period >= span[1]]
    if hidden:
        text = (
            f"{len(hidden)} of its {len(list(timeline.spans(State.ALARM)))} times in ALARM lie within {period} s, "
            f"for example at {stamp(hidden[0][0])}. A graph with points of {period} s does not show them, because the "
            "windows of the alarm move each minute."
        )
        yield Finding(SLIDING, alarm.name, text)


def _low_samples(alarm: MetricAlarm, history: History) -> Iterator[Finding]:
    if not alarm.keeps_on_low_samples or len(alarm.stats) != 1:
        return
    (stat,) = alarm.stats
    limit, series = low_sample_limit(stat.statistic), history[stat.metric]
    if limit is None or not len(series):
        return
    try:
        counts = sample_count(stat, series)
    except NotProvable:
        return
    begins = np.arange(series.start, max(series.end - stat.period, series.start) + 1, max(60, series.spacing))
    most = float(np.nanmax(counts.over(begins, begins + stat.period), initial=0.0))
    if most < limit:
        text = (
            f"No {stat.period} s have more than {most:,.0f} samples, and {stat.statistic} needs {limit:,.0f}. With "
            "evaluate_low_sample_count_percentiles = ignore it never changes its state."
        )
        yield Finding(TOO_FEW_SAMPLES, alarm.name, text)
