"""An e-mail address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from northsouth.alerts.routes.alert_text import AlertText, Integration
from northsouth.alerts.routes.field_rules import form_problems
from northsouth.alerts.routes.sns_receiver import SnsReceiver, Subscription
from northsouth.errors import Problem

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Email(SnsReceiver):
    """An e-mail address; AWS asks it to confirm.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        address: the address.

    """

    address: str

    @property
    def subscription(self) -> Subscription:
        """SNS sends the mail."""
        return Subscription("email", self.address)

    @property
    def recipient(self) -> tuple[str, ...]:
        """The address, in any case."""
        return (self.address.lower(),)

    def field_problems(self) -> Iterator[Problem]:
        """Yield a problem for what is not a mail address."""
        yield from form_problems("address", self.address, _ADDRESS, "it looks like name@example.com")

    def integration(self, alerts: AlertText) -> Integration:
        """Alertmanager sends by a mail server."""
        return Integration("email_configs", {"to": self.address, "headers": {"Subject": alerts.title}})

    def integration_problems(self, alerts: AlertText) -> Iterator[Problem]:
        """Yield a missing mail server."""
        if not alerts.mail_server:
            yield Problem("", "an e-mail address", "it needs a mail server", "Give smtp=Smtp(…).")
