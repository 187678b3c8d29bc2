"""A workflow of Microsoft Teams that waits for a webhook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from northsouth.alerts.routes.alert_text import AlertText, Integration
from northsouth.alerts.routes.api_receiver import ApiReceiver, Call, split_address
from northsouth.alerts.routes.card import payload
from northsouth.alerts.routes.field_rules import address_problems
from northsouth.alerts.routes.secret import HOLE
from northsouth.errors import Problem

_CARD = """
  {
    "type": "message",
    "attachments": [{
      "contentType": "application/vnd.microsoft.card.adaptive",
      "contentUrl": null,
      "content": {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": [
          {
            "type": "RichTextBlock",
            "inlines": [{
              "type": "TextRun",
              "text": $card.title,
              "weight": "bolder",
              "size": "large",
              "color": $card.firing ? "attention" : $card.now = "OK" ? "good" : "default"
            }]
          },
          $map($filter($card.sections, function($each) { $not($exists($each.url)) }), function($each) {{
            "type": "RichTextBlock",
            "inlines": [
              {"type": "TextRun", "text": $each.label & ": ", "weight": "bolder"},
              {"type": "TextRun", "text": $each.text}
            ]
          }})
        ],
        "actions": [
          $map($filter($card.sections, function($each) { $exists($each.url) }), function($each) {
            {"type": "Action.OpenUrl", "title": $each.text, "url": $each.url}
          })
        ]
      }
    }]
  }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsWebhook(ApiReceiver):
    """A workflow of Microsoft Teams that waits for a webhook.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: the workflow's signature: ``sig`` in its address.
        note: a sentence of yours in each message that an alarm is raised.
        attempts: how often one message is tried, a minute apart, before it goes to the dead-letter queue: 1 to 100.
        events: names of alarms that are followed without an action of theirs (see :meth:`direct`).
        url: the workflow's address without ``sig``.

    """

    url: str

    @property
    def call(self) -> Call:
        """The request; all of the query goes to the connection, so that the signature can join it."""
        address, query = split_address(self.url)
        return Call("POST", address, query={**query, "sig": HOLE})

    @property
    def recipient(self) -> tuple[str, ...]:
        """The workflow."""
        return (self.url,)

    def body(self) -> object:
        """Use text runs, which render no markdown, in an Adaptive Card; links are its actions."""
        return payload(_CARD)

    def field_problems(self) -> Iterator[Problem]:
        """Yield an address that cannot be called, or that has the signature in it."""
        yield from address_problems("url", self.url)

    @property
    def secret_file(self) -> str:
        """Alertmanager takes the whole address."""
        return "the whole address of the workflow, with its signature"

    def integration(self, alerts: AlertText) -> Integration:
        """Alertmanager calls the workflow.

        Its text is a ``TextBlock``, in which a single line break is a blank (github.com/microsoft/AdaptiveCards, issue
        5538): each line is a paragraph.
        """
        text = alerts.lines(self.note).replace("\n", "\n\n")
        return Integration(
            "msteamsv2_configs", {"webhook_url_file": alerts.secret_file, "title": alerts.title, "text": text}
        )
