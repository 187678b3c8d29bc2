"""Reads files as the history of metrics, and says what it took for what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from northsouth.alerts.replay.alarms import MetricStat
from northsouth.alerts.replay.files import stamps
from northsouth.alerts.replay.files.cleaning import series_of, stamp
from northsouth.alerts.replay.files.names import EXAMPLE, NO_POINTS, Names, tokens_in
from northsouth.alerts.replay.files.opening import Input, opened
from northsouth.alerts.replay.files.source import UNKNOWN, Listed, Points, Source
from northsouth.alerts.replay.series import History, MetricKey, Series, spacing_problems
from northsouth.database import connection
from northsouth.errors import ConfigurationError, Problem, refuse

_SHOWN = 8
"""How many names an error lists."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Which metric a series of a source was taken for.

    Attributes:
        file: the name of its file.
        form: the format, and what each column was taken for.
        label: what the source calls the series.
        metric: the metric it is.
        statistic: the statistic, if the source has one only.

    """

    file: str
    form: str
    label: str
    metric: MetricKey
    statistic: str | None = None

    def __str__(self) -> str:
        metric = f"{self.statistic} of {self.metric}" if self.statistic else str(self.metric)
        is_same = self.label.startswith(str(self.metric))
        return f"{self.file}: {metric}" if is_same else f"{self.file}: {self.label!r} is {metric}"


@dataclass(frozen=True, slots=True)
class Reading:
    """The history that was read, and how each series was understood.

    Attributes:
        history: the series by metric. The keys are the alarms' own, with their references.
        taken: what each series was taken for.
        forms: the format of each source and what its columns were taken for, by the names of its files.
        left_out: what the sources call series that no alarm judges, or nothing is mapped to.

    """

    history: History
    taken: tuple[Taken, ...] = ()
    forms: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it as lines for a person: forms, what was taken for what, spans, gaps and changes."""
        return (*self.forms, *(str(file) for file in self.taken), *self._spans(), *self._unused_series())

    def _spans(self) -> Iterator[str]:
        for metric, series in self.history.items():
            if not len(series):
                yield f"{metric}: no points"
                continue
            gaps = "no gap" if not series.gaps else "1 gap" if series.gaps == 1 else f"{series.gaps:,} gaps"
            span = f"{stamp(series.start)} to {stamp(series.end)}"
            yield f"{metric}: {len(series):,} points of {series.spacing} s, {span}, {gaps}"
            yield from (f"{metric}: {note}" for note in series.notes)

    def _unused_series(self) -> Iterator[str]:
        if self.left_out:
            yield f"left out: {_some_of(self.left_out)}"


@dataclass(frozen=True, slots=True)
class _Match:
    source: Source
    listed: Listed
    metric: MetricKey
    statistic: str | None


Wanted: TypeAlias = Mapping[MetricKey, tuple[MetricStat, ...]]


def read(
    inputs: Iterable[Input],
    mapping: Names | Iterable[str] = (),
    *,
    wanted: Iterable[MetricStat] | None = None,
    period: int | None = None,
    time_zone: str | None = None,
    partial: bool = False,
) -> Reading:
    """Read the history of metrics from files, folders and frames.

    The formats are recognised by their content: ``get-metric-data`` (answers, with requests beside them) and
    ``get-metric-statistics`` of the AWS CLI, rows of a metric stream, CSV, Parquet, Prometheus ``query_range``, and
    frames of pandas, polars and Arrow. All but Parquet and frames may be compressed with gzip.

    Args:
        inputs: files, folders and frames; the pages and months of one metric can be several files.
        mapping: what names in files and references in alarms stand for; see
            :mod:`northsouth.alerts.replay.files.names`. A metric that a file names whole needs none.
        wanted: what alarms read; everything that is named or mapped if not given.
        period: seconds that a point covers; what the file says, or the steps between points show, if not given.
        time_zone: the zone of times that have none, such as ``UTC`` or ``Europe/Paris``; such times are refused if not
            given.
        partial: whether wanted metrics may be in no file. They are then left out of the history, and alarms on them
            cannot be replayed.

    Returns:
        The history, by the metrics as the alarms write them, and what was taken for what.

    Raises:
        ConfigurationError: if a file cannot be read, a wanted metric is not in the files or not mapped, a series
            belongs to two metrics, units differ, or points cannot be put right. It says what to write.

    """
    names = mapping if isinstance(mapping, Names) else Names.of(mapping)
    if time_zone is not None:
        try:
            stamps.zone_of(time_zone)
        except stamps.StampError as error:
            rule = "the name of a time zone"
            raise ConfigurationError(
                "the metrics' files", [Problem("time_zone", repr(time_zone), rule, f"{error}.")]
            ) from error
    if period is not None:
        refuse("the metrics' files", spacing_problems("period", period))
    stats = _by_metric(wanted)
    with connection(time_zone) as database:
        sources = opened(inputs, database, time_zone)
        read_names = None if stats is None else {names.real(metric): metric for metric in stats}
        listed = [(source, series) for source in sources for series in source.series(read_names)]
        matches, left_out = _matched(listed, names, stats, read_names, partial=partial)
        parts = _points(matches)
    history: dict[MetricKey, Series] = {}
    for metric, part in parts.items():
        history[metric] = _series(metric, part, period)
    for metric in names.without_points:
        original = metric if read_names is None else read_names.get(names.real(metric), metric)
        statistic = stats[original][0].statistic if stats and original in stats else "Sum"
        empty = Series(np.empty(0, dtype=np.int64), {statistic: np.empty(0)}, name=str(original))
        history.setdefault(original, empty)
    ordered = {metric: history[metric] for metric in (stats or history) if metric in history}
    taken_series = tuple(
        Taken(match.listed.file, match.source.said, match.listed.label, match.metric, match.statistic)
        for match in matches
    )
    forms = tuple(f"{_files(source)}: {source.said}" for source in sources)
    return Reading(MappingProxyType(ordered), taken_series, forms, tuple(left_out))


