"""What a report is made of besides the two sides of a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from northsouth.egress.prices import Prices
from northsouth.egress.usage import Usage


@dataclass(frozen=True, slots=True)
class Metrics:
    """The history that alarms are tried on.

    Attributes:
        files: files and folders of metrics.
        mapping: what names in files, and references in alarms, stand for.
        incidents: a file of marked incidents, if there is one.
        time_zone: the zone of times that have none.
        period: seconds that a point covers, if the files do not show it.

    """

    files: Sequence[str | Path]
    mapping: Sequence[str] = ()
    incidents: str | Path | None = None
    time_zone: str | None = None
    period: int | None = None


@dataclass(frozen=True, slots=True)
class Flows:
    """Flow logs of the VPC.

    Attributes:
        files: files and folders of flow logs.
        queries: files of Resolver query logs, for names.
        region: the Region, if the records do not say it.

    """

    files: Sequence[str | Path]
    queries: Sequence[str | Path] = ()
    region: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the report covers beside the change itself.

    Attributes:
        title: what the environment is called.
        commit: the commit that is reviewed; may be empty.
        metrics: the history that alarms are tried on, if there is one.
        flows: the flow logs, if there are any.
        usage: the GB that pass in a month, if known.
        prices: what AWS asks; the documented defaults when ``None``.

    """

    title: str = "environment"
    commit: str = ""
    metrics: Metrics | None = None
    flows: Flows | None = None
    usage: Usage | None = None
    prices: Prices | None = None
