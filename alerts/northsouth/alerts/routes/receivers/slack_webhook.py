"""A Slack incoming webhook."""

from __future__ import annotations

from dataclasses import dataclass

from northsouth.alerts.routes.alert_text import AlertText, Integration, printed
from northsouth.alerts.routes.api_receiver import ApiReceiver, Call
from northsouth.alerts.routes.card import payload
from northsouth.alerts.routes.secret import HOLE

_MESSAGE = """
  $escaped := $replace($replace($replace($card.title, "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
  {
    "text": $escaped,
    "blocks": [
      {"type": "header", "text": {"type": "plain_text", "text": $cut($card.title, 150), "emoji": false}},
      $map($card.sections, function($each) {{
        "type": "rich_text",
        "elements": [{
          "type": "rich_text_section",
          "elements": [
            {"type": "text", "text": $each.label & ": ", "style": {"bold": true}},
            $exists($each.url)
              ? {"type": "link", "url": $each.url, "text": $each.text}
              : {"type": "text", "text": $each.text}
          ]
        }]
      }})
    ]
  }
"""
_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
"""What Slack takes for markup or a mention, ``<!channel>`` (Slack, Formatting text: escaping); ``&`` comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackWebhook(ApiReceiver):
    """A Slack incoming webhook.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: what follows ``https://hooks.slack.com/services/``: ``T…/B…/…``.
        note: a sentence of yours in each message that an alarm is raised.
        attempts: how often one message is tried, a minute apart, before it goes to the dead-letter queue: 1 to 100.
        events: names of alarms that are followed without an action of theirs (see :meth:`direct`).

    """

    @property
    def call(self) -> Call:
        """The request (Slack, Sending messages using incoming webhooks)."""
        return Call("POST", f"https://hooks.slack.com/services/{HOLE}")

    @property
    def recipient(self) -> tuple[str, ...]:
        """The webhook's address, which is its secret."""
        return (repr(self.secret),)

    def body(self) -> object:
        """Write ``rich_text``, in which Slack reads neither mentions nor markup; escape the text of notifications."""
        return payload(_MESSAGE)

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
