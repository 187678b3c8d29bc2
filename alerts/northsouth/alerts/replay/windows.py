"""Statistics over windows that slide by less than their length; pure NumPy.

A missing value is NaN. Windows are built by doubling, so that each is made of its own points alone: no rounding error
comes from outside of it, as it would from differences of running sums.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from northsouth.alerts.replay.series import Numbers

Cells: TypeAlias = NDArray[Any]
Combine: TypeAlias = Callable[[Cells, Cells], Cells]


def sliding(cells: Cells, width: int, combine: Combine, stride: int = 1) -> Cells:
    """Return, for each cell, the combination of it and the ``width - 1`` cells before it.

    Windows that begin before the first cell are left out, so the result is ``(width - 1) * stride`` shorter.

    Args:
        cells: the cells.
        width: how many cells a window has.
        combine: what makes one cell of two.
        stride: how far the cells of a window lie apart.

    """
    size = max(len(cells) - (width - 1) * stride, 0)
    result: Cells | None = None
    block, length, used = cells, 1, 0
    while True:
        if width & length:
            # This block covers the cells that begin `used` after the window's first one.
            part = block[used * stride : used * stride + size]
            result = part if result is None else combine(result, part)
            used += length
        if used == width:
            break
        block = combine(block[: len(block) - length * stride], block[length * stride :])
        length *= 2
    return cells[:0] if result is None else result


def window_sum(cells: Numbers, width: int) -> Numbers:
    """Return the sum over each window; NaN where a window has no value."""
    if width == 1:
        return cells
    missing = np.isnan(cells)
    if not missing.any():
        return sliding(cells, width, np.add)
    total = sliding(np.where(missing, 0.0, cells), width, np.add)
    total[sliding((~missing).astype(np.float64), width, np.maximum) == 0] = np.nan
    return total


def window_minimum(cells: Numbers, width: int) -> Numbers:
    """Return the least value of each window; NaN where a window has no value."""
    return cells if width == 1 else sliding(cells, width, np.fmin)


def window_maximum(cells: Numbers, width: int) -> Numbers:
    """Return the greatest value of each window; NaN where a window has no value."""
    return cells if width == 1 else sliding(cells, width, np.fmax)
