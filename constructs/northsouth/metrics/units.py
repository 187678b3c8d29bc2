"""Thresholds with their unit in the type: ``gigabits_per_second(2)``, ``tebibytes_per_day(1)``, ``percent(98)``.

Decimal names are decimal (1 GB is 10^9 bytes), binary names are binary (1 GiB is 2^30 bytes). Environment files write
the same as text, ``"2 Gbit/s"``, which :func:`parse` and :func:`parse_rate` read.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, TypeAlias

from northsouth.errors import ConfigurationError, Problem
from northsouth.metrics import dimensions as u
from northsouth.metrics.dimensions import Unit
from northsouth.tokens import is_token


class UnitError(ConfigurationError):
    """Two units that do not go together, or text that names none."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; what a metric is compared with.

    Attributes:
        value: the number, in ``unit``.
        unit: what it counts.

    Raises:
        UnitError: if the number is not finite, or is a token: a threshold is converted at synth, so it must be known.

    """

    value: int | float
    unit: Unit

    def __post_init__(self) -> None:
        if is_token(self.value):
            raise UnitError("a threshold", [_unknown_at_synth()])
        if isinstance(self.value, bool) or not isinstance(self.value, int | float) or not math.isfinite(self.value):
            raise UnitError(
                "a threshold",
                [Problem("value", repr(self.value), "a threshold is a finite number", "Give an int or a float.")],
            )

    def number_in(self, unit: Unit) -> int | float:
        """Return the number this is in ``unit``, a unit of the same dimension."""
        exact = Fraction(str(self.value)) * u.product(self.unit.steps_to(unit))
        return int(exact) if exact.denominator == 1 else float(exact)

    def __str__(self) -> str:
        symbol = "" if self.unit == u.COUNT else self.unit.symbol
        note = f" {self.unit.note}" if self.unit.note else ""
        rounded = self.value if isinstance(self.value, int) else round(self.value, 6) or self.value
        return f"{rounded}{'' if symbol in ('', '%') else ' '}{symbol}{note}"


def _unknown_at_synth() -> Problem:
    return Problem(
        "value",
        "a token",
        "a threshold is converted into the metric's unit at synth, so its number must be known then",
        "Give a number, or set `alarm.resource.threshold` yourself.",
    )


def bits_per_second(value: float) -> Quantity:
    """Return a rate in bit/s."""
    return Quantity(value, u.BIT / u.SECOND)


def kilobits_per_second(value: float) -> Quantity:
    """Return a rate in kbit/s (10^3 bits)."""
    return Quantity(value, u.prefixed("k", u.BIT) / u.SECOND)


def megabits_per_second(value: float) -> Quantity:
    """Return a rate in Mbit/s (10^6 bits)."""
    return Quantity(value, u.prefixed("M", u.BIT) / u.SECOND)


def gigabits_per_second(value: float) -> Quantity:
    """Return a rate in Gbit/s (10^9 bits), the unit AWS states bandwidths in."""
    return Quantity(value, u.prefixed("G", u.BIT) / u.SECOND)


def bytes_per_second(value: float) -> Quantity:
    """Return a rate in B/s."""
    return Quantity(value, u.BYTE / u.SECOND)


def megabytes_per_second(value: float) -> Quantity:
    """Return a rate in MB/s (10^6 bytes)."""
    return Quantity(value, u.prefixed("M", u.BYTE) / u.SECOND)


def mebibytes_per_second(value: float) -> Quantity:
    """Return a rate in MiB/s (2^20 bytes)."""
    return Quantity(value, u.prefixed("Mi", u.BYTE) / u.SECOND)


def gigabytes_per_hour(value: float) -> Quantity:
    """Return a rate in GB/h (10^9 bytes)."""
    return Quantity(value, u.prefixed("G", u.BYTE) / u.HOUR)


def gigabytes_per_day(value: float) -> Quantity:
    """Return a rate in GB/day (10^9 bytes)."""
    return Quantity(value, u.prefixed("G", u.BYTE) / u.DAY)


def gibibytes_per_day(value: float) -> Quantity:
    """Return a rate in GiB/day (2^30 bytes)."""
    return Quantity(value, u.prefixed("Gi", u.BYTE) / u.DAY)


def terabytes_per_day(value: float) -> Quantity:
    """Return a rate in TB/day (10^12 bytes)."""
    return Quantity(value, u.prefixed("T", u.BYTE) / u.DAY)


def tebibytes_per_day(value: float) -> Quantity:
    """Return a rate in TiB/day (2^40 bytes)."""
    return Quantity(value, u.prefixed("Ti", u.BYTE) / u.DAY)


def usd_per_hour(value: float, *, price_per_gb: float) -> Quantity:
    """Return the rate of bytes that costs ``value`` US dollars an hour.

    Args:
        value: the budget in US dollars.
        price_per_gb: what one gigabyte costs on this path, in US dollars. Prices differ by Region and contract, so
            there is no default. A gigabyte is taken as 10^9 bytes.

    Raises:
        UnitError: if the price is not above zero.

    """
    return Quantity(value, _usd(price_per_gb) / u.HOUR)


def usd_per_day(value: float, *, price_per_gb: float) -> Quantity:
    """Return the rate of bytes that costs ``value`` US dollars a day; see :func:`usd_per_hour`."""
    return Quantity(value, _usd(price_per_gb) / u.DAY)


def _usd(price_per_gb: float) -> Unit:
    if is_token(price_per_gb):
        raise UnitError("a budget", [_unknown_at_synth()])
    if isinstance(price_per_gb, bool) or not math.isfinite(price_per_gb) or price_per_gb <= 0:
        problem = Problem(
            "price_per_gb",
            repr(price_per_gb),
            "a budget in dollars needs a price above zero",
            "Give the price of one gigabyte on this path, for example 0.045.",
        )
        raise UnitError("a budget", [problem])
    return u.usd(price_per_gb)


def bytes_(value: float) -> Quantity:
    """Return an amount of data in bytes."""
    return Quantity(value, u.BYTE)


def gigabytes(value: float) -> Quantity:
    """Return an amount of data in GB (10^9 bytes)."""
    return Quantity(value, u.prefixed("G", u.BYTE))


def gibibytes(value: float) -> Quantity:
    """Return an amount of data in GiB (2^30 bytes)."""
    return Quantity(value, u.prefixed("Gi", u.BYTE))


def tebibytes(value: float) -> Quantity:
    """Return an amount of data in TiB (2^40 bytes)."""
    return Quantity(value, u.prefixed("Ti", u.BYTE))


def count(value: float) -> Quantity:
    """Return a number of things: requests, errors, hosts."""
    return Quantity(value, u.COUNT)


def count_per_second(value: float) -> Quantity:
    """Return a number of things for each second."""
    return Quantity(value, u.COUNT / u.SECOND)


def count_per_minute(value: float) -> Quantity:
    """Return a number of things for each minute."""
    return Quantity(value, u.COUNT / u.MINUTE)


def ratio(value: float) -> Quantity:
    """Return a share of a whole, where 1 is all of it."""
    return Quantity(value, u.RATIO)


def percent(value: float) -> Quantity:
    """Return a share of a whole, where 100 is all of it."""
    return Quantity(value, u.PERCENT)


def milliseconds(value: float) -> Quantity:
    """Return a time in milliseconds."""
    return Quantity(value, u.MILLISECOND)


def seconds(value: float) -> Quantity:
    """Return a time in seconds."""
    return Quantity(value, u.SECOND)


def minutes(value: float) -> Quantity:
    """Return a time in minutes."""
    return Quantity(value, u.MINUTE)


def hours(value: float) -> Quantity:
    """Return a time in hours."""
    return Quantity(value, u.HOUR)


def days(value: float) -> Quantity:
    """Return a time in days of 86,400 seconds."""
    return Quantity(value, u.DAY)


_TIMES = {
    **dict.fromkeys(("s", "second", "seconds"), u.SECOND),
    **dict.fromkeys(("min", "minute", "minutes"), u.MINUTE),
    **dict.fromkeys(("h", "hour", "hours"), u.HOUR),
    **dict.fromkeys(("d", "day", "days"), u.DAY),
}
_AMOUNTS: dict[str, Unit] = {
    "": u.COUNT,
    "count": u.COUNT,
    "%": u.PERCENT,
    "ms": u.MILLISECOND,
    **_TIMES,
    "B": u.BYTE,
    "bit": u.BIT,
    **{f"{prefix}B": u.prefixed(prefix, u.BYTE) for prefix in u.PREFIXES},
    **{f"{prefix}bit": u.prefixed(prefix, u.BIT) for prefix in u.PREFIXES},
}
_BITS_PER_SECOND = {f"{prefix}bps": f"{prefix}bit/s" for prefix in ("", "k", "M", "G", "T")}
_TEXT = re.compile(
    r"\s*(?P<number>[-+]?[\d_]*\.?\d+(?:[eE][-+]?\d+)?)\s*(?P<amount>[A-Za-z%]*)"
    r"(?:\s*/\s*(?P<time>[A-Za-z]+))?(?:\s+at\s+(?P<price>\d*\.?\d+)\s*USD\s*/\s*GB)?\s*"
)


Threshold: TypeAlias = Quantity | str
"""A quantity, or text that :func:`parse` reads: ``"2 Gbit/s"``. The argument's default says of which kind it is."""
CountThreshold: TypeAlias = Quantity | str | float
"""A count: as a quantity, as text, or as a number."""
DataRate = Annotated[Threshold, gigabits_per_second(2)]
"""A rate of data, where an argument without a default says so by its type; the example is what messages show."""
DataSize = Annotated[Threshold, gibibytes(20)]
"""An amount of data; see :data:`DataRate`."""
Duration = Annotated[Threshold, seconds(2)]
"""A time; see :data:`DataRate`."""


