"""``northsouth egress explain``: who sends what through NAT, and which private path would have carried it."""

from __future__ import annotations

import argparse
import json
import math
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from northsouth.cli import history, options
from northsouth.cli.options import UsageError

if TYPE_CHECKING:
    import duckdb

    from northsouth.egress.flows.engine import Window
    from northsouth.egress.flows.report import Report
    from northsouth.egress.flows.vpc import Vpc
    from northsouth.egress.prices import Prices

OVER = 1
"""Exit code if more money can be saved than ``--fail-over`` allows."""
_CODES = """\
exit codes:
  0   explained
  1   the remedies that pay save more than --fail-over
  2   wrong arguments, or records that cannot be read or cannot say who uses NAT
"""
_POLL_SECONDS = 0.2
_BAR = 30


def register(commands: options.Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "explain",
        help="tell who sends what through NAT, and which private path would have carried it",
        description="Explain the traffic through NAT gateways from flow logs: who, where to, for how much, and what "
        "would carry it for less.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        type=options.file_name,
        help="flow logs: text, gzip or Parquet; files and folders",
    )
    options.add_queries(parser)
    options.add_template(parser, required=False)
    parser.add_argument("--vpc", default="", metavar="VPC", help="which VPC of the plan, by Terraform address or id")
    parser.add_argument(
        "--vpc-cidr", dest="cidrs", action="append", default=[], metavar="CIDR", help="a block of the VPC; repeatable"
    )
    parser.add_argument(
        "--nat",
        dest="gateways",
        action="append",
        default=[],
        metavar="ENI[=ADDRESS,…]",
        help="a NAT gateway's interface with its private addresses, or nat-… of a regional one; repeatable (default: "
        "those of the plan, or those that the records show)",
    )
    parser.add_argument("--region", default="", metavar="REGION", help="the Region, if the records do not say it")
    parser.add_argument("--window", nargs=2, metavar=("START", "END"), help="the time to explain, as ISO 8601 in UTC")
    parser.add_argument("--format", default="", help="the flow log's format, for files without a header")
    parser.add_argument(
        "--twin",
        dest="twins",
        action="append",
        default=[],
        metavar="NAME=TARGET",
        help="a private name that holds the same as NAME; repeatable",
    )
    parser.add_argument("--zones", type=int, metavar="N", help="zones an interface endpoint would stand in")
    parser.add_argument(
        "--prices",
        metavar="FILE",
        type=options.file_name,
        help="prices (TOML) as for `northsouth cost`; or us-east-1, to take the known ones for another Region",
    )
    parser.add_argument(
        "--ip-ranges", metavar="FILE", type=options.file_name, help="AWS's ip-ranges.json (default: a dated copy)"
    )
    parser.add_argument(
        "--bytes-metric",
        metavar="FILE",
        type=options.file_name,
        help="GetMetricData of BytesInFromSource and BytesInFromDestination",
    )
    parser.add_argument("--top", type=int, default=10, metavar="N", help="rows of each table (default: 10)")
    parser.add_argument(
        "--fail-over", type=float, metavar="USD", help="exit 1 if remedies would save more than this a day"
    )
    parser.add_argument("--json", action="store_true", help="write the report as JSON")
    history.add_page(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Explain, write what was asked for, and return the exit code."""
    if not all(map(find_spec, ("duckdb", "sqlglot"))):
        raise UsageError("egress explain needs the extra 'egress': pip install 'northsouth[egress]'")
    history.need_page(arguments)
    report = _report(arguments)
    from northsouth.egress.flows.report import as_json, as_text

    if arguments.html:
        from northsouth.report.egress_page import page

        history.write(arguments.html, page(report))
    if arguments.json:
        sys.stdout.write(f"{json.dumps(as_json(report), indent=2)}\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in as_text(report))
    return OVER if arguments.fail_over is not None and report.avoidable > arguments.fail_over else 0


def _report(arguments: argparse.Namespace) -> Report:
    from northsouth.database import connection
    from northsouth.egress.flows.control import read_control
    from northsouth.egress.flows.engine import MEMORY, Question, explain
    from northsouth.egress.flows.report import Report
    from northsouth.egress.flows.twins import resolutions

    _check(arguments)
    vpc = _vpc(arguments)
    twins = dict(options.pair(text) for text in arguments.twins)
    resolution_lines = resolutions(vpc.overrides, twins)
    question = Question(
        files=arguments.files,
        queries=arguments.queries,
        vpc=vpc,
        region=arguments.region,
        prices=_prices(arguments),
        twins=twins,
        zones=arguments.zones,
        window=_window(arguments.window),
        format=arguments.format,
        ip_ranges=arguments.ip_ranges,
        top=arguments.top,
    )
    with connection(memory=MEMORY) as database, _progress(database):
        answer = explain(question, database)
    window = answer.window
    control = read_control(arguments.bytes_metric, window.start, window.end) if arguments.bytes_metric else None
    return Report(answer, control, resolution_lines)


def _check(arguments: argparse.Namespace) -> None:
    for name in ("top", "zones"):
        value = getattr(arguments, name)
        if value is not None and value < 1:
            raise UsageError(f"--{name}: got {value}; at least 1. Write --{name} 3.")
    limit = arguments.fail_over
    if limit is not None and not 0 <= limit < math.inf:
        raise UsageError(f"--fail-over: got {limit:g}; an amount of USD, 0 or more. Write --fail-over 10.")


def _vpc(arguments: argparse.Namespace) -> Vpc:
    """Return what the plan and the options say; an option wins."""
    from dataclasses import replace

    from northsouth.egress.flows.vpc import declared, written

    from_options = written(arguments.cidrs, arguments.gateways)
    if not (arguments.plan or arguments.stack):
        if not from_options.cidrs:
            raise UsageError(
                "got neither a plan nor the VPC's blocks of addresses; one says which addresses are senders. "
                "Write --vpc-cidr 10.0.0.0/16 for each block, or --plan FILE"
            )
        return from_options
    template = options.template(arguments)
    vpc = declared(template, arguments.vpc)
    vpc = replace(
        vpc,
        cidrs=tuple(dict.fromkeys((*vpc.cidrs, *from_options.cidrs))),
        gateways=from_options.gateways or vpc.gateways,
    )
    if not vpc.cidrs:
        raise UsageError(
            f"{template.source}: got no block of the VPC's addresses; write --vpc-cidr 10.0.0.0/16 as well"
        )
    return vpc


def _prices(arguments: argparse.Namespace) -> Prices | None:
    from northsouth.cli.cost import read_prices
    from northsouth.egress.prices import Prices

    if not arguments.prices:
        return None
    return Prices() if arguments.prices == Prices().region else read_prices(Path(arguments.prices))


def _window(texts: list[str] | None) -> Window | None:
    from northsouth.egress.flows.engine import Window

    if texts is None:
        return None
    start, end = map(_moment, texts)
    if end <= start:
        raise UsageError(f"--window: got {' '.join(texts)}; the end is after the start. Write the earlier one first.")
    return Window(start, end, stated=True)


def _moment(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise UsageError(f"--window: got {text!r}; a moment is ISO 8601 in UTC. Write 2026-10-01T00:00:00Z.") from error
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


@contextmanager
def _progress(database: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Show how far the query that runs has come, on a terminal only."""
    if not sys.stderr.isatty():
        yield
        return
    # DuckDB measures its progress only with its own bar on, which is not printed.
    database.execute("SET enable_progress_bar = true")
    database.execute("SET enable_progress_bar_print = false")
    done = threading.Event()

    def show() -> None:
        while not done.wait(_POLL_SECONDS):
            share = max(database.query_progress(), 0.0) / 100
            filled = round(share * _BAR)
            sys.stderr.write(f"\rreading [{'#' * filled}{'.' * (_BAR - filled)}] {share:4.0%}")
            sys.stderr.flush()

    watcher = threading.Thread(target=show, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        sys.stderr.write("\r\033[K")
