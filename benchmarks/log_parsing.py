"""Lines per second from a raw access log to typed Parquet: the archival SQL, polars, and a Python loop.

``python -m benchmarks.log_parsing --lines 1000000 --threads 1`` (or 10000000) writes the lines once and runs all
readers on them, one after the other. All read the same file, make the same typed columns and must end with the same
rows, or the run fails. The dependency group is ``bench``. Rates are of processor time, so that other work on the
machine does not enter them.

* ``DuckDB, reader``: the archival select list over DuckDB's own delimited reader, set up from the schema's fields. This
  is the archive's SQL on one machine.
* ``DuckDB, RE2``: the same select list over the SerDe's expression. RE2 is fast at telling whether a line matches, and
  slow at filling 39 groups.
* ``polars``: the same expression in Rust's regex, with the casts as expressions.
* ``Python loop``: what a Lambda function does for each object: match a line, convert its fields, collect, write. It
  lets polars write its Parquet, which is kinder than most.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Any

from northsouth.logs.alb_schema import ALB_ACCESS_LOG
from northsouth.logs.schema import ADDRESS, DOUBLE, INTEGER, LONG, STRING, TIMESTAMP, Shape
from tests.harness.alb_lines import lines

NAMES = [column.name for column in ALB_ACCESS_LOG.columns]
ANCHORED = f"^(?:{ALB_ACCESS_LOG.serde_regex})$"
DISTINCT = 50_000
CHUNK = 100_000


def with_duckdb_re2(source: Path, target: Path, threads: int) -> None:
    raw = f"""
        SELECT unnest(regexp_extract(line, '{ANCHORED}', {NAMES}))
        FROM read_csv('{source}', columns = {{'line': 'VARCHAR'}}, auto_detect = false, header = false,
                      delim = '\x01', quote = '', escape = '')
    """
    archive(f"SELECT * FROM ({raw}) WHERE type <> ''", target, threads)


def with_duckdb_reader(source: Path, target: Path, threads: int) -> None:
    fields = {f"f{number}": "VARCHAR" for number in range(len(ALB_ACCESS_LOG.fields))}
    columns = [
        f"{part} AS {column.name}"
        for number, field in enumerate(ALB_ACCESS_LOG.fields)
        for column, part in zip(field.columns, parts_of(field.shape, f"f{number}"), strict=True)
    ]
    raw = f"""
        SELECT {", ".join(columns)}, NULL AS extra
        FROM read_csv('{source}', columns = {fields}, auto_detect = false, header = false,
                      delim = ' ', quote = '"', escape = '', null_padding = true, strict_mode = false)
        WHERE f{ALB_ACCESS_LOG.required - 1} IS NOT NULL
    """
    archive(raw, target, threads)


def parts_of(shape: Shape, field: str) -> list[str]:
    """Return SQL for the columns of a field that DuckDB's reader has already freed of its quotes."""
    # String functions, because RE2 takes longer over a group or two than DuckDB over the whole line.
    if shape is Shape.ENDPOINT:
        words = f"string_split({field}, ':')"
        port = f"CASE WHEN len({words}) > 1 THEN {words}[-1] END"
        return [f"array_to_string({words}[1:CASE WHEN len({words}) > 1 THEN -2 ELSE 1 END], ':')", port]
    if shape is Shape.REQUEST:
        words = f"string_split(rtrim({field}), ' ')"
        known = f"len({words}) > 2 AND ({words}[-1] = '-' OR starts_with({words}[-1], 'HTTP/'))"
        return [
            f"{words}[1]",
            f"array_to_string({words}[2:CASE WHEN {known} THEN -2 ELSE -1 END], ' ')",
            f"CASE WHEN {known} THEN {words}[-1] END",
        ]
    return [field]


def archive(raw: str, target: Path, threads: int) -> None:
    import duckdb

    with duckdb.connect(config={"threads": threads}) as connection:
        columns = ", ".join(ALB_ACCESS_LOG.select_list())
        connection.execute(f"COPY (SELECT {columns} FROM ({raw})) TO '{target}' (FORMAT parquet)")


