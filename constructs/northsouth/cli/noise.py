"""``northsouth noise``: which alarms of an account are noisy, by CloudWatch's own history of them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator

from northsouth.cli import history, options

JSON_VERSION = 1
"""The version of the JSON form; it changes if a key changes its meaning."""


_CODES = """\
exit codes:
  0   the table is written
  2   wrong arguments, or a file that cannot be read
"""


def register(commands: options.Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "noise",
        help="tell which alarms of an account are noisy",
        description="Tell which alarms fired how often, for how long, flapped, or ran no action; the noisiest first.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "histories",
        nargs="+",
        metavar="FILE",
        type=options.file_name,
        help="what `aws cloudwatch describe-alarm-history` printed; all pages",
    )
    parser.add_argument("--json", action="store_true", help="write the table as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read the histories and write the table."""
    history.need_extra()
    from northsouth.alerts.replay.account import read_account
    from northsouth.alerts.replay.noise import Noise, noise
    from northsouth.alerts.replay.timeline import stamp

    account = read_account(arguments.histories)
    listed = noise(account.alarms.values(), account.start, account.end)
    if arguments.json:
        document = {
            "version": JSON_VERSION,
            "start": stamp(account.start),
            "end": stamp(account.end),
            "alarms": [alarm.to_json() for alarm in listed],
            "notes": list(account.notes),
        }
        sys.stdout.write(f"{json.dumps(document, indent=2)}\n")
        return 0

    def lines() -> Iterator[str]:
        span = f", {stamp(account.start)} to {stamp(account.end)}" if listed else "; no alarm changed in this history"
        yield f"{len(listed)} alarms{span}"
        yield from account.notes
        yield f"{'fired':>6} {'a week':>7} {'min in ALARM':>13} {'flaps':>6} {'actions':>8}  alarm"
        yield from map(row, listed)
        loud = [alarm for alarm in listed if alarm.fired]
        if loud:
            yield "To tune the noisiest:"
            yield from (f"  {alarm.command}" for alarm in loud[:5])

    def row(alarm: Noise) -> str:
        note = "  fired, and ran no action" if alarm.silent else ""
        numbers = (
            f"{alarm.fired:>6} {alarm.fired_a_week:>7.1f} {alarm.minutes:>13,.0f} {alarm.flaps:>6} {alarm.actions:>8}"
        )
        return f"{numbers}  {alarm.alarm}{note}"

    sys.stdout.writelines(f"{line}\n" for line in lines())
    return 0
