"""One valid receiver of each kind, and routes with all of them.

A kind without a module of its name here is an ImportError that names the module.
"""

from __future__ import annotations

from importlib import import_module

from northsouth.alerts.routes import Routes
from northsouth.alerts.routes.api_receiver import ApiReceiver
from northsouth.alerts.routes.chat_receiver import ChatReceiver
from northsouth.alerts.routes.receivers import KINDS
from northsouth.alerts.routes.sns_receiver import SnsReceiver
from tests.alerts.routes.receivers.case import ARN as ARN
from tests.alerts.routes.receivers.case import Case

CASES: dict[str, Case] = {key: import_module(f"{__name__}.{key}").CASE for key in KINDS}
"""By the kind's table in an environment file."""
EXAMPLES = {key: case.example for key, case in CASES.items()}

EMAIL, SMS = EXAMPLES["email"], EXAMPLES["sms"]
PAGERDUTY, OPSGENIE = EXAMPLES["pagerduty"], EXAMPLES["opsgenie"]
SLACK_CHANNEL, TEAMS_CHANNEL = EXAMPLES["slack_channel"], EXAMPLES["teams_channel"]
SLACK, DISCORD, TEAMS = EXAMPLES["slack_webhook"], EXAMPLES["discord_webhook"], EXAMPLES["teams_webhook"]
MATRIX, STATUSPAGE, WEBHOOK = EXAMPLES["matrix_room"], EXAMPLES["statuspage_component"], EXAMPLES["webhook"]

ALL = tuple(EXAMPLES.values())
SUBSCRIBED = tuple(receiver for receiver in ALL if isinstance(receiver, SnsReceiver))
CHAT = tuple(receiver for receiver in ALL if isinstance(receiver, ChatReceiver))
CALLED = tuple(receiver for receiver in ALL if isinstance(receiver, ApiReceiver))
ROUTES = Routes.by_severity("production", critical=ALL, warning=(EMAIL, SLACK))
ACCEPTS = {case.example.name: case.accepts for case in CASES.values() if case.accepts}
"""The check of each service's body, by the example's name."""
