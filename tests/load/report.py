"""The summary: for each part what must hold, what was measured, and whether it holds; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold.

    Attributes:
        rule: what must hold.
        measured: what was measured.
        holds: whether it holds.

    """

    rule: str
    measured: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What came of a part.

    Attributes:
        title: what was done.
        seconds: how long it took.
        checks: what must hold of it.

    """

    title: str
    seconds: float
    checks: Sequence[Check]


def wrong(parts: Sequence[Part]) -> int:
    """Return how many checks do not hold; a part without any counts as one."""
    return sum(1 if not part.checks else sum(not check.holds for check in part.checks) for part in parts)


def summary(parts: Sequence[Part]) -> str:
    """Return the summary for a terminal."""
    width = max((len(check.rule) for part in parts for check in part.checks), default=0)
    lines = [line for part in parts for line in _lines(part, width)]
    number = wrong(parts)
    return "\n".join([*lines, "", f"{number} not as it should be" if number else "all is as it should be"])


def _lines(part: Part, width: int) -> Iterator[str]:
    yield ""
    yield f"{part.title}, {part.seconds:.0f} s"
    for check in part.checks:
        yield f"  {'yes' if check.holds else 'NO ':<3}  {check.rule:<{width}}  {check.measured}"
    if not part.checks:
        yield "  NO   nothing was measured"
