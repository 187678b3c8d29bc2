from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from northsouth.alerts.replay import MetricKey, Samples, Series, points
from northsouth.errors import ConfigurationError

NINE = 1_790_845_200  # 2026-10-01T09:00:00Z


def test_dimensions_are_one_set_whatever_their_order() -> None:
    one = MetricKey("N", "m", (("b", "2"), ("a", "1")))
    assert one == MetricKey("N", "m", {"a": "1", "b": "2"})  # type: ignore[arg-type]
    assert str(one) == "N/m{a=1, b=2}"


def test_a_series_knows_its_span_and_its_gaps() -> None:
    series = points(NINE, [1, np.nan, 3, 4, np.nan, np.nan, 7])
    assert list(series.times - NINE) == [0, 120, 180, 360]
    assert list(series.values["Sum"]) == [1, 3, 4, 7]
    assert (series.start, series.end, series.gaps) == (NINE, NINE + 420, 2)


def test_a_metric_that_never_came_is_an_empty_series() -> None:
    assert len(Series(np.empty(0), {"Sum": np.empty(0)})) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"times": [NINE, NINE + 120, NINE + 60]}, "times ascend, none twice. Sort the points"),
        ({"times": [NINE, NINE, NINE + 60]}, f"times[1]: got {NINE} twice"),
        ({"spacing": 120}, "points of 120 s do not overlap"),
        ({"times": [NINE + 0.5, NINE + 60, NINE + 120]}, "times are whole seconds"),
        ({"times": [NINE + 7, NINE + 67, NINE + 127]}, "at full minutes"),
        ({"values": {}}, "got no statistic"),
        ({"values": {"sum": [1, 2, 3]}}, "Name the statistic as CloudWatch does"),
        ({"values": {"Sum": [1, 2]}}, "got 2 values for 3 times"),
        ({"values": {"Sum": [1, np.nan, 3]}}, f"got nan at {NINE + 60}; a value is a finite number"),
        ({"values": {"Sum": [1, np.inf, 3]}}, "a value is a finite number"),
        ({"spacing": 45}, "a point covers 1, 5, 10, 20 or 30 s, or a multiple of 60 s"),
        ({"samples": Samples(np.array([0, 1, 2]), np.array([1.0, 2.0]))}, "one more than there are points"),
        ({"samples": Samples(np.array([0, 1, 1, 2]), np.array([1.0, np.nan]))}, "samples.values"),
        ({"samples": Samples(np.array([0, 1, 1, 2]), np.array([1.0, 2.0]), np.ones(3))}, "each value has one count"),
    ],
)
def test_a_series_that_cannot_be_judged_is_refused(change: dict[str, Any], words: str) -> None:
    given: dict[str, Any] = {
        "times": [NINE, NINE + 60, NINE + 120],
        "values": {"Sum": [1.0, 2.0, 3.0]},
        **change,
    }
    with pytest.raises(ConfigurationError) as caught:
        Series(**given, name="requests.csv")
    assert "1 problem in requests.csv" in str(caught.value)
    assert words in str(caught.value)
