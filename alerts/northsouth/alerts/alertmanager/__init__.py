"""Alertmanager: grouping, inhibition, time intervals and receivers from the routes that CloudWatch alarms take too.

Needs the extra ``prometheus``: ``pip install 'northsouth[prometheus]'``.
"""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.alerts.alertmanager.delivery import (
    Alertmanager,
    Delivery,
    Heartbeat,
    Inhibition,
    Smtp,
    TimeInterval,
)
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.alerts.alertmanager.definition import AlertManagerDefinition
    from northsouth.alerts.alertmanager.exports import alertmanager_yaml
    from northsouth.alerts.alertmanager.heartbeat_topic import HeartbeatTopic

__getattr__, __dir__ = lazy(
    __name__,
    {
        "AlertManagerDefinition": "northsouth.alerts.alertmanager.definition",
        "HeartbeatTopic": "northsouth.alerts.alertmanager.heartbeat_topic",
        "alertmanager_yaml": "northsouth.alerts.alertmanager.exports",
    },
)

__all__ = [
    "AlertManagerDefinition",
    "Alertmanager",
    "Delivery",
    "Heartbeat",
    "HeartbeatTopic",
    "Inhibition",
    "Smtp",
    "TimeInterval",
    "alertmanager_yaml",
]
