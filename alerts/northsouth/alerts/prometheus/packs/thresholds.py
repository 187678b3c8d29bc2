"""Tests of an alert on a level or on growth: it fires, it is quiet, it resolves, and the same at the edge; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.prometheus.rules import AlertRule
from northsouth.alerts.prometheus.selectors import series
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import at, counter, gauge, line, minutes, whole_steps

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
        """Return a gauge that does not change."""
        return cls(metric, value, value, value, labels or {})


def threshold_test(
    rule: AlertRule,
    name: str,
    probes: Sequence[Probe],
    *,
    by: str,
    labels: Mapping[str, str],
    kept_labels: Mapping[str, str] | None = None,
    ignored: Sequence[Sequence[Probe]] = (),
    lag: str = "0s",
    late: bool = False,
    lingers: bool = False,
    step: int = 1,
) -> RuleTest:
    """Return a test of three scenarios at once: a long failure that ends, a short failure, and a value at the edge.

    The scenarios in ``ignored`` fail all the time, and the alert ignores them.

    Args:
        rule: the alert.
        name: what the test shows.
        probes: the series of each scenario.
        by: the label that tells the scenarios apart.
        labels: the other labels of the series, which the alert keeps.
        kept_labels: labels of the probes that the alert keeps.
        ignored: the series of further scenarios, which fail and which the alert ignores.
        lag: how long the expression may take to follow: the window of its rates.
        late: whether the alert fires only after the failure fills the window, as an alert on no growth does.
        lingers: whether the alert holds until the window has left the failure, as an alert on growth does.
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
    scenarios = [(scenario, parts, probes) for scenario, parts in lives.items()]
    scenarios += [
        (f"ignored-{number}", [("bad", end + after)], ignored_probes) for number, ignored_probes in enumerate(ignored)
    ]
    values = {
        series(probe.metric, {**labels, by: scenario, **probe.labels}): (counter if probe.grows else gauge)(
            *((getattr(probe, level), length // step) for level, length in parts)
        )
        for scenario, parts, scenario_probes in scenarios
        for probe in scenario_probes
    }
    firing = [Firing({**labels, by: "fires", **(kept_labels or {}), **rule.labels})]
    quiet = [begin - step, *([begin + (window if late else 0) + for_ - (3 if late else 1) * step] if for_ else [])]
    last = end + window + keep - 3 * step if lingers else max(end + keep - 2 * step, end - step)
    alerts = [
        *(AlertTest(rule.alert, at(minute)) for minute in quiet),
        AlertTest(rule.alert, at(begin + window + for_ + step), firing),
        AlertTest(rule.alert, at(last), firing),
        AlertTest(rule.alert, at(end + window + keep + 2 * step)),
    ]
    return RuleTest(name=name, series=values, alerts=alerts, interval=at(step))


def growth_test(
    rule: AlertRule,
    name: str,
    metric: str,
    *,
    window: str,
    labels: Mapping[str, str],
    beside: Mapping[str, str] | None = None,
) -> RuleTest:
    """Return a test of an alert on any growth: one grows, one grew long ago, and one starts again from 0.

    Args:
        rule: the alert; it waits for a minute.
        name: what the test shows.
        metric: the counter, or the gauge that should not grow.
        window: over which the alert looks at it.
        labels: the labels of the series, which the alert keeps.
        beside: further series, which the alert ignores.

    """
    begin, spell, keep = 15, minutes(window) - 1, minutes(rule.keep_firing_for or "0s")
    lives = {
        "grows": gauge((7, begin), (8, spell + 90)),
        "grew-long-ago": gauge((7, begin + 90)),
        "restarted": gauge((7, begin), (0, spell + 90)),
    }
    firing = [Firing({**labels, SCENARIO: "grows", **rule.labels})]
    return RuleTest(
        name=name,
        series={
            **{series(metric, {**labels, SCENARIO: scenario}): life for scenario, life in lives.items()},
            **(beside or {}),
        },
        alerts=[
            AlertTest(rule.alert, at(begin)),
            AlertTest(rule.alert, at(begin + 2), firing),
            AlertTest(rule.alert, at(begin + spell + keep - 1), firing),
            AlertTest(rule.alert, at(begin + spell + keep + 4)),
        ],
    )


def restarts_test(rule: AlertRule, metric: str, restarts: int, labels: Mapping[str, str]) -> RuleTest:
    """Return a test of an alert on restarts within an hour: as many as raise it, five minutes apart, and one less.

    Args:
        rule: the alert; it waits for a minute.
        metric: the value that a restart brings down.
        restarts: as many as raise the alert.
        labels: the labels of the series, which the alert keeps.

    """
    begin, keep = 15, minutes(rule.keep_firing_for or "0s")
    last = begin + 5 * (restarts - 1)
    lives = {
        scenario: " ".join([line(1000, 1, begin), *[line(1, 1, 5)] * (starts - 1), *[line(1, 1, 150)] * min(starts, 1)])
        for scenario, starts in (("often", restarts), ("once-less", restarts - 1))
    }
    firing = [Firing({**labels, SCENARIO: "often", **rule.labels})]
    return RuleTest(
        name="one that starts again and again, and one that does once less",
        series={series(metric, {**labels, SCENARIO: scenario}): life for scenario, life in lives.items()},
        alerts=[
            AlertTest(rule.alert, at(last)),
            AlertTest(rule.alert, at(last + 2), firing),
            AlertTest(rule.alert, at(begin + 58 + keep - 1), firing),
            AlertTest(rule.alert, at(last + 60 + keep + 4)),
        ],
    )
