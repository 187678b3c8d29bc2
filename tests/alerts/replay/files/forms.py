"""One known series, written in every format that can be read."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from northsouth.alerts.replay.series import MetricKey, Series

KEY = MetricKey("AWS/NATGateway", "BytesOutToDestination", (("NatGatewayId", "nat-0123"),))
MAPPED = f"Sum of {KEY}"


@dataclass(frozen=True)
class Known:
    """A series of sums, with the other statistics for formats that have them."""

    times: tuple[int, ...]
    sums: tuple[float, ...]
    spacing: int = 60

    @property
    def rows(self) -> list[tuple[int, float]]:
        return list(zip(self.times, self.sums, strict=True))


def iso(seconds: int, *, zone: str = "+00:00", separator: str = "T") -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(f"%Y-%m-%d{separator}%H:%M:%S") + zone


def statistics(value: float) -> dict[str, float]:
    return {"count": 2.0, "sum": value, "min": value / 4, "max": value * 3 / 4}


def get_metric_data(folder: Path, known: Known) -> dict[str, Any]:
    """Two pages, newest first, with the request beside them."""
    rows = known.rows[::-1]
    half = (len(rows) + 1) // 2
    pages = [rows[:half], rows[half:]]
    for number, page in enumerate(pages):
        result = {
            "Id": "m1",
            "Label": "BytesOutToDestination",
            "Timestamps": [iso(time) for time, _ in page],
            "Values": [value for _, value in page],
            "StatusCode": "Complete" if number else "PartialData",
        }
        answer = {"MetricDataResults": [result], "Messages": []} | ({} if number else {"NextToken": "abc"})
        (folder / f"page-{number}.json").write_text(json.dumps(answer))
    query = {
        "Id": "m1",
        "MetricStat": {
            "Metric": {
                "Namespace": KEY.namespace,
                "MetricName": KEY.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in KEY.dimensions],
            },
            "Period": known.spacing,
            "Stat": "Sum",
        },
    }
    (folder / "request.json").write_text(json.dumps([query]))
    return {}


def get_metric_data_epoch(folder: Path, known: Known) -> dict[str, Any]:
    result = {"Id": "m1", "Timestamps": list(known.times), "Values": list(known.sums), "StatusCode": "Complete"}
    (folder / "answer.json").write_text(json.dumps({"MetricDataResults": [result]}))
    return {"mapping": [f"m1 = {MAPPED}"]}


def get_metric_statistics(folder: Path, known: Known) -> dict[str, Any]:
    points = [{"Timestamp": iso(time, zone="Z"), "Sum": value, "Unit": "Bytes"} for time, value in known.rows]
    random.Random(7).shuffle(points)
    (folder / "statistics.json").write_text(json.dumps({"Label": "BytesOutToDestination", "Datapoints": points}))
    return {"mapping": [f"BytesOutToDestination = {KEY}"]}


def stream_line(time: int, total: float, **changed: Any) -> dict[str, Any]:
    return {
        "metric_stream_name": "history",
        "account_id": "123456789012",
        "region": "us-east-1",
        "namespace": KEY.namespace,
        "metric_name": KEY.name,
        "dimensions": dict(KEY.dimensions),
        "timestamp": time * 1000,
        "value": statistics(total),
        "unit": "Bytes",
        **changed,
    }


def metric_stream(folder: Path, known: Known) -> dict[str, Any]:
    """Objects as Firehose writes them: gzip, in folders of hours, not in order, one row twice."""
    lines = [json.dumps(stream_line(*row)) for row in known.rows]
    lines += [json.dumps(stream_line(time, 1.0, metric_name="Other")) for time in known.times[:3]]
    lines += lines[:1]
    random.Random(7).shuffle(lines)
    for number, hour in enumerate(("2026/11/28/12", "2026/11/28/13")):
        below = folder / hour
        below.mkdir(parents=True)
        part = lines[number::2]
        if part:
            (below / f"history-1-{number}.gz").write_bytes(
                gzip.compress("".join(f"{each}\n" for each in part).encode())
            )
    return {}


def metric_stream_plain(folder: Path, known: Known) -> dict[str, Any]:
    (folder / "stream.jsonl").write_text("\n".join(json.dumps(stream_line(*row)) for row in known.rows))
    return {}


def metric_stream_parquet(folder: Path, known: Known) -> dict[str, Any]:
    """Rows as Firehose converts them: a struct of statistics and a map of dimensions."""
    metric_stream_plain(folder, known)
    lines = folder / "stream.jsonl"
    duckdb.connect().sql(
        f"COPY (SELECT namespace, metric_name, MAP {{'NatGatewayId': dimensions.NatGatewayId}} AS dimensions,"
        f" epoch_ms(timestamp) AS timestamp, value, unit FROM read_json('{lines}', format='newline_delimited'))"
        f" TO '{folder / 'stream.parquet'}' (FORMAT parquet)"
    )
    lines.unlink()
    return {}


def csv_nab(folder: Path, known: Known) -> dict[str, Any]:
    rows = [f"{iso(time, zone='', separator=' ')},{value!r}" for time, value in known.rows]
    (folder / "nat.csv").write_text("\n".join(["timestamp,value", *rows]) + "\n")
    return {"mapping": [f"value = {MAPPED}"], "time_zone": "UTC"}


def csv_preamble(folder: Path, known: Known) -> dict[str, Any]:
    """As CloudFront's reports: lines about the report before the header."""
    rows = [f"{iso(time, zone='Z')},{value!r},1" for time, value in known.rows]
    preamble = ["Version: 1.0", 'Report,"Usage, hourly"', "DistributionID: E1", "", "TimeBucket,Requests,Other"]
    (folder / "report.csv").write_text("\r\n".join([*preamble, *rows]) + "\r\n")
    return {"mapping": [f"Requests = {MAPPED}"]}


