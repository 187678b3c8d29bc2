"""The trade-off of two quantities as static SVG: a line of the best choices, and marked points; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from northsouth.report.chart import number, text, ticks

WIDTH, HEIGHT = 720, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 700, 28, 250
_RADIUS = 5


@dataclass(frozen=True, slots=True)
class Point:
    """One choice.

    Attributes:
        x: what it costs.
        y: what it leaves.
        label: its name.
        marked: whether it is drawn as a square, and not as a circle.

    """

    x: float
    y: float
    label: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """What is drawn.

    Attributes:
        title: what it shows, for screen readers.
        description: the same in a sentence or two, for those who do not see it.
        across: what ``x`` counts.
        up: what ``y`` counts.
        line: the best choices, by ascending cost; drawn as steps.
        points: the marked choices.

    """

    title: str
    description: str
    across: str
    up: str
    line: Sequence[tuple[float, float]] = ()
    points: Sequence[Point] = ()


def svg(curve: Curve, id: str) -> str:
    """Return a curve as an ``svg`` element.

    Args:
        curve: what is drawn.
        id: begins the ids of its elements; unique in the page.

    """
    return "\n".join(
        [
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{id}-title {id}-about">',
            f'<title id="{id}-title">{text(curve.title)}</title>',
            f'<desc id="{id}-about">{text(curve.description)}</desc>',
            *_drawn(curve),
            "</svg>",
        ]
    )


def _drawn(curve: Curve) -> Iterator[str]:
    every = [*curve.line, *((point.x, point.y) for point in curve.points)]
    if not every:
        yield f'<text x="{_LEFT}" y="{(_TOP + _BOTTOM) // 2}">no setting detects an incident</text>'
        return
    right, top = max(x for x, _ in every) or 1.0, max(y for _, y in every) or 1.0

    def place(x: float, y: float) -> tuple[float, float]:
        return _LEFT + x / right * (_RIGHT - _LEFT), _BOTTOM - y / top * (_BOTTOM - _TOP)

    for value in ticks(0, top):
        _, height = place(0, value)
        yield f'<path class="grid" d="M{_LEFT} {height:.1f}H{_RIGHT}"/>'
        yield f'<text class="value" x="{_LEFT - 6}" y="{height:.1f}">{number(value)}</text>'
    for value in ticks(0, right):
        across, _ = place(value, 0)
        yield f'<text class="moment" x="{across:.1f}" y="{_BOTTOM + 16}">{number(value)}</text>'
    yield f'<text class="moment" x="{(_LEFT + _RIGHT) // 2}" y="{_BOTTOM + 36}">{text(curve.across)}</text>'
    yield f'<text x="{_LEFT}" y="{_TOP - 14}">{text(curve.up)}</text>'
    if curve.line:
        (x, y), *rest = (place(*point) for point in curve.line)
        steps = "".join(f"H{across:.1f}V{height:.1f}" for across, height in rest)
        yield f'<path class="steps" d="M{x:.1f} {y:.1f}{steps}H{_RIGHT}"/>'
    for point in curve.points:
        x, y = place(point.x, point.y)
        yield _mark(x, y, point)
        # A name beyond the middle stands to the left of its point, so that it stays in the picture.
        beyond = x > (_LEFT + _RIGHT) / 2
        side = f'class="value" x="{x - 9:.1f}"' if beyond else f'class="after" x="{x + 9:.1f}"'
        yield f'<text {side} y="{max(y - 10, _TOP + 8):.1f}">{text(point.label)}</text>'


def _mark(x: float, y: float, point: Point) -> str:
    if point.marked:
        side = 2 * _RADIUS
        return f'<path class="declared" d="M{x - _RADIUS:.1f} {y - _RADIUS:.1f}h{side}v{side}h-{side}z"/>'
    return f'<circle class="best" cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS}"/>'
