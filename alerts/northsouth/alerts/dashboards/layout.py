"""Where panels go on a grid of 24 columns, which CloudWatch and Grafana share; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

COLUMNS = 24
"""Width of the grid (CloudWatch-Dashboard-Body-Structure; Grafana's ``gridPos``)."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of a panel, in units of the grid."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Place:
    """A panel's corner and size, in units of the grid."""

    x: int
    y: int
    width: int
    height: int


def arrange(sizes: Sequence[Size], top: int = 0) -> list[Place]:
    """Place panels in reading order: from left to right, and in a new row where one does not fit any more.

    A row is as high as its highest panel, so nothing overlaps.

    Args:
        sizes: the panels' sizes, each at most 24 wide.
        top: the first row.

    """
    places: list[Place] = []
    x, y, height = 0, top, 0
    for size in sizes:
        if x + size.width > COLUMNS:
            x, y, height = 0, y + height, 0
        places.append(Place(x, y, size.width, size.height))
        x, height = x + size.width, max(height, size.height)
    return places


def bottom(places: Sequence[Place], top: int = 0) -> int:
    """Return the first free row below ``places``; ``top`` if there are none."""
    return max((place.y + place.height for place in places), default=top)
