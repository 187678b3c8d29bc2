"""Which series is which metric: what has to be said, what is said where it is missing, and what contradicts itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.replay.alarms import MetricStat
from northsouth.alerts.replay.files import Names, metric_of, read
from northsouth.alerts.replay.series import MetricKey
from northsouth.errors import ConfigurationError
from tests.alerts.replay.files.forms import KEY, stream_line

DECLARED = MetricKey(KEY.namespace, KEY.name, (("NatGatewayId", "${aws_nat_gateway.a.id}"),))
ERRORS = MetricKey("AWS/NATGateway", "ErrorPortAllocation", (("NatGatewayId", "${aws_nat_gateway.a.id}"),))
TOKEN = "${aws_nat_gateway.a.id} = nat-0123"
MINUTES = range(1_795_867_200, 1_795_867_200 + 20 * 60, 60)


def wants(*keys: MetricKey, statistic: str = "Sum", unit: str | None = None) -> list[MetricStat]:
    return [MetricStat(key, statistic, 60, unit) for key in keys]


def stream(folder: Path, *changes: dict[str, Any]) -> Path:
    file = folder / "stream.jsonl"
    lines = [json.dumps(stream_line(time, 1.0, **changed)) for changed in changes or ({},) for time in MINUTES]
    file.write_text("\n".join(lines))
    return file


def csv(folder: Path, *columns: str, name: str = "data.csv") -> Path:
    file = folder / name
    rows = [",".join([str(time), *("1" for _ in columns)]) for time in MINUTES]
    file.write_text("\n".join([",".join(["time", *columns]), *rows]))
    return file


def refused(inputs: list[Path], lines: list[str], **given: Any) -> str:
    with pytest.raises(ConfigurationError) as error:
        read(inputs, lines, **given)
    return str(error.value)


def test_a_reference_is_mapped_and_the_history_has_the_alarms_own_key(tmp_path: Path) -> None:
    reading = read([stream(tmp_path)], [TOKEN], wanted=wants(DECLARED))
    assert list(reading.history) == [DECLARED]
    assert reading.history[DECLARED].unit == "Bytes"
    assert reading.lines[0] == "stream.jsonl: metric stream; each point covers 60 s"
    span = "2026-11-28T12:00:00Z to 2026-11-28T12:20:00Z"
    assert f"{DECLARED}: 20 points of 60 s, {span}, no gap" in reading.lines


def test_a_reference_that_is_not_mapped_shows_the_line(tmp_path: Path) -> None:
    text = refused([stream(tmp_path)], [], wanted=wants(DECLARED))
    assert "the files have nat-0123" in text
    assert "Add to the mapping: ${aws_nat_gateway.a.id} = nat-0123" in text
    text = refused(
        [stream(tmp_path, {}, {"dimensions": {"NatGatewayId": "nat-9"}})], [], wanted=wants(DECLARED, ERRORS)
    )
    assert "the files have nat-0123, nat-9" in text
    assert "Add to the mapping: ${aws_nat_gateway.a.id} = <value>" in text


def test_a_column_that_is_not_mapped_shows_the_line(tmp_path: Path) -> None:
    text = refused([csv(tmp_path, "bytes")], [], wanted=wants(KEY))
    assert f"Add to the mapping: bytes = Sum of {KEY}" in text
    text = refused([csv(tmp_path, "bytes", "errors")], [], wanted=wants(KEY))
    assert "the files have bytes, errors" in text
    assert f"Add to the mapping: <series> = Sum of {KEY}" in text
    assert "the files have bytes" in refused([csv(tmp_path, "bytes")], [])


def test_the_line_that_is_shown_is_accepted(tmp_path: Path) -> None:
    text = refused([csv(tmp_path, "bytes")], [], wanted=wants(DECLARED))
    line = text.rpartition("Add to the mapping: ")[2]
    assert list(read([csv(tmp_path, "bytes")], [line], wanted=wants(DECLARED)).history) == [DECLARED]


def test_a_metric_without_points_has_to_be_said(tmp_path: Path) -> None:
    text = refused([stream(tmp_path)], [TOKEN], wanted=wants(DECLARED, ERRORS))
    line = "(none) = AWS/NATGateway/ErrorPortAllocation{NatGatewayId=nat-0123}"
    assert f"if it had no points, map: {line}" in text
    history = read([stream(tmp_path)], [TOKEN, line], wanted=wants(DECLARED, ERRORS)).history
    assert list(history) == [DECLARED, ERRORS]
    assert len(history[ERRORS]) == 0


def test_the_statistic_is_the_one_that_the_alarm_takes_or_has_to_be_said(tmp_path: Path) -> None:
    line = f"bytes = {KEY}"
    assert list(read([csv(tmp_path, "bytes")], [line], wanted=wants(KEY)).history[KEY].values) == ["Sum"]
    both = [*wants(KEY), *wants(KEY, statistic="Maximum")]
    assert f"with the right one: bytes = Average of {KEY}" in refused([csv(tmp_path, "bytes")], [line], wanted=both)
    mapped = [f"low = Minimum of {KEY}", f"high = Maximum of {KEY}"]
    assert set(read([csv(tmp_path, "low", "high")], mapped).history[KEY].values) == {"Minimum", "Maximum"}


def test_months_in_several_files_are_one_series(tmp_path: Path) -> None:
    files = [csv(tmp_path, "bytes", name=name) for name in ("a.csv", "b.csv")]
    text = files[1].read_text().replace("17958", "17959")
    files[1].write_text(text)
    series = read(files, [f"bytes = Sum of {KEY}"]).history[KEY]
    assert len(series) == 40
    assert series.gaps == 1


@pytest.mark.parametrize(
    ("columns", "lines", "said"),
    [
        (["a"], ["a = Sum of X/Y", "a = Sum of X/Z"], "a: got both Sum of X/Y and Sum of X/Z; a series belongs to one"),
        (["a", "b"], ["a = Sum of X/Y", "b = Sum of X/Y"], "'a' and 'b' are both Sum of it; a metric is one series"),
        (["a"], ["b = Sum of X/Y"], "b: got no series of that name; the files have a"),
        (["a"], ["a = Sum of"], "a: got 'Sum of'; a metric is written namespace/name{dimension=value}"),
        (["a"], ["a"], "a: got no two sides"),
        (["a"], ["a = Sum of X/Y{b}"], "a: got 'Sum of X/Y{b}'"),
        (["a"], ["${x.y} = 1", "${x.y} = 2"], "${x.y}: got both 1 and 2"),
    ],
)
def test_contradictions_are_refused(columns: list[str], lines: list[str], said: str, tmp_path: Path) -> None:
    assert said in refused([csv(tmp_path, *columns)], lines)


def test_a_series_mapped_to_what_no_alarm_judges_is_refused(tmp_path: Path) -> None:
    text = refused([csv(tmp_path, "a")], ["a = Sum of X/Y"], wanted=wants(KEY))
    assert f"a: got mapped to X/Y; the alarms judge {KEY}" in text


def test_units_that_differ_are_refused(tmp_path: Path) -> None:
    text = refused([stream(tmp_path, {}, {"unit": "Kilobytes"})], [])
    assert "units Bytes, Kilobytes; a metric has one unit" in text
    text = refused([stream(tmp_path)], [TOKEN], wanted=wants(DECLARED, unit="Megabytes"))
    assert "units Bytes, Megabytes" in text


def test_two_accounts_are_told_apart_by_the_alarms_account(tmp_path: Path) -> None:
    file = stream(tmp_path, {}, {"account_id": "210987654321", "value": {"sum": 5, "count": 1, "min": 5, "max": 5}})
    owned = MetricKey(KEY.namespace, KEY.name, KEY.dimensions, "210987654321")
    assert set(read([file], [], wanted=wants(owned)).history[owned].values["Sum"]) == {5.0}
    assert "a metric is one series" in refused([file], [], wanted=wants(KEY))


def test_percentiles_of_a_stream_are_read_and_those_with_holes_left_out(tmp_path: Path) -> None:
    file = tmp_path / "stream.jsonl"
    value = {"sum": 1.0, "count": 1.0, "min": 1.0, "max": 1.0, "p99": 0.5}
    lines = [stream_line(time, 1.0, value={**value, **({"p50": 1.0} if time % 120 else {})}) for time in MINUTES]
    file.write_text("\n".join(json.dumps(line) for line in lines))
    series = read([file]).history[KEY]
    assert set(series.values) == {"Sum", "Minimum", "Maximum", "SampleCount", "p99"}
    assert series.notes == ("p50 left out: 10 points have none.",)


def test_ids_are_called_by_their_label_too(tmp_path: Path) -> None:
    result = {"Id": "m1", "Label": "out of a", "Timestamps": list(MINUTES), "Values": [1] * 20}
    file = tmp_path / "answer.json"
    file.write_text(json.dumps({"MetricDataResults": [result]}))
    assert len(read([file], [f"out of a = Sum of {KEY}"]).history[KEY]) == 20


def test_a_period_that_is_given_is_taken(tmp_path: Path) -> None:
    file = csv(tmp_path, "bytes")
    assert read([file], [f"bytes = Sum of {KEY}"], period=30).history[KEY].spacing == 30
    assert "closer than 300 s" in refused([file], [f"bytes = Sum of {KEY}"], period=300)


def test_an_unknown_zone_is_refused(tmp_path: Path) -> None:
    assert "'Paris' is no time zone" in refused([csv(tmp_path, "a")], [], time_zone="Paris")


words = st.text(st.characters(categories=["L", "N"], include_characters="-_. "), min_size=1, max_size=12).map(str.strip)
plain = words.filter(bool)


@given(
    st.builds(
        MetricKey,
        plain.map(lambda text: f"AWS/{text}"),
        plain,
        st.dictionaries(plain, plain, max_size=4).map(lambda pairs: tuple(pairs.items())),
    )
)
def test_a_metric_as_it_is_shown_is_read(metric: MetricKey) -> None:
    assert metric_of(str(metric)) == metric
    assert Names.of([f"m1 = Sum of {metric}"]).series["m1"].metric == metric
