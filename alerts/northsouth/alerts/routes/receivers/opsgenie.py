"""An Opsgenie team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from northsouth.alerts.routes.alert_text import AlertText, Integration
from northsouth.alerts.routes.secret import HOLE
from northsouth.alerts.routes.sns_receiver import Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class Opsgenie(Pager):
    """An Opsgenie team, by an "Amazon CloudWatch" integration. SNS calls it by an address that holds the key.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: the API key.
        site: where the account lives: ``us`` or ``eu``.

    """

    origins: ClassVar[dict[str, str]] = {"us": "https://api.opsgenie.com", "eu": "https://api.eu.opsgenie.com"}
    path: ClassVar[str] = f"/v1/json/cloudwatch?apiKey={HOLE}"
    """Opsgenie, CloudWatch integration."""

    @property
    def secret_file(self) -> str:
        """Alertmanager needs another integration than CloudWatch."""
        return "the key of an API integration"

    def integration(self, alerts: AlertText) -> Integration:
        """Alertmanager calls the alert API."""
        return Integration(
            "opsgenie_configs",
            {
                "api_key_file": alerts.secret_file,
                "api_url": f"{self.origin}/",
                "message": alerts.title,
                "priority": "P1" if alerts.severity == "critical" else "P3",
            },
        )