def parse(text: str) -> Quantity:
    """Read a quantity as people write it: ``2 Gbit/s``, ``1 TiB/day``, ``98 %``, ``150 USD/day at 0.045 USD/GB``.

    Args:
        text: a number, a unit, and ``/s``, ``/min``, ``/h`` or ``/day`` if it is a rate. A number alone is a count.

    Raises:
        UnitError: if the text is not a quantity; it names the closest known unit.

    """
    match = _TEXT.fullmatch(text)
    if match is None:
        raise UnitError("a threshold", [_unreadable(text, "Write a number and a unit, for example 2 Gbit/s.")])
    number = float(match["number"].replace("_", ""))
    value = int(number) if number.is_integer() else number
    spelled = _BITS_PER_SECOND.get(match["amount"])
    amount, time = spelled.split("/") if spelled else (match["amount"], match["time"])
    if (amount == "USD") != (match["price"] is not None):
        raise UnitError("a threshold", [_unreadable(text, "Write a budget as: 150 USD/day at 0.045 USD/GB.")])
    unit = _usd(float(match["price"])) if amount == "USD" else _unit_of(text, amount, _AMOUNTS)
    return Quantity(value, unit / _unit_of(text, time, _TIMES) if time else unit)


def parse_rate(text: str) -> Quantity:
    """Read a rate, something for each unit of time; see :func:`parse`.

    Raises:
        UnitError: if the text is a quantity but a threshold that is not a rate, or is no quantity at all.

    """
    quantity = parse(text)
    if not quantity.unit.is_rate:
        problem = Problem(
            "threshold",
            repr(text),
            f"this is {quantity.unit.kind}, a threshold that is not a rate",
            f"Say over which time: {text.strip()}/s, {text.strip()}/h or {text.strip()}/day.",
        )
        raise UnitError("a threshold", [problem])
    return quantity


