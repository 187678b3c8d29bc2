"""The configuration of an Alertmanager that you run, version 0.28 or newer; pure.

No secret is in it. Each is in a file of its own, named like its receiver, in one folder of the host or the pod.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from northsouth.alerts.alertmanager.model import Alertmanager, Smtp
from northsouth.alerts.alertmanager.tree import HEARTBEAT, configuration
from northsouth.alerts.routes.receivers import (
    DiscordWebhook,
    Email,
    Opsgenie,
    PagerDuty,
    Receiver,
    SlackWebhook,
    Sms,
    TeamsWebhook,
    Webhook,
)

SECRETS = "/etc/alertmanager/secrets"
"""Where the files with the secrets are, unless said otherwise."""
Told = SlackWebhook | DiscordWebhook | TeamsWebhook | Webhook | Email | Sms | PagerDuty | Opsgenie
"""Receivers that an Alertmanager can tell by itself."""
TOLD = (SlackWebhook, DiscordWebhook, TeamsWebhook, Webhook, Email, Sms, PagerDuty, Opsgenie)

_SLACK_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
"""What Slack takes for markup or a mention, ``<!channel>`` (Slack, Formatting text: escaping); ``&`` comes first."""


def _escaped(value: str) -> str:
    for character, entity in _SLACK_ESCAPES:
        value = f'reReplaceAll "{character}" "{entity}" ({value})'
    return f"{{{{ {value} }}}}"


_LABEL = "{label}"
_TITLE = (
    '{{ if eq .Status "firing" }}\N{LARGE RED CIRCLE} Firing{{ else }}\N{LARGE GREEN CIRCLE} Resolved{{ end }}'
    ": {{ .Alerts | len }} {{ .CommonLabels.severity }}" + _LABEL
)
_LINES = (
    "{{ range .Alerts }}%(name)s: %(summary)s"
    '{{ if eq .Status "firing" }}{{ with .Annotations.runbook_url }}\n{{ . }}{{ end }}{{ end }}\n{{ end }}'
)
_PLAIN = _LINES % {"name": "{{ .Labels.alertname }}", "summary": "{{ .Annotations.summary }}"}
_SLACK = _LINES % {"name": _escaped(".Labels.alertname"), "summary": _escaped(".Annotations.summary")}


@dataclass(frozen=True, slots=True)
class SecretFile:
    """A file that the host or the pod must have.

    Attributes:
        path: where.
        holds: what it holds.

    """

    path: str
    holds: str


_HOLDS: Mapping[type[Receiver], str] = {
    SlackWebhook: "the whole address of the webhook: https://hooks.slack.com/services/…",
    DiscordWebhook: "the whole address of the webhook: https://discord.com/api/webhooks/…",
    TeamsWebhook: "the whole address of the workflow, with its signature",
    PagerDuty: 'the key of an integration "Events API v2"',
    Opsgenie: "the key of an API integration",
}


def secret_files(config: Alertmanager, *, secrets: str = SECRETS, smtp: Smtp | None = None) -> Sequence[SecretFile]:
    """Return the files with secrets that a configuration names."""
    receivers = told(config)
    if config.heartbeat and config.heartbeat.receiver:
        receivers.append(config.heartbeat.receiver)
    found = [SecretFile(f"{secrets}/{each.name}", _holds(each)) for each in receivers if _holds(each)]
    if smtp and smtp.username:
        found.append(SecretFile(f"{secrets}/smtp", "the password of the mail server"))
    return found


def _holds(receiver: Receiver) -> str:
    if not isinstance(receiver, Webhook):
        return _HOLDS.get(type(receiver), "")
    if _is_authorization(receiver):
        return f"the secret that follows the word {receiver.scheme}"
    return f"the whole value of the header {receiver.header}"


def told(config: Alertmanager) -> list[Receiver]:
    """Return every receiver that is not left out, once."""
    return [each for name, each in config.routes.receivers.items() if name not in config.leave_out]


def document(
    config: Alertmanager, *, secrets: str = SECRETS, smtp: Smtp | None = None, region: str | None = None
) -> dict[str, Any]:
    """Return the mapping that the configuration file holds.

    Args:
        config: what is wanted, without problems (:mod:`northsouth.alerts.alertmanager.checks`).
        secrets: the folder with the files that hold the secrets.
        smtp: the mail server.
        region: the Region that text messages are sent from.

    """
    receivers: dict[str, dict[str, Any]] = {}
    for route in config.routes.routes:
        found: dict[str, Any] = {}
        for receiver in route.receivers:
            if isinstance(receiver, TOLD) and receiver.name not in config.leave_out:
                kind, value = _receiver(receiver, route.severity, config.routes.label, secrets, region)
                found.setdefault(kind, []).append({"send_resolved": True, **value})
        receivers[route.severity] = found
    if config.heartbeat and config.heartbeat.receiver:
        _, value = _receiver(config.heartbeat.receiver, "", "", secrets, region)
        receivers[HEARTBEAT] = {"webhook_configs": [{"send_resolved": False, **value}]}
    mail = {"global": _mail(smtp, secrets)} if smtp else {}
    return mail | configuration(config, receivers)


def _mail(smtp: Smtp, secrets: str) -> dict[str, Any]:
    found = {"smtp_smarthost": smtp.smarthost, "smtp_from": smtp.sender}
    if smtp.username:
        found |= {"smtp_auth_username": smtp.username, "smtp_auth_password_file": f"{secrets}/smtp"}
    return found


def _receiver(
    receiver: Told, severity: str, label: str, secrets: str, region: str | None
) -> tuple[str, dict[str, Any]]:
    file = f"{secrets}/{receiver.name}"
    title = _TITLE.replace(_LABEL, f" in {label}" if label else "")
    if isinstance(receiver, SlackWebhook):
        colour = '{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}'
        return "slack_configs", {
            "api_url_file": file,
            "title": title,
            "title_link": "",
            "text": _noted(_SLACK, receiver.note),
            "fallback": title,
            "color": colour,
        }
    if isinstance(receiver, DiscordWebhook):
        return "discord_configs", {
            "webhook_url_file": file,
            "title": title,
            "message": _noted(_PLAIN, receiver.note),
        }
    if isinstance(receiver, TeamsWebhook):
        return "msteamsv2_configs", {"webhook_url_file": file, "title": title, "text": _noted(_PLAIN, receiver.note)}
    if isinstance(receiver, Webhook):
        return "webhook_configs", {"url": receiver.url, "http_config": _authorized(receiver, file)}
    if isinstance(receiver, Email):
        return "email_configs", {"to": receiver.address, "headers": {"Subject": title}}
    if isinstance(receiver, Sms):
        sent = {"phone_number": receiver.number, "sigv4": {"region": region}}
        return "sns_configs", {**sent, "message": f"{title}\n{_PLAIN}"}
    return _pager(receiver, severity, title, file)


def _pager(receiver: PagerDuty | Opsgenie, severity: str, title: str, file: str) -> tuple[str, dict[str, Any]]:
    if isinstance(receiver, PagerDuty):
        return "pagerduty_configs", {
            "routing_key_file": file,
            "url": f"{receiver.origin}/v2/enqueue",
            "severity": severity,
            "description": title,
        }
    priority = "P1" if severity == "critical" else "P3"
    return "opsgenie_configs", {
        "api_key_file": file,
        "api_url": f"{receiver.origin}/",
        "message": title,
        "priority": priority,
    }


def _noted(lines: str, note: str) -> str:
    """Return the lines with a receiver's note below what fires; a note may hold what looks like a template."""
    if not note:
        return lines
    words = note.replace("{{", '{{ "{{" }}')
    return f'{lines}{{{{ if eq .Status "firing" }}}}{words}{{{{ end }}}}'


def _authorized(receiver: Webhook, file: str) -> dict[str, Any]:
    if _is_authorization(receiver):
        return {"authorization": {"type": receiver.scheme, "credentials_file": file}}
    return {"http_headers": {receiver.header: {"files": [file]}}}


def _is_authorization(receiver: Webhook) -> bool:
    return receiver.header.lower() == "authorization" and bool(receiver.scheme)
