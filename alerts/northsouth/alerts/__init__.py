"""Alarms on what crosses the edge, and the packs made of them.

The metrics and their algebra live in :mod:`northsouth.metrics`; their public names are here too.
"""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.alerts.alarm import Alarm
    from northsouth.alerts.composite import CompositeAlarm, Suppressor
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

__getattr__, __dir__ = lazy(
    __name__,
    {
        "FILL": "northsouth.metrics",
        "IF": "northsouth.metrics",
        "MAX": "northsouth.metrics",
        "MIN": "northsouth.metrics",
        "PERIOD": "northsouth.metrics",
        "SUM": "northsouth.metrics",
        "Actions": "northsouth.alerts.meaning",
        "Alarm": "northsouth.alerts.alarm",
        "Comparison": "northsouth.metrics",
        "CompositeAlarm": "northsouth.alerts.composite",
        "Condition": "northsouth.metrics",
        "Expression": "northsouth.metrics",
        "Metric": "northsouth.metrics",
        "MissingData": "northsouth.alerts.meaning",
        "Quantity": "northsouth.metrics",
        "Response": "northsouth.alerts.response",
        "Severity": "northsouth.alerts.meaning",
        "Suppressor": "northsouth.alerts.composite",
        "UnitError": "northsouth.metrics",
        "all_of": "northsouth.alerts.composition",
        "any_of": "northsouth.alerts.composition",
        "at_least": "northsouth.alerts.composition",
        "at_least_percent": "northsouth.alerts.composition",
        "has_no_data": "northsouth.alerts.composition",
        "is_ok": "northsouth.alerts.composition",
        "parse": "northsouth.metrics",
        "parse_rate": "northsouth.metrics",
        "unless": "northsouth.alerts.composition",
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
