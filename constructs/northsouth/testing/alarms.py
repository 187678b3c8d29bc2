"""Proves a declared alarm in a test: what it does on a history that the test writes down.

::

    from northsouth.testing import replay, series

    def test_a_leak_through_the_nat_gateway_is_noticed():
        alarm = replay(Edge(Testing.app(), "edge")).alarm("example-alarms-nat-throughput")
        judged = alarm.given({"BytesOutToDestination": series("1GiB x 60, 90GiB x 15, _ x 10")}, rest=0)
        assert judged.states == ["OK", "ALARM", "OK"]

A comparison of ``states`` that fails prints the timeline. See ``docs/replay.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from northsouth.errors import ConfigurationError, Problem, refuse
from northsouth.testing.notation import Notation, Sample, series
from northsouth.testing.synthesis import document_of

if TYPE_CHECKING:
    from northsouth.alerts.replay import Alarms, MetricKey, Series, Settings, Timeline

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
"""When written series begin if the test does not say: midnight of a Monday."""

INSTALL = "northsouth.testing.replay needs NumPy: pip install 'northsouth[replay]'"

Written: TypeAlias = Notation | str | float
"""A series, the text of one, or one value for all the time."""


def replay(source: object, *, begin: datetime = BEGIN, settings: Settings | None = None) -> DeclaredAlarms:
    """Return the alarms of a stack, to be judged on written series.

    Args:
        source: a ``TerraformStack``, a synthesized document (decoded, or as text), or the path of a file of Terraform
            JSON.
        begin: when the series begin; with a time zone. It matters to mute rules, wall-clock windows and functions of
            time.
        settings: other assumptions of the replay. By default, every alarm is ``OK`` before its first evaluation.

    Raises:
        ModuleNotFoundError: if NumPy is not installed (extra ``replay``).
        ConfigurationError: if ``begin`` has no time zone or is not at a full minute.

    """
    try:
        from northsouth.alerts.replay import Settings, State, read_alarms
    except ModuleNotFoundError as missing:
        if missing.name != "numpy":
            raise
        raise ModuleNotFoundError(INSTALL, name=missing.name) from None
    from northsouth.template import parse

    refuse("the replay", _begin_problems(begin))
    if isinstance(source, Path):
        alarms = read_alarms(source)
    else:
        name, document = document_of(source)
        alarms = read_alarms(parse(document, source=name))
    return DeclaredAlarms(alarms, int(begin.timestamp()), settings or Settings(initial=State.OK))


def _begin_problems(begin: datetime) -> Iterator[Problem]:
    if begin.tzinfo is None:
        yield Problem("begin", f"{begin}", "it has a time zone", f"Write {begin!r} with tzinfo=UTC.")
    elif begin.second or begin.microsecond:
        yield Problem("begin", f"{begin}", "points begin at full minutes", "Leave the seconds out.")


@dataclass(frozen=True)
class DeclaredAlarms:
    """The alarms of a stack.

    Attributes:
        alarms: as the engine reads them.
        begin: when written series begin, in seconds since 1970 UTC.
        settings: the assumptions of the replay.

    """

    alarms: Alarms
    begin: int
    settings: Settings

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the alarms that can be replayed."""
        return tuple(alarm.name for alarm in self.alarms)

    def alarm(self, name: str) -> OneAlarm:
        """Return one alarm, plain or composite.

        Args:
            name: its name, or its Terraform address.

        Raises:
            ConfigurationError: if there is no such alarm, or it cannot be replayed; it says why.

        """
        from northsouth.alerts.replay import Replay

        by_address = {alarm.address: alarm.name for alarm in self.alarms}
        known = by_address.get(name, name)
        if known not in self.names:
            Replay(dict.fromkeys(self.names), self.alarms.refused)[name]  # type: ignore[arg-type]
        return OneAlarm(self, known)


