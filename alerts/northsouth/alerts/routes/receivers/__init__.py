"""The kinds of receivers: each module of this package is one, with all that is known of it.

A module is named like the kind's table in an environment file, ``discord_webhook``. Its class has the same name without
underscores, ``DiscordWebhook``. A module is imported when its class, or its table, is first asked for.
"""

from __future__ import annotations

import pkgutil
from typing import TYPE_CHECKING, cast

from northsouth.alerts.routes.receiver import Receiver
from northsouth.exports import lazy

if TYPE_CHECKING:
    from northsouth.alerts.routes.receivers.discord_webhook import DiscordWebhook
    from northsouth.alerts.routes.receivers.email import Email
    from northsouth.alerts.routes.receivers.matrix_room import MatrixRoom
    from northsouth.alerts.routes.receivers.opsgenie import Opsgenie
    from northsouth.alerts.routes.receivers.pagerduty import PagerDuty
    from northsouth.alerts.routes.receivers.slack_channel import SlackChannel
    from northsouth.alerts.routes.receivers.slack_webhook import SlackWebhook
    from northsouth.alerts.routes.receivers.sms import Sms
    from northsouth.alerts.routes.receivers.statuspage_component import StatuspageComponent
    from northsouth.alerts.routes.receivers.teams_channel import TeamsChannel
    from northsouth.alerts.routes.receivers.teams_webhook import TeamsWebhook
    from northsouth.alerts.routes.receivers.webhook import Webhook

__all__ = [
    "DiscordWebhook",
    "Email",
    "MatrixRoom",
    "Opsgenie",
    "PagerDuty",
    "SlackChannel",
    "SlackWebhook",
    "Sms",
    "StatuspageComponent",
    "TeamsChannel",
    "TeamsWebhook",
    "Webhook",
]

MODULES = [module.name for module in pkgutil.iter_modules(__path__)]
KINDS = {module: name for module in MODULES for name in __all__ if name.lower() == module.replace("_", "")}
"""The name of each kind's class, by its module, which is its table in an environment file."""

__getattr__, __dir__ = lazy(__name__, {name: f"{__name__}.{module}" for module, name in KINDS.items()})


def kind(table: str) -> type[Receiver]:
    """Return the class of a kind.

    Args:
        table: its table in an environment file: ``discord_webhook``.

    """
    return cast("type[Receiver]", __getattr__(KINDS[table]))
