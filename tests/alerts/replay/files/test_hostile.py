"""Files that are damaged, odd, or meant to hurt: one clear message each."""

from __future__ import annotations

import gzip
import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from northsouth.alerts.replay.files import read
from northsouth.errors import ConfigurationError
from tests.alerts.replay.files.forms import KEY, MAPPED, stream_line

pytestmark = pytest.mark.slow

HEAD = "time,value\n"
ROWS = "".join(f"2026-11-28T12:{minute:02}:00Z,{minute}\n" for minute in range(20))
STREAM = "".join(json.dumps(stream_line(1_795_867_200 + 60 * minute, 1.0)) + "\n" for minute in range(200))
LINES = [f"value = {MAPPED}"]


def answer(**changed: Any) -> dict[str, Any]:
    result = {"Id": "m1", "Timestamps": [1_795_867_200], "Values": [1], "StatusCode": "Complete", **changed}
    return {"MetricDataResults": [result]}


BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "an empty file"),
    "only space": (b" \n\n", "an empty file"),
    "prose": (b"hello\nworld\n", "a file that begins 'hello"),
    "truncated JSON": (json.dumps(answer()).encode()[:-9], "no JSON at line 1"),
    "deep JSON": (b'{"a":' + b"[" * 100_000, "nested too deep"),
    "long number": (b'{"a":' + b"9" * 10_000 + b"}", "a number with too many digits"),
    "other JSON": (b'{"a": 1}', "JSON with a"),
    "JSON in UTF-16": (json.dumps(answer()).encode("utf-16"), "no UTF-8"),
    "truncated gzip": (gzip.compress(STREAM.encode())[:100], "whole"),
    "damaged gzip": (b"\x1f\x8b" + b"\x00" * 50, "whole"),
    "gzip of nothing": (gzip.compress(b""), "an empty file"),
    "a stream cut off": (STREAM[:-9].encode(), "unexpected end of data"),
    "a stream with a broken line": ((STREAM + STREAM.replace('"unit"', "unit")).encode(), "Malformed JSON"),
    "truncated Parquet": (b"PAR1" + b"\x00" * 40, "magic bytes"),
    "CSV in UTF-16": ((HEAD + ROWS).encode("utf-16"), "no UTF-8"),
    "CSV in Latin-1": ((HEAD + ROWS.replace(",3\n", ",3é\n")).encode("latin-1"), "no UTF-8"),
    "CSV with zero bytes": ((HEAD + ROWS.replace(",3\n", ",3\x00\n")).encode(), "zero bytes"),
    "two ends of line": ((HEAD + ROWS.replace("\n", "\r\n")).encode(), "lines that end in CRLF and others in LF"),
    "a decimal comma": (
        b"time;value\n2026-11-28T12:00:00Z;1,5\n",
        "'1,5' in column 'value'; numbers have a decimal point",
    ),
    "a text among the numbers": ((HEAD + ROWS * 10 + "2026-11-28T13:00:00Z,many\n").encode(), "column value many"),
    "a text among the times": ((HEAD + ROWS * 10 + "total,5\n").encode(), "time total"),
    "a row too long": ((HEAD + ROWS + "2026-11-28T13:00:00Z,1,2\n").encode(), "CSV Error on Line: 22"),
    "infinity": ((HEAD + ROWS.replace(",3\n", ",inf\n")).encode(), "inf at 2026-11-28T12:03:00Z"),
    "no time": (b"a,b\n1,2\n3,4\n", "a file that begins"),
    "no numbers": (b"time,a\n2026-11-28T12:00:00Z,\n2026-11-28T12:01:00Z,\n", "no column of numbers"),
    "a column twice": (b"time,value,value\n2026-11-28T12:00:00Z,1,2\n", "two columns 'value'"),
    "two columns of text": (b"time,a,b,value\n2026-11-28T12:00:00Z,x,y,1\n", "columns of text 'a', 'b'"),
    "the year 50000": (b"time,value\n1500000000000000000000,1\n", "a file that begins"),
    "two spacings": (
        (HEAD + ROWS + "".join(f"2026-11-29T0{each // 12}:{each % 12 * 5:02}:00Z,1\n" for each in range(40))).encode(),
        "points every 60 s and every 300 s",
    ),
    "90 seconds": (
        ("time,value\n" + "".join(f"{1_795_867_200 + 90 * each},1\n" for each in range(20))).encode(),
        "90 s between points",
    ),
    "a failed result": (json.dumps(answer(StatusCode="Forbidden")).encode(), "Forbidden"),
    "a partial result": (json.dumps(answer(StatusCode="PartialData")).encode(), "goes on in the page of NextToken"),
    "a page without the next": (json.dumps({**answer(), "NextToken": "x"}).encode(), "no NextToken"),
    "a result without values": (json.dumps(answer(Values=[])).encode(), "as many Timestamps as Values"),
    "a result of texts": (json.dumps(answer(Values=["1"])).encode(), "values are numbers"),
    "a stamp that is none": (json.dumps(answer(Timestamps=["noon"])).encode(), "'noon' is no time"),
    "a stamp without a zone": (json.dumps(answer(Timestamps=["2026-11-28T12:00:00"])).encode(), "no time zone"),
    "results that are no list": (b'{"MetricDataResults": 5}', "MetricDataResults is a list"),
    "a request alone": (b'[{"Id": "m1", "Expression": "m2"}]', "a request without its answer"),
    "statistics of two units": (
        json.dumps(
            {"Datapoints": [{"Timestamp": 1_795_867_200, "Sum": 1, "Unit": each} for each in ("Bytes", "Count")]}
        ).encode(),
        "units Bytes, Count",
    ),
    "a point without a statistic": (b'{"Datapoints": [{"Timestamp": "2026-11-28T12:00:00Z"}]}', "no statistic"),
    "an error of Prometheus": (b'{"status": "error", "error": "query timed out"}', "query timed out"),
    "a vector": (b'{"status": "success", "data": {"resultType": "vector", "result": []}}', "resultType vector"),
    "a sample of three": (
        b'{"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "values": [[1, "2", 3]]}]}}',
        "pairs of a time and a number",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_one_message(name: str, tmp_path: Path) -> None:
    body, said = BAD[name]
    file = tmp_path / "bad.dat"
    file.write_bytes(body)
    lines = [*LINES, f"m1 = {MAPPED}"] if name.startswith(("a ", "results")) and b"Metric" in body else LINES
    lines = lines[-1:] if b"MetricData" in body else lines
    with pytest.raises(ConfigurationError) as refused:
        read([file], lines, wanted=None)
    text = str(refused.value)
    assert said in text
    assert len(refused.value.problems) == 1
    assert "northsouth|" not in text
    assert len(text) < 1200


def test_a_missing_file_and_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        read([tmp_path / "none.csv"])
    with pytest.raises(ConfigurationError, match="an empty folder"):
        read([tmp_path])
    with pytest.raises(ConfigurationError, match=r"inputs\[0\]: got int; a path, or a frame"):
        read([3])


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEAD + ROWS,
        (HEAD + ROWS).replace("\n", "\r\n"),
        (HEAD + ROWS).replace(",", ";"),
        (HEAD + ROWS).replace(",", "\t"),
        HEAD + ROWS.rstrip("\n"),
        "a line before\n\n" + HEAD + ROWS,
        HEAD + ROWS.replace("T", " ").replace("Z", " UTC"),
        HEAD + ROWS.replace("Z", "+0000"),
        HEAD + ROWS.replace("2026-11-28T", "2026/11/28 ").replace("Z", "Z"),
        HEAD + ROWS.replace("T12", "T14").replace("Z", "+02:00"),
        HEAD + "".join(sorted(ROWS.splitlines(keepends=True), reverse=True)),
        HEAD + ROWS + ROWS,
        HEAD + ROWS + "2026-11-28T12:20:00Z,NaN\n2026-11-28T12:21:00Z,\n2026-11-28T12:22:00Z,n/a\n",
        HEAD + ROWS.replace(":00Z", ":45Z"),
    ],
)
def test_what_can_be_read_is_read(text: str, tmp_path: Path) -> None:
    file = tmp_path / "good.csv"
    file.write_bytes(text.encode())
    series = read([file], LINES).history[KEY]
    assert series.times.tolist() == [1_795_867_200 + 60 * minute for minute in range(20)]
    assert series.values["Sum"].tolist() == [float(minute) for minute in range(20)]


@pytest.mark.slow
def test_a_million_columns_take_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    with file.open("w", encoding="utf-8") as out:
        out.write("time," + ",".join(f"c{number}" for number in range(1_000_000)) + "\n")
        out.write("2026-11-28T12:00:00Z" + ",1" * 1_000_000 + "\n")
    program = (
        "import sys\n"
        "from northsouth.alerts.replay.files import read\n"
        "from northsouth.errors import ConfigurationError\n"
        f"try: read([{str(file)!r}], {LINES!r})\n"
        "except ConfigurationError as error: sys.exit(str(error))\n"
    )
    limit = 1024**3

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2 * limit, 2 * limit))
        resource.setrlimit(resource.RLIMIT_CPU, (30, 30))

    done = subprocess.run(
        [sys.executable, "-c", program], preexec_fn=bounded, capture_output=True, text=True, check=False
    )
    assert "a table has at most 10,000 columns" in done.stderr, done.stderr[-2000:]
