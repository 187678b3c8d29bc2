"""Which format each file has, by its content, and the sources that read them."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from northsouth.alerts.replay.files import frames, get_metric_data, get_metric_statistics, metric_stream, query_range
from northsouth.alerts.replay.files.delimited import HEAD_BYTES, Table
from northsouth.alerts.replay.files.documents import Json, document, of_form
from northsouth.alerts.replay.files.parquet import open_parquet
from northsouth.alerts.replay.files.source import File, Source, unreadable
from northsouth.errors.reading import fault

if TYPE_CHECKING:
    import duckdb

Input: TypeAlias = "str | Path | Any"
"""A file, a folder of files, or a frame of pandas, polars or Arrow."""
_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"


def opened(inputs: Iterable[Input], database: duckdb.DuckDBPyConnection, zone: str | None) -> list[Source]:
    """Return sources for inputs; files that belong together, such as pages, are one source.

    Args:
        inputs: files, folders and frames.
        database: what reads rows.
        zone: the zone of times that have none.

    Raises:
        ConfigurationError: if an input does not exist or has no known form.

    """
    sources: list[Source] = []
    answers: dict[str, Json] = {}
    requests: dict[str, Json] = {}
    streams: dict[bool, list[File]] = {}
    for position, source in enumerate(inputs):
        if frames.is_frame(source):
            sources.append(frames.Frame(f"frame {position + 1}", source, zone))
            continue
        if not isinstance(source, str | os.PathLike):
            given, allowed = type(source).__name__, "a path, or a frame of pandas, polars or Arrow"
            raise unreadable(f"inputs[{position}]", given, allowed, "Name a file or a folder.")
        for file in _files(Path(source)):
            if file.head.startswith(_PARQUET):
                sources.append(open_parquet(file, database, zone))
            elif not file.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
                sources.append(Table(file, database, zone))
            elif _is_stream(file.head):
                streams.setdefault(file.compressed, []).append(file)
            else:
                sources += _of_document(file, answers, requests, zone)
    sources += [metric_stream.Stream(files, database) for files in streams.values()]
    if answers:
        with of_form(", ".join(answers), "get-metric-data"):
            sources.append(get_metric_data.Answers(answers, requests, zone))
    elif requests:
        name = next(iter(requests))
        raise unreadable(name, "a request without its answer", "the answer of get-metric-data", "Name its file, too.")
    return sources


def _of_document(file: File, answers: dict[str, Json], requests: dict[str, Json], zone: str | None) -> Iterator[Source]:
    """Yield the source of a JSON document that is one of its own; keep pages and requests for later."""
    answer = document(file)
    if get_metric_data.is_answer(answer):
        answers[file.name] = answer
    elif get_metric_data.is_request(answer):
        requests[file.name] = answer
    elif get_metric_statistics.is_answer(answer):
        with of_form(file.name, "get-metric-statistics"):
            yield get_metric_statistics.Statistics(file.name, answer, zone)
    elif query_range.is_answer(answer):
        with of_form(file.name, "query_range"):
            yield query_range.Matrix(file.name, answer)
    else:
        keys = ", ".join(list(answer)[:5]) or "no keys" if isinstance(answer, Mapping) else "a list at its top"
        allowed = "JSON of get-metric-data, get-metric-statistics, a metric stream or Prometheus query_range"
        raise unreadable(file.name, f"JSON with {keys}", allowed, "Name a file of one of these.")


def _files(path: Path) -> Iterator[File]:
    """Yield a file, or the files of a folder and of those below it, in the order of their names."""
    if not path.is_dir():
        yield _looked_at(path, path.name)
        return
    inside = [entry for entry in sorted(path.rglob("*")) if entry.is_file() and not entry.name.startswith((".", "_"))]
    if not inside:
        raise unreadable(str(path), "an empty folder", "a folder with files", "Name the folder of the files.")
    for entry in inside:
        yield _looked_at(entry, str(entry.relative_to(path)))


def _looked_at(path: Path, name: str) -> File:
    try:
        with path.open("rb") as opened:
            head = opened.read(HEAD_BYTES)
        compressed = head.startswith(_GZIP)
        if compressed:
            with gzip.open(path) as unpacked:
                head = unpacked.read(HEAD_BYTES)
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile):
            raise unreadable(name, fault(error), "a gzip file that is whole", "Fetch it again.") from error
        raise unreadable(str(path), fault(error), "a file that can be read", "Check its name.") from error
    except (EOFError, zlib.error) as error:
        raise unreadable(name, fault(error), "a gzip file that is whole", "Fetch it again.") from error
    if not head.strip():
        raise unreadable(name, "an empty file", "a file with metrics", "Fetch it again, or leave it out.")
    return File(path, name, compressed, head)


def _is_stream(head: bytes) -> bool:
    """Whether the first line is a row of a metric stream."""
    try:
        first = json.loads(head.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(first, Mapping) and first.keys() >= metric_stream.KEYS
