"""A telephone that gets text messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from northsouth.alerts.routes.alert_text import AlertText, Integration
from northsouth.alerts.routes.field_rules import form_problems
from northsouth.alerts.routes.sns_receiver import SnsReceiver, Subscription
from northsouth.errors import Problem

_E164 = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms(SnsReceiver):
    """A telephone that gets text messages. The account must have left the SMS sandbox.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        number: the number in E.164 form: ``+15550100``.

    """

    number: str

    @property
    def subscription(self) -> Subscription:
        """SNS sends the text message."""
        return Subscription("sms", self.number)

    @property
    def recipient(self) -> tuple[str, ...]:
        """The number."""
        return (self.number,)

    def field_problems(self) -> Iterator[Problem]:
        """Yield a problem for what is not a phone number."""
        rule = "a number is in E.164 form: +, the country, and at most 15 digits"
        yield from form_problems("number", self.number, _E164, rule, "Write +15550100.")

    def integration(self, alerts: AlertText) -> Integration:
        """Alertmanager sends by SNS."""
        sent = {"phone_number": self.number, "sigv4": {"region": alerts.region}}
        return Integration("sns_configs", {**sent, "message": f"{alerts.title}\n{alerts.lines()}"})

    def integration_problems(self, alerts: AlertText) -> Iterator[Problem]:
        """Yield a missing Region."""
        if not alerts.region:
            yield Problem("", "a telephone", "text messages are sent by SNS", "Give region='us-east-1'.")
