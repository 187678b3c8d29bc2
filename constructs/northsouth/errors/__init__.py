"""One report for everything that is wrong with what a caller declared.

Rules are pure functions that return :class:`Problem` values. A construct gathers the problems of all its arguments
and raises a single :class:`ConfigurationError`, before it creates anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace

_KNOWN: ContextVar[Sequence[Problem]] = ContextVar("known problems", default=())
"""Problems of the kinds of arguments, while the rules look at the same arguments; see `with_rules`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that AWS, or this library, would not accept.

    Attributes:
        where: the argument, or the path of keys to it: ``"zones"``, ``"overrides.hub.names[2]"``.
        given: what was received, as text fit to be read (``repr`` of a value, or a count).
        allowed: the rule it breaks, with its limit.
        fix: what to do about it, in one sentence.
        source: the AWS page or issue the rule comes from, when it is not obvious.

    """

    where: str
    given: str
    allowed: str
    fix: str
    source: str = ""

    def within(self, prefix: str) -> Problem:
        """Return the same problem seen from one level up: ``prefix`` goes before ``where``."""
        if not self.where:
            return replace(self, where=prefix)
        separator = "" if self.where.startswith("[") else "."
        return replace(self, where=f"{prefix}{separator}{self.where}")

    def __str__(self) -> str:
        source = f" ({self.source})" if self.source else ""
        return f"{self.where}: got {self.given}; {self.allowed}{source}. {self.fix}"


class ConfigurationError(ValueError):
    """Everything that was wrong with one declaration.

    Attributes:
        subject: what was declared: ``"NatGateways 'nat'"``, or a file's path.
        problems: every problem found, in the order of the arguments.

    """

    def __init__(self, subject: str, problems: Iterable[Problem]) -> None:
        self.subject = subject
        self.problems = tuple(problems)
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        super().__init__("\n".join([f"{count} in {subject}:", *(f"  - {problem}" for problem in self.problems)]))

    def __reduce__(self) -> tuple[type[ConfigurationError], tuple[str, tuple[Problem, ...]]]:
        return type(self), (self.subject, self.problems)


def refuse(subject: str, *problems: Iterable[Problem]) -> None:
    """Raise one :class:`ConfigurationError` with all ``problems``, or return if there are none.

    Args:
        subject: what was declared, for the first line of the report.
        *problems: the results of any number of rules.

    Raises:
        ConfigurationError: if any of the iterables yields a problem.

    """
    known = _KNOWN.get()
    if known:
        raise ConfigurationError(
            subject, _joined(known, [problem for group in problems for problem in _readable(group)])
        )
    listed = [problem for group in problems for problem in group]
    if listed:
        raise ConfigurationError(subject, listed)


def with_rules(subject: str, known: Sequence[Problem], call: Callable[[], object]) -> ConfigurationError:
    """Return one report of arguments that are of a wrong kind, and of what the rules say of the others.

    The call ends at its first `refuse`. Some rules fail on an argument of a wrong kind. The report leaves out such
    failures, and what rules say of such an argument.

    Args:
        subject: what was declared.
        known: the arguments of a wrong kind.
        call: makes the call with all the arguments.

    """
    token = _KNOWN.set(known)
    try:
        call()
    except ConfigurationError as refused:
        # What was not refused by `refuse` was refused because of the wrong argument.
        return ConfigurationError(subject, refused.problems if {*known} <= {*refused.problems} else known)
    except Exception:
        return ConfigurationError(subject, known)
    finally:
        _KNOWN.reset(token)
    return ConfigurationError(subject, known)


def _readable(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems that a rule finds until it meets an argument that it cannot read."""
    try:
        yield from problems
    except Exception:
        return


def _joined(known: Sequence[Problem], from_rules: Sequence[Problem]) -> list[Problem]:
    """Return the problems in the order of the rules, with the known ones in place of what rules say of the same."""
    waiting = list(known)
    listed: list[Problem] = []
    for candidate in from_rules:
        same = [
            problem
            for problem in known
            if candidate.where == problem.where
            or candidate.where.startswith((f"{problem.where}.", f"{problem.where}["))
        ]
        listed += [problem for problem in same if problem in waiting] if same else [candidate]
        waiting = [problem for problem in waiting if problem not in same]
    return [*waiting, *listed]
