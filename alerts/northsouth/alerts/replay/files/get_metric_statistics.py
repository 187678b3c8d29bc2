"""Answers of ``aws cloudwatch get-metric-statistics``: one metric, points in any order (API_GetMetricStatistics)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from northsouth.alerts.replay.files import stamps
from northsouth.alerts.replay.files.documents import Json
from northsouth.alerts.replay.files.source import Listed, Points
from northsouth.alerts.replay.series import MetricKey
from northsouth.errors import ConfigurationError, Problem

STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


def is_answer(document: Json) -> bool:
    """Whether a JSON document is an answer."""
    return isinstance(document, Mapping) and isinstance(document.get("Datapoints"), list)


class Statistics:
    """One answer; its series is called by its label, which is the metric's name."""

    def __init__(self, name: str, document: Mapping[str, Json], zone: str | None) -> None:
        """Read an answer.

        Args:
            name: the name of its file.
            document: the answer.
            zone: the zone of stamps that have none.

        Raises:
            ConfigurationError: if points differ in unit or statistics, or a stamp or value means nothing.

        """
        self.names = (name,)
        self.said = "get-metric-statistics"
        rows = [_row(name, position, datapoint) for position, datapoint in enumerate(document["Datapoints"])]
        units = {str(datapoint["Unit"]) for datapoint in document["Datapoints"] if datapoint.get("Unit")}
        kinds = {tuple(values) for _, values in rows}
        if len(units) > 1 or len(kinds) > 1:
            given = f"units {', '.join(sorted(units))}" if len(units) > 1 else "different statistics"
            rule = "points of one answer have one unit and the same statistics"
            raise ConfigurationError(name, [Problem("Datapoints", given, rule, "Ask for one unit and read it alone.")])
        self._listed = Listed(
            str(document.get("Label") or "Datapoints"), name, unit=next(iter(units), None), several=True
        )
        try:
            times = stamps.microseconds([time for time, _ in rows], zone)
        except stamps.StampError as error:
            raise ConfigurationError(name, [Problem("Timestamp", str(error), "ISO 8601", "Correct it.")]) from error
        statistics = next(iter(kinds), ("Sum",))
        columns = {
            statistic: np.array([values[statistic] for _, values in rows], dtype=np.float64) for statistic in statistics
        }
        self._points = Points(times, columns)

    def series(self, wanted: Collection[MetricKey] | None) -> list[Listed]:  # noqa: ARG002 - it is in memory
        """Return the one series."""
        return [self._listed]

    def points(self, chosen: Sequence[Listed]) -> list[Points]:
        """Return its points."""
        return [self._points for _ in chosen]


def _row(name: str, position: int, point: Json) -> tuple[object, dict[str, float]]:
    where = f"Datapoints[{position}]"
    if not isinstance(point, Mapping) or "Timestamp" not in point:
        raise ConfigurationError(name, [Problem(where, repr(point)[:80], "a point has a Timestamp", "Fetch it again.")])
    extended = point.get("ExtendedStatistics") or {}
    values = {statistic: point[statistic] for statistic in STATISTICS if statistic in point} | dict(
        sorted(dict(extended).items())
    )
    wrong = [f"{key} {value!r}" for key, value in values.items() if isinstance(value, bool | str) or value is None]
    if not values or wrong:
        given = wrong[0] if wrong else "no statistic"
        raise ConfigurationError(name, [Problem(where, given, "a point has numbers, such as Sum", "Fetch it again.")])
    return point["Timestamp"], {key: float(value) for key, value in values.items()}
