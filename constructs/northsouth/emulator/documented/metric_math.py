"""What metric math allows in an alarm: known functions with their arguments, and one series as the result.

Source: "Metric math syntax and functions" of the CloudWatch user guide (using-metric-math).
"""

from __future__ import annotations

from collections.abc import Iterator

from northsouth.alerts.replay.math_syntax import Call, MathError, Negation, Node, Operation, Several, Word, parse

_ONE = (
    *("ABS", "AVG", "CEIL", "DATAPOINT_COUNT", "DATE", "DAY", "DIFF", "DIFF_TIME", "EPOCH", "FIRST", "FLOOR", "HOUR"),
    *("LAST", "LOG", "LOG10", "MAX", "METRIC_COUNT", "MIN", "MINUTE", "MONTH", "PERIOD", "RATE", "REMOVE_EMPTY"),
    *("RUNNING_SUM", "SERVICE_QUOTA", "STDDEV", "SUM", "TIME_SERIES", "YEAR"),
)
_ARGUMENTS = {
    **dict.fromkeys(_ONE, (1, 1)),
    "ANOMALY_DETECTION_BAND": (1, 2),
    "DB_PERF_INSIGHTS": (3, 3),
    "FILL": (2, 2),
    "IF": (2, 3),
    "INSIGHT_RULE_METRIC": (2, 2),
    "LAMBDA": (1, 10),
    "METRICS": (0, 1),
    "SLICE": (2, 3),
    "SORT": (2, 4),
}
"""Fewest and most arguments of each function."""

_ORDERS = frozenset(("ASC", "AVG", "DESC", "MAX", "MIN", "SUM"))
_WORDS = {"FILL": frozenset(("LINEAR", "REPEAT")), "SORT": _ORDERS}
"""Keywords that a function takes."""

_TAKES_TEXT = frozenset(("DB_PERF_INSIGHTS", "INSIGHT_RULE_METRIC", "LAMBDA", "METRICS"))
_SEVERAL = frozenset(("ANOMALY_DETECTION_BAND", "METRICS", "SORT"))
"""Functions that return several series."""

_SAME = frozenset(("ABS", "CEIL", "DIFF", "DIFF_TIME", "FILL", "FLOOR", "LOG", "LOG10", "RATE", "REMOVE_EMPTY"))
"""Functions that return as many series as they take."""


def fault(text: str) -> str | None:
    """Return why an alarm cannot have an expression, or None if it can."""
    try:
        tree = parse(text)
    except MathError as error:
        return str(error)
    return next(_faults(tree), None)


def is_several(text: str) -> bool:
    """Whether an expression without a fault returns several series."""
    return _is_several(parse(text))


def _faults(node: Node) -> Iterator[str]:
    match node:
        case Call(function=function, arguments=arguments):
            yield from _of_call(function, len(arguments))
            for argument in arguments:
                if not isinstance(argument, Word) or not _takes(function, argument.text):
                    yield from _faults(argument)
        case Several(items=items):
            for item in items:
                yield from _faults(item)
        case Negation(operand=operand):
            yield from _faults(operand)
        case Operation(left=left, right=right):
            yield from _faults(left)
            yield from _faults(right)
        case Word(text=text):
            yield f"Undefined variable '{text}'"


def _takes(function: str, word: str) -> bool:
    return function in _TAKES_TEXT or word in _WORDS.get(function, ())


def _of_call(function: str, count: int) -> Iterator[str]:
    if function == "SEARCH":
        yield "SEARCH is not supported on Metric Alarms."
    elif function not in _ARGUMENTS:
        yield f"Unknown function '{function}'"
    else:
        fewest, most = _ARGUMENTS[function]
        if not fewest <= count <= most:
            yield f"{function} takes {fewest}{f' to {most}' if most > fewest else ''} arguments, not {count}"


def _is_several(node: Node) -> bool:
    match node:
        case Several():
            return True
        case Call(function="SLICE", arguments=arguments):
            # One index takes one series out.
            return len(arguments) > 2 and _is_several(arguments[0])
        case Call(function=function, arguments=arguments):
            return function in _SEVERAL or (function in _SAME and bool(arguments) and _is_several(arguments[0]))
        case Negation(operand=operand):
            return _is_several(operand)
        case Operation(left=left, right=right):
            return _is_several(left) or _is_several(right)
    return False
