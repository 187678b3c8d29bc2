"""The configuration of an Alertmanager that you run, version 0.28 or newer; pure.

No secret is in it. Each is in a file of its own, named like its receiver, in one folder of the host or the pod.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from northsouth.alerts.alertmanager.delivery import Alertmanager, Smtp
from northsouth.alerts.alertmanager.tree import HEARTBEAT, configuration
from northsouth.alerts.routes.alert_text import AlertText
from northsouth.alerts.routes.receiver import Receiver

SECRETS = "/etc/alertmanager/secrets"
"""Where the files with the secrets are, unless said otherwise."""


@dataclass(frozen=True, slots=True)
class SecretFile:
    """A file that the host or the pod must have.

    Attributes:
        path: where.
        holds: what it holds.

    """

    path: str
    holds: str


def secret_files(config: Alertmanager, *, secrets: str = SECRETS, smtp: Smtp | None = None) -> Sequence[SecretFile]:
    """Return the files with secrets that a configuration names."""
    receivers: list[Receiver] = [
        receiver for name, receiver in config.routes.receivers.items() if name not in config.leave_out
    ]
    if config.heartbeat and config.heartbeat.receiver:
        receivers.append(config.heartbeat.receiver)
    files = [
        SecretFile(f"{secrets}/{receiver.name}", receiver.secret_file) for receiver in receivers if receiver.secret_file
    ]
    if smtp and smtp.username:
        files.append(SecretFile(f"{secrets}/smtp", "the password of the mail server"))
    return files


def document(
    config: Alertmanager, *, secrets: str = SECRETS, smtp: Smtp | None = None, region: str | None = None
) -> dict[str, Any]:
    """Return the mapping that the configuration file holds.

    Args:
        config: what is wanted, without problems (:mod:`northsouth.alerts.alertmanager.delivery_rules`).
        secrets: the folder with the files that hold the secrets.
        smtp: the mail server.
        region: the Region that text messages are sent from.

    """
    receivers: dict[str, dict[str, Any]] = {}
    for route in config.routes.routes:
        integrations: dict[str, Any] = {}
        for receiver in route.receivers:
            text = AlertText(
                severity=route.severity,
                label=config.routes.label,
                secret_file=f"{secrets}/{receiver.name}",
                region=region,
            )
            integration = receiver.integration(text)
            if integration and receiver.name not in config.leave_out:
                integrations.setdefault(integration.key, []).append({"send_resolved": True, **integration.settings})
        receivers[route.severity] = integrations
    if config.heartbeat and config.heartbeat.receiver:
        service = config.heartbeat.receiver
        integration = service.integration(AlertText(secret_file=f"{secrets}/{service.name}"))
        receivers[HEARTBEAT] = {integration.key: [{"send_resolved": False, **integration.settings}]}
    mail_server = {"global": _mail_server(smtp, secrets)} if smtp else {}
    return mail_server | configuration(config, receivers)


def _mail_server(smtp: Smtp, secrets: str) -> dict[str, Any]:
    settings = {"smtp_smarthost": smtp.smarthost, "smtp_from": smtp.sender}
    if smtp.username:
        settings |= {"smtp_auth_username": smtp.username, "smtp_auth_password_file": f"{secrets}/smtp"}
    return settings
