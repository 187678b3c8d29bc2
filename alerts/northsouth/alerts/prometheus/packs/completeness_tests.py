"""Tests of the rules on a pipeline as a whole, made of the pack's parameters; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from northsouth.alerts.prometheus.packs.completeness_parameters import FROM, HOP, STREAM, CompletenessParameters
from northsouth.alerts.prometheus.packs.hops import Hop
from northsouth.alerts.prometheus.packs.parameters import fraction
from northsouth.alerts.prometheus.selectors import all_left_out, example, series
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import Part, at, counter, gauge, line, minutes
from northsouth.metrics.dimensions import COUNT
from northsouth.metrics.units import quantity

Series = dict[str, str]
VANISH, TWICE, SILENT = "PipelineRecordsVanish", "PipelineRecordsTwice", "PipelineHopSilent"
_AFTER = 6
"""Minutes after which an alert that waits for as long as it must is looked for."""


def tests(pack: CompletenessParameters) -> Sequence[RuleTest]:
    """Return the scenarios: each pair of neighbours loses records, or counts them twice, and each hop falls silent."""
    return [
        *(test for place in range(1, len(pack.hops)) for test in _losses(pack, place)),
        *(_gone(pack, place) for place in range(len(pack.hops))),
        _restarts(pack),
        *(test for place, hop in enumerate(pack.hops[:-1]) if hop.waiting for test in _backlog(pack, place)),
    ]


def _rate(pack: CompletenessParameters) -> float:
    """Return records in a minute: twice as many in a window as are judged."""
    return 2 * quantity(pack.floor).number_in(COUNT) / minutes(pack.window)


def _counters(pack: CompletenessParameters, hop: Hop, *parts: Part) -> Series:
    """Return a hop's counters: two parts of it, or the same one by two exporters; and others that the rules ignore."""
    half = 1.0 if hop.by else 0.5
    grown: list[Part] = [(None if rate is None else rate * hop.times * half, steps) for rate, steps in parts]
    labels = {**dict.fromkeys(hop.by, "one"), **example(hop.match)}
    return {
        **{series(hop.counter, {**labels, "replica": replica}): counter(*grown) for replica in ("1", "2")},
        **_unrelated(pack, hop, sum(steps for _, steps in parts)),
    }


def _unrelated(pack: CompletenessParameters, hop: Hop, length: int) -> Series:
    """Return series that a hop's selectors leave out, and that grow all the time."""
    life = counter((_rate(pack) * hop.times, length))
    metrics = [(hop.counter, hop.match), *([(hop.waiting, hop.waiting_match)] if hop.waiting else [])]
    return {
        series(metric, {**dict.fromkeys(hop.by, "one"), **labels, "replica": "other"}): life
        for metric, match in metrics
        for labels in all_left_out(match)
    }


def _firing(pack: CompletenessParameters, **hops: str) -> list[Firing]:
    return [Firing({STREAM: pack.stream, **hops})]


def _losses(pack: CompletenessParameters, place: int) -> Iterator[RuleTest]:
    """Yield the tests of one pair: what reaches ``place`` changes, and all hops behind it count what it counts."""
    before, after = pack.hops[place - 1].name, pack.hops[place].name
    rate, window, keep = _rate(pack), minutes(pack.window), minutes(pack.keep_for)
    firing = _firing(pack, **{FROM: before, HOP: after})
    begin = window + _AFTER
    vanish = f"half of the records vanish between {before} and {after}"
    twice = f"{after} counts twice what {before} does"
    cases = (
        (vanish, fraction(pack.below), fraction(pack.below) / 2, VANISH, pack.vanish_for),
        (twice, fraction(pack.above), 2 * fraction(pack.above), TWICE, pack.twice_for),
    )
    for name, limit, share, alert, for_ in cases:
        # The alert's condition ends when what is left of the trouble in the window is too little for it.
        ends = begin + window + minutes(for_) + 2 * _AFTER + window * (1 - (1 - limit) / (1 - share))
        spell = window + minutes(for_) + 2 * _AFTER
        length = begin + spell + window + keep + 2 * _AFTER
        changed = [(rate, begin), (rate * share, spell), (rate, length - begin - spell)]
        yield RuleTest(
            name=name,
            series=_pipeline(pack, place, [(rate, length)], changed),
            alerts=[
                AlertTest(alert, at(begin)),
                AlertTest(alert, at(begin + minutes(for_) - 1)),
                AlertTest(alert, at(begin + window + minutes(for_) + _AFTER), firing),
                AlertTest(alert, at(int(ends) + keep - 1), firing),
                AlertTest(alert, at(int(ends) + keep + _AFTER)),
            ],
        )
    length = 2 * window + minutes(pack.vanish_for) + minutes(pack.twice_for)
    quiet = [AlertTest(alert, at(length - 1)) for alert in (VANISH, TWICE)]
    # What no selector finds grows as fast as in the other tests: with it, there would be enough to judge.
    little = quantity(pack.floor).number_in(COUNT) * 0.9 / window
    few = (little, 0.0), (little, 3 * fraction(pack.above) * little)
    enough = (rate, rate * fraction(pack.below) * 1.002), (rate, rate * fraction(pack.above) * 0.998)
    for name, amounts in (("too few records to judge", few), ("just enough records, and nearly too many", enough)):
        for before_rate, after_rate in amounts:
            yield RuleTest(
                name=f"{name}, between {before} and {after}: {after_rate / before_rate:.3f}",
                series=_pipeline(pack, place, [(before_rate, length)], [(after_rate, length)]),
                alerts=quiet,
            )


