"""Answers of Prometheus' ``/api/v1/query_range``: a matrix of series, each named by its labels.

A sample at a time says what was true then. It is taken as the point that begins there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from northsouth.alerts.replay.files import stamps
from northsouth.alerts.replay.files.documents import Json
from northsouth.alerts.replay.files.source import UNKNOWN, Listed, Points, unreadable
from northsouth.alerts.replay.series import MetricKey
from northsouth.errors import ConfigurationError, Problem


def is_answer(document: Json) -> bool:
    """Whether a JSON document is an answer of Prometheus."""
    return isinstance(document, Mapping) and "status" in document and ("data" in document or "error" in document)


class Matrix:
    """One answer; a series is called as in PromQL: ``up{job="a"}``."""

    def __init__(self, name: str, document: Mapping[str, Json]) -> None:
        """Read an answer.

        Args:
            name: the name of its file.
            document: the answer.

        Raises:
            ConfigurationError: if it is an error or no matrix, or a sample means nothing.

        """
        self.names = (name,)
        self.said = "Prometheus query_range; each sample is a point that begins at its time"
        data = document.get("data")
        kind = data.get("resultType") if isinstance(data, Mapping) else None
        if document["status"] != "success" or not isinstance(data, Mapping) or kind != "matrix":
            given = str(document.get("error") or f"resultType {kind}")
            fix = "Ask /api/v1/query_range, with start, end and step."
            raise unreadable(name, given, "the answer of query_range, a matrix", fix)
        self._points = {
            _selector(series.get("metric") or {}): _read(name, position, series)
            for position, series in enumerate(data.get("result") or [])
        }

    def series(self, wanted: Collection[MetricKey] | None) -> list[Listed]:  # noqa: ARG002 - all are in memory
        """Return the series."""
        return [Listed(label, self.names[0]) for label in self._points]

    def points(self, chosen: Sequence[Listed]) -> list[Points]:
        """Return the points of some of them."""
        return [self._points[listed.label] for listed in chosen]


def _selector(labels: Mapping[str, str]) -> str:
    matchers = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()) if key != "__name__")
    return f"{labels.get('__name__', '')}{{{matchers}}}" if matchers else labels.get("__name__", "{}")


def _read(name: str, position: int, series: Mapping[str, Json]) -> Points:
    samples = series.get("values") or []
    try:
        times = stamps.microseconds([time for time, _ in samples], None)
        values = np.array([float(value) for _, value in samples], dtype=np.float64)
    except (stamps.StampError, TypeError, ValueError) as error:
        rule = "samples are pairs of a time and a number in quotes"
        raise ConfigurationError(
            name, [Problem(f"data.result[{position}].values", str(error), rule, "Ask again.")]
        ) from error
    return Points(times, {UNKNOWN: values})
