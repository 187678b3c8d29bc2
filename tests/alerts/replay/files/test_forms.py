"""Every format gives back the series that was written."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from northsouth.alerts.replay.alarms import MetricStat
from northsouth.alerts.replay.files import read
from tests.alerts.replay.files.forms import FORMS, KEY, Known, same

START = 1_795_867_200
MINUTES = Known(tuple(START + 60 * each for each in range(40)), tuple(float(each * each + 1) for each in range(40)))


@pytest.mark.parametrize("form", FORMS)
def test_a_series_comes_back(form: str, tmp_path: Path) -> None:
    arguments = FORMS[form](tmp_path, MINUTES)
    reading = read([tmp_path], **arguments)
    same(reading.history[KEY], MINUTES)
    assert KEY in [each.metric for each in reading.taken]


@st.composite
def known(draw: st.DrawFn) -> Known:
    """Minutes with gaps, but one after another for long enough to see that they are minutes."""
    gaps = draw(st.lists(st.integers(0, 5000), max_size=20))
    minutes = [*range(13)]
    for gap in gaps:
        minutes.append(minutes[-1] + 1 + gap)
    start = draw(st.integers(0, 60_000_000)) * 60
    start = max(start, 1_000_000_000 // 60 * 60)
    number = st.floats(-1e12, 1e12, allow_nan=False, allow_infinity=False)
    sums = draw(st.lists(number, min_size=len(minutes), max_size=len(minutes)))
    return Known(tuple(start + 60 * each for each in minutes), tuple(sums))


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=20)
@given(series=known())
def test_any_series_comes_back(form: str, series: Known) -> None:
    with tempfile.TemporaryDirectory() as folder:
        arguments = FORMS[form](Path(folder), series)
        same(read([folder], wanted=[MetricStat(KEY, "Sum", 60)], **arguments).history[KEY], series)
