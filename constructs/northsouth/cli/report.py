"""``northsouth report``: what a change means, as a page, a comment and JSON."""

from __future__ import annotations

import argparse
import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from northsouth.cli import history, options

if TYPE_CHECKING:
    from northsouth.report.asked import Asked
    from northsouth.report.sides import Sides

_CODES = """\
exit codes:
  0   the report is written; what could not be judged is in it
  2   wrong arguments, or a file that cannot be read: nothing is written
"""


def register(commands: options.Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "report",
        help="tell what a change means: paths, names, alarms, money",
        description="Compare two synthesized stacks, or read a plan, and say what the change means. Write Markdown for "
        "a comment to standard output, and a page of everything to --html.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--before",
        metavar="FILE",
        type=options.file_name,
        help="the environment as it is: a synthesized stack, a plan, or a state",
    )
    parser.add_argument(
        "--after",
        required=True,
        metavar="FILE",
        type=options.file_name,
        help="the environment as it will be: a synthesized stack, or `terraform show -json` of a plan; a plan alone is "
        "both sides",
    )
    parser.add_argument("--title", metavar="TEXT", help="what the environment is called (default: the stack's folder)")
    parser.add_argument("--commit", default="", metavar="HASH", help="the commit that is reviewed")
    parser.add_argument(
        "--metrics", nargs="+", metavar="FILE", type=options.file_name, help="the history that alarms are tried on"
    )
    history.add_mapping(parser)
    history.add_incidents(parser)
    parser.add_argument(
        "--flows", nargs="+", metavar="FILE", type=options.file_name, help="flow logs: who sends what through NAT"
    )
    options.add_queries(parser)
    parser.add_argument("--region", default="", metavar="REGION", help="the Region, if flow logs do not say it")
    parser.add_argument(
        "--usage", metavar="FILE", type=options.file_name, help="the GB that pass in a month, as for `northsouth cost`"
    )
    parser.add_argument(
        "--prices",
        metavar="FILE",
        type=options.file_name,
        help="prices of another Region or contract, as for `northsouth cost`",
    )
    history.add_page(parser)
    parser.add_argument("--link", default="", metavar="ADDRESS", help="where the page will be, for the comment")
    parser.add_argument("--redact", action="store_true", help="leave out account ids and public addresses")
    parser.add_argument("--json", action="store_true", help="write the report as JSON in place of Markdown")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the report."""
    if arguments.metrics:
        history.need_extra()
    history.need_page(arguments)
    if arguments.flows and not all(map(find_spec, ("duckdb", "sqlglot"))):
        raise options.UsageError("flow logs need the extra 'egress': pip install 'northsouth[egress]'")
    from northsouth.report.markdown import markdown
    from northsouth.report.model import report
    from northsouth.report.redaction import redacted
    from northsouth.report.sides import read_sides

    sides = read_sides(arguments.before, arguments.after)
    model = report(sides, _asked(arguments, sides))
    if arguments.redact:
        model = redacted(model)
    if arguments.html:
        from northsouth.report.page import page

        history.write(arguments.html, page(model))
    written = f"{json.dumps(model, indent=2)}\n" if arguments.json else markdown(model, arguments.link)
    sys.stdout.write(written)
    return 0


def _asked(arguments: argparse.Namespace, sides: Sides) -> Asked:
    from northsouth.cli.cost import read_prices, read_usage_file
    from northsouth.report.asked import Asked, Flows, Metrics

    metrics = None
    if arguments.metrics:
        metrics = Metrics(
            arguments.metrics,
            history.mapping(arguments),
            arguments.incidents,
            arguments.time_zone,
            arguments.period,
        )
    elif arguments.incidents:
        raise options.UsageError("--incidents belongs to --metrics; give both")
    title = arguments.title or _name(sides.after.file)
    templates = [{"": side.template} for side in (sides.before, sides.after) if side is not None]
    usage = read_usage_file(Path(arguments.usage), templates) if arguments.usage else None
    prices = read_prices(Path(arguments.prices)) if arguments.prices else None
    flows = Flows(arguments.flows, arguments.queries, arguments.region) if arguments.flows else None
    return Asked(title=title, commit=arguments.commit, metrics=metrics, flows=flows, usage=usage, prices=prices)


def _name(file: str) -> str:
    path = Path(file).resolve()
    return path.parent.name if path.name == "cdk.tf.json" else path.stem
