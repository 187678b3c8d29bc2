"""Where alarms go: receivers, the routes to them by severity, and what is said there.

The receivers and routes are pure values; :class:`NotificationRoutes` makes them.
"""

from typing import TYPE_CHECKING

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
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.alerts.routes.notification_routes import NotificationRoutes

__getattr__, __dir__ = lazy(__name__, {"NotificationRoutes": "northsouth.alerts.routes.notification_routes"})

__all__ = [
    "DiscordWebhook",
    "Email",
    "MatrixRoom",
    "NotificationRoutes",
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
