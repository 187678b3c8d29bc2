"""What becomes of an alarm's state when the alarm is put: AWS keeps it at an update, and a new alarm has none yet.

Source: ``PutMetricAlarm`` and ``PutCompositeAlarm`` in the CloudWatch API reference.
"""

from __future__ import annotations

from moto.cloudwatch.models import Alarm

_KEPT = ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "history")


def take_over(alarm: Alarm, present: Alarm | None) -> None:
    """Give an alarm the state and history of the one that it replaces.

    Args:
        alarm: the alarm that is put.
        present: the alarm of this name until now; ``None`` if there was none.

    """
    if present is None:
        alarm.state_value = "INSUFFICIENT_DATA"
        return
    for attribute in _KEPT:
        setattr(alarm, attribute, getattr(present, attribute))
