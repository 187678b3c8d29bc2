"""What every format has in common: a source lists its series, and gives the points of those that are wanted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from northsouth.alerts.replay.series import MetricKey, Numbers, Times
from northsouth.errors import ConfigurationError, Problem

MICROSECONDS = 1_000_000
UNKNOWN = ""
"""The statistic of values whose file does not say it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A series that a source has, before its points are read.

    Attributes:
        label: what the source calls it; once in each source.
        file: the name of its file, for messages.
        aliases: other names of it, such as the label beside an Id.
        metric: the metric, if the source says it whole.
        statistic: the statistic, if the source says it and there is one.
        unit: the unit, if the source says it.
        period: seconds that a point covers, if the source says it.
        several: whether its values say their statistics, so that a mapping need not.

    """

    label: str
    file: str
    aliases: tuple[str, ...] = ()
    metric: MetricKey | None = None
    statistic: str | None = None
    unit: str | None = None
    period: int | None = None
    several: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which a mapping can call it."""
        return (f"{self.file}:{self.label}", self.label, *self.aliases)


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """The points of one series as a source has them: in any order, perhaps repeated, perhaps NaN.

    Attributes:
        times: microseconds since 1970 UTC.
        values: by statistic, or by ``UNKNOWN``; as long as ``times``.
        notes: what the source did to them, one sentence each.

    """

    times: Times
    values: Mapping[str, Numbers]
    notes: tuple[str, ...] = field(default=())


class Source(Protocol):
    """Files of one format that were opened."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its files."""

    @property
    def said(self) -> str:
        """The format, and what was taken for what."""

    def series(self, wanted: Collection[MetricKey] | None) -> Sequence[Listed]:
        """Return its series; of metrics that it names whole, only ``wanted`` ones are needed (``None``: all)."""

    def points(self, chosen: Sequence[Listed]) -> Sequence[Points]:
        """Return the points of series that it listed, in that order."""


@dataclass(frozen=True, slots=True)
class File:
    """A file whose beginning was looked at.

    Attributes:
        path: where it is.
        name: what messages call it.
        compressed: whether it is compressed with gzip.
        head: its first bytes, uncompressed.

    """

    path: Path
    name: str
    compressed: bool
    head: bytes


def unreadable(name: str, given: str, allowed: str, fix: str) -> ConfigurationError:
    """Return the error of a file that cannot be read."""
    return ConfigurationError("the metrics' files", [Problem(name, given, allowed, fix)])