def with_polars(source: Path, target: Path, threads: int) -> None:
    import polars as pl

    if pl.thread_pool_size() != threads:
        raise RuntimeError(f"polars runs with {pl.thread_pool_size()} threads, not {threads}")

    def cast(name: str) -> pl.Expr:
        kind = next(column.type for column in ALB_ACCESS_LOG.columns if column.name == name)
        column = pl.col(name)
        if kind is TIMESTAMP:
            return column.str.slice(0, 23).str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="ms", strict=False)
        if kind is ADDRESS:
            return column.str.strip_chars("[]")
        numbers = {INTEGER: pl.Int32, LONG: pl.Int64, DOUBLE: pl.Float64}
        return column.cast(numbers[kind], strict=False) if kind in numbers else column

    raw = pl.scan_csv(source, has_header=False, new_columns=["line"], separator="\x01", quote_char=None)
    groups = raw.select(pl.col("line").str.extract_groups(ANCHORED).struct.rename_fields(NAMES)).unnest("line")
    groups.filter(pl.col("type").is_not_null()).select([cast(name) for name in NAMES]).sink_parquet(target)


def with_a_loop(source: Path, target: Path, _: int) -> None:
    import polars as pl

    columns = ALB_ACCESS_LOG.columns
    casts = [(column.name, CONVERTERS[column.type]) for column in columns if column.type in CONVERTERS]
    types = {column.name: pl.String for column in columns if column.type in (STRING, ADDRESS)}
    types |= {column.name: pl.Int64 for column in columns if column.type in (INTEGER, LONG)}
    pattern = re.compile(ALB_ACCESS_LOG.serde_regex)
    target.mkdir()
    with source.open(encoding="utf-8") as stream:
        for part in iter(lambda: list(islice(stream, CHUNK)), []):
            rows = []
            for line in part:
                match = pattern.fullmatch(line.rstrip("\n"))
                if match is None:
                    continue
                row: dict[str, object] = dict(zip(NAMES, match.groups(), strict=True))
                for name, convert in casts:
                    row[name] = convert(row[name])
                rows.append(row)
            frame = pl.DataFrame(rows, schema_overrides=types)
            frame.write_parquet(target / f"{len(list(target.iterdir())):06}.parquet")


def or_none(convert: Callable[[Any], object]) -> Callable[[object], object]:
    def converted(text: object) -> object:
        try:
            return convert(text)
        except (TypeError, ValueError):
            return None

    return converted


CONVERTERS = {
    INTEGER: or_none(int),
    LONG: or_none(int),
    DOUBLE: or_none(float),
    TIMESTAMP: or_none(lambda text: datetime.fromisoformat(text[:23])),
    ADDRESS: lambda text: str(text).strip("[]"),
}


def summary(target: Path) -> tuple[object, ...]:
    """Return figures of an archive that differ if its rows do."""
    import duckdb

    files = f"{target}/*.parquet" if target.is_dir() else str(target)
    with duckdb.connect() as connection:
        [row] = connection.execute(
            f"""
            SELECT count(*), sum(sent_bytes), sum(elb_status_code), count(client_port), count(DISTINCT client_ip),
                   round(sum(target_processing_time), 3), min(time), max(request_creation_time),
                   sum(hash(request_url) % 1000), sum(length(user_agent)), count(nullif(conn_trace_id, ''))
            FROM read_parquet('{files}')
            """
        ).fetchall()
    return tuple(row)


READERS = {
    "DuckDB, reader": with_duckdb_reader,
    "DuckDB, RE2": with_duckdb_re2,
    "polars": with_polars,
    "Python loop": with_a_loop,
}


def write_lines(target: Path, count: int) -> None:
    distinct = [f"{line}\n" for line in lines(min(count, DISTINCT))]
    whole: Iterator[str] = islice(chain.from_iterable(repeat(distinct)), count)
    with target.open("w", encoding="utf-8") as stream:
        stream.writelines(whole)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    os.environ["POLARS_MAX_THREADS"] = str(arguments.threads)

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "access.log"
        write_lines(source, arguments.lines)
        megabytes = source.stat().st_size / 1e6
        print(f"{arguments.lines:,} lines, {megabytes:,.0f} MB, {arguments.threads} thread(s)")
        expected: tuple[object, ...] | None = None
        slowest = 0.0
        results = []
        for name, run in READERS.items():
            target = Path(folder) / f"{len(results)}.parquet"
            started = time.process_time()
            run(source, target, arguments.threads)
            seconds = time.process_time() - started
            found = summary(target)
            if found[0] != arguments.lines or (expected is not None and found != expected):
                print(f"{name} made other rows: {found} instead of {expected}", file=sys.stderr)
                return 1
            expected = found
            slowest = max(slowest, seconds)
            results.append((name, seconds))
        for name, seconds in results:
            rate, times = arguments.lines / seconds, slowest / seconds
            print(f"{name:14} {seconds:8.1f} s {rate:12,.0f} lines/s {megabytes / seconds:7.1f} MB/s {times:6.1f}x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