@dataclass(frozen=True)
class OneAlarm:
    """One alarm of a stack.

    Attributes:
        of: the alarms of the stack.
        name: its name.

    """

    of: DeclaredAlarms
    name: str

    @property
    def metrics(self) -> tuple[MetricKey, ...]:
        """The metrics it reads; those of a composite are the metrics of all alarms below it."""
        return self._own().metrics

    def given(self, metrics: Mapping[str | MetricKey, Written], *, rest: Written | None = None) -> Judged:
        """Judge the alarm on a history.

        Args:
            metrics: what each metric reported. A key is a metric's name, and stands for every metric of that name that
                the alarm reads, such as one for each zone. Braces choose among them by any part of their dimensions:
                ``BytesOutToDestination{us-east-1a}``. Where several keys name a metric, the one that names the fewest
                decides.
            rest: what all metrics reported that are not mentioned: a series, or a number for all the time. Without it,
                such a metric is an error.

        Raises:
            ConfigurationError: if a key names no metric, or a metric is not mentioned.

        """
        from northsouth.alerts.replay import replay as judge

        subject = f"the series for {self.name}"
        own = self._own()
        written, problems = _assigned(own.metrics, metrics)
        unmentioned = [metric for metric in own.metrics if metric not in written]
        if rest is None:
            problems += _unmentioned(own.metrics, unmentioned)
        else:
            written |= dict.fromkeys(unmentioned, _notation(rest))
        refuse(subject, problems)
        seconds = max((notation.seconds for notation in written.values() if isinstance(notation, Notation)), default=0)
        if not seconds:
            fix = 'Write one of them as a series, such as "0 x 60".'
            raise ConfigurationError(subject, [Problem("given", "numbers alone", "a series says how long", fix)])
        every = min(60, *(notation.every for notation in written.values() if isinstance(notation, Notation)))
        history = {metric: _series(notation, self.of.begin, seconds, every) for metric, notation in written.items()}
        end = self.of.begin + seconds if self.of.settings.end is None else self.of.settings.end
        timeline = judge(own, history, replace(self.of.settings, history_start=self.of.begin, end=end))[self.name]
        return Judged(timeline, self.of.begin)

    def _own(self) -> Alarms:
        """Return it and all alarms below it: those that a composite names, and its suppressor."""
        from northsouth.alerts.replay.composite import parse_rule

        alarms = self.of.alarms
        waiting, own = [self.name], set[str]()
        while waiting:
            name = waiting.pop()
            composite = alarms.composite.get(name)
            if name not in own and composite is not None:
                waiting += parse_rule(composite.rule).alarms()
                waiting += [composite.suppressor.alarm] if composite.suppressor else []
            own.add(name)
        return replace(
            alarms,
            metric={name: alarm for name, alarm in alarms.metric.items() if name in own},
            composite={name: alarm for name, alarm in alarms.composite.items() if name in own},
        )


class Shown(list[str]):
    """A list that knows the timeline it was read from, which a failing comparison prints."""

    def __init__(self, texts: Iterable[str], judged: Judged) -> None:
        super().__init__(texts)
        self.judged = judged


@dataclass(frozen=True)
class Judged:
    """The result of an alarm on written series; ``str()`` returns its timeline.

    Attributes:
        timeline: everything, with moments in seconds since 1970 UTC: transitions with their reasons, actions, evidence.
        begin: when the written series begin.

    """

    timeline: Timeline
    begin: int

    @property
    def states(self) -> Shown:
        """The states one after the other, that before the first evaluation first: ``["OK", "ALARM", "OK"]``."""
        return Shown([state.value for _, state in self.timeline.states], self)

    def entered(self, state: str = "ALARM") -> Shown:
        """Return when it went to a state, as durations from the beginning of the series: ``["1h3m"]``.

        Args:
            state: ``ALARM``, ``OK`` or ``INSUFFICIENT_DATA``.

        """
        from northsouth.alerts.replay import State

        return Shown([_short_duration(time - self.begin) for time in self.timeline.entered(State(state))], self)

    def at(self, duration: str) -> str:
        """Return its state at a moment.

        Args:
            duration: the time from the beginning of the series, such as ``1h3m``.

        Raises:
            ConfigurationError: if it is no duration, or lies outside what was judged.

        """
        return self.timeline.at(self.begin + self._seconds(duration)).value

    def _seconds(self, duration: str) -> int:
        seconds = _duration(duration)
        first, last = self.timeline.start - self.begin, self.timeline.end - self.begin
        allowed = f"it was judged from {_short_duration(first)} to {_short_duration(last)}"
        fix = "Write a duration such as 1h3m, from the beginning of the series."
        if seconds is None or not first <= seconds <= last:
            raise ConfigurationError(self.timeline.alarm, [Problem("at", repr(duration), allowed, fix)])
        return seconds

    def __str__(self) -> str:
        line = self.timeline
        rows = [(line.start, f"{line.initial} before the first evaluation")]
        for transition in line.transitions:
            depends = (
                f" (depends on {', '.join(transition.depends)}, which AWS does not document)"
                if transition.depends
                else ""
            )
            rows.append(
                (
                    transition.time,
                    f"{transition.state}: {transition.reason}{depends}"
                    if transition.reason
                    else transition.state + depends,
                )
            )
        rows += [(line.end, "end")]
        width = max(len(_short_duration(time - self.begin)) for time, _ in rows)
        return "\n".join(
            [line.alarm, *(f"  {_short_duration(time - self.begin):>{width}}  {text}" for time, text in rows)]
        )


def explain(operator: str, left: object, right: object) -> list[str] | None:
    """Return what a failing comparison of states or moments prints, or nothing if it is about something else."""
    mine = left if isinstance(left, Shown) else right
    if not isinstance(mine, Shown):
        return None
    return [f"{left!r} {operator} {right!r}", *str(mine.judged).splitlines()]


