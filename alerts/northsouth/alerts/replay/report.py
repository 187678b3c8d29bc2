"""A replay with its scores, findings and comparisons, as lines of text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from northsouth.alerts.replay.account import read_account
from northsouth.alerts.replay.against import Comparison, compare, initial_states, measure
from northsouth.alerts.replay.alarms import Alarms
from northsouth.alerts.replay.engine import replay
from northsouth.alerts.replay.files.reading import Reading
from northsouth.alerts.replay.findings import Finding, findings
from northsouth.alerts.replay.incidents import Incident
from northsouth.alerts.replay.scoring import Score, Verdict, score
from northsouth.alerts.replay.settings import Settings
from northsouth.alerts.replay.timeline import Evidence, Replay, Timeline, Transition, Unknown, stamp


@dataclass(frozen=True, slots=True)
class Report:
    """A replay and everything that is reported about it.

    Attributes:
        replay: the timelines, and what was refused.
        reading: the metrics, and what files were taken for what.
        scores: how well each alarm fits the incidents, by its name; empty without incidents.
        findings: what is surprising.
        comparisons: our timelines beside AWS's own, by the alarm's name.
        notes: what limits the comparison, one sentence each.

    """

    replay: Replay
    reading: Reading
    scores: Mapping[str, Score] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    comparisons: Mapping[str, Comparison] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def made(
    alarms: Alarms,
    reading: Reading,
    settings: Settings,
    incidents: Sequence[Incident] = (),
    against: Sequence[str | Path] = (),
) -> Report:
    """Replay alarms and say everything about it.

    Args:
        alarms: the alarms.
        reading: their metrics.
        settings: the assumptions.
        incidents: when the alarms are wanted.
        against: files of ``describe-alarm-history``; alarms then begin in the states that AWS says they had.

    Raises:
        ConfigurationError: if a file cannot be read.

    """
    account = read_account(against) if against else None
    known = [series.start for series in reading.history.values() if len(series)]
    if account is not None and known:
        settings = replace(settings, initial=initial_states(account, min(known)), created=False)
    result = replay(alarms, reading.history, settings)
    comparisons: dict[str, Comparison] = {}
    notes: list[str] = list(account.notes) if account else []
    for name, timeline in result.timelines.items() if account is not None else ():
        history = account.alarms.get(name) if account is not None else None
        alarm = alarms.metric.get(name) or alarms.composite.get(name)
        if account is None or history is None or alarm is None:
            notes.append(f"AWS's history has no item of {name}.")
            continue
        measured = measure(alarm, history, reading.history, settings, account)
        comparisons[name] = replace(compare(timeline, history, account), measured=measured)
    scores = {name: score(timeline, incidents) for name, timeline in result.timelines.items()} if incidents else {}
    listed = findings(result, alarms, reading.history, settings)
    return Report(result, reading, scores, listed, comparisons, tuple(notes))


def as_json(report: Report) -> dict[str, object]:
    """Return a report as JSON values: those of the replay, and more keys; ``version`` is the replay's."""
    return {
        **report.replay.to_json(),
        "metrics": list(report.reading.lines),
        "scores": {name: _score(entry) for name, entry in report.scores.items()},
        "findings": [finding.to_json() for finding in report.findings],
        "against": {name: comparison.to_json() for name, comparison in report.comparisons.items()},
        "comparison_notes": list(report.notes),
    }


def as_text(report: Report) -> Iterator[str]:
    """Yield the lines of a report."""
    timelines = list(report.replay.timelines.values())
    yield from proof([timeline.evidence for timeline in timelines])
    yield from (f"note:    {note}" for note in (*report.replay.notes, *report.notes))
    for timeline in timelines:
        yield ""
        yield from _timeline(timeline)
        if timeline.alarm in report.scores:
            yield from fit(report.scores[timeline.alarm])
        yield from (
            f"  {finding.name}: {finding.text}" for finding in report.findings if finding.alarm == timeline.alarm
        )
        if timeline.alarm in report.comparisons:
            yield from agreement(report.comparisons[timeline.alarm])
    if report.replay.refused:
        yield ""
        yield from (f"refused: {refusal}" for refusal in report.replay.refused)


def proof(evidence: Sequence[Evidence]) -> Iterator[str]:
    """Yield what histories can prove, one line for each of spacing, span, gaps, delay and range."""
    judged = [item for item in evidence if item.spacing]
    if not judged:
        yield "spacing: no points"
        return
    exact = sum(1 for evidence in judged if evidence.exact)
    verdict = f"{exact} exact, {len(judged) - exact} bracketed"
    yield f"spacing: points of {_several({evidence.spacing for evidence in judged}, ' s')}; {verdict}"
    yield f"span:    {stamp(min(run.start for run in judged))} to {stamp(max(run.end for run in judged))}"
    yield f"gaps:    {sum(evidence.gaps for evidence in judged):,}"
    yield f"delay:   {_several({evidence.delay for evidence in judged}, ' s')}, assumed"
    ranges = {evidence.evaluation_range for evidence in judged if evidence.evaluation_range}
    yield f"range:   {_several(ranges, ' points')}, assumed" if ranges else "range:   only the points that are judged"


