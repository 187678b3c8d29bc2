"""A Slack incoming webhook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from northsouth.alerts.routes.alert_text import AlertText, Integration, printed
from northsouth.alerts.routes.api_receiver import ApiReceiver, Call, TextLimit
from northsouth.alerts.routes.message import LONGEST, Message, Values
from northsouth.alerts.routes.secret import HOLE

_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
"""What Slack takes for markup or a mention, ``<!channel>`` (Slack, Formatting text: escaping); ``&`` comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackWebhook(ApiReceiver):
    """A Slack incoming webhook.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: what follows ``https://hooks.slack.com/services/``: ``T…/B…/…``.
        note: a sentence of yours at the end of each message that an alarm is raised.
        rate_per_second: requests a second: 1.
        attempts: how often one message is tried, a minute apart, before it goes to the dead-letter queue: 1 to 100.
        events: names of alarms, for the shorter way (see :meth:`direct`).

    """

    most_per_second: ClassVar[int] = 1
    text_limit: ClassVar[TextLimit | None] = TextLimit(3000, "the text of a Slack section has at most 3000 characters")

    @property
    def call(self) -> Call:
        """The request (Slack, Sending messages using incoming webhooks)."""
        return Call("POST", f"https://hooks.slack.com/services/{HOLE}")

    @property
    def recipient(self) -> tuple[str, ...]:
        """The webhook's address, which is its secret."""
        return (repr(self.secret),)

    def body(self, message: Message, values: Values) -> Mapping[str, Any]:
        """Write ``plain_text``, in which Slack sees neither mentions nor markup; the fallback names nothing."""
        text = {"type": "plain_text", "text": message.text(values), "emoji": False}
        return {"text": message.title, "blocks": [{"type": "section", "text": text}]}

    def longest_text(self, message: Message) -> str:
        """Return the text of the section."""
        return message.text(LONGEST)

    @property
    def secret_file(self) -> str:
        """Alertmanager takes the whole address."""
        return "the whole address of the webhook: https://hooks.slack.com/services/…"

    def integration(self, alerts: AlertText) -> Integration:
        """Alertmanager calls the webhook."""
        return Integration(
            "slack_configs",
            {
                "api_url_file": alerts.secret_file,
                "title": alerts.title,
                "title_link": "",
                "text": alerts.lines(self.note, show=_escaped),
                "fallback": alerts.title,
                "color": '{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}',
            },
        )


def _escaped(value: str) -> str:
    for character, entity in _ESCAPES:
        value = f'reReplaceAll "{character}" "{entity}" ({value})'
    return printed(value)
