"""The rule of a composite alarm as a value: ``any_of(errors, latency)``, ``at_least(2, a, b, c)``; pure.

In Alertmanager's words: a composite groups its children, and ``unless`` or a suppressor inhibits it. See
``docs/alerts.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from northsouth.errors import Problem

MAX_CHILDREN = 100
"""Alarms one rule may name (API_PutCompositeAlarm, AlarmRule)."""
MAX_ELEMENTS = 500
"""Alarms, TRUE, FALSE and parentheses in one rule (API_PutCompositeAlarm, AlarmRule)."""
MAX_RULE = 10_240
"""Characters of one rule (API_PutCompositeAlarm, AlarmRule)."""

State = Literal["ALARM", "OK", "INSUFFICIENT_DATA"]


class Named(Protocol):
    """An alarm, plain or composite."""

    @property
    def name(self) -> str:
        """Its name as declared."""

    @property
    def alarm_name(self) -> str:
        """Its name as a Terraform reference, so that Terraform creates the alarm first."""


class Rule:
    """A condition on the states of other alarms."""

    __slots__ = ()

    def alarms(self) -> Iterator[Named]:
        """Yield the alarms of the rule, in the order of its text, with repetitions."""
        raise NotImplementedError

    def write(self, name: Callable[[Named], str]) -> str:
        """Return the rule in CloudWatch's rule language.

        Args:
            name: returns how to write an alarm: as a reference for Terraform, or as its name for people.

        """
        raise NotImplementedError

    @property
    def elements(self) -> int:
        """The number of elements of the rule, as CloudWatch counts them."""
        raise NotImplementedError

    def __and__(self, other: Rule | Named) -> Rule:
        return all_of(self, other)

    def __or__(self, other: Rule | Named) -> Rule:
        return any_of(self, other)


@dataclass(frozen=True, slots=True)
class In(Rule):
    """An alarm is in a state."""

    state: State
    alarm: Named

    def alarms(self) -> Iterator[Named]:
        """Yield the alarm."""
        yield self.alarm

    def write(self, name: Callable[[Named], str]) -> str:
        """Return ``ALARM("name")``."""
        return f'{self.state}("{name(self.alarm)}")'

    @property
    def elements(self) -> int:
        """One."""
        return 1


@dataclass(frozen=True, slots=True)
class Joined(Rule):
    """Several rules joined by AND or OR."""

    operator: Literal["AND", "OR"]
    rules: tuple[Rule, ...]

    def alarms(self) -> Iterator[Named]:
        """Yield the alarms of all rules."""
        for rule in self.rules:
            yield from rule.alarms()

    def write(self, name: Callable[[Named], str]) -> str:
        """Return the rules with the operator between them, in parentheses where they need them."""
        return f" {self.operator} ".join(
            f"({rule.write(name)})" if self._wrapped(rule) else rule.write(name) for rule in self.rules
        )

    @property
    def elements(self) -> int:
        """The elements of the rules, and the parentheses."""
        return sum(rule.elements + (2 if self._wrapped(rule) else 0) for rule in self.rules)

    def _wrapped(self, rule: Rule) -> bool:
        return isinstance(rule, Joined) and rule.operator != self.operator


@dataclass(frozen=True, slots=True)
class Not(Rule):
    """The opposite of a rule."""

    rule: Rule

    def alarms(self) -> Iterator[Named]:
        """Yield the alarms of the rule."""
        yield from self.rule.alarms()

    def write(self, name: Callable[[Named], str]) -> str:
        """Return ``NOT ALARM("name")`` or ``NOT (…)``."""
        text = self.rule.write(name)
        return f"NOT {text}" if isinstance(self.rule, In | AtLeast) else f"NOT ({text})"

    @property
    def elements(self) -> int:
        """The elements of the rule, and the parentheses."""
        return self.rule.elements + (0 if isinstance(self.rule, In | AtLeast) else 2)


@dataclass(frozen=True, slots=True)
class AtLeast(Rule):
    """A number of alarms, or a share of them, is in a state."""

    number: int
    state: State
    of: tuple[Named, ...]
    is_percent: bool = False

    def alarms(self) -> Iterator[Named]:
        """Yield the alarms."""
        yield from self.of

    def write(self, name: Callable[[Named], str]) -> str:
        """Return ``AT_LEAST(2, ALARM, ("a", "b", "c"))``."""
        listed = ", ".join(f'"{name(alarm)}"' for alarm in self.of)
        return f"AT_LEAST({self.number}{'%' if self.is_percent else ''}, {self.state}, ({listed}))"

    @property
    def elements(self) -> int:
        """The alarms and both pairs of parentheses."""
        return len(self.of) + 4


def all_of(*rules: Rule | Named) -> Rule:
    """Return the rule that all of these are true; an alarm is true in ``ALARM``."""
    return _join("AND", rules)


def any_of(*rules: Rule | Named) -> Rule:
    """Return the rule that one or more of these are true; an alarm is true in ``ALARM``."""
    return _join("OR", rules)


def unless(*rules: Rule | Named) -> Rule:
    """Return the rule that none of these is true. Join it with other rules.

    ``all_of(errors, unless(upgrade))`` stays ``OK`` during an upgrade, so it hides the state and the notification. A
    :class:`~northsouth.alerts.composite.Suppressor` holds back only the notification.
    """
    return Not(_join("OR", rules))


def at_least(number: int, *alarms: Named, state: State = "ALARM") -> Rule:
    """Return the rule that ``number`` of ``alarms`` or more are in ``state``."""
    return AtLeast(number, state, alarms)


def at_least_percent(share: int, *alarms: Named, state: State = "ALARM") -> Rule:
    """Return the rule that ``share`` percent of ``alarms`` or more are in ``state``."""
    return AtLeast(share, state, alarms, is_percent=True)


def is_ok(alarm: Named) -> Rule:
    """Return the rule that an alarm is in ``OK``. Without data it is false, and ``unless(alarm)`` is true."""
    return In("OK", alarm)


def has_no_data(alarm: Named) -> Rule:
    """Return the rule that an alarm is in ``INSUFFICIENT_DATA``."""
    return In("INSUFFICIENT_DATA", alarm)


def _join(operator: Literal["AND", "OR"], rules: tuple[Rule | Named, ...]) -> Rule:
    """Return one rule; a single one stays as it is."""
    read = tuple(rule if isinstance(rule, Rule) else In("ALARM", rule) for rule in rules)
    return read[0] if len(read) == 1 else Joined(operator, read)


def rule_problems(rule: Rule, where: str = "when") -> Iterator[Problem]:
    """Yield what CloudWatch would refuse in a rule."""
    parts = list(_parts(rule))
    names = [alarm.name for alarm in rule.alarms()]
    distinct = len(set(names))
    if not all(list(part.alarms()) for part in parts):
        limit = "a composite judges at least one" if not names else "each part of a rule names at least one"
        yield Problem(where, "no alarm", limit, "Give it the alarms to join, or leave this part out.")
    if distinct > MAX_CHILDREN:
        fix = "Join groups of them in composites of their own."
        yield Problem(where, f"{distinct} alarms", f"a rule names at most {MAX_CHILDREN}", fix)
    if rule.elements > MAX_ELEMENTS:
        fix = "Join groups of alarms in composites of their own."
        yield Problem(where, f"{rule.elements} elements", f"a rule has at most {MAX_ELEMENTS}", fix)
    length = len(rule.write(lambda alarm: alarm.name))
    if length > MAX_RULE:
        fix = "Give the alarms shorter names, or join groups of them in composites of their own."
        yield Problem(where, f"a rule of {length} characters", f"CloudWatch takes {MAX_RULE}", fix)
    for name in sorted({name for name in names if '"' in name or "\\" in name}):
        yield Problem(where, repr(name), "a rule cannot quote this name", "Leave quotes and backslashes out of it.")
    for part in parts:
        if isinstance(part, AtLeast) and part.of:
            yield from _at_least_problems(part, where)


def _parts(rule: Rule) -> Iterator[Rule]:
    """Yield a rule and the rules in it, in reading order."""
    yield rule
    if isinstance(rule, Joined):
        for part in rule.rules:
            yield from _parts(part)
    elif isinstance(rule, Not):
        yield from _parts(rule.rule)


def _at_least_problems(rule: AtLeast, where: str) -> Iterator[Problem]:
    most = 100 if rule.is_percent else len(rule.of)
    if not 1 <= rule.number <= most:
        given = f"at least {rule.number}{'%' if rule.is_percent else ''} of {len(rule.of)} alarms"
        yield Problem(where, given, f"the number is from 1 to {most}", "Ask for fewer, or give more alarms.")
    repeated = {alarm.name for alarm in rule.of if [member.name for member in rule.of].count(alarm.name) > 1}
    for name in sorted(repeated):
        yield Problem(where, f"{name!r} twice", "each alarm counts once", "Leave one out.")
