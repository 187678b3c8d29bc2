"""The parameters of the rules on a pipeline as a whole, and what is wrong with them; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from northsouth.alerts.prometheus.packs.hops import Hop
from northsouth.alerts.prometheus.packs.parameters import (
    fraction,
    length_problems,
    quantity_problems,
    runbook_problems,
    share_problems,
)
from northsouth.errors import Problem, refuse
from northsouth.metrics.dimensions import RATIO
from northsouth.metrics.units import CountThreshold, Threshold, count, percent, quantity

STREAM, FROM, HOP = "stream", "from_hop", "hop"
"""The labels of the alerts: whose records, and between which hops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletenessParameters:
    """The parameters of :class:`~northsouth.alerts.prometheus.packs.PipelineCompleteness`.

    Attributes:
        runbook: address of a page with a section for each alert.
        hops: who counts the records, in the order in which they pass.
        stream: what the records are; alerts have it as the label ``stream``.
        below: the share of a hop's records that must reach the next one.
        above: the share above which records come twice.
        floor: from how many records of a hop within the window it is judged.
        window: the time over which the counters are compared. Within an hour, the records under way at its ends hardly
            matter.
        vanish_for: how long too few arrive before the alert fires.
        twice_for: how long too many arrive before the alert fires.
        silent_for: how long a hop's counter is missing before the alert fires.
        keep_for: how long an alert goes on after its cause.
        interval: how often the rules are evaluated.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    runbook: str
    hops: Sequence[Hop]
    stream: str = "logs"
    below: Threshold = percent(98)
    above: Threshold = percent(110)
    floor: CountThreshold = count(1000)
    window: str = "1h"
    vanish_for: str = "15m"
    twice_for: str = "30m"
    silent_for: str = "20m"
    keep_for: str = "5m"
    interval: str = "1m"

    def __post_init__(self) -> None:
        refuse(type(self).__name__, _problems(self))


def _problems(pack: CompletenessParameters) -> Iterator[Problem]:
    """Yield what is wrong with the parameters."""
    yield from runbook_problems(pack.runbook)
    if len(pack.hops) < 2:
        rule = "two neighbours or more are compared"
        yield Problem("hops", str(len(pack.hops) or "none"), rule, "Write hops=[Hop.filebeat(), Hop.logstash()].")
    for index, hop in enumerate(pack.hops):
        yield from (problem.within(f"hops[{index}]") for problem in hop.problems())
        yield from (problem.within(f"hops[{index}]") for problem in _again(hop, pack.hops[:index]))
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", pack.stream):
        rule = "it is a word of a-z, 0-9, - and _, a letter first"
        yield Problem("stream", repr(pack.stream), rule, "Write stream='logs'.")
    yield from share_problems(pack, "below")
    yield from quantity_problems(pack, percent(1), "above")
    if quantity(pack.above).unit.dimension == RATIO.dimension and fraction(pack.above) <= 1:
        yield Problem("above", str(pack.above), "it is more than 100%", "Write percent(110).")
    yield from quantity_problems(pack, count(1), "floor")
    yield from length_problems(pack, "window", "vanish_for", "twice_for", "silent_for", "keep_for", "interval")


def _again(hop: Hop, before: Sequence[Hop]) -> Iterator[Problem]:
    """Yield that a hop has the name or the counter of an earlier one."""
    if hop.name in [other.name for other in before]:
        yield Problem("name", repr(hop.name), "two hops have two names", "Give one of them another name.")
    if (hop.counter, hop.match) in [(other.counter, other.match) for other in before]:
        yield Problem("counter", repr(hop.counter), "two hops have two counters", "Leave one of them out.")
