"""A metric over time with its threshold, the states of an alarm and marked incidents, as static SVG; pure.

The same values give the same bytes. Colours are the page's business: shapes have classes, and no ``style``.
States differ by shape as well: OK is a thin line, ALARM a full block, INSUFFICIENT_DATA a hollow box.
"""

from __future__ import annotations

import html
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby

WIDTH = 720
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 712, 8, 148
_BAND_TOP, _BAND_HEIGHT = 160, 16
_TINY = 24
"""The height of a sparkline."""
_STRIP = 24
"""How much lower a second strip of states is."""
_BELOW_BAND = 40
"""From a strip's top to the baseline of the moments below it."""
_LANE, _NAME = 40, 16
"""The height of a lane, and that of its name above the strip."""
COLUMNS = 656
"""A series with more points is drawn as the least and greatest of each pixel column."""
_SHAPES = {"OK": (7, 2), "INSUFFICIENT_DATA": (3, 10), "ALARM": (0, _BAND_HEIGHT)}
"""Where a state's shape begins below the band's top, and its height; what is later is drawn on top."""
_NARROWEST = 1.5
_APART = 62.0
"""Labels that are closer to each other overlap."""
_HOUR, _DAY = 3600, 86400
_STEPS = (10, 60, 300, 900, 1800, *(_HOUR * n for n in (1, 3, 6, 12)), *(_DAY * n for n in (1, 2, 7, 14, 30, 91)))
_LEAST = 1e-300
"""Distances below it are taken as none."""
_SUFFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


