"""The alert that nothing is known of a cluster any more, and its test; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from northsouth.alerts.prometheus.durations import seconds
from northsouth.alerts.prometheus.packs.parameters import length_problems, runbook_problems
from northsouth.alerts.prometheus.selectors import Match, label_problems, match_problems, selector
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import at, gauge, minutes
from northsouth.errors import Problem

LOOKBACK = 5
"""Minutes for which Prometheus takes the last sample of a series for its value."""
_BEGIN, _AFTER = 15, 4


class Silenceable(Protocol):
    """A pack that tells clusters apart by a label, and notices when one says nothing."""

    @property
    def runbook(self) -> str:
        """Address of a page with a section for each alert."""

    @property
    def match(self) -> Match:
        """Which series."""

    @property
    def label(self) -> str:
        """The label that names the cluster."""

    @property
    def silent_for(self) -> str:
        """For how long nothing may be known of a cluster."""

    @property
    def memory(self) -> str:
        """How far back a cluster is remembered of which nothing is known now."""

    @property
    def keep_for(self) -> str:
        """How long an alert goes on after its cause."""


def silence(pack: Silenceable, metric: str) -> str:
    """Return the expression: a cluster had the metric within ``memory``, and has it no more."""
    known = f"group by ({pack.label})"
    return (
        f"{known} (last_over_time({selector(metric, pack.match, pack.memory)}))\n"
        f"  unless\n{known} ({selector(metric, pack.match)})"
    )


def silence_test(pack: Silenceable, alert: str, values: Callable[[str, str], dict[str, str]]) -> RuleTest:
    """Return the test: one cluster falls silent, one has a gap in its scrapes, one loses one of two exporters.

    Args:
        pack: the pack.
        alert: the alert's name.
        values: makes of a cluster's name and a timeline the two series that two exporters have of it.

    """
    wait, keep = minutes(pack.silent_for), minutes(pack.keep_for)
    spell = wait + 10
    gap = max(wait - LOOKBACK - 2, 1)
    lives = {
        **values("silent", gauge((1, _BEGIN), (None, spell), (1, 60))),
        **values("gap", gauge((1, _BEGIN), (None, gap), (1, spell + 60))),
    }
    one, other = values("one-exporter", "")
    lives |= {one: gauge((1, spell + 75)), other: gauge((1, _BEGIN))}
    firing = [Firing({pack.label: "silent"})]
    return RuleTest(
        name="a cluster of which nothing is known, and one after a gap in the scrapes",
        series=lives,
        alerts=[
            AlertTest(alert, at(_BEGIN + wait - 1)),
            AlertTest(alert, at(_BEGIN + LOOKBACK + wait), firing),
            AlertTest(alert, at(_BEGIN + spell + keep - 1), firing),
            AlertTest(alert, at(_BEGIN + spell + keep + _AFTER)),
        ],
    )


def fleet_problems(pack: Silenceable, *durations: str) -> Iterator[Problem]:
    """Yield what is wrong with what such packs have in common, and with these durations."""
    yield from runbook_problems(pack.runbook)
    yield from match_problems("match", pack.match)
    yield from label_problems("label", pack.label)
    if pack.label in pack.match:
        rule = f"the rules tell clusters apart by {pack.label}"
        yield Problem(f"match.{pack.label}", repr(pack.match[pack.label]), rule, "Leave it out.")
    wrong = list(length_problems(pack, "silent_for", "memory", "keep_for", *durations))
    yield from wrong
    if not wrong and (seconds(pack.memory) or 0) < 2 * (seconds(pack.silent_for) or 0):
        rule = f"it is twice silent_for, {pack.silent_for}, or more"
        yield Problem("memory", repr(pack.memory), rule, "Write memory='2d'.")
