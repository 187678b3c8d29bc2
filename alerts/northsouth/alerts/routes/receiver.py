"""What every receiver answers, so that routes and Alertmanager need not know its kind; pure.

A kind of receiver is one module in :mod:`northsouth.alerts.routes.receivers`: a frozen dataclass with one of three
bases. The base says how messages travel:

- :class:`~northsouth.alerts.routes.api_receiver.ApiReceiver`: a state machine calls it by HTTPS.
- :class:`~northsouth.alerts.routes.sns_receiver.SnsReceiver`: SNS notifies it by a subscription.
- :class:`~northsouth.alerts.routes.chat_receiver.ChatReceiver`: Amazon Q Developer in chat applications notifies it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from northsouth.alerts.routes.alert_text import AlertText, Integration
from northsouth.alerts.routes.field_rules import name_problems
from northsouth.alerts.routes.names import MAX_QUEUE, LongestName, dead_letters_name
from northsouth.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver(ABC):
    """Somebody, or a service, that receives messages about alarms.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.

    """

    name: str

    shows_prometheus_alerts: ClassVar[bool] = True
    """Whether it shows messages of Amazon Managed Prometheus, and not only those of CloudWatch."""

    @property
    @abstractmethod
    def recipient(self) -> tuple[str, ...]:
        """Who receives the messages. Two receivers of one kind with the same recipient would get each message twice."""

    @property
    def followed_alarms(self) -> Iterable[tuple[str, str]]:
        """The alarms that it names: for each, the path of the field and the name."""
        return ()

    @property
    def secret_file(self) -> str:
        """What its secret file holds for an Alertmanager that you run; empty if there is none."""
        return ""

    def problems(self) -> Iterator[Problem]:
        """Yield what AWS, or the service, would not accept of this receiver."""
        yield from name_problems("name", self.name)
        yield from self.field_problems()

    def field_problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the fields of its kind."""
        yield from ()

    def longest_name(self, prefix: str) -> LongestName:
        """Return the longest name of the resources made for it.

        Args:
            prefix: the name of the routes.

        """
        return LongestName("queue", dead_letters_name(prefix, self.name), MAX_QUEUE)

    def integration(self, alerts: AlertText) -> Integration | None:  # noqa: ARG002 - for kinds that Alertmanager knows
        """Return how an Alertmanager that you run notifies it; nothing if Alertmanager cannot.

        Args:
            alerts: what the message says, and what Alertmanager has to send it.

        """
        return None

    def integration_problems(self, alerts: AlertText) -> Iterator[Problem]:
        """Yield why an Alertmanager that you run cannot notify this receiver.

        Args:
            alerts: what the message says, and what Alertmanager has to send it.

        """
        if self.integration(alerts) is None:
            fix = "Put its name into leave_out, and give the severity another receiver."
            yield Problem("", type(self).__name__, "Alertmanager cannot notify it", fix)
