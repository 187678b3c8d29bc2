"""A history of the metrics that alarms judge, kept for longer than CloudWatch keeps minutes."""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.alerts.history.cost import HistoryCost, HistoryPrices, history_cost
    from northsouth.alerts.history.metric_history import MetricHistory

__getattr__, __dir__ = lazy(
    __name__,
    {
        "HistoryCost": "northsouth.alerts.history.cost",
        "HistoryPrices": "northsouth.alerts.history.cost",
        "MetricHistory": "northsouth.alerts.history.metric_history",
        "history_cost": "northsouth.alerts.history.cost",
    },
)

__all__ = ["HistoryCost", "HistoryPrices", "MetricHistory", "history_cost"]
