"""Tests of an alert on a level: it fires, it is quiet, it resolves, and the same at the edge; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.prometheus.rules import AlertRule
from northsouth.alerts.prometheus.selectors import series
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import at, counter, gauge, whole_steps

SCENARIO = "scenario"
"""A label that tells the things of a test apart where the alert keeps all labels."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A series that an alert looks at.

    Attributes:
        metric: the metric's name.
        good: its value, or growth in a step, while all is well.
        edge: the last one that is still well.
        bad: one that is not.
        labels: its labels, beside those of the test.
        grows: whether it is a counter.

    """

    metric: str
    good: float
    edge: float
    bad: float
    labels: Mapping[str, str] = field(default_factory=dict)
    grows: bool = False

    @classmethod
    def steady(cls, metric: str, value: float, labels: Mapping[str, str] | None = None) -> Probe:
        """Return a gauge that stays as it is."""
        return cls(metric, value, value, value, labels or {})


def threshold_test(
    rule: AlertRule,
    name: str,
    probes: Sequence[Probe],
    *,
    by: str,
    labels: Mapping[str, str],
    kept: Mapping[str, str] | None = None,
    ignored: Sequence[Sequence[Probe]] = (),
    lag: str = "0s",
    step: int = 1,
) -> RuleTest:
    """Return a test of three things at once: one goes bad and is well again, one goes bad briefly, one is at the edge.

    Further things are bad all the time, and the alert ignores them.

    Args:
        rule: the alert.
        name: what the test shows.
        probes: the series of each thing.
        by: the label that tells the things apart.
        labels: their other labels, which the alert keeps.
        kept: labels of the probes that the alert keeps.
        ignored: the series of each thing that is bad and that the alert ignores.
        lag: how long the expression may take to follow: the window of its rates.
        step: minutes between two values.

    """
    window, for_, keep = (whole_steps(length, step) for length in (lag, rule.for_, rule.keep_firing_for or "0s"))
    begin = max(2 * window, 5 * step)
    spell = for_ + window + 4 * step
    end = begin + spell
    brief = max(for_ - window - step, 0)
    after = window + keep + 4 * step
    lives = {
        "fires": [("good", begin), ("bad", spell), ("good", after)],
        "brief": [("good", begin), ("bad", brief), ("good", end + after - begin - brief)],
        "edge": [("edge", end + after)],
    }
    things = [(thing, parts, probes) for thing, parts in lives.items()]
    things += [(f"ignored-{number}", [("bad", end + after)], those) for number, those in enumerate(ignored)]
    values = {
        series(probe.metric, {**labels, by: thing, **probe.labels}): (counter if probe.grows else gauge)(
            *((getattr(probe, level), length // step) for level, length in parts)
        )
        for thing, parts, those in things
        for probe in those
    }
    firing = [Firing({**labels, by: "fires", **(kept or {}), **rule.labels})]
    quiet = [begin - step, *([begin + for_ - step] if for_ else [])]
    alerts = [
        *(AlertTest(rule.alert, at(minute)) for minute in quiet),
        AlertTest(rule.alert, at(begin + window + for_ + step), firing),
        AlertTest(rule.alert, at(max(end + keep - 2 * step, end - step)), firing),
        AlertTest(rule.alert, at(end + window + keep + 2 * step)),
    ]
    return RuleTest(name=name, series=values, alerts=alerts, interval=at(step))
