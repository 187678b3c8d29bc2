"""A component of an Atlassian Statuspage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from northsouth.alerts.routes.api_receiver import ApiReceiver, Call
from northsouth.alerts.routes.field_rules import choice_problems, form_problems
from northsouth.alerts.routes.secret import HOLE
from northsouth.errors import Problem
from northsouth.logs.jsonata import expression, literal

_ID = re.compile(r"[a-z0-9]{6,32}")
_ID_RULE = "an id of Statuspage is lower-case letters and digits"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatuspageComponent(ApiReceiver):
    """A component of an Atlassian Statuspage, which follows an alarm that speaks for customers.

    A status is only true when it is fresh: a change that cannot be sent within some minutes is given up.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: an API key.
        note: none: a component has a status and no text.
        attempts: how often one change is tried, a minute apart, before it goes to the dead-letter queue: 1 to 100.
        events: not empty: ``alarm`` and ``degraded`` are followed without actions of theirs (see :meth:`direct`).
        page: the page's id.
        component: the component's id.
        alarm: the name of the alarm.
        down: the status while the alarm is raised.
        degraded: the name of an alarm while which the status is ``degraded_performance``, unless ``alarm`` is raised.

    """

    page: str
    component: str
    alarm: str
    down: Literal["degraded_performance", "partial_outage", "major_outage"] = "major_outage"
    degraded: str = ""
    attempts: int = 5

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
        """The alarm, and the one of a degraded service."""
        return [("alarm", self.alarm), *([("degraded", self.degraded)] if self.degraded else [])]

    @property
    def asked_alarms(self) -> tuple[str, ...]:
        """The same, as they are now: the order of messages does not matter."""
        return tuple(name for _, name in self.followed_alarms)

    @property
    def skip(self) -> str:
        """Without data, or without the alarm, the status stays as it is."""
        unknown = f'$count($asked[state != "INSUFFICIENT_DATA"]) < {len(self.asked_alarms)}'
        return f"$count($asked[raised]) = 0 and {unknown}"

    def body(self) -> object:
        """Set the component's status from the alarms of now."""
        raised = '$count($asked[raised and name = {}]) > 0 ? "{}" : '
        code = raised.format(literal(self.alarm), self.down)
        if self.degraded:
            code += raised.format(literal(self.degraded), "degraded_performance")
        return {"component": {"status": expression(f'{code}"operational"')}}

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
        if self.degraded and self.degraded == self.alarm:
            rule = "the alarm of a degraded service is another one than that of an outage"
            yield Problem("degraded", repr(self.degraded), rule, "Name a milder alarm, or leave it out.")