Column = tuple[float, float, float] | None
"""A moment with the least and the greatest value there; ``None`` where there is no data."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time.

    Attributes:
        start: its first moment, in seconds since 1970 UTC.
        end: its last moment.
        label: the state (``OK``, ``ALARM``, ``INSUFFICIENT_DATA``), or what people call an incident.

    """

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn.

    Attributes:
        title: what it shows, for screen readers.
        description: the same in a sentence or two, for those who do not see it.
        start: the left edge, in seconds since 1970 UTC.
        end: the right edge.
        columns: what is measured, from :func:`reduced`. Without columns, only the states are drawn.
        threshold: a line across, if there is one.
        states: the states of the alarm.
        earlier: the threshold before a change, if it is another.
        states_before: the states before a change; drawn as a strip of their own.
        incidents: times that people marked.
        doubtful: moments of changes that depend on what nobody knows; marked above the states.

    """

    title: str
    description: str
    start: int
    end: int
    columns: Sequence[Column] = ()
    threshold: float | None = None
    states: Sequence[Span] = ()
    earlier: float | None = None
    states_before: Sequence[Span] = ()
    incidents: Sequence[Span] = ()
    doubtful: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """The states of one alarm among those of others.

    Attributes:
        name: what stands above them.
        states: the states of the alarm.
        incidents: times that people marked.
        doubtful: moments that are marked above the states.

    """

    name: str
    states: Sequence[Span]
    incidents: Sequence[Span] = ()
    doubtful: Sequence[int] = ()


def text(value: object) -> str:
    """Return a value as text for HTML and SVG; half of a surrogate pair, which no file can hold, becomes ``?``."""
    return html.escape(str(value).encode("utf-8", "replace").decode("utf-8"))


def svg(chart: Chart, id: str) -> str:
    """Return a chart as an ``svg`` element.

    Args:
        chart: what is drawn.
        id: begins the ids of its elements; unique in the page.

    """
    shapes = (
        *_incidents(chart, _TOP, _BOTTOM - _TOP),
        *_plot(chart),
        *_states(chart, chart.states_before, _BAND_TOP),
        *_states(chart, chart.states, _last_band(chart)),
        *_doubts(chart, _last_band(chart)),
        *_moments(chart, _BOTTOM, _labels(chart)),
    )
    return _element(chart, id, _labels(chart), shapes)


def lanes_svg(chart: Chart, lanes: Sequence[Lane], id: str) -> str:
    """Return the states of several alarms on one axis of time, as an ``svg`` element.

    Args:
        chart: its title, description, start and end.
        lanes: the alarms, from top to bottom.
        id: begins the ids of its elements; unique in the page.

    """
    labels = _TOP + _LANE * len(lanes) + _BAND_HEIGHT
    shapes = [*_moments(chart, _TOP, labels)]
    for place, lane in enumerate(lanes):
        band = _TOP + _LANE * place + _NAME
        own = replace(chart, incidents=lane.incidents, doubtful=lane.doubtful)
        shapes += _incidents(own, band - 2, _BAND_HEIGHT + 4)
        shapes.append(f'<text x="{_LEFT}" y="{band - 5}">{text(lane.name)}</text>')
        shapes += [*_states(own, lane.states, band), *_doubts(own, band)]
    return _element(chart, id, labels, shapes)


def _element(chart: Chart, id: str, labels: int, shapes: Iterable[str]) -> str:
    return "\n".join(
        [
            f'<svg viewBox="0 0 {WIDTH} {labels + 12}" role="img" aria-labelledby="{id}-title {id}-about">',
            f'<title id="{id}-title">{text(chart.title)}</title>',
            f'<desc id="{id}-about">{text(chart.description)}</desc>',
            *shapes,
            "</svg>",
        ]
    )


def _last_band(chart: Chart) -> int:
    """Return the top of the strip of current states, which lies below the strip of earlier states."""
    return _BAND_TOP + (_STRIP if chart.states_before else 0)


def _labels(chart: Chart) -> int:
    return _last_band(chart) + _BELOW_BAND


def _incidents(chart: Chart, top: int, height: int) -> Iterator[str]:
    for incident in _within(chart, chart.incidents):
        x, width = _extent(chart, incident)
        title = f"<title>{text(incident.label or 'incident')}</title>"
        yield (f'<rect class="incident" x="{x:.1f}" y="{top}" width="{width:.1f}" height="{height}">{title}</rect>')


def _plot(chart: Chart) -> Iterator[str]:
    runs = list(_runs(chart))
    if not runs:
        yield f'<text x="{_LEFT}" y="{(_TOP + _BOTTOM) // 2}">no points of its own</text>'
        return
    limits = [value for run in runs for _, low, high in run for value in (low, high)]
    limits += [limit for limit in (chart.threshold, chart.earlier) if limit is not None]
    low, high = _padded(min(limits), max(limits))

    def pixel(value: float) -> int:
        return round(_BOTTOM - _share(value, low, high) * (_BOTTOM - _TOP))

    def height(value: float) -> str:
        return f"{_BOTTOM - _share(value, low, high) * (_BOTTOM - _TOP):.1f}"

    for value in ticks(low, high):
        yield f'<path class="grid" d="M{_LEFT} {height(value)}H{_RIGHT}"/>'
        yield f'<text class="value" x="{_LEFT - 4}" y="{height(value)}">{number(value)}</text>'
    for run in runs:
        # Whole pixels: a series has by far the most numbers of a page.
        upper = [f"{_x(chart, time):.0f} {pixel(most)}" for time, _, most in run]
        lower = [f"{_x(chart, time):.0f} {pixel(least)}" for time, least, _ in reversed(run)]
        yield f'<path class="series" d="M{"L".join([*upper, *lower])}Z"/>'
    for kind, limit in (("earlier", chart.earlier), ("threshold", chart.threshold)):
        if limit is not None:
            yield f'<path class="{kind}" d="M{_LEFT} {height(limit)}H{_RIGHT}"/>'


def reduced(times: Sequence[int], values: Sequence[float], most: int = COLUMNS) -> list[Column]:
    """Return points as columns.

    Args:
        times: the moments of the points, ascending.
        values: one for each of them; NaN where there is no data.
        most: how many columns there may be.

    """
    size = max(1, math.ceil(len(times) / most))
    columns: list[Column] = []
    for place in range(0, len(times), size):
        known = [value for value in values[place : place + size] if math.isfinite(value)]
        covered = times[place : place + size]
        columns.append(((covered[0] + covered[-1]) / 2, min(known), max(known)) if known else None)
    return columns


def reduced_again(columns: Sequence[Column], most: int) -> list[Column]:
    """Return columns as fewer columns."""
    size = max(1, math.ceil(len(columns) / most))
    fewer: list[Column] = []
    for place in range(0, len(columns), size):
        known = [column for column in columns[place : place + size] if column is not None]
        range_ = (min(state[1] for state in known), max(state[2] for state in known)) if known else None
        fewer.append(None if range_ is None else ((known[0][0] + known[-1][0]) / 2, *range_))
    return fewer


def sparkline(columns: Sequence[Column], threshold: float | None = None) -> str:
    """Return a series in the size of a word, as an ``svg`` element that says nothing to screen readers.

    Args:
        columns: the series.
        threshold: a line across, if there is one.

    """
    known = [column for column in columns if column is not None]
    if not known:
        return '<span class="quiet">no points of its own</span>'
    limits = [value for _, *pair in known for value in pair] + ([] if threshold is None else [threshold])
    low, high = _padded(min(limits), max(limits))

    def height(value: float) -> int:
        return round(_TINY * (1 - _share(value, low, high)))

    bars = "".join(
        f"M{place} {height(column[2])}V{max(height(column[1]), height(column[2]) + 1)}"
        for place, column in enumerate(columns)
        if column is not None
    )
    line = "" if threshold is None else f'<path class="threshold" d="M0 {height(threshold)}H{len(columns)}"/>'
    series = f'<path class="bars" d="{bars}"/>'
    return f'<svg class="spark" viewBox="0 0 {len(columns)} {_TINY}" aria-hidden="true">{series}{line}</svg>'


def _runs(chart: Chart) -> Iterator[list[tuple[float, float, float]]]:
    """Yield the stretches without a gap."""
    for there, run in groupby(chart.columns, key=lambda column: column is not None):
        if there:
            yield [column for column in run if column is not None]


def _states(chart: Chart, states: Sequence[Span], band: int) -> Iterator[str]:
    for state, (top, height) in _SHAPES.items():
        spans = [_extent(chart, span) for span in _within(chart, states) if span.label == state]
        if spans:
            y = band + top
            shapes = "".join(f"M{x:.1f} {y}h{width:.1f}v{height}h-{width:.1f}z" for x, width in spans)
            yield f'<path class="{state.lower().replace("_", "-")}" d="{shapes}"/>'


def _doubts(chart: Chart, band: int) -> Iterator[str]:
    places = [f"{_x(chart, time):.1f}" for time in chart.doubtful if chart.start <= time <= chart.end]
    if places:
        # A triangle that points at the moment.
        marks = "".join(f"M{x} {band - 1}l-4 -8h8z" for x in dict.fromkeys(places))
        yield f'<path class="doubt" d="{marks}"/>'


def _moments(chart: Chart, top: int, labels: int) -> Iterator[str]:
    span = chart.end - chart.start
    step = next((step for step in _STEPS if span / step <= 8), 365 * _DAY)
    form = "%m-%d %H:%M" if step < _DAY else "%Y-%m-%d"
    last = -_APART
    for time in range(chart.start + -chart.start % step, chart.end + 1, step):
        # A label needs half its width on each side.
        x = min(max(_x(chart, time), _LEFT), _RIGHT - 28)
        yield f'<path class="grid" d="M{_x(chart, time):.1f} {top}v{labels - 12 - top}"/>'
        if x - last >= _APART:
            label = datetime.fromtimestamp(time, UTC).strftime(form)
            yield f'<text class="moment" x="{x:.1f}" y="{labels}">{label}</text>'
            last = x


def _within(chart: Chart, spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the parts of spans that are in the chart."""
    for span in spans:
        if span.end >= chart.start and span.start <= chart.end:
            yield Span(max(span.start, chart.start), min(span.end, chart.end), span.label)