def read_quantity(value: object, like: object) -> Quantity:
    """Read a quantity that an argument was given as text, or a count as a number.

    Args:
        value: a quantity as people write it; or a number, where ``like`` is a count.
        like: a quantity of the kind that the argument takes, its default or an example; anything else for any kind.

    Raises:
        UnitError: if the value is no quantity, or one of another kind.

    """
    kind = like if isinstance(like, Quantity) else None
    counts = kind is not None and kind.unit == u.COUNT
    if counts and isinstance(value, int | float) and not isinstance(value, bool):
        return count(value)
    if not isinstance(value, str):
        example = str(kind or percent(3))
        fix = "Write a number." if counts else f'Write it with its unit, as in "{example}".'
        raise UnitError("a quantity", [Problem("value", repr(value), "a quantity is a number with a unit", fix)])
    if kind is not None and (problems := list(quantity_problems("value", value, kind))):
        raise UnitError("a quantity", problems)
    return parse(value)


def quantity(value: CountThreshold) -> Quantity:
    """Return the quantity that an argument is: text is read, and a number is a count."""
    if isinstance(value, Quantity):
        return value
    return parse(value) if isinstance(value, str) else count(value)


def rate_problems(where: str, text: str) -> Iterable[Problem]:
    """Yield why ``text`` is not a rate, located at ``where``; nothing if it is one or is still a token."""
    if is_token(text):
        return
    try:
        parse_rate(text)
    except UnitError as error:
        for problem in error.problems:
            yield Problem(where, problem.given, problem.allowed, problem.fix, problem.source)


def quantity_problems(where: str, text: str, like: Quantity) -> Iterable[Problem]:
    """Yield why ``text`` is not a quantity of the kind that ``like`` is; see :func:`parse`.

    Args:
        where: where the text was given.
        text: a quantity as people write it.
        like: any quantity of the right kind: ``percent(1)`` for a share, ``bytes_per_second(1)`` for a rate of data.

    """
    if like.unit.is_rate and (problems := list(rate_problems(where, text))):
        yield from problems
        return
    if is_token(text):
        return
    try:
        unit = parse(text).unit
    except UnitError as error:
        yield from (replace(problem, where=where) for problem in error.problems)
        return
    if unit.dimension != like.unit.dimension:
        fix = f"Write it in {like.unit.symbol or 'a number without a unit'}, or a unit of that kind."
        yield Problem(where, repr(text), f"this is {unit.kind}, not {like.unit.kind}", fix)


def _unit_of(text: str, word: str, units: dict[str, Unit]) -> Unit:
    if word in units:
        return units[word]
    lowered = {known.lower(): known for known in units}
    near = difflib.get_close_matches(word.lower(), lowered, n=1)
    hint = f"Did you mean {lowered[near[0]]}?" if near else f"Known are {', '.join(filter(None, units))}."
    raise UnitError("a threshold", [_unreadable(text, hint, f"{word!r} is not a unit")])


def _unreadable(text: str, fix: str, rule: str = "a threshold is a number and a unit") -> Problem:
    return Problem("threshold", repr(text), rule, fix)
