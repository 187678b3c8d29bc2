"""``northsouth tune``: which threshold and periods would serve an alarm better, on a history."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from northsouth.cli import history, options

if TYPE_CHECKING:
    from northsouth.alerts.replay.files.reading import Reading
    from northsouth.alerts.replay.incidents import Incident
    from northsouth.alerts.replay.tuning import Sweep, Tried
    from northsouth.template import Template

_MARKED_SECONDS = 3600
"""An alarm sees a marked moment if it goes to ALARM within this time after it."""


_CODES = """\
exit codes:
  0   the table is written
  2   wrong arguments, or a file that cannot be read
"""


def register(commands: options.Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "tune",
        help="tell which threshold and periods would serve an alarm better",
        description="Replay an alarm on a history under many thresholds, M, N and periods, and show what is missed for "
        "how many false alarms. The direction and the statistic stay as declared.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    history.add_sources(parser)
    parser.add_argument("--alarm", required=True, metavar="NAME", help="the alarm on a metric or on metric math")
    parser.add_argument(
        "--must-see",
        action="append",
        default=[],
        metavar="TIME",
        help="a moment within an hour of which the alarm has to go to ALARM, if there is no file of incidents",
    )
    parser.add_argument("--json", action="store_true", help="write the table as JSON")
    history.add_page(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Try many settings of the alarm and write the table."""
    history.need_page(arguments)
    source = history.template(arguments)
    declared = history.alarms(source).only(arguments.alarm)
    if len(declared.metric) != 1 or declared.composite:
        raise options.UsageError(f"{arguments.alarm} is a composite alarm; tune the alarms that its rule names")
    from northsouth.alerts.replay.tuning import sweep, to_json

    reading = history.metrics(arguments, declared)
    incidents = history.incidents(arguments, reading) or _marked(arguments, reading)
    (alarm,) = declared.metric.values()
    settings = history.settings(arguments)
    result = sweep(
        alarm,
        reading.history,
        incidents,
        settings,
        workers=os.cpu_count() or 1,
        progress=_bar if sys.stderr.isatty() else lambda _done, _all: None,
    )
    advice = list(_advice(result, source)) if incidents else []
    if arguments.html:
        from northsouth.report.tune_page import Tuned, page

        history.write(arguments.html, page(Tuned(result, reading.history, incidents, settings, advice)))
    if arguments.json:
        sys.stdout.write(f"{json.dumps({**to_json(result), 'advice': advice}, indent=2)}\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _text(result, advice, labelled=bool(incidents)))
    return 0


def _marked(arguments: argparse.Namespace, reading: Reading) -> tuple[Incident, ...]:
    from northsouth.alerts.replay.files.stamps import StampError
    from northsouth.alerts.replay.incidents import Incident, marked_in, moment

    try:
        moments = sorted(moment(text, arguments.time_zone) for text in arguments.must_see)
    except StampError as error:
        raise options.UsageError(f"--must-see: {error}") from error
    incidents = tuple(Incident(moment, moment + _MARKED_SECONDS, "must see") for moment in moments)
    return marked_in(reading.history, incidents, "--must-see")


def _bar(done: int, number: int) -> None:
    """Draw how far the sweep is, over itself; the last one is wiped out."""
    width = 40
    full = done * width // number
    line = f"\r[{'#' * full}{' ' * (width - full)}] {done:,} of {number:,}"
    sys.stderr.write(line if done < number else f"\r{' ' * len(line)}\r")
    sys.stderr.flush()


def _text(result: Sweep, advice: Sequence[str], *, labelled: bool) -> Iterator[str]:
    from northsouth.alerts.replay.tuning import rows

    yield f"{result.alarm.name}: {len(result.tried):,} settings tried"
    yield from (f"{count:,} not tried: {reason}" for reason, count in result.untried.items())
    if not labelled:
        yield from _cost(result)
        return
    heads = f"{'false a week':>12}  {'notifications':>13}  {'delay':>8}  {'stuck':>6}  setting"
    yield f"{'budget':>8}  {'missed':>9}  {heads}"
    if result.declared is not None:
        yield f"{'declared':>8}  {_numbers(result.declared)}"
    for budget, best in rows(result):
        yield f"{budget:>8g}  {_numbers(best) if best else 'nothing separates'}"
    yield from advice


def _advice(result: Sweep, template: Template) -> Iterator[str]:
    """Yield which setting to take, and what to write for it."""
    from northsouth.cli.suggestion import lines

    knee, quietest = result.knee, result.quietest
    if knee is None:
        yield "Nothing separates the incidents from quiet time. Try another metric or statistic."
        return
    resource = template[result.alarm.address]
    yield f"The knee: {knee.setting}. More false alarms than that buy little."
    yield from lines(resource, result.alarm, knee.setting)
    if quietest is not None and quietest != knee:
        yield f"The quietest that sees every incident: {quietest.setting}; {quietest.score.alarms_a_week:.1f} a week."
        yield from lines(resource, result.alarm, quietest.setting)


def _cost(result: Sweep) -> Iterator[str]:
    """Yield what the declared setting costs if no incident is marked."""
    declared = result.declared
    if declared is None:
        yield "The history does not show what the declared setting costs."
        return
    weekly = f"{declared.score.alarms_a_week:.1f} a week"
    stuck = f"{declared.score.stuck:.1%} of the time in it"
    yield f"Declared, {declared.setting}: {declared.score.alarms} times to ALARM, {weekly}, {stuck}."
    yield "Mark incidents with --incidents, or a moment with --must-see, to compare settings."


def _numbers(tried: Tried) -> str:
    scored = tried.score
    missed = f"{scored.missed} of {len(scored.verdicts)}"
    delay = "" if scored.delay is None else f"{scored.delay / 60:.3g} min"
    rates = f"{scored.false_alarms_a_week:>12.1f}  {scored.alarms_a_week:>13.1f}  {delay:>8}  {scored.stuck:>6.1%}"
    return f"{missed:>9}  {rates}  {tried.setting}"