def _extent(chart: Chart, span: Span) -> tuple[float, float]:
    """Return where a span begins and how wide it is; the shortest can still be seen."""
    left = _x(chart, span.start)
    width = max(_x(chart, span.end) - left, _NARROWEST)
    return min(left, _RIGHT - width), width


def _x(chart: Chart, time: float) -> float:
    share = (time - chart.start) / max(chart.end - chart.start, 1)
    return _LEFT + min(max(share, 0.0), 1.0) * (_RIGHT - _LEFT)


def _share(value: float, low: float, high: float) -> float:
    """Return where a value lies between two; each is divided first, so that no difference overflows."""
    return (value / 2 - low / 2) / (high / 2 - low / 2)


def _padded(low: float, high: float) -> tuple[float, float]:
    """Return limits with room around them; 0 is the edge if nothing is below it."""
    room = (high / 20 - low / 20) or abs(high) / 20
    if room < _LEAST:
        room = 1.0
    lower = 0.0 if 0 <= low <= high / 2 else low - room
    return max(lower, -sys.float_info.max), min(high + room, sys.float_info.max)


def ticks(low: float, high: float) -> list[float]:
    """Return up to six round numbers between two."""
    rough = high / 5 - low / 5
    scale = 10.0 ** math.floor(math.log10(rough))
    step = next(scale * factor for factor in (1, 2, 5, 10) if scale * factor >= rough)
    ticks = (place * step for place in range(math.ceil(low / step), math.floor(high / step) + 1))
    return [tick for tick in ticks if low <= tick <= high]


def number(value: float) -> str:
    """Return a number in few characters: ``90G``, ``1.5k``, ``0.02``."""
    for size, suffix in _SUFFIXES:
        if size <= abs(value) < size * 1000:
            return f"{value / size:.4g}{suffix}"
    return f"{value:.4g}"
