"""Points of CloudWatch metric streams, as ``MetricHistory`` keeps them: one JSON object a line, or rows of Parquet.

Each row says its metric whole: namespace, name, dimensions, account, Region, unit, and minimum, maximum, sum, count and
percentiles of one minute (CloudWatch-metric-streams-formats-json). Firehose delivers at least once: a row can repeat.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from northsouth.alerts.replay.files import duck
from northsouth.alerts.replay.files.source import File, Listed, Points
from northsouth.alerts.replay.series import MetricKey
from northsouth.metrics.rules import is_statistic

if TYPE_CHECKING:
    import duckdb

MINUTE = 60
"""Seconds that a point of a metric stream covers."""
STATISTICS = {"sum": "Sum", "min": "Minimum", "max": "Maximum", "count": "SampleCount"}
KEYS = {"namespace", "metric_name", "timestamp", "value"}
"""What each row has."""
_COLUMNS = (
    "{account_id: 'VARCHAR', region: 'VARCHAR', namespace: 'VARCHAR', metric_name: 'VARCHAR',"
    " dimensions: 'MAP(VARCHAR, VARCHAR)', timestamp: 'BIGINT', value: 'MAP(VARCHAR, DOUBLE)', unit: 'VARCHAR'}"
)
_IDENTITY = ("account_id", "region", "namespace", "metric_name", "unit", "dimensions")
_KEY = (
    "concat_ws(chr(31), coalesce(account_id, ''), coalesce(region, ''), coalesce(unit, ''), namespace, metric_name,"
    " to_json(list_sort(map_entries(dimensions))))"
)


@dataclass(frozen=True, slots=True)
class _Identity:
    key: str
    statistics: tuple[str, ...]


class Stream:
    """The rows of one or more files, all compressed or none."""

    def __init__(self, files: Sequence[File], opened: duckdb.DuckDBPyConnection, *, parquet: bool = False) -> None:
        """Read files as rows of a metric stream."""
        self.names = tuple(file.name for file in files)
        self._opened = opened
        self._paths = [str(file.path) for file in files]
        self._identities: dict[str, _Identity] = {}
        self._table = self._of_parquet() if parquet else _of_lines(files[0].compressed)

    @property
    def said(self) -> str:
        """The format."""
        return "metric stream; each point covers 60 s"

    def series(self, wanted: Collection[MetricKey] | None) -> list[Listed]:
        """Return the metrics, in one pass over the files; only those with the namespace and name of a wanted one."""
        parameters: dict[str, Any] = {"files": self._paths}
        where = "WHERE namespace IS NOT NULL AND metric_name IS NOT NULL"
        if wanted is not None:
            parameters["wanted"] = sorted({f"{metric.namespace}\x1f{metric.name}" for metric in wanted})
            where += " AND list_contains($wanted, concat_ws(chr(31), namespace, metric_name))"
        identity = ", ".join(f"any_value({field}) AS {field}" for field in _IDENTITY)
        rows = f"SELECT *, unnest(map_keys(value)) AS statistic FROM {self._table} {where}"  # noqa: S608 - SQL of this module
        query = (
            f"SELECT {_KEY} AS key, statistic, {identity} FROM ({rows}) GROUP BY key, statistic ORDER BY key, statistic"  # noqa: S608
        )
        columns = duck.asked(self._opened, query, parameters, self._name)
        listed: dict[str, Listed] = {}
        statistics: dict[str, list[str]] = {}
        for position, key in enumerate(columns["key"].tolist()):
            row = {name: column[position] for name, column in columns.items()}
            statistics.setdefault(key, []).append(str(row["statistic"]))
            listed.setdefault(key, self._listed(row))
        for key, entry in listed.items():
            self._identities[entry.label] = _Identity(key, tuple(statistics[key]))
        return list(listed.values())

    def points(self, chosen: Sequence[Listed]) -> list[Points]:
        """Return the points of some metrics, in one pass; of rows that repeat, the one with the most samples first."""
        identities = [self._identities[listed.label] for listed in chosen]
        kinds = sorted({statistic for identity in identities for statistic in identity.statistics})
        values = "".join(f', value[{_text(kind)}] AS "v{position}"' for position, kind in enumerate(kinds))
        keys = "SELECT unnest($keys) AS key, generate_subscripts($keys, 1) AS series"
        query = (
            f'SELECT series, timestamp * 1000 AS "time"{values} FROM {self._table}'  # noqa: S608 - as above
            f" JOIN ({keys}) ON {_KEY} = key ORDER BY series, timestamp, value['count'] DESC"
        )
        parameters = {"files": self._paths, "keys": [identity.key for identity in identities]}
        columns = duck.asked(self._opened, query, parameters, self._name)
        bounds = np.searchsorted(np.asarray(columns["series"]), np.arange(1, len(chosen) + 2))
        return [
            _points(columns, slice(bounds[position], bounds[position + 1]), identity.statistics, kinds)
            for position, identity in enumerate(identities)
        ]

    @property
    def _name(self) -> str:
        return self.names[0] if len(self.names) == 1 else f"{self.names[0]} and {len(self.names) - 1} more"

    def _listed(self, row: Mapping[str, Any]) -> Listed:
        pairs = row["dimensions"] if isinstance(row["dimensions"], Mapping) else {}
        account, region = _or_empty(row["account_id"]), _or_empty(row["region"])
        metric = MetricKey(str(row["namespace"]), str(row["metric_name"]), tuple(pairs.items()), account)
        unit = _or_empty(row["unit"]) or None
        place = f" in {region}" if region else ""
        return Listed(
            f"{metric}{place}" + (f" in {unit}" if unit else ""),
            self._name,
            (),
            metric,
            None,
            unit,
            MINUTE,
            several=True,
        )

    def _of_parquet(self) -> str:
        described = self._opened.execute(
            "DESCRIBE SELECT * FROM read_parquet($files)", {"files": self._paths}
        ).fetchall()
        kinds = {row[0]: row[1] for row in described}
        optional = [
            f"{name}::VARCHAR AS {name}" if name in kinds else f"NULL::VARCHAR AS {name}"
            for name in ("account_id", "region", "unit")
        ]
        is_time = kinds["timestamp"].startswith("TIMESTAMP")
        time = "epoch_ms(timestamp)" if is_time else "timestamp::BIGINT"
        dimensions = (
            "CAST(to_json(dimensions) AS MAP(VARCHAR, VARCHAR))"
            if "dimensions" in kinds
            else "MAP {}::MAP(VARCHAR, VARCHAR)"
        )
        columns = (
            f"{', '.join(optional)}, namespace::VARCHAR AS namespace, metric_name::VARCHAR AS metric_name,"
            f" {dimensions} AS dimensions, {time} AS timestamp, CAST(to_json(value) AS MAP(VARCHAR, DOUBLE)) AS value"
        )
        return f"(SELECT {columns} FROM read_parquet($files))"  # noqa: S608 - as above


def _of_lines(compressed: bool) -> str:  # noqa: FBT001 - a fact about the files
    compression = "gzip" if compressed else "uncompressed"
    return f"read_json($files, format='newline_delimited', columns={_COLUMNS}, compression='{compression}')"


def _points(columns: Mapping[str, Any], rows: slice, statistics: Sequence[str], kinds: Sequence[str]) -> Points:
    values: dict[str, Any] = {}
    notes: list[str] = []
    for statistic in statistics:
        column = np.ma.filled(columns[f"v{kinds.index(statistic)}"][rows].astype(np.float64), np.nan)
        missing = int(np.count_nonzero(np.isnan(column)))
        named = STATISTICS.get(statistic, statistic)
        if statistic not in STATISTICS and (missing or not is_statistic(named)):
            notes.append(f"{statistic} left out: {missing:,} points have none.")
        else:
            values[named] = column
    times = np.asarray(columns["time"][rows]).astype(np.int64)
    return Points(times, values, tuple(notes))


def _text(value: str) -> str:
    quoted = value.replace("'", "''")
    return f"'{quoted}'"


def _or_empty(value: object) -> str:
    return "" if value is None or value is np.ma.masked else str(value)
