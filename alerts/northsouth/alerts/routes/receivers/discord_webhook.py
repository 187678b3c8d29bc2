"""A Discord webhook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from northsouth.alerts.routes.alert_text import AlertText, Integration
from northsouth.alerts.routes.api_receiver import ApiReceiver, Call
from northsouth.alerts.routes.card import payload
from northsouth.alerts.routes.field_rules import form_problems
from northsouth.alerts.routes.secret import HOLE
from northsouth.errors import Problem

_EMBED = r"""
  $plain := function($value) {
    $replace($value, /[\\*_~`|>#\[\]()<:@-]/, function($found) { "\\" & $found.match })
  };
  {
    "embeds": [{
      "author": {"name": $cut($card.name, 256)},
      "title": $cut($plain($card.title), 256),
      "color": $card.firing ? 14232864 : $card.now = "OK" ? 489813 : 8421504,
      "fields": [$map($card.sections, function($each) {{
        "name": $each.label,
        "value": $exists($each.url) ? "[" & $each.text & "](<" & $each.url & ">)" : $cut($plain($each.text), 700),
        "inline": false
      }})]
    }],
    "allowed_mentions": {"parse": []}
  }
"""
_WEBHOOK = re.compile(r"\d{15,22}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordWebhook(ApiReceiver):
    """A Discord webhook.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: the webhook's token: what follows the id in its address.
        note: a sentence of yours in each message that an alarm is raised.
        attempts: how often one message is tried, a minute apart, before it goes to the dead-letter queue: 1 to 100.
        events: names of alarms that are followed without an action of theirs (see :meth:`direct`).
        webhook: the webhook's id, a number: the first part of its address.

    """

    webhook: str

    longest_note: ClassVar[int] = 500
    """An embed has at most 6000 characters in all, a field 1024 (Discord, Message resource, embed limits)."""

    @property
    def call(self) -> Call:
        """The request (Discord, Execute Webhook)."""
        return Call("POST", f"https://discord.com/api/webhooks/{self.webhook}/{HOLE}")

    @property
    def recipient(self) -> tuple[str, ...]:
        """The webhook."""
        return (self.webhook,)

    def body(self) -> object:
        """Put the name where Discord renders no markdown, escape it elsewhere, and forbid all mentions."""
        return payload(_EMBED)

    def field_problems(self) -> Iterator[Problem]:
        """Yield a problem for each field that is not an id."""
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
