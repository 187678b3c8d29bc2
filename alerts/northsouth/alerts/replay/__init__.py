"""Alarms on history: what a CloudWatch alarm would have done, by AWS's rules; pure, with NumPy (extra ``replay``).

::

    alarms = read_alarms("cdktf.out/stacks/example/cdk.tf.json")
    result = replay(alarms, {MetricKey("Shop", "Orders"): points(start, values)})
    print(result["orders"].states)

A :class:`Series` is a metric's history, :class:`Alarms` are what a Terraform JSON declares, :class:`Settings` are the
assumptions, and a :class:`Timeline` is what became of one alarm.
"""

from typing import TYPE_CHECKING

from northsouth.exports import lazy

if TYPE_CHECKING:
    from northsouth.alerts.replay.alarms import Alarms, CompositeAlarm, MetricAlarm, MuteRule
    from northsouth.alerts.replay.declared import read_alarms
    from northsouth.alerts.replay.engine import replay
    from northsouth.alerts.replay.series import History, MetricKey, Samples, Series, points, single_samples
    from northsouth.alerts.replay.settings import Settings
    from northsouth.alerts.replay.timeline import (
        Action,
        Evidence,
        Outcome,
        Refusal,
        Replay,
        State,
        Timeline,
        Transition,
        Unknown,
    )

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Action": "northsouth.alerts.replay.timeline",
        "Alarms": "northsouth.alerts.replay.alarms",
        "CompositeAlarm": "northsouth.alerts.replay.alarms",
        "Evidence": "northsouth.alerts.replay.timeline",
        "History": "northsouth.alerts.replay.series",
        "MetricAlarm": "northsouth.alerts.replay.alarms",
        "MetricKey": "northsouth.alerts.replay.series",
        "MuteRule": "northsouth.alerts.replay.alarms",
        "Outcome": "northsouth.alerts.replay.timeline",
        "Refusal": "northsouth.alerts.replay.timeline",
        "Replay": "northsouth.alerts.replay.timeline",
        "Samples": "northsouth.alerts.replay.series",
        "Series": "northsouth.alerts.replay.series",
        "Settings": "northsouth.alerts.replay.settings",
        "State": "northsouth.alerts.replay.timeline",
        "Timeline": "northsouth.alerts.replay.timeline",
        "Transition": "northsouth.alerts.replay.timeline",
        "Unknown": "northsouth.alerts.replay.timeline",
        "points": "northsouth.alerts.replay.series",
        "read_alarms": "northsouth.alerts.replay.declared",
        "replay": "northsouth.alerts.replay.engine",
        "single_samples": "northsouth.alerts.replay.series",
    },
)

__all__ = [
    "Action",
    "Alarms",
    "CompositeAlarm",
    "Evidence",
    "History",
    "MetricAlarm",
    "MetricKey",
    "MuteRule",
    "Outcome",
    "Refusal",
    "Replay",
    "Samples",
    "Series",
    "Settings",
    "State",
    "Timeline",
    "Transition",
    "Unknown",
    "points",
    "read_alarms",
    "replay",
    "single_samples",
]
