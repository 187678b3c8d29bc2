"""Which receivers get the alarms of each severity; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from northsouth.alerts.routes.receiver import Receiver


@dataclass(frozen=True, slots=True)
class Route:
    """The receivers of the alarms of one severity.

    Attributes:
        severity: ``critical`` or ``warning``; alarms that are ``info`` notify nobody.
        receivers: who is notified.
        topic: the name of the severity's SNS topic; ``<name of the routes>-<severity>`` by default.

    """

    severity: str
    receivers: Sequence[Receiver] = ()
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Routes:
    """The routes of all severities.

    A receiver may stand in several routes. Its resources are made once.

    Attributes:
        routes: one for each severity.
        label: what every message begins with: the environment's name.

    """

    routes: Sequence[Route]
    label: str = ""

    @classmethod
    def by_severity(cls, label: str = "", /, **receivers: Sequence[Receiver]) -> Routes:
        """Return routes from severities: ``Routes.by_severity(critical=[pager, chat], warning=[chat])``."""
        return cls(tuple(Route(severity, tuple(of_severity)) for severity, of_severity in receivers.items()), label)

    @property
    def receivers(self) -> Mapping[str, Receiver]:
        """Every receiver once, by name."""
        return {receiver.name: receiver for route in self.routes for receiver in route.receivers}

    def severities(self, name: str) -> tuple[str, ...]:
        """Return the severities whose alarms a receiver gets."""
        return tuple(
            route.severity for route in self.routes if any(receiver.name == name for receiver in route.receivers)
        )
