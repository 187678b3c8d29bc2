"""Frames of pandas and polars, and Arrow tables, give back the series they hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from northsouth.alerts.replay.files import read
from northsouth.errors import ConfigurationError
from tests.alerts.replay.files.forms import KEY, MAPPED, Known, same

START = 1_795_867_200
KNOWN = Known(tuple(START + 60 * each for each in range(20)), tuple(float(each) for each in range(20)))
AWARE = [datetime.fromtimestamp(time, UTC) for time in KNOWN.times]
NAIVE = [each.replace(tzinfo=None) for each in AWARE]
SUMS = list(KNOWN.sums)

FRAMES: dict[str, Callable[[Any], Any]] = {
    "pandas, a column of times": lambda library: library.DataFrame({"time": AWARE, "bytes": SUMS}),
    "pandas, an index of times": lambda library: library.DataFrame({"bytes": SUMS}, index=library.DatetimeIndex(AWARE)),
    "pandas, another zone": lambda library: library.DataFrame(
        {"bytes": SUMS}, index=library.DatetimeIndex(AWARE, name="at").tz_convert("Europe/Paris")
    ),
    "pandas, times as text": lambda library: library.DataFrame(
        {"time": [each.isoformat() for each in AWARE], "bytes": SUMS}
    ),
    "pandas, seconds": lambda library: library.DataFrame(
        {"time": list(KNOWN.times), "bytes": [int(each) for each in SUMS]}
    ),
    "pandas, nullable": lambda library: library.DataFrame({"time": AWARE, "bytes": SUMS}).convert_dtypes(),
    "polars": lambda library: library.DataFrame({"time": AWARE, "bytes": SUMS}),
    "polars, lazy": lambda library: library.LazyFrame({"time": AWARE, "bytes": SUMS}),
    "polars, another zone": lambda library: library.DataFrame({"time": AWARE, "bytes": SUMS}).with_columns(
        library.col("time").dt.convert_time_zone("Asia/Tokyo")
    ),
    "pyarrow": lambda library: library.table({"time": library.array(AWARE), "bytes": SUMS}),
}


@pytest.fixture
def library(request: pytest.FixtureRequest) -> Any:
    """The library that a test names: it takes a second to load, so none is loaded before a test needs it."""
    return pytest.importorskip(request.param)


EACH = pytest.mark.parametrize("library", ["pandas", "polars"], indirect=True)


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_gives_back_its_series(name: str) -> None:
    library = pytest.importorskip(name.partition(",")[0])
    reading = read([FRAMES[name](library)], [f"bytes = {MAPPED}"])
    same(reading.history[KEY], KNOWN)
    assert "'bytes' is the values" in reading.forms[0]


@EACH
def test_rows_with_a_name_are_several_series(library: Any) -> None:
    frame = library.DataFrame(
        {"time": [each for each in AWARE for _ in "ab"], "nat": ["a", "b"] * 20, "bytes": np.repeat(SUMS, 2)}
    )
    same(read([frame], [f"a = {MAPPED}"]).history[KEY], KNOWN)


@EACH
def test_columns_of_statistics_are_one_series(library: Any) -> None:
    frame = library.DataFrame({"time": AWARE, "sum": SUMS, "count": [2] * 20})
    series = read([frame], [f"frame 1 = {KEY}"]).history[KEY]
    same(series, KNOWN)
    assert series.values["SampleCount"].tolist() == [2] * 20


@EACH
def test_a_frame_without_a_zone_needs_one(library: Any) -> None:
    frame = library.DataFrame({"time": NAIVE, "bytes": SUMS})
    with pytest.raises(ConfigurationError, match="has no time zone"):
        read([frame], [f"bytes = {MAPPED}"])
    same(read([frame], [f"bytes = {MAPPED}"], time_zone="UTC").history[KEY], KNOWN)
    paris = read([frame], [f"bytes = {MAPPED}"], time_zone="Europe/Paris").history[KEY]
    assert paris.start == KNOWN.times[0] - 3600


@EACH
def test_holes_are_no_points(library: Any) -> None:
    frame = library.DataFrame({"time": AWARE, "bytes": [None, *SUMS[1:]]})
    series = read([frame], [f"bytes = {MAPPED}"]).history[KEY]
    assert series.times.tolist() == list(KNOWN.times[1:])
    assert series.notes == ("1 point without a value (NaN or empty) left out.",)


@EACH
def test_what_is_no_table_is_refused(library: Any) -> None:
    with pytest.raises(ConfigurationError, match="one column has the times"):
        read([library.DataFrame({"a": ["x"], "b": [1.5]})], [])
