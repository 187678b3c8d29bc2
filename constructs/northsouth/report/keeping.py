"""Whether archives are complete, as far as the history of their own metrics says it; pure."""

from __future__ import annotations

from typing import Any

from northsouth.alerts.replay.files import read
from northsouth.alerts.replay.series import Series
from northsouth.logs.metrics import (
    ARCHIVED_RECORDS,
    DELIVERED_RECORDS,
    NAMESPACE,
    UNPARSED_RECORDS,
    WINDOW_REQUESTS,
    ArchiveRun,
)
from northsouth.report.asked import Metrics

_COUNTS = {
    "requests": WINDOW_REQUESTS,
    "delivered": DELIVERED_RECORDS,
    "archived": ARCHIVED_RECORDS,
    "unparsed": UNPARSED_RECORDS,
}


def keeping(metrics: Metrics) -> list[dict[str, Any]]:
    """Return for each archived source of a history what was counted at each step, as JSON values.

    The counts are those of the catch-up runs, which see what the first runs came too early for; where there is none,
    those of the first runs.

    Args:
        metrics: the history.

    Raises:
        ConfigurationError: if a file of metrics cannot be read.

    """
    reading = read(metrics.files, metrics.mapping, period=metrics.period, time_zone=metrics.time_zone)
    by_source: dict[tuple[str, str], dict[str, dict[str, float]]] = {}
    for metric, series in reading.history.items():
        dimensions = dict(metric.dimensions)
        if metric.namespace != NAMESPACE or not {"Archive", "Source", "Run"} <= dimensions.keys():
            continue
        totals = by_source.setdefault((dimensions["Archive"], dimensions["Source"]), {})
        totals.setdefault(dimensions["Run"], {})[metric.name] = _total(series)
    return [_row(*key, runs) for key, runs in sorted(by_source.items())]


def _total(series: Series) -> float:
    """Return the sum over all windows; a run that is repeated publishes again, so of one window the maximum counts."""
    values = series.values.get("Maximum", next(iter(series.values.values())))
    return float(values.sum())


def _row(archive: str, source: str, runs: dict[str, dict[str, float]]) -> dict[str, Any]:
    counts = runs.get(ArchiveRun.CATCH_UP.value) or runs.get(ArchiveRun.FIRST.value) or {}
    row: dict[str, Any] = {"archive": archive, "source": source}
    row |= {name: counts.get(metric) for name, metric in _COUNTS.items()}
    delivered, archived = row["delivered"], row["archived"]
    row["balanced"] = None if delivered is None or archived is None else delivered == archived + (row["unparsed"] or 0)
    return row
