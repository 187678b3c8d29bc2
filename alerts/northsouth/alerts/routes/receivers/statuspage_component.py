"""A component of an Atlassian Statuspage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from northsouth.alerts.routes.api_receiver import ApiReceiver, Call
from northsouth.alerts.routes.field_rules import choice_problems, form_problems
from northsouth.alerts.routes.message import Message, State, Values
from northsouth.alerts.routes.secret import HOLE
from northsouth.errors import Problem

_ID = re.compile(r"[a-z0-9]{6,32}")
_ID_RULE = "an id of Statuspage is lower-case letters and digits"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatuspageComponent(ApiReceiver):
    """A component of an Atlassian Statuspage, which follows one alarm that speaks for customers.

    A status is only true when it is fresh: a change that cannot be sent within some minutes is given up.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: an API key.
        note: none: a component has a status and no text.
        rate_per_second: requests a second: 1.
        attempts: how often one change is tried, a minute apart, before it goes to the dead-letter queue: 1 to 100.
        events: names of alarms, for the shorter way (see :meth:`direct`); only ``alarm`` is followed there too.
        page: the page's id.
        component: the component's id.
        alarm: the name of the alarm.
        down: the status while the alarm is raised.

    """

    page: str
    component: str
    alarm: str
    down: Literal["degraded_performance", "partial_outage", "major_outage"] = "major_outage"
    attempts: int = 5

    most_per_second: ClassVar[int] = 1
    kept_seconds: ClassVar[int] = 600

    @property
    def call(self) -> Call:
        """The request (Statuspage API, Update a component)."""
        url = f"https://api.statuspage.io/v1/pages/{self.page}/components/{self.component}"
        return Call("PATCH", url, ("Authorization", f"OAuth {HOLE}"))

    @property
    def recipient(self) -> tuple[str, ...]:
        """The component."""
        return (self.page, self.component)

    @property
    def followed_alarms(self) -> Iterable[tuple[str, str]]:
        """The one alarm."""
        return [("alarm", self.alarm)]

    def body(self, message: Message, values: Values) -> Mapping[str, Any]:  # noqa: ARG002 - it has no text
        """Set the component's status."""
        return {"component": {"status": self.down if message.state == "firing" else "operational"}}

    def message_filter(self, state: State) -> dict[str, list[str]]:
        """Return the filter: the one alarm; it is over when it is ``OK``, without data the status stays."""
        if state == "firing":
            return {"NewStateValue": ["ALARM"], "AlarmName": [self.alarm]}
        before = ["ALARM", "INSUFFICIENT_DATA"]
        return {"NewStateValue": ["OK"], "OldStateValue": before, "AlarmName": [self.alarm]}

    def field_problems(self) -> Iterator[Problem]:
        """Yield a note, and what are no ids, no alarm or no status."""
        if self.note:
            yield Problem("note", repr(self.note), "a component has a status and no text", "Leave it out.")
        yield from form_problems("page", self.page, _ID, _ID_RULE)
        yield from form_problems("component", self.component, _ID, _ID_RULE)
        rule = "it is degraded_performance, partial_outage or major_outage"
        yield from choice_problems("down", self.down, ("degraded_performance", "partial_outage", "major_outage"), rule)
        if not self.alarm:
            fix = "Name the alarm that speaks for customers."
            yield Problem("alarm", "nothing", "a component follows one alarm", fix)
