"""CloudWatch metrics as values, their arithmetic, and the conditions made of them; pure.

Constructs publish their metrics with these types, and :mod:`northsouth.alerts` makes alarms of them.
"""

import sys

from northsouth.arguments import accept_text, check_public
from northsouth.metrics.algebra import Comparison, Condition, Expression, Truth
from northsouth.metrics.functions import (
    ABS,
    AVG,
    CEIL,
    DAY,
    DIFF,
    EQUAL,
    FILL,
    FLOOR,
    HOUR,
    IF,
    MAX,
    MIN,
    NOT_EQUAL,
    PERIOD,
    RATE,
    STDDEV,
    SUM,
    call,
)
from northsouth.metrics.metric import Metric, metrics_of
from northsouth.metrics.render import Query, Rendered, render
from northsouth.metrics.units import Quantity, UnitError, parse, parse_rate, read_quantity

__all__ = [
    "ABS",
    "AVG",
    "CEIL",
    "DAY",
    "DIFF",
    "EQUAL",
    "FILL",
    "FLOOR",
    "HOUR",
    "IF",
    "MAX",
    "MIN",
    "NOT_EQUAL",
    "PERIOD",
    "RATE",
    "STDDEV",
    "SUM",
    "Comparison",
    "Condition",
    "Expression",
    "Metric",
    "Quantity",
    "Query",
    "Rendered",
    "Truth",
    "UnitError",
    "call",
    "metrics_of",
    "parse",
    "parse_rate",
    "render",
]

accept_text(Quantity, read_quantity)
check_public(sys.modules[__name__], __all__)
