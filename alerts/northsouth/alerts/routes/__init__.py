"""Where alarms go: receivers, the routes to them by severity, and what the messages say.

The receivers and routes are pure values; :class:`NotificationRoutes` makes them.
"""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.alerts.routes import receivers
from northsouth.alerts.routes.receiver import Receiver
from northsouth.alerts.routes.route import Route, Routes
from northsouth.alerts.routes.secret import Secret
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.alerts.routes.notification_routes import NotificationRoutes
    from northsouth.alerts.routes.receivers import *  # noqa: F403

__getattr__, __dir__ = lazy(
    __name__,
    {
        "NotificationRoutes": "northsouth.alerts.routes.notification_routes",
        **dict.fromkeys(receivers.__all__, receivers.__name__),
    },
)

__all__ = ["NotificationRoutes", "Receiver", "Route", "Routes", "Secret"]
__all__ += receivers.__all__
