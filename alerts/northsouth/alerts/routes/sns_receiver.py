"""Receivers that SNS notifies itself, by a subscription; pure."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

from northsouth.alerts.routes.field_rules import choice_problems
from northsouth.alerts.routes.receiver import Receiver
from northsouth.alerts.routes.secret import Secret, secret_problems
from northsouth.errors import Problem

Site = Literal["us", "eu"]
"""Where an account of PagerDuty or Opsgenie lives."""


class Subscription(NamedTuple):
    """A subscription of SNS.

    Attributes:
        protocol: how SNS sends; an endpoint of ``https`` gets retries and a dead-letter queue.
        endpoint: where to; :data:`~northsouth.alerts.routes.secret.HOLE` stands for the secret.
        secret: what goes into the hole.

    """

    protocol: Literal["email", "sms", "https"]
    endpoint: str
    secret: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SnsReceiver(Receiver):
    """A receiver that SNS notifies itself."""

    @property
    @abstractmethod
    def subscription(self) -> Subscription:
        """The subscription."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager(SnsReceiver):
    """A service that wakes people; SNS calls it by an address that holds the secret.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: the key of its CloudWatch integration.
        site: where the account lives.

    """

    secret: Secret
    site: Site = "us"

    origins: ClassVar[dict[str, str]]
    """The service's address without a path, by site."""
    path: ClassVar[str]
    """The path and query that SNS calls, with a hole for the secret."""

    @property
    def origin(self) -> str:
        """The service's address without a path."""
        return self.origins[self.site]

    @property
    def subscription(self) -> Subscription:
        """The call of the service's CloudWatch integration."""
        return Subscription("https", f"{self.origin}{self.path}", self.secret)

    @property
    def recipient(self) -> tuple[str, ...]:
        """The key: one integration."""
        return (repr(self.secret),)

    def field_problems(self) -> Iterator[Problem]:
        """Yield problems of a secret that is not a reference, and of an unknown site."""
        yield from secret_problems(self.secret)
        yield from choice_problems("site", self.site, ("us", "eu"), "an account lives in us or eu")
