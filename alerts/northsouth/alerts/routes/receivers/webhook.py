"""Any service that takes a small JSON object by POST."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from northsouth.alerts.routes.alert_text import AlertText, Integration
from northsouth.alerts.routes.api_receiver import ApiReceiver, Call, split_address
from northsouth.alerts.routes.field_rules import address_problems, form_problems
from northsouth.alerts.routes.secret import HOLE
from northsouth.errors import Problem
from northsouth.logs.jsonata import expression

_SAME = (
    *("state", "severity", "label", "title", "summary", "level", "measured", "why", "runbook", "link", "others"),
    *("note", "before", "now", "reason", "description", "account", "region"),
)
_KEYS = {"alarm": "name", "time": "changed", **{key: key for key in _SAME}}
"""The keys of the object, and those of the card."""
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,512}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(ApiReceiver):
    """Any other service that takes a small JSON object by POST.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: the credential that the header carries.
        note: a sentence of yours in each message that an alarm is raised.
        attempts: how often one message is tried, a minute apart, before it goes to the dead-letter queue: 1 to 100.
        events: names of alarms that are followed without an action of theirs (see :meth:`direct`).
        url: the service's address.
        header: the header that carries the secret.
        scheme: a word before the secret: ``Bearer``; empty for none.

    """

    url: str
    header: str = "Authorization"
    scheme: str = "Bearer"

    @property
    def call(self) -> Call:
        """The request."""
        address, query = split_address(self.url)
        return Call("POST", address, (self.header, f"{self.scheme} {HOLE}".lstrip()), query)

    @property
    def recipient(self) -> tuple[str, ...]:
        """The service's address."""
        return (self.url,)

    def body(self) -> object:
        """Write one flat object of strings."""
        return {key: expression(f"$card.{value}") for key, value in _KEYS.items()}

    def field_problems(self) -> Iterator[Problem]:
        """Yield problems of an address that cannot be called, and of invalid headers."""
        yield from address_problems("url", self.url)
        yield from form_problems("header", self.header, _HEADER, "a header's name has no spaces or colons")

    @property
    def secret_file(self) -> str:
        """Alertmanager takes the credential, or the whole value of another header."""
        if self._is_authorization:
            return f"the secret that follows the word {self.scheme}"
        return f"the whole value of the header {self.header}"

    def integration(self, alerts: AlertText) -> Integration:
        """Alertmanager calls the service with its own JSON object."""
        if self._is_authorization:
            credential: dict[str, Any] = {
                "authorization": {"type": self.scheme, "credentials_file": alerts.secret_file}
            }
        else:
            credential = {"http_headers": {self.header: {"files": [alerts.secret_file]}}}
        return Integration("webhook_configs", {"url": self.url, "http_config": credential})

    @property
    def _is_authorization(self) -> bool:
        return self.header.lower() == "authorization" and bool(self.scheme)
