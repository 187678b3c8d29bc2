from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.replay.windows import sliding, window_maximum, window_minimum, window_sum

NUMBERS = st.lists(st.one_of(st.just(float("nan")), st.integers(-1000, 1000).map(float)), min_size=1, max_size=40)


@given(NUMBERS, st.integers(1, 40))
def test_windows_are_what_their_own_cells_make(numbers: list[float], width: int) -> None:
    cells = np.array(numbers)
    width = min(width, len(cells))
    windows = [cells[i : i + width] for i in range(len(cells) - width + 1)]
    real = [window[~np.isnan(window)] for window in windows]
    for function, plain in ((window_sum, np.sum), (window_minimum, np.min), (window_maximum, np.max)):
        expected = [plain(each) if len(each) else np.nan for each in real]
        np.testing.assert_array_equal(function(cells, width), expected)


def test_a_huge_point_leaves_no_error_in_later_windows() -> None:
    cells = np.array([1e18, 0.5, 0.25, 0.25])
    assert list(window_sum(cells, 2)) == [1e18, 0.75, 0.5]


@given(st.integers(1, 70))
def test_a_window_counts_each_cell_once(width: int) -> None:
    assert list(sliding(np.ones(100), width, np.add)) == [width] * (101 - width)
