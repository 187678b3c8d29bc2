"""A PagerDuty service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from northsouth.alerts.routes.alert_text import AlertText, Integration
from northsouth.alerts.routes.secret import HOLE
from northsouth.alerts.routes.sns_receiver import Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDuty(Pager):
    """A PagerDuty service, by an "Amazon CloudWatch" integration. It opens and resolves incidents.

    SNS calls PagerDuty by an address that holds the key; there is no other way in.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: the integration key.
        site: where the account lives: ``us`` or ``eu``.

    """

    origins: ClassVar[dict[str, str]] = {
        "us": "https://events.pagerduty.com",
        "eu": "https://events.eu.pagerduty.com",
    }
    path: ClassVar[str] = f"/integration/{HOLE}/enqueue"
    """PagerDuty, Amazon CloudWatch integration guide."""

    @property
    def secret_file(self) -> str:
        """Alertmanager needs another integration than CloudWatch."""
        return 'the key of an integration "Events API v2"'

    def integration(self, alerts: AlertText) -> Integration:
        """Alertmanager calls the Events API."""
        return Integration(
            "pagerduty_configs",
            {
                "routing_key_file": alerts.secret_file,
                "url": f"{self.origin}/v2/enqueue",
                "severity": alerts.severity,
                "description": alerts.title,
            },
        )
