"""Where alarms go: receivers, the routes to them by severity, and what is said there.

The receivers and routes are pure values; :class:`NotificationRoutes` makes them.
"""

from northsouth import bindings
from northsouth.alerts.routes.model import Route, Routes
from northsouth.alerts.routes.receivers import (
    DiscordWebhook,
    Email,
    MatrixRoom,
    Opsgenie,
    PagerDuty,
    Receiver,
    SlackChannel,
    SlackWebhook,
    Sms,
    StatuspageComponent,
    TeamsChannel,
    TeamsWebhook,
    Webhook,
)
from northsouth.alerts.routes.secret import Secret

bindings.install()

__all__ = [
    "DiscordWebhook",
    "Email",
    "MatrixRoom",
    "Opsgenie",
    "PagerDuty",
    "Receiver",
    "Route",
    "Routes",
    "Secret",
    "SlackChannel",
    "SlackWebhook",
    "Sms",
    "StatuspageComponent",
    "TeamsChannel",
    "TeamsWebhook",
    "Webhook",
]
