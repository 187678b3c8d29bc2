"""A workflow of Microsoft Teams that waits for a webhook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from northsouth.alerts.routes.alert_text import AlertText, Integration
from northsouth.alerts.routes.api_receiver import ApiReceiver, Call, TextLimit, split_address
from northsouth.alerts.routes.field_rules import address_problems
from northsouth.alerts.routes.message import Message, Values
from northsouth.alerts.routes.secret import HOLE
from northsouth.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsWebhook(ApiReceiver):
    """A workflow of Microsoft Teams that waits for a webhook.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: the workflow's signature: ``sig`` in its address.
        note: a sentence of yours at the end of each message that an alarm is raised.
        rate_per_second: requests a second: 1 to 300.
        attempts: how often one message is tried, a minute apart, before it goes to the dead-letter queue: 1 to 100.
        events: names of alarms, for the shorter way (see :meth:`direct`).
        url: the workflow's address without ``sig``.

    """

    url: str

    text_limit: ClassVar[TextLimit | None] = TextLimit(28_000, "a Teams message has at most 28 KB")

    @property
    def call(self) -> Call:
        """The request; all of the query goes to the connection, so that the signature can join it."""
        address, query = split_address(self.url)
        return Call("POST", address, query={**query, "sig": HOLE})

    @property
    def recipient(self) -> tuple[str, ...]:
        """The workflow."""
        return (self.url,)

    def body(self, message: Message, values: Values) -> Mapping[str, Any]:
        """Use text runs, which render no markdown, in an Adaptive Card."""
        colour = "attention" if message.state == "firing" else "good"
        runs = [
            {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": line, **look}]}
            for line, look in (
                (message.title, {"weight": "bolder", "color": colour}),
                (values.name, {"weight": "bolder"}),
                *((line, {}) for line in message.details(values).split("\n")),
            )
        ]
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": runs,
        }
        attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
        return {"type": "message", "attachments": [attachment]}

    def field_problems(self) -> Iterator[Problem]:
        """Yield an address that cannot be called, or that has the signature in it."""
        yield from address_problems("url", self.url)

    @property
    def secret_file(self) -> str:
        """Alertmanager takes the whole address."""
        return "the whole address of the workflow, with its signature"

    def integration(self, alerts: AlertText) -> Integration:
        """Alertmanager calls the workflow."""
        return Integration(
            "msteamsv2_configs",
            {"webhook_url_file": alerts.secret_file, "title": alerts.title, "text": alerts.lines(self.note)},
        )
