"""A metric's history as a short text, for tests of alarms: ``series("1GiB x 60, 90GiB x 15, _ x 10")``.

The notation is near to that of ``promtool test rules``::

    series  = item { "," item }
    item    = point [ step ] [ "x" count ]
    point   = value | "_" | "(" sample { "," sample } ")"
    sample  = value [ "*" count ]
    step    = ( "+" | "-" ) value
    value   = number [ suffix ]
    suffix  = "%" | "k" | "M" | "G" | "T" | "B" | "kB" | "MB" | "GB" | "TB" | "KiB" | "MiB" | "GiB" | "TiB"
            | "us" | "ms" | "s"

Each point is one value of one minute (or of every ``every`` seconds); ``_`` is a minute without data. ``5 x 3`` are
three points of 5. ``0+10 x 3`` are 0, 10 and 20: the count is the number of points, where promtool's is one less. A
point in parentheses has several samples, for percentiles: ``(200ms*95, 900ms*5)`` are a hundred. Values are in the
metric's own unit, and a suffix only multiplies: ``k`` by 1,000, ``KiB`` by 1,024, ``ms`` by 0.001; ``B``, ``s`` and
``%`` by 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isinf

from northsouth.errors import ConfigurationError, Problem

SUFFIXES = {
    "": 1.0,
    "%": 1.0,
    "B": 1.0,
    "s": 1.0,
    "us": 1e-6,
    "ms": 1e-3,
    **{f"{prefix}{unit}": 1000.0**power for power, prefix in enumerate("kMGT", 1) for unit in ("", "B")},
    **{f"{prefix}iB": 1024.0**power for power, prefix in enumerate("KMGT", 1)},
}
"""What a suffix multiplies a number by."""

MOST_POINTS = 1_000_000
"""Points of one series: nearly two years of minutes."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?P<suffix>%|[A-Za-wyz]+)?|(?P<mark>[-+*x,()]|_))"
)
_GRAMMAR = "a series is values such as 5, 2.5GiB or _ (no data), each with a count, separated by commas"


@dataclass(frozen=True, slots=True)
class Sample:
    """A value, and how often it occurred in one point."""

    value: float
    count: int = 1


Point = tuple[Sample, ...]
"""The samples of one point; none if there is no data."""


@dataclass(frozen=True, slots=True)
class Notation:
    """A series as it was written.

    Attributes:
        text: the text.
        points: its points, one for each ``every`` seconds.
        every: seconds from one point to the next.

    """

    text: str
    points: tuple[Point, ...]
    every: int = 60

    @property
    def seconds(self) -> int:
        """How long it lasts."""
        return len(self.points) * self.every


def series(text: str, *, every: int = 60) -> Notation:
    """Return the history that a text says; the module's docstring has its grammar.

    Args:
        text: the points, oldest first: ``"1GiB x 60, 90GiB x 15, _ x 10"``.
        every: seconds from one point to the next: 60, a multiple of it, or 1, 5, 10, 20 or 30. Each point is one minute
            (or so many seconds) of data, however far the next one is: a daily metric is ``every=86400``.

    Raises:
        ConfigurationError: if the text does not follow the grammar; it names the place.

    """
    if every not in (1, 5, 10, 20, 30) and (every < 60 or every % 60):
        rule = "points lie 1, 5, 10, 20 or 30 s apart, or a multiple of 60 s"
        raise ConfigurationError(f"the series {text!r}", [Problem("every", f"{every}", rule, "Write every=60.")])
    return Notation(text, tuple(_Reader(text).points()), every)


class _Reader:
    """Reads one text, a token at a time."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._many = 0

    def points(self) -> Iterator[Point]:
        while True:
            yield from self._item()
            if self._at_end():
                return
            self._expect(",", "a comma before the next value")

    def _item(self) -> Iterator[Point]:
        begin = self._next_place()
        point = self._point()
        step = self._step()
        count = self._count() if self._accept("x") else 1
        self._many += count
        if self._many > MOST_POINTS:
            raise self._refusal(begin, f"more than {MOST_POINTS:,} points", "Write a smaller count.")
        if step and len(point) != 1:
            raise self._refusal(begin, "a step from a point that is not one value", "Write a value: 0+10 x 60.")
        if not step:
            yield from [point] * count
            return
        first = point[0].value
        yield from ((Sample(first + place * step),) for place in range(count))

    def _point(self) -> Point:
        if self._accept("_"):
            return ()
        if not self._accept("("):
            return (Sample(self._value()),)
        samples = [self._sample()]
        while self._accept(","):
            samples.append(self._sample())
        self._expect(")", "a comma or a closing parenthesis")
        return tuple(samples)

    def _sample(self) -> Sample:
        value = self._value()
        return Sample(value, self._count() if self._accept("*") else 1)

    def _step(self) -> float:
        if self._accept("+"):
            return self._unsigned()
        return -self._unsigned() if self._accept("-") else 0.0

    def _value(self) -> float:
        return -self._unsigned() if self._accept("-") else self._unsigned()

    def _unsigned(self) -> float:
        place = self._next_place()
        match = self._match()
        if match is None or match["number"] is None:
            raise self._refusal(place, self._excerpt(place), "Write a number there, or _ for no data.")
        self._place = match.end()
        suffix = match["suffix"] or ""
        if suffix not in SUFFIXES:
            known = ", ".join(name for name in SUFFIXES if name)
            raise self._refusal(match.start("suffix"), f"the suffix {suffix!r}", f"Suffixes are {known}.")
        value = float(match["number"]) * SUFFIXES[suffix]
        if isinf(value):
            raise self._refusal(place, self._excerpt(place), "Write a number below 1.8e308.")
        return value

    def _count(self) -> int:
        place = self._next_place()
        match = self._match()
        if match is None or not (match["number"] or "").isdigit() or match["suffix"] or int(match["number"]) == 0:
            raise self._refusal(place, self._excerpt(place), "Write how many points: a whole number, 1 or more.")
        self._place = match.end()
        return int(match["number"])

    def _accept(self, mark: str) -> bool:
        match = self._match()
        if match is None or match["mark"] != mark:
            return False
        self._place = match.end()
        return True

    def _expect(self, mark: str, wanted: str) -> None:
        if not self._accept(mark):
            place = self._next_place()
            raise self._refusal(place, self._excerpt(place), f"Write {wanted}.")

    def _match(self) -> re.Match[str] | None:
        return _TOKEN.match(self._text, self._place)

    def _at_end(self) -> bool:
        return not self._text[self._place :].strip()

    def _next_place(self) -> int:
        rest = self._text[self._place :]
        return self._place + len(rest) - len(rest.lstrip())

    def _excerpt(self, place: int) -> str:
        rest = self._text[place:].split(",")[0].strip()
        return repr(rest[:20]) if rest else "nothing" if place >= len(self._text) else repr(self._text[place])

    def _refusal(self, place: int, given: str, fix: str) -> ConfigurationError:
        return ConfigurationError(
            f"the series {self._text!r}", [Problem(f"character {place + 1}", given, _GRAMMAR, fix)]
        )
