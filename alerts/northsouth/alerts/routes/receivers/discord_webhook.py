"""A Discord webhook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from northsouth.alerts.routes.alert_text import AlertText, Integration
from northsouth.alerts.routes.api_receiver import ApiReceiver, Call, TextLimit
from northsouth.alerts.routes.field_rules import form_problems
from northsouth.alerts.routes.message import LONGEST, Message, Values
from northsouth.alerts.routes.secret import HOLE
from northsouth.errors import Problem

_WEBHOOK = re.compile(r"\d{15,22}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordWebhook(ApiReceiver):
    """A Discord webhook.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: the webhook's token: what follows the id in its address.
        note: a sentence of yours at the end of each message that an alarm is raised.
        rate_per_second: requests a second: 1 or 2.
        attempts: how often one message is tried, a minute apart, before it goes to the dead-letter queue: 1 to 100.
        events: names of alarms, for the shorter way (see :meth:`direct`).
        webhook: the webhook's id, a number: the first part of its address.

    """

    webhook: str
    rate_per_second: int = 2

    most_per_second: ClassVar[int] = 2
    text_limit: ClassVar[TextLimit | None] = TextLimit(
        4096, "the description of a Discord embed has at most 4096 characters"
    )

    @property
    def call(self) -> Call:
        """The request (Discord, Execute Webhook)."""
        return Call("POST", f"https://discord.com/api/webhooks/{self.webhook}/{HOLE}")

    @property
    def recipient(self) -> tuple[str, ...]:
        """The webhook."""
        return (self.webhook,)

    def body(self, message: Message, values: Values) -> Mapping[str, Any]:
        """Put the name where Discord renders no markdown, and forbid all mentions."""
        embed = {
            "author": {"name": values.name},
            "title": message.title,
            "description": message.details(values),
            "color": 0xD92D20 if message.state == "firing" else 0x079455,
        }
        return {"embeds": [embed], "allowed_mentions": {"parse": []}}

    def longest_text(self, message: Message) -> str:
        """Return the embed's description."""
        return message.details(LONGEST)

    def field_problems(self) -> Iterator[Problem]:
        """Yield what is no id."""
        yield from form_problems("webhook", self.webhook, _WEBHOOK, "a webhook's id is the number in its address")

    @property
    def secret_file(self) -> str:
        """Alertmanager takes the whole address."""
        return "the whole address of the webhook: https://discord.com/api/webhooks/…"

    def integration(self, alerts: AlertText) -> Integration:
        """Alertmanager calls the webhook."""
        return Integration(
            "discord_configs",
            {"webhook_url_file": alerts.secret_file, "title": alerts.title, "message": alerts.lines(self.note)},
        )