def _by_metric(wanted: Iterable[MetricStat] | None) -> dict[MetricKey, tuple[MetricStat, ...]] | None:
    if wanted is None:
        return None
    by_metric: dict[MetricKey, tuple[MetricStat, ...]] = {}
    for stat in wanted:
        by_metric[stat.metric] = (*by_metric.get(stat.metric, ()), stat)
    return by_metric


def _matched(
    listed: Sequence[tuple[Source, Listed]],
    names: Names,
    stats: Wanted | None,
    real: Mapping[MetricKey, MetricKey] | None,
    *,
    partial: bool,
) -> tuple[list[_Match], list[str]]:
    """Return the matches of series and metrics, and the labels of the series without a metric.

    Raises:
        ConfigurationError: with every metric that is missing, and every series that cannot be placed.

    """
    matches: list[_Match] = []
    unmatched: list[str] = []
    problems: list[Problem] = []
    for source, series in listed:
        named_metric, statistic = _meaning(series, names)
        metric = None if named_metric is None else _wanted_metric(named_metric, real)
        if metric is None:
            unmatched.append(series.label)
            if real is not None and named_metric is not None and series.metric is None:
                problems.append(_not_judged(series.label, named_metric, real))
            continue
        statistic = statistic or _only_statistic(stats, metric)
        matches.append(_Match(source, series, metric, statistic))
    used = {match.listed.label for match in matches}
    problems += _unknown_names(names, listed)
    problems += _contradictions(matches, stats)
    problems += _without_statistic(matches)
    if not partial:
        problems += _missing(matches, names, stats, real, [series for _, series in listed if series.label not in used])
    refuse("the metrics' files", problems)
    if not matches and not names.without_points:
        refuse("the metrics' files", [_nothing_mapped([series.label for _, series in listed])])
    return matches, unmatched


def _meaning(listed: Listed, names: Names) -> tuple[MetricKey | None, str | None]:
    """Return the metric and the statistic of a series, as far as the mapping or the source says them."""
    for name in listed.names:
        if name in names.series:
            meant = names.series[name]
            return names.real(meant.metric), meant.statistic or listed.statistic
    return listed.metric, listed.statistic


def _wanted_metric(metric: MetricKey, real: Mapping[MetricKey, MetricKey] | None) -> MetricKey | None:
    """Return the alarms' own key of a metric; alarms that name no account take any."""
    of_any_account = MetricKey(metric.namespace, metric.name, metric.dimensions)
    if real is None:
        return of_any_account
    return real.get(metric) or real.get(of_any_account)


def _only_statistic(stats: Wanted | None, metric: MetricKey) -> str | None:
    wanted = {stat.statistic for stat in stats[metric]} if stats and metric in stats else set()
    return next(iter(wanted)) if len(wanted) == 1 else None


def _unknown_names(names: Names, listed: Sequence[tuple[Source, Listed]]) -> Iterator[Problem]:
    known = {name for _, series in listed for name in series.names}
    for name in names.series:
        if name not in known:
            rule = f"the files have {_some_of([series.label for _, series in listed])}"
            yield Problem(name, "no series of that name", rule, "Write the name as the file has it.")


def _not_judged(label: str, metric: MetricKey, real: Mapping[MetricKey, MetricKey]) -> Problem:
    judged = _some_of([str(metric) for metric in real.values()])
    return Problem(label, f"mapped to {metric}", f"the alarms judge {judged}", "Map it to one of these.")


def _contradictions(matches: Sequence[_Match], stats: Wanted | None) -> Iterator[Problem]:
    """Yield what contradicts itself: two series of one statistic, two units, another unit than the alarm's."""
    by_metric: dict[MetricKey, list[_Match]] = {}
    for match in matches:
        by_metric.setdefault(match.metric, []).append(match)
    for metric, several in by_metric.items():
        labels: dict[str | None, str] = {}
        for match in several:
            before = labels.setdefault(match.statistic, match.listed.label)
            if before != match.listed.label:
                reading = f"{match.statistic} of it" if match.statistic else "it"
                given = f"{before!r} and {match.listed.label!r} are both {reading}"
                yield Problem(str(metric), given, "a metric is one series", "Read one of them.")
        units = {match.listed.unit for match in several if match.listed.unit} | {
            stat.unit for stat in (stats or {}).get(metric, ()) if stat.unit
        }
        if len(units) > 1:
            fix = "Read the points of one unit; an alarm that insists on another unit never has data."
            yield Problem(str(metric), f"units {', '.join(sorted(units))}", "a metric has one unit", fix)


