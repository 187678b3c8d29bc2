"""How Prometheus alerts are delivered: grouping, inhibition, times without messages, receivers; pure.

The names are Alertmanager's (prometheus.io/docs/alerting/latest/configuration).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.routes.receivers.webhook import Webhook
from northsouth.alerts.routes.route import Routes

WATCHDOG = "Watchdog"
"""The alert that always fires; when it stops arriving, something on the way is down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How the alerts of a severity are grouped and repeated.

    Attributes:
        group_by: labels; alerts that agree in them come in one message. For alerts with the label ``incident``, that
            label stands in the place of ``alertname``.
        group_wait: how long the first message of a group waits for more of its alerts.
        group_interval: how long after a message the next change of the group is sent.
        repeat_interval: how long until the message of a group that still fires is repeated.
        mute_time_intervals: names of intervals in which nobody is notified.
        active_time_intervals: names of intervals outside of which nobody is notified; empty for always.

    """

    group_by: Sequence[str] = ("alertname", "cluster")
    group_wait: str = "30s"
    group_interval: str = "5m"
    repeat_interval: str = "4h"
    mute_time_intervals: Sequence[str] = ()
    active_time_intervals: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inhibition:
    """Alerts that are silenced while another alert fires, because they would only repeat it.

    Attributes:
        source: labels of the alert that fires: ``{"severity": "critical"}``.
        target: labels of the alerts that are silenced.
        equal: labels in which both must agree. A label that both lack counts as equal.

    """

    source: Mapping[str, str]
    target: Mapping[str, str]
    equal: Sequence[str] = ("alertname", "cluster")


SAME_ALERT = Inhibition(source={"severity": "critical"}, target={"severity": "warning"})
"""A critical alert silences the warning of the same name in the same cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeInterval:
    """A named piece of the week, for deliveries that wait for it.

    Attributes:
        name: what deliveries call it.
        times: from and to, ``("09:00", "17:00")``; the end is not part of it, and may be ``24:00``.
        weekdays: names or ranges: ``("monday:friday",)``.
        days_of_month: numbers or ranges, from the month's end if negative: ``("1:5", "-3:-1")``.
        months: names, numbers or ranges: ``("january", "6:8")``.
        years: numbers or ranges.
        location: the time zone: ``Europe/Berlin``. UTC by default.

    """

    name: str
    times: Sequence[tuple[str, str]] = ()
    weekdays: Sequence[str] = ()
    days_of_month: Sequence[str] = ()
    months: Sequence[str] = ()
    years: Sequence[str] = ()
    location: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """An outside service that expects regular calls and sends a notification when they stop.

    Nothing inside can report that Prometheus, Alertmanager or the network between them and you is down.

    Attributes:
        receiver: the service, which an Alertmanager that you run calls; Amazon's notifies a topic instead.
        alert: the alert that always fires.
        every: how often it is called; the service should wait for at least twice that.

    """

    receiver: Webhook | None = None
    alert: str = WATCHDOG
    every: str = "1m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """The mail server of an Alertmanager that you run. Its password is in the file ``smtp``.

    Attributes:
        smarthost: host and port: ``smtp.example.com:587``.
        sender: the address that messages come from.
        username: for a server that wants one; empty for none, and then there is no password.

    """

    smarthost: str
    sender: str
    username: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alertmanager:
    """The whole configuration of an Alertmanager, for the routes that CloudWatch alarms use too.

    Attributes:
        routes: the receivers, by severity.
        delivery: how alerts are delivered, unless ``by_severity`` has the severity.
        by_severity: the deliveries of single severities.
        inhibitions: which alerts silence which.
        time_intervals: the intervals that deliveries name.
        heartbeat: who waits for :data:`WATCHDOG`; without one that alert notifies nobody.
        leave_out: names of receivers that Alertmanager cannot, or should not, notify.

    """

    routes: Routes
    delivery: Delivery = field(default_factory=Delivery)
    by_severity: Mapping[str, Delivery] = field(default_factory=dict)
    inhibitions: Sequence[Inhibition] = (SAME_ALERT,)
    time_intervals: Sequence[TimeInterval] = ()
    heartbeat: Heartbeat | None = None
    leave_out: Sequence[str] = ()

    @property
    def fallback(self) -> str:
        """The severity whose receivers get alerts without a severity: the least urgent there is."""
        severities = [route.severity for route in self.routes.routes]
        return "warning" if "warning" in severities else severities[0]