def verdict(evidence: Evidence) -> str:
    """Return whether a timeline is exact, and on what it depends."""
    if evidence.exact:
        unknown = [unknown for unknown in evidence.depends if unknown is not Unknown.PHASE]
        return f"exact, but depends on {' and '.join(unknown)}" if unknown else "exact"
    return f"bracketed: points of {evidence.spacing} s are coarser than AWS's evaluations"


def _timeline(timeline: Timeline) -> Iterator[str]:
    yield f"{timeline.alarm}" + (f"  ({timeline.address})" if timeline.address else "")
    yield f"  {verdict(timeline.evidence)}"
    yield from (f"  {note}" for note in timeline.evidence.notes)
    yield f"  {when(timeline.start)}  {timeline.initial}"
    for change in timeline.transitions:
        yield f"  {when(change.time)}  {change.state}{_depends(change)}"
        if change.reason:
            yield f"      {change.reason}"
    yield from totals(timeline)


def totals(timeline: Timeline) -> Iterator[str]:
    """Yield how long and how often an alarm is in ALARM, and how many notifications each receiver gets."""
    entered, flaps = len(timeline.entered()), timeline.flaps()
    yield f"  {timeline.minutes_in_alarm:,.0f} min in ALARM, {_times(entered)} to ALARM, {_counted(flaps, 'flap')}"
    for receiver, count in sorted(timeline.notifications.items()):
        weekly = f", {count / timeline.weeks:.1f} a week" if timeline.weeks else ""
        yield f"  {_counted(count, 'notification')}{weekly} to {receiver}"


def fit(scored: Score) -> Iterator[str]:
    """Yield how well an alarm fits the incidents: each of them, the false alarms, the quiet time in ALARM."""
    yield f"  incidents: {scored.detected} detected, {scored.missed} missed"
    yield from (f"    {_verdict_line(entry)}" for entry in scored.verdicts)
    rate = f"{scored.false_alarms_a_week:.1f} a week of quiet time"
    moments = ": " + ", ".join(map(when, scored.false_alarms[:8])) if scored.false_alarms else ""
    more = f" and {len(scored.false_alarms) - 8} more" if len(scored.false_alarms) > 8 else ""
    yield f"  {_counted(len(scored.false_alarms), 'false alarm')}, {rate}{moments}{more}"
    yield f"  {scored.stuck:.1%} of the quiet time in ALARM"


def _verdict_line(scored: Verdict) -> str:
    label = scored.incident.label or when(scored.incident.start)
    if scored.delay is None:
        return f"missed    {label}"
    late = scored.resolved_delay
    resolved = (
        "not resolved"
        if late is None
        else f"resolved {abs(late) / 60:,.0f} min {'after' if late >= 0 else 'before'} its end"
    )
    repeats = f", {_counted(scored.repeats, 'repeat')}" if scored.repeats else ""
    return f"detected  {label}, after {scored.delay / 60:,.0f} min, {resolved}{repeats}"


def agreement(compared: Comparison) -> Iterator[str]:
    """Yield where a timeline and AWS's own differ, and which assumptions fit best."""
    yield f"  against AWS: {compared.agreeing} of {len(compared.pairs)} changes agree"
    for pair in compared.pairs:
        side = pair.theirs or pair.ours
        if side is not None and not pair.agrees:
            yield f"    {when(side.time)}  {side.state}, only {'here' if pair.theirs is None else 'on AWS'}"
    measured = compared.measured
    if measured is not None:
        if measured.lag is not None:
            yield f"    measured: the newest point ends {measured.lag:.0f} s before the evaluation (median)"
        ranges, delays = _several(set(measured.ranges), " points"), _several(set(measured.delays), " s")
        yield f"    fits best: range {ranges}; delay {delays}; then {_counted(measured.agreeing, 'change')} agree"
    yield from (f"    {note}" for note in compared.notes)


def _score(scored: Score) -> dict[str, object]:
    return {
        "detected": scored.detected,
        "missed": scored.missed,
        "false_alarms": [stamp(false_alarm) for false_alarm in scored.false_alarms],
        "false_alarms_a_week": scored.false_alarms_a_week,
        "alarms_a_week": scored.alarms_a_week,
        "stuck": scored.stuck,
        "incidents": [
            {
                "label": entry.incident.label,
                "start": stamp(entry.incident.start),
                "end": stamp(entry.incident.end),
                "detected": None if entry.detected is None else stamp(entry.detected),
                "delay": entry.delay,
                "resolved_delay": entry.resolved_delay,
                "repeats": entry.repeats,
            }
            for entry in scored.verdicts
        ],
    }


def when(time: int) -> str:
    """Return a moment for people: ``2026-10-01 10:04:00Z``."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _depends(change: Transition) -> str:
    return f"  (depends on {', '.join(change.depends)})" if change.depends else ""


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _several(numbers: set[int], unit: str) -> str:
    listed = [f"{number:,}" for number in sorted(numbers)]
    return (" or ".join(listed) or "no") + unit
