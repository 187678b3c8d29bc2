"""Alarms on what crosses the edge, and the packs made of them.

The metrics and their algebra live in :mod:`northsouth.metrics`; their public names are here too.
"""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.alerts.composition import (
    all_of,
    any_of,
    at_least,
    at_least_percent,
    has_no_data,
    is_ok,
    unless,
)
from northsouth.alerts.meaning import Actions, MissingData, Severity
from northsouth.alerts.response import Response
from northsouth.exports import lazy
from northsouth.metrics import (
    FILL,
    IF,
    MAX,
    MIN,
    PERIOD,
    SUM,
    Comparison,
    Condition,
    Expression,
    Metric,
    Quantity,
    UnitError,
    parse,
    parse_rate,
)

bindings.install()

if TYPE_CHECKING:
    from northsouth.alerts.alarm import Alarm
    from northsouth.alerts.composite import CompositeAlarm, Suppressor

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Alarm": "northsouth.alerts.alarm",
        "CompositeAlarm": "northsouth.alerts.composite",
        "Suppressor": "northsouth.alerts.composite",
    },
)

__all__ = [
    "FILL",
    "IF",
    "MAX",
    "MIN",
    "PERIOD",
    "SUM",
    "Actions",
    "Alarm",
    "Comparison",
    "CompositeAlarm",
    "Condition",
    "Expression",
    "Metric",
    "MissingData",
    "Quantity",
    "Response",
    "Severity",
    "Suppressor",
    "UnitError",
    "all_of",
    "any_of",
    "at_least",
    "at_least_percent",
    "has_no_data",
    "is_ok",
    "parse",
    "parse_rate",
    "unless",
]
