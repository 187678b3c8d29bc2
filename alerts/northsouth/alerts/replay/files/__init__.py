"""Metric histories from files: what CloudWatch, Prometheus, Grafana and others write, read as series of alarms.

``read`` takes files, folders and data frames, and says what it took for what. DuckDB (extra ``replay``) reads rows; a
file can be larger than memory.
"""

from typing import TYPE_CHECKING

from northsouth.exports import lazy

if TYPE_CHECKING:
    from northsouth.alerts.replay.files.names import Names, metric_of
    from northsouth.alerts.replay.files.reading import Reading, Taken, read

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Names": "northsouth.alerts.replay.files.names",
        "Reading": "northsouth.alerts.replay.files.reading",
        "Taken": "northsouth.alerts.replay.files.reading",
        "metric_of": "northsouth.alerts.replay.files.names",
        "read": "northsouth.alerts.replay.files.reading",
    },
)

__all__ = ["Names", "Reading", "Taken", "metric_of", "read"]