def _assigned(
    metrics: Sequence[MetricKey], histories: Mapping[str | MetricKey, Written]
) -> tuple[dict[MetricKey, Notation | float], list[Problem]]:
    """Return what was written for each metric, and what is wrong with the keys."""
    metrics_by_key = {key: [metric for metric in metrics if _names(key, metric)] for key in histories}
    problems = [_unknown(key, metrics) for key, named_metrics in metrics_by_key.items() if not named_metrics]
    written: dict[MetricKey, Notation | float] = {}
    decided: dict[MetricKey, str | MetricKey] = {}
    for key in sorted(histories, key=lambda key: len(metrics_by_key[key])):
        for metric in metrics_by_key[key]:
            if metric not in decided:
                written[metric] = _notation(histories[key])
                decided[metric] = key
            elif len(metrics_by_key[decided[metric]]) == len(metrics_by_key[key]):
                problems.append(_twice(metric, decided[metric], key))
    return written, problems


def _names(key: str | MetricKey, metric: MetricKey) -> bool:
    """Whether a key names a metric: its name, or its namespace and name, and in braces a part of its dimensions."""
    if not isinstance(key, str):
        return key == metric
    name, _, part = key.partition("{")
    return name in (metric.name, f"{metric.namespace}/{metric.name}") and part.removesuffix("}") in _dimensions(metric)


def _dimensions(metric: MetricKey) -> str:
    return ", ".join(f"{name}={value}" for name, value in metric.dimensions)


def _lines(metrics: Sequence[MetricKey], unmentioned: Sequence[MetricKey]) -> Iterator[tuple[str, MetricKey]]:
    """Yield the shortest keys for metrics that are not mentioned, each with one that it names."""
    names = {metric.name for metric in unmentioned}
    for name in sorted(names):
        same_name = [metric for metric in metrics if metric.name == name]
        if all(metric in unmentioned for metric in same_name):
            yield name, same_name[0]
            continue
        for metric in same_name:
            if metric in unmentioned:
                other_dimensions = [_dimensions(other) for other in same_name if other != metric]
                parts = re.findall(r"[A-Za-z0-9-]+", _dimensions(metric))
                part = next((part for part in parts if not any(part in other for other in other_dimensions)), "")
                yield f"{name}{{{part or _dimensions(metric)}}}", metric


def _unmentioned(metrics: Sequence[MetricKey], unmentioned: Sequence[MetricKey]) -> Iterator[Problem]:
    for key, metric in _lines(metrics, unmentioned):
        fix = f'Write "{key}": series("0 x 60"), or rest=0 for all that you do not mention.'
        yield Problem("given", f"nothing for {metric}", "each metric that the alarm reads is mentioned", fix)


def _unknown(key: str | MetricKey, metrics: Sequence[MetricKey]) -> Problem:
    fix = f"It reads {', '.join(map(str, metrics)) or 'none'}."
    return Problem(f"given[{str(key)!r}]", "no metric of this alarm", "a key names metrics that the alarm reads", fix)


def _twice(metric: MetricKey, key: str | MetricKey, other_key: str | MetricKey) -> Problem:
    fix = "Leave one of them out."
    return Problem("given", f"{metric} by {str(key)!r} and {str(other_key)!r}", "one key decides on a metric", fix)


def _notation(value: Written) -> Notation | float:
    if isinstance(value, Notation):
        return value
    return series(value) if isinstance(value, str) else float(value)


def _series(written: Notation | float, begin: int, seconds: int, every: int) -> Series:
    """Return a metric's history as the engine takes it."""
    import numpy as np

    from northsouth.alerts.replay import Samples, Series

    if not isinstance(written, Notation):
        written = Notation(str(written), ((Sample(written),),) * (seconds // every), every)
    points = [(begin + place * written.every, point) for place, point in enumerate(written.points) if point]
    values = np.array([sample.value for _, point in points for sample in point], dtype=np.float64)
    counts = np.array([sample.count for _, point in points for sample in point], dtype=np.float64)
    offsets = np.cumsum([0, *(len(point) for _, point in points)])
    first = offsets[:-1]
    total = np.add.reduceat(values * counts, first) if len(points) else values
    number = np.add.reduceat(counts, first) if len(points) else counts
    statistics = {
        "Sum": total,
        "SampleCount": number,
        "Average": total / number,
        "Minimum": np.minimum.reduceat(values, first) if len(points) else values,
        "Maximum": np.maximum.reduceat(values, first) if len(points) else values,
    }
    times = np.array([time for time, _ in points], dtype=np.int64)
    return Series(times, statistics, min(60, written.every), samples=Samples(offsets, values, counts))


def _short_duration(seconds: int) -> str:
    """Return a duration as ``1h3m``."""
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s")]
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0m"


def _duration(text: str) -> int | None:
    match = re.fullmatch(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text)
    if match is None or not text:
        return None
    return sum(int(number or 0) * unit for number, unit in zip(match.groups(), (86400, 3600, 60, 1), strict=True))
