"""Units as values: what a number counts, and how it converts.

A unit is a product of powers of bytes, seconds and counts, with the steps that lead from those base units to it. The
steps are kept as written (``* 8 / 1000000000`` for Gbit) and not multiplied out, because they end up in the metric
math of an alarm, where a person has to recognise them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

Step = tuple[str, str]
"""One factor on the way from base units: ``("*", "8")`` or ``("/", "1000000000")``."""

_INVERSE = {"*": "/", "/": "*"}


def inverse(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the steps that undo ``steps``."""
    return tuple((_INVERSE[operator], factor) for operator, factor in reversed(steps))


def simplify(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Drop each pair of steps that cancel: ``* 8 … / 8``."""
    remaining: list[Step] = []
    for operator, factor in steps:
        cancelled = (_INVERSE[operator], factor)
        if cancelled in remaining:
            remaining.remove(cancelled)
        else:
            remaining.append((operator, factor))
    return tuple(remaining)


def product(steps: tuple[Step, ...]) -> Fraction:
    """Return what multiplying by all ``steps`` amounts to, exactly."""
    result = Fraction(1)
    for operator, factor in steps:
        result = result * Fraction(factor) if operator == "*" else result / Fraction(factor)
    return result


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measurement.

    Attributes:
        symbol: how it is written: ``Gbit/s``; empty for a plain ratio.
        data: the power of bytes in it.
        time: the power of seconds in it.
        count: the power of a count of things in it. A count differs from a ratio: requests divided by requests are a
            ratio, and neither compares with the other.
        steps: how a number in bytes, seconds and counts becomes a number in this unit.
        note: what else one must know to read it: ``at 0.045 USD/GB``.

    """

    symbol: str
    data: int = 0
    time: int = 0
    count: int = 0
    steps: tuple[Step, ...] = ()
    note: str = ""

    @property
    def dimension(self) -> tuple[int, int, int]:
        """The powers alone: units of one dimension convert into each other."""
        return (self.data, self.time, self.count)

    @property
    def is_rate(self) -> bool:
        """Whether this is something for each unit of time."""
        return self.time == -1 and (self.data, self.count) != (0, 0)

    @property
    def is_plain(self) -> bool:
        """Whether a bare number can only mean this: a count or a ratio, unscaled."""
        return self.dimension in ((0, 0, 0), (0, 0, 1)) and product(self.steps) == 1

    @property
    def kind(self) -> str:
        """What it measures, in words: ``data per time``."""
        known = {
            (0, 0, 0): "a ratio",
            (1, 0, 0): "an amount of data",
            (0, 1, 0): "a time",
            (0, 0, 1): "a count",
            (1, -1, 0): "data per time",
            (0, -1, 1): "a count per time",
            (1, 0, -1): "data per count",
        }
        return known.get(self.dimension, f"bytes^{self.data}·seconds^{self.time}·count^{self.count}")

    def steps_to(self, other: Unit) -> tuple[Step, ...]:
        """Return the factors that turn a number in this unit into one in ``other`` (of the same dimension)."""
        steps = simplify(inverse(self.steps) + other.steps)
        return () if product(steps) == 1 else steps

    def __mul__(self, other: Unit) -> Unit:
        return self._combine(other, 1, simplify(self.steps + other.steps))

    def __truediv__(self, other: Unit) -> Unit:
        return self._combine(other, -1, simplify(self.steps + inverse(other.steps)))

    def _combine(self, other: Unit, sign: int, steps: tuple[Step, ...]) -> Unit:
        symbol = self.symbol
        if other.symbol:
            symbol = f"{self.symbol or '1'}/{other.symbol}" if sign < 0 else f"{self.symbol}·{other.symbol}".strip("·")
        combined = replace(
            self,
            symbol=symbol,
            data=self.data + sign * other.data,
            time=self.time + sign * other.time,
            count=self.count + sign * other.count,
            steps=steps,
            note=self.note or other.note,
        )
        return replace(combined, symbol="") if combined.dimension == (0, 0, 0) and not steps else combined


RATIO = Unit("")
PERCENT = Unit("%", steps=(("*", "100"),))
COUNT = Unit("count", count=1)
BYTE = Unit("B", data=1)
BIT = Unit("bit", data=1, steps=(("*", "8"),))
SECOND = Unit("s", time=1)
MILLISECOND = Unit("ms", time=1, steps=(("*", "1000"),))
MICROSECOND = Unit("us", time=1, steps=(("*", "1000000"),))
MINUTE = Unit("min", time=1, steps=(("/", "60"),))
HOUR = Unit("h", time=1, steps=(("/", "3600"),))
DAY = Unit("day", time=1, steps=(("/", "86400"),))

_DECIMAL = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
PREFIXES: dict[str, int] = {**_DECIMAL, **_BINARY}
"""Decimal and binary (IEC 80000-13) prefixes: 1 GB is 10^9 bytes, 1 GiB is 2^30."""


def prefixed(prefix: str, unit: Unit) -> Unit:
    """Return ``unit`` with a prefix: ``prefixed("Gi", BYTE)`` is GiB."""
    return replace(unit, symbol=f"{prefix}{unit.symbol}", steps=(*unit.steps, ("/", str(PREFIXES[prefix]))))


def usd(price_per_gb: float) -> Unit:
    """Return the unit "as much data as costs one US dollar", at a price for each 10^9 bytes."""
    price = format(Decimal(str(price_per_gb)), "f")
    return Unit("USD", data=1, steps=(("/", str(10**9)), ("*", price)), note=f"at {price} USD/GB")


def _cloudwatch() -> dict[str, Unit]:
    """Name the units of PutMetricData, and ``Days``, which AWS/CertificateManager counts in without saying so."""
    words = {"": "", "k": "Kilo", "M": "Mega", "G": "Giga", "T": "Tera"}
    named: dict[str, Unit] = {
        "None": RATIO,
        "Count": COUNT,
        "Percent": PERCENT,
        "Seconds": SECOND,
        "Milliseconds": MILLISECOND,
        "Microseconds": MICROSECOND,
        "Days": DAY,
        "Count/Second": COUNT / SECOND,
    }
    for prefix, word in words.items():
        for base, plural in ((BYTE, "bytes"), (BIT, "bits")):
            unit = prefixed(prefix, base) if prefix else base
            name = f"{word}{plural}" if word else plural.capitalize()
            named[name] = unit
            named[f"{name}/Second"] = unit / SECOND
    return named


CLOUDWATCH_UNITS: dict[str, Unit] = _cloudwatch()
"""The units CloudWatch knows by name (API_MetricDatum); its prefixes are taken as decimal."""
