"""What programs that are not ours answer, compared with what is known: agree or differ, and whose fault that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import zip_longest
from textwrap import fill
from typing import Any

THEIRS, NEITHER = "theirs", "nobody's"
FAULTS = (THEIRS, NEITHER)
"""Whose fault a listed difference can be. One that is ours is mended, and so never listed."""
UNKNOWN = "not judged yet"
WIDTH = 120


class UnavailableError(Exception):
    """A program that is to be asked does not install or start here."""


@dataclass(frozen=True)
class Difference:
    """One thing that the other program sees in another way.

    Attributes:
        subject: what it is about, the same in every run; known differences are found by it.
        detail: what the other program says.

    """

    subject: str
    detail: str


@dataclass(frozen=True)
class Answer:
    """What a program said.

    Attributes:
        asked: how much it was asked, for people: ``70 actions``.
        differences: where it sees something in another way.
        notes: what else is worth to know; it is nobody's fault.

    """

    asked: str
    differences: Sequence[Difference]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Opinion:
    """A program, and a question to it.

    Attributes:
        name: what the known differences call it.
        who: the program with its version.
        question: what it is asked, as a question that it answers with yes.
        ask: asks it; raises :class:`UnavailableError` where it does not install.

    """

    name: str
    who: str
    question: str
    ask: Callable[[], Answer]


@dataclass(frozen=True)
class Known:
    """Differences that were judged, and have one reason.

    Attributes:
        subject: the subject of the differences; ``*`` and ``?`` stand for any characters (``[*]`` for a star).
        fault: one of :data:`FAULTS`.
        reason: why it is not ours.

    """

    subject: str
    fault: str
    reason: str

    def explains(self, difference: Difference) -> bool:
        """Say whether a difference is one of these."""
        return fnmatchcase(difference.subject, self.subject)


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        opinion: who was asked what.
        asked: how much was asked; why nothing was asked, if ``skipped``.
        explained: known differences that were seen again, each with how many.
        unexplained: differences that nobody has judged.
        stale: known differences that no longer differ.
        notes: what else the program said.
        skipped: whether the program could not be asked.

    """

    opinion: Opinion
    asked: str
    explained: Sequence[tuple[Known, int]] = ()
    unexplained: Sequence[Difference] = ()
    stale: Sequence[Known] = ()
    notes: Sequence[str] = ()
    skipped: bool = False

    @property
    def passed(self) -> bool:
        """Whether every difference is known, and every known difference is still one."""
        return not self.unexplained and not self.stale

    def cells(self) -> tuple[str, ...]:
        """Return the line's cells: who, what was asked, how much, the outcome, and whose fault it is."""
        count = len(self.unexplained) + sum(number for _, number in self.explained)
        outcome = "skipped" if self.skipped else f"differ: {count}" if count else "agree"
        faults = {known.fault for known, _ in self.explained} | ({UNKNOWN} if self.unexplained else set())
        return self.opinion.who, self.opinion.question, self.asked, outcome, ", ".join(sorted(faults))


def judge(opinion: Opinion, known: Sequence[Known]) -> Row:
    """Ask a program, and look each difference up among those that are known."""
    try:
        answer = opinion.ask()
    except UnavailableError as reason:
        return Row(opinion, str(reason), skipped=True)
    counts = [(each, sum(map(each.explains, answer.differences))) for each in known]
    return Row(
        opinion,
        answer.asked,
        explained=[(each, count) for each, count in counts if count],
        unexplained=[each for each in answer.differences if not any(one.explains(each) for one in known)],
        stale=[each for each, count in counts if not count],
        notes=answer.notes,
    )


def read_known(document: Mapping[str, Any], opinions: Sequence[Opinion]) -> dict[str, list[Known]]:
    """Return the known differences by the opinion's name.

    Raises:
        ValueError: an entry is of no opinion, is malformed, is there twice, or has no reason of five words.

    """
    read = {name: [Known(**entry) for entry in entries] for name, entries in document.items()}
    problems = list(_problems(read, [opinion.name for opinion in opinions]))
    if problems:
        raise ValueError("\n".join(problems))
    return read


def _problems(read: Mapping[str, Sequence[Known]], names: Sequence[str]) -> Iterator[str]:
    for name, entries in read.items():
        if name not in names:
            yield f"{name}: this is no opinion; write one of {', '.join(names)}"
        for entry in entries:
            where = f"{name}, {entry.subject!r}"
            if entry.fault not in FAULTS:
                yield f"{where}: fault is {entry.fault!r}; write one of {', '.join(FAULTS)}"
            if len(entry.reason.split()) < 5:
                yield f"{where}: the reason is {entry.reason!r}; write five words or more"
            if sum(each.subject == entry.subject for each in entries) > 1:
                yield f"{where}: this subject is there twice"


@dataclass
class Table:
    """All rows, as text."""

    rows: list[Row] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether every row passed."""
        return all(row.passed for row in self.rows)

    def text(self) -> str:
        """Return the table, then each difference with its reason."""
        return "\n".join([*self._lines(), *(line for row in self.rows for line in _explanations(row))])

    def _lines(self) -> Iterator[str]:
        heads = ("who", "question", "asked", "outcome", "whose fault")
        wraps = (24, 38, 34, 12, 14)
        cells = [heads, tuple("-" * width for width in wraps), *(row.cells() for row in self.rows)]
        for row in cells:
            wrapped = [fill(cell, width).splitlines() for cell, width in zip(row, wraps, strict=True)]
            for parts in zip_longest(*wrapped, fillvalue=""):
                yield "  ".join(part.ljust(width) for part, width in zip(parts, wraps, strict=True)).rstrip()


def _explanations(row: Row) -> Iterator[str]:
    if not (row.explained or row.unexplained or row.stale or row.notes):
        return
    yield f"\n{row.opinion.who}"
    for each in row.unexplained:
        yield _paragraph(f"{UNKNOWN}: {each.subject}: {each.detail}")
    for stale in row.stale:
        yield _paragraph(f"no longer differs, take it out of known.toml: {stale.subject}")
    for known, count in row.explained:
        times = "" if count == 1 else f" ({count} times)"
        yield _paragraph(f"{known.fault}: {known.subject}{times}: {' '.join(known.reason.split())}")
    yield from map(_paragraph, row.notes)


def _paragraph(text: str) -> str:
    return fill(
        text, WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
