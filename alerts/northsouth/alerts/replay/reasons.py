"""Why an alarm changed, in the words that CloudWatch uses in its history and its messages.

Source: the examples of cloudwatch-and-eventbridge and of describe-alarm-history.
"""

from __future__ import annotations

from datetime import UTC, datetime

from northsouth.alerts.replay.alarms import Comparison, MetricAlarm, Missing
from northsouth.alerts.replay.timeline import State
from northsouth.alerts.replay.verdict import BAD, MISSING

_SIGN = {
    Comparison.GREATER_OR_EQUAL: "greater than or equal to",
    Comparison.GREATER: "greater than",
    Comparison.LESS: "less than",
    Comparison.LESS_OR_EQUAL: "less than or equal to",
}
_TREATED = {Missing.BREACHING: "Breaching", Missing.NOT_BREACHING: "NonBreaching"}


def reason(
    alarm: MetricAlarm, before: State, after: State, points: list[float], times: list[int], codes: list[int]
) -> str:
    """Return why an alarm went from one state to another.

    Args:
        alarm: the alarm.
        before: its state before.
        after: its state after.
        points: the points of the evaluation range, newest first.
        times: when each began, in seconds since 1970 UTC.
        codes: what each point is.

    """
    real = [place for place, code in enumerate(codes) if code != MISSING][: alarm.periods]
    lacking = alarm.periods - len(real)
    if after is State.INSUFFICIENT_DATA:
        return f"Insufficient Data: {_counted(lacking, 'datapoint was', 'datapoints were')} unknown."
    treated = ""
    if lacking and alarm.missing in _TREATED:
        missing = _counted(lacking, "missing datapoint was", "missing datapoints were")
        treated = f" and {missing} treated as [{_TREATED[alarm.missing]}]"
    if not real:
        return f"Threshold Crossed: no datapoints were received for {_counted(lacking, 'period', 'periods')}{treated}."
    to_alarm = after is State.ALARM
    points_text = [
        f"{points[place]!r} ({_moment(times[place])})" for place in real if (codes[place] == BAD) is to_alarm
    ]
    verb = "was" if len(points_text) == 1 else "were"
    sign = f"{verb} {'' if to_alarm else 'not '}{_SIGN[alarm.comparison]} the threshold ({alarm.threshold})"
    least = alarm.datapoints if to_alarm else alarm.periods - alarm.datapoints + 1
    minimum = f"(minimum {_counted(least, 'datapoint', 'datapoints')} for {before} -> {after} transition)"
    number = f"{len(points_text)} out of the last {alarm.periods} datapoints"
    return f"Threshold Crossed: {number} [{', '.join(points_text)}] {sign}{treated} {minimum}."


def _counted(number: int, singular: str, plural: str) -> str:
    return f"{number} {singular if number == 1 else plural}"


def _moment(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%d/%m/%y %H:%M:%S")