def _pipeline(pack: CompletenessParameters, place: int, first: Sequence[Part], then: Sequence[Part]) -> Series:
    """Return the counters of all hops: those before ``place`` have the first values, the others have the second."""
    values: Series = {}
    for index, hop in enumerate(pack.hops):
        values |= _counters(pack, hop, *(then if index >= place else first))
    return values


def _gone(pack: CompletenessParameters, place: int) -> RuleTest:
    """Return the test of a hop whose counter disappears while records still pass: no alert reports a loss."""
    # So many that there are enough to judge until nearly the whole window is without them.
    rate, wait, keep = 10 * _rate(pack), minutes(pack.silent_for), minutes(pack.keep_for)
    begin = minutes(pack.window) + _AFTER
    spell = wait + minutes(pack.window) + max(minutes(pack.vanish_for), minutes(pack.twice_for))
    values: Series = {}
    for index, hop in enumerate(pack.hops):
        missing = [(rate, begin), (None, spell)]
        values |= _counters(pack, hop, *(missing if index == place else [(rate, begin + spell)]))
        values |= _unrelated(pack, hop, begin + spell + keep + 3 * _AFTER)
    # It comes back where it was.
    for name, life in _counters(pack, pack.hops[place], (rate, keep + 3 * _AFTER)).items():
        if 'replica="other"' not in name:
            values[name] += f" {life}"
    silent = _firing(pack, **{HOP: pack.hops[place].name})
    moments = begin + minutes(pack.window) * 9 // 10, begin + spell - 1
    silent_alerts = [AlertTest(alert, at(moment)) for moment in moments for alert in (VANISH, TWICE)]
    return RuleTest(
        name=f"the counter of {pack.hops[place].name} is gone",
        series=values,
        alerts=[
            AlertTest(SILENT, at(begin + wait - 1)),
            AlertTest(SILENT, at(begin + wait + _AFTER), silent),
            AlertTest(SILENT, at(begin + spell + keep - 1), silent),
            AlertTest(SILENT, at(begin + spell + keep + _AFTER)),
            *silent_alerts,
        ],
    )


def _restarts(pack: CompletenessParameters) -> RuleTest:
    """Return the test of hops that start again one after the other: their counters begin at 0."""
    rate, window = _rate(pack), minutes(pack.window)
    length = 3 * window + minutes(pack.vanish_for)
    values: Series = {}
    for place, hop in enumerate(pack.hops):
        grown = rate * hop.times
        first = window + 2 + place
        life = f"{line(1_000_000, grown, first)} {line(0, grown, length - first)}"
        values[series(hop.counter, {**dict.fromkeys(hop.by, "one"), **example(hop.match)})] = life
    moments = range(window, length, max(minutes(pack.vanish_for) // 2, 1))
    alerts = [AlertTest(alert, at(moment)) for moment in moments for alert in (VANISH, TWICE)]
    return RuleTest(name="hops start again, one after the other", series=values, alerts=alerts)


def _backlog(pack: CompletenessParameters, place: int) -> Iterator[RuleTest]:
    """Yield the tests of records that wait, of which half do not reach the next hop, and of those that wait no more."""
    hop, rate, window = pack.hops[place], _rate(pack), minutes(pack.window)
    begin, length = window + _AFTER, 3 * window + minutes(pack.vanish_for) + minutes(pack.twice_for)
    spell = length - begin
    waits = series(str(hop.waiting), {**example(hop.waiting_match), "replica": "1"})
    more = fraction(pack.above)
    for name, share in (("wait", -0.5), ("that waited are sent", more)):
        slope = -share * rate * hop.times
        before = 0 if share < 0 else -slope * (spell + 1)
        values = _pipeline(pack, place + 1, [(rate, length)], [(rate, begin), (rate * (1 + share), spell)])
        values[waits] = f"{gauge((before, begin))} {line(before + slope, slope, spell)}"
        alerts = [AlertTest(alert, at(moment)) for moment in (begin + window, length - 1) for alert in (VANISH, TWICE)]
        yield RuleTest(name=f"records {name} at {hop.name}", series=values, alerts=alerts)