def csv_grafana(folder: Path, known: Known) -> dict[str, Any]:
    """As Grafana's inspector: a BOM, quotes, milliseconds, an empty cell."""
    rows = [f'{time * 1000},"{value!r}",' for time, value in known.rows]
    text = "\ufeff" + "\n".join(['"Time","bytes {nat-0123}","empty"', *rows])
    (folder / "panel.csv").write_bytes(text.encode())
    return {"mapping": [f"bytes {{nat-0123}} = {MAPPED}"]}


def csv_long(folder: Path, known: Known) -> dict[str, Any]:
    rows = [f"{iso(time)};{name};{value!r}" for time, value in known.rows for name in ("out", "in")]
    (folder / "long.csv.gz").write_bytes(gzip.compress("\n".join(["time;series;value", *rows]).encode()))
    return {"mapping": [f"out = {MAPPED}"]}


def csv_statistics(folder: Path, known: Known) -> dict[str, Any]:
    rows = [f"{iso(time)}\t{value!r}\t2" for time, value in known.rows]
    (folder / "nat.tsv").write_text("\n".join(["Timestamp\tSum\tSampleCount", *rows]))
    return {"mapping": [f"nat = {KEY}"]}


def csv_without_header(folder: Path, known: Known) -> dict[str, Any]:
    (folder / "bare.csv").write_text("\n".join(f"{time},{value!r}" for time, value in known.rows))
    return {"mapping": [f"column 2 = {MAPPED}"]}


def parquet(folder: Path, known: Known) -> dict[str, Any]:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE points (time TIMESTAMPTZ, series VARCHAR, bytes DOUBLE)")
        database.executemany(
            "INSERT INTO points VALUES (to_timestamp(?), ?, ?)",
            [(time, name, value) for time, value in known.rows for name in ("nat-0123", "nat-4567")],
        )
        database.execute(f"COPY points TO '{folder / 'nat.parquet'}' (FORMAT parquet)")
    return {"mapping": [f"nat-0123 = {MAPPED}"]}


def query_range(folder: Path, known: Known) -> dict[str, Any]:
    values = [[time, repr(value)] for time, value in known.rows]
    series = {"metric": {"__name__": "bytes_out", "nat": "nat-0123", "az": "a"}, "values": values}
    answer = {"status": "success", "data": {"resultType": "matrix", "result": [series]}}
    (folder / "range.json").write_text(json.dumps(answer))
    return {"mapping": [f'bytes_out{{az="a",nat="nat-0123"}} = {MAPPED}']}


FORMS: Mapping[str, Callable[[Path, Known], dict[str, Any]]] = {
    form.__name__: form
    for form in (
        get_metric_data,
        get_metric_data_epoch,
        get_metric_statistics,
        metric_stream,
        metric_stream_plain,
        metric_stream_parquet,
        csv_nab,
        csv_preamble,
        csv_grafana,
        csv_long,
        csv_statistics,
        csv_without_header,
        parquet,
        query_range,
    )
}
"""Each writes files into an empty folder, and returns what ``read`` needs beside the folder."""


def same(series: Series, known: Known) -> None:
    """Assert that a series is the known one."""
    assert series.times.tolist() == list(known.times)
    np.testing.assert_array_equal(series.values["Sum"], known.sums)
    assert series.spacing == known.spacing