def _without_statistic(matches: Sequence[_Match]) -> Iterator[Problem]:
    for match in matches:
        if match.statistic is None and _needs_statistic(match.listed):
            line = f"{match.listed.label} = Average of {match.metric}"
            rule = "its file does not say which statistic it is"
            yield Problem(match.listed.label, "no statistic", rule, f"Add to the mapping, with the right one: {line}")


def _missing(
    matches: Sequence[_Match],
    names: Names,
    stats: Wanted | None,
    real: Mapping[MetricKey, MetricKey] | None,
    unused: Sequence[Listed],
) -> Iterator[Problem]:
    """Yield the metrics that alarms judge and no series is, each with the line to write."""
    if real is None or stats is None:
        return
    there = {match.metric for match in matches} | {
        real.get(names.real(metric), metric) for metric in names.without_points
    }
    tokens: dict[str, list[str]] = {}
    for resolved, metric in real.items():
        if metric in there:
            continue
        open_tokens = list(tokens_in(resolved))
        for dimension, token in open_tokens:
            tokens.setdefault(token, []).extend(_values(unused, resolved, dimension))
        if not open_tokens or not any(listed.metric for listed in unused):
            yield _no_series(resolved, stats[metric], unused)
    for token, candidates in tokens.items():
        values = sorted(set(candidates))
        known = f"the files have {_some_of(values)}" if values else "no file has such a metric"
        if values or any(listed.metric for listed in unused):
            line = f"{token} = {values[0] if len(values) == 1 else '<value>'}"
            yield Problem(token, "no value", f"what AWS made of it is mapped; {known}", f"Add to the mapping: {line}")


def _needs_statistic(listed: Listed) -> bool:
    return listed.metric is None and not listed.several


def _values(unused: Sequence[Listed], metric: MetricKey, dimension: str) -> Iterator[str]:
    """Yield the values that a dimension has in the files, for metrics of the same name."""
    for listed in unused:
        if listed.metric and (listed.metric.namespace, listed.metric.name) == (metric.namespace, metric.name):
            yield from (value for name, value in listed.metric.dimensions if name == dimension)


def _no_series(metric: MetricKey, stats: Sequence[MetricStat], unused: Sequence[Listed]) -> Problem:
    free = [listed.label for listed in unused if listed.metric is None]
    statistic = stats[0].statistic
    series = free[0] if len(free) == 1 else "<series>"
    have = f"the files have {_some_of(free)}" if free else "no series of the files is left"
    if any(listed.several for listed in unused if listed.label == series):
        line = f"{series} = {metric}"
    else:
        line = f"{series} = {statistic} of {metric}"
    no_points_line = f"{NO_POINTS} = {metric}"
    fix = (
        f"Add to the mapping: {line}"
        if free
        else f"Read a file that has it; if it had no points, map: {no_points_line}"
    )
    return Problem(str(metric), "no series", f"each metric that an alarm judges is in the files or mapped; {have}", fix)


def _nothing_mapped(labels: Sequence[str]) -> Problem:
    rule = f"a series is mapped to a metric; the files have {_some_of(labels)}"
    series = labels[0] if len(labels) == 1 else "<series>"
    return Problem(
        "mapping",
        "no line for any series",
        rule,
        f"Write for example: {series} = {EXAMPLE}",
    )


def _points(matches: Sequence[_Match]) -> dict[MetricKey, list[tuple[_Match, Points]]]:
    """Return the points of each metric, reading each source once."""
    parts: dict[MetricKey, list[tuple[_Match, Points]]] = {}
    for source in dict.fromkeys(match.source for match in matches):
        mine = [match for match in matches if match.source is source]
        for match, points in zip(mine, source.points([match.listed for match in mine]), strict=True):
            values = {
                (match.statistic if key == UNKNOWN else key) or key: value for key, value in points.values.items()
            }
            parts.setdefault(match.metric, []).append((match, Points(points.times, values, points.notes)))
    return parts


def _series(metric: MetricKey, parts: Sequence[tuple[_Match, Points]], period: int | None) -> Series:
    periods = {match.listed.period for match, _ in parts if match.listed.period}
    if period is None and len(periods) > 1:
        given = f"points of {' and '.join(f'{period} s' for period in sorted(periods))}"
        refuse(str(metric), [Problem("period", given, "points of one metric cover the same time", "Read one of them.")])
    unit = next((match.listed.unit for match, _ in parts if match.listed.unit), None)
    spacing = next(iter(periods), None) if period is None else period
    return series_of([points for _, points in parts], name=str(metric), period=spacing, unit=unit)


def _files(source: Source) -> str:
    return source.names[0] if len(source.names) == 1 else f"{source.names[0]} and {len(source.names) - 1} more"


def _some_of(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return (", ".join(names[:_SHOWN]) or "nothing") + more
