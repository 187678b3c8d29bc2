"""Why an alarm changed, in the words that CloudWatch uses in its history and its messages.

Source: the examples of cloudwatch-and-eventbridge and of describe-alarm-history.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from northsouth.alerts.replay.alarms import Comparison, MetricAlarm, Missing
from northsouth.alerts.replay.series import Numbers, Times
from northsouth.alerts.replay.timeline import State
from northsouth.alerts.replay.verdict import BAD, MISSING, Codes

_SIGN = {
    Comparison.GREATER_OR_EQUAL: "greater than or equal to",
    Comparison.GREATER: "greater than",
    Comparison.LESS: "less than",
    Comparison.LESS_OR_EQUAL: "less than or equal to",
}
_TREATED = {Missing.BREACHING: "Breaching", Missing.NOT_BREACHING: "NonBreaching"}


def reason(alarm: MetricAlarm, before: State, after: State, points: Numbers, times: Times, codes: Codes) -> str:
    """Return why an alarm went from one state to another.

    Args:
        alarm: the alarm.
        before: its state before.
        after: its state after.
        points: the points of the evaluation range, newest first; NaN where missing.
        times: when each began, in seconds since 1970 UTC.
        codes: what each point is.

    """
    real = np.flatnonzero(codes != MISSING)[: alarm.periods]
    lacking = alarm.periods - len(real)
    if after is State.INSUFFICIENT_DATA:
        return f"Insufficient Data: {_datapoints(lacking, 'was', 'were')} unknown."
    treated = ""
    if lacking and alarm.missing in _TREATED:
        missing = f"{lacking} missing {'datapoint was' if lacking == 1 else 'datapoints were'}"
        treated = f"{missing} treated as [{_TREATED[alarm.missing]}]"
    if not len(real):
        periods = f"{lacking} period{'' if lacking == 1 else 's'}"
        return f"Threshold Crossed: no datapoints were received for {periods} and {treated}."
    matching = [place for place in real if (codes[place] == BAD) == (after is State.ALARM)]
    shown = ", ".join(f"{points[place]!r} ({_moment(int(times[place]))})" for place in map(int, matching))
    verb = "was" if len(matching) == 1 else "were"
    sign = f"{verb} {'' if after is State.ALARM else 'not '}{_SIGN[alarm.comparison]} the threshold ({alarm.threshold})"
    least = alarm.datapoints if after is State.ALARM else alarm.periods - alarm.datapoints + 1
    rest = f" and {treated}" if treated else ""
    minimum = f"(minimum {least} datapoint{'' if least == 1 else 's'} for {before} -> {after} transition)"
    number = f"{len(matching)} out of the last {alarm.periods} datapoints"
    return f"Threshold Crossed: {number} [{shown}] {sign}{rest} {minimum}."


def _datapoints(number: int, one: str, more: str) -> str:
    return f"{number} datapoint {one}" if number == 1 else f"{number} datapoints {more}"


def _moment(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%d/%m/%y %H:%M:%S")
