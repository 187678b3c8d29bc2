"""``northsouth replay``: what the alarms of a stack would have done on a history."""

from __future__ import annotations

import argparse
import json
import sys

from northsouth.cli import history, options

_CODES = """\
exit codes:
  0   the alarms were replayed; refused ones are listed with the reason
  2   wrong arguments, or a file that cannot be read
"""


def register(commands: options.Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "replay",
        help="tell what alarms would have done on a history",
        description="Replay the CloudWatch alarms of a stack on a history of their metrics, by AWS's rules.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    history.add_sources(parser)
    parser.add_argument(
        "--alarm",
        dest="alarms",
        action="append",
        default=[],
        metavar="NAME",
        help="an alarm; may be repeated (default: all)",
    )
    parser.add_argument(
        "--against",
        nargs="+",
        default=[],
        metavar="FILE",
        type=options.file_name,
        help="compare with `aws cloudwatch describe-alarm-history`",
    )
    parser.add_argument("--json", action="store_true", help="write the timelines as JSON")
    history.add_page(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Replay the alarms and write what became of them."""
    history.need_page(arguments)
    declared = history.alarms(history.template(arguments))
    from northsouth.alerts.replay.report import as_json, as_text, made

    chosen = declared.only(*arguments.alarms) if arguments.alarms else declared
    reading = history.metrics(arguments, chosen)
    settings, incidents = history.settings(arguments), history.incidents(arguments, reading)
    report = made(chosen, reading, settings, incidents, arguments.against)
    if arguments.html:
        from northsouth.report.replay_page import Tried, page

        history.write(arguments.html, page(Tried(report, chosen, settings, incidents)))
    if arguments.json:
        sys.stdout.write(f"{json.dumps(as_json(report), indent=2)}\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in as_text(report))
    return 0
