"""A metric over time with its threshold, the states of an alarm and marked incidents, as static SVG; pure.

The same values give the same bytes. Colours are the page's business: shapes have classes, and no ``style``.
States differ by shape as well: OK is a thin line, ALARM a full block, INSUFFICIENT_DATA a hollow box.
"""

from __future__ import annotations

import html
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

WIDTH, HEIGHT = 720, 212
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 712, 8, 148
_BAND_TOP, _BAND_HEIGHT = 160, 16
_LABELS = 200
_COLUMNS = 656
"""A series with more points is drawn as the least and greatest of each pixel column."""
_SHAPES = {"OK": (7, 2), "INSUFFICIENT_DATA": (3, 10), "ALARM": (0, _BAND_HEIGHT)}
"""Where a state's shape begins below the band's top, and its height; what is later is drawn on top."""
_NARROWEST = 1.5
_HOUR, _DAY = 3600, 86400
_STEPS = (10, 60, 300, 900, 1800, *(_HOUR * n for n in (1, 3, 6, 12)), *(_DAY * n for n in (1, 2, 7, 14, 30, 91)))
_LEAST = 1e-300
"""Distances below it are taken as none."""
_SUFFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


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
        times: the moments of the points, ascending.
        values: one for each of ``times``; NaN where there is no data. Without points, only the states are drawn.
        threshold: a line across, if there is one.
        states: the states of the alarm.
        incidents: times that people marked.
        doubtful: moments of changes that depend on what nobody knows; marked above the states.

    """

    title: str
    description: str
    start: int
    end: int
    times: Sequence[int] = ()
    values: Sequence[float] = ()
    threshold: float | None = None
    states: Sequence[Span] = ()
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
    return "\n".join(
        [
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{id}-title {id}-about">',
            f'<title id="{id}-title">{text(chart.title)}</title>',
            f'<desc id="{id}-about">{text(chart.description)}</desc>',
            *_incidents(chart),
            *_plot(chart),
            *_states(chart),
            *_doubts(chart),
            *_moments(chart),
            "</svg>",
        ]
    )


def _incidents(chart: Chart) -> Iterator[str]:
    for each in _within(chart, chart.incidents):
        x, width = _extent(chart, each)
        title = f"<title>{text(each.label or 'incident')}</title>"
        yield (
            f'<rect class="incident" x="{x:.1f}" y="{_TOP}" width="{width:.1f}" height="{_BOTTOM - _TOP}">'
            f"{title}</rect>"
        )


def _plot(chart: Chart) -> Iterator[str]:
    runs = list(_runs(chart))
    if not runs:
        yield f'<text x="{_LEFT}" y="{(_TOP + _BOTTOM) // 2}">no points of its own</text>'
        return
    limits = [value for run in runs for _, low, high in run for value in (low, high)]
    limits += [] if chart.threshold is None else [chart.threshold]
    low, high = _padded(min(limits), max(limits))

    def height(value: float) -> str:
        # Each is divided first, so that the difference of two huge numbers does not overflow.
        share = (value / 2 - low / 2) / (high / 2 - low / 2)
        return f"{_BOTTOM - share * (_BOTTOM - _TOP):.1f}"

    for value in ticks(low, high):
        yield f'<path class="grid" d="M{_LEFT} {height(value)}H{_RIGHT}"/>'
        yield f'<text class="value" x="{_LEFT - 4}" y="{height(value)}">{number(value)}</text>'
    for run in runs:
        upper = [f"{_x(chart, time):.1f} {height(most)}" for time, _, most in run]
        lower = [f"{_x(chart, time):.1f} {height(least)}" for time, least, _ in reversed(run)]
        yield f'<path class="series" d="M{"L".join([*upper, *lower])}Z"/>'
    if chart.threshold is not None:
        yield f'<path class="threshold" d="M{_LEFT} {height(chart.threshold)}H{_RIGHT}"/>'


def _runs(chart: Chart) -> Iterator[list[tuple[float, float, float]]]:
    """Yield the stretches without a gap: the moment, the least and the greatest value of each column."""
    size = max(1, math.ceil(len(chart.times) / _COLUMNS))
    columns = []
    for place in range(0, len(chart.times), size):
        values = [value for value in chart.values[place : place + size] if math.isfinite(value)]
        covered = chart.times[place : place + size]
        middle = (covered[0] + covered[-1]) / 2
        columns.append((middle, min(values), max(values)) if values else None)
    for there, run in groupby(columns, key=lambda column: column is not None):
        if there:
            yield [column for column in run if column is not None]


def _states(chart: Chart) -> Iterator[str]:
    for state, (top, height) in _SHAPES.items():
        spans = [_extent(chart, each) for each in _within(chart, chart.states) if each.label == state]
        if spans:
            y = _BAND_TOP + top
            shapes = "".join(f"M{x:.1f} {y}h{width:.1f}v{height}h-{width:.1f}z" for x, width in spans)
            yield f'<path class="{state.lower().replace("_", "-")}" d="{shapes}"/>'


def _doubts(chart: Chart) -> Iterator[str]:
    places = [f"{_x(chart, time):.1f}" for time in chart.doubtful if chart.start <= time <= chart.end]
    if places:
        # A triangle that points at the moment.
        marks = "".join(f"M{x} {_BAND_TOP - 1}l-4 -8h8z" for x in dict.fromkeys(places))
        yield f'<path class="doubt" d="{marks}"/>'


def _moments(chart: Chart) -> Iterator[str]:
    span = chart.end - chart.start
    step = next((each for each in _STEPS if span / each <= 8), 365 * _DAY)
    form = "%m-%d %H:%M" if step < _DAY else "%Y-%m-%d"
    for time in range(chart.start + -chart.start % step, chart.end + 1, step):
        # A label needs half its width on each side.
        x = min(max(_x(chart, time), _LEFT), _RIGHT - 28)
        yield f'<path class="grid" d="M{_x(chart, time):.1f} {_BOTTOM}v{_LABELS - 12 - _BOTTOM}"/>'
        label = datetime.fromtimestamp(time, UTC).strftime(form)
        yield f'<text class="moment" x="{x:.1f}" y="{_LABELS}">{label}</text>'


def _within(chart: Chart, spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the parts of spans that are in the chart."""
    for each in spans:
        if each.end >= chart.start and each.start <= chart.end:
            yield Span(max(each.start, chart.start), min(each.end, chart.end), each.label)


def _extent(chart: Chart, span: Span) -> tuple[float, float]:
    """Return where a span begins and how wide it is; the shortest can still be seen."""
    left = _x(chart, span.start)
    width = max(_x(chart, span.end) - left, _NARROWEST)
    return min(left, _RIGHT - width), width


def _x(chart: Chart, time: float) -> float:
    share = (time - chart.start) / max(chart.end - chart.start, 1)
    return _LEFT + min(max(share, 0.0), 1.0) * (_RIGHT - _LEFT)


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
