"""A part of the service that a status page lists; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from northsouth.alerts.status.rules import text_problems
from northsouth.alerts.status.workflow import WHOLE
from northsouth.errors import Problem

MAX_COMPONENTS = 20
"""Their 90 days fit into what Step Functions passes from state to state, 256 KiB (service-quotas)."""
MAX_NAME = 60


class AnyAlarm(Protocol):
    """An :class:`~northsouth.alerts.Alarm` or a :class:`~northsouth.alerts.CompositeAlarm`."""

    @property
    def name(self) -> str:
        """Its name, as it was given."""

    @property
    def alarm_name(self) -> str:
        """A reference to its name."""

    @property
    def arn(self) -> str:
        """A reference to its ARN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of the service, with a name that customers know.

    Attributes:
        name: what the page calls it: 1 to 60 characters.
        alarm: the alarm that is raised while this part is down.
        degraded: the alarm that is raised while this part works badly; none if not given.

    """

    name: str
    alarm: AnyAlarm
    degraded: AnyAlarm | None = None


def component_problems(components: Sequence[Component]) -> Iterator[Problem]:
    """Yield what is wrong with the components of a page."""
    if len(components) > MAX_COMPONENTS:
        fix = f"Join some, and leave out {len(components) - MAX_COMPONENTS}."
        yield Problem("components", f"{len(components)} of them", f"a page lists at most {MAX_COMPONENTS}", fix)
    names = [component.name for component in components]
    for index, component in enumerate(components):
        where = f"components[{index}]"
        yield from text_problems(f"{where}.name", component.name, shortest=1, longest=MAX_NAME)
        if component.name == WHOLE:
            yield Problem(f"{where}.name", repr(WHOLE), "it stands for the service as a whole", "Choose another.")
        elif component.name in names[:index]:
            yield Problem(f"{where}.name", repr(component.name), "another component has this name", "Rename one.")
        yield from (problem.within(where) for problem in degraded_problems(component.alarm, component.degraded))


def degraded_problems(alarm: object, degraded: object) -> Iterator[Problem]:
    """Yield an alarm that stands for an outage and for a degraded service."""
    if degraded is not None and degraded is alarm:
        rule = "the alarm of a degraded service is another one than that of an outage"
        yield Problem("degraded", "the same alarm", rule, "Give a milder alarm, or leave it out.")
