"""``northsouth drift``: compares what is really there with what the app declares, and changes nothing."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from northsouth.cli import options
from northsouth.comparison.rendering import markdown
from northsouth.drift import account, app, ignoring, report
from northsouth.drift.findings import Kind, judge
from northsouth.drift.ignoring import DEFAULT_FILE, read_ignored
from northsouth.drift.planning import PlanError, Planner, planner
from northsouth.drift.report import AccountReport, StackReport, Status
from northsouth.template import TemplateError

DRIFT = 1
"""Exit code when a stack is not as declared."""

TROUBLE = 2
"""Exit code when a stack could not be planned; it outweighs ``DRIFT``."""

_OUTSIDE = (Kind.GONE, Kind.OUTSIDE, Kind.FOLLOWS, Kind.DEPOSED)
_CODES = """\
exit codes:
  0   everything is as declared, but for what --outside-only leaves out and the ignore file hides
  1   something else differs, a stack is not deployed, or --unmanaged lists something
  2   wrong arguments, an app that does not synthesize, or a stack that could not be planned
"""


def register(commands: options.Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "drift",
        help="tell what is not as the app declares it",
        description="Plan every stack of the app against what is really there, and tell apart what was changed outside "
        "Terraform, what is gone, and what is declared but not applied. Nothing is applied, nothing is written here.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="the stacks to plan (default: all)")
    parser.add_argument(
        "--output",
        metavar="FOLDER",
        type=options.file_name,
        help="take the stacks that were synthesized to FOLDER (default: synthesize, as cdktf.json says)",
    )
    parser.add_argument(
        "--outside-only",
        action="store_true",
        help="leave out what is declared but not applied; the report still names it",
    )
    parser.add_argument(
        "--lock", action="store_true", help="lock each state while planning, and wait up to 10 minutes for a deploy"
    )
    parser.add_argument(
        "--ignore",
        metavar="FILE",
        type=options.file_name,
        help=f"known differences, each with a reason and the day it expires (default: {DEFAULT_FILE}, if it is there)",
    )
    parser.add_argument(
        "--unmanaged",
        action="store_true",
        help="list NAT gateways, VPC endpoints, DNS Firewall rule groups, alarms and log buckets that no stack "
        "declares; reads the account, and needs the extra `account`",
    )
    parser.add_argument("--json", action="store_true", help="write the findings as JSON")
    parser.add_argument(
        "--markdown", action="store_true", help="write Markdown, for an issue or a comment on a pull request"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Plan the stacks and write what differs."""
    if arguments.json and arguments.markdown:
        raise options.UsageError("--json and --markdown exclude each other; give one of them")
    if arguments.unmanaged and arguments.stacks:
        raise options.UsageError("--unmanaged needs the states of all stacks; leave out the names of stacks")
    file = Path(arguments.ignore or DEFAULT_FILE)
    entries = read_ignored(file) if arguments.ignore or file.is_file() else ()
    clients = account.clients() if arguments.unmanaged else None
    today = datetime.now(UTC).date()
    known: set[str] = set()
    with _terminable(), planner(lock=arguments.lock) as plans:
        stacks = _stacks(arguments, plans.folder / "out")
        regions = _regions(stacks) if clients else ()
        reports = [_report(plans, stack, known).without(entries, today) for stack in stacks]
    planned = not any(stack_report.status is Status.FAILED for stack_report in reports)
    listed = None
    if clients and planned:
        unmanaged = account.unmanaged(clients, regions, frozenset(known))
        listed = AccountReport(regions, unmanaged).without(entries, today)
    used = [finding.entry for part in (*reports, listed) if part for finding in part.hidden]
    notes = list(ignoring.notes(entries, used, str(file), today)) if planned else []
    if clients and not planned:
        notes.append("unmanaged resources are not listed, because a stack could not be planned")
    if arguments.outside_only:
        reports = [stack_report.only(_OUTSIDE) for stack_report in reports]
    _write(arguments, reports, listed, notes)
    return max(exit_code(reports), DRIFT if listed and listed.unmanaged else 0)


def _regions(stacks: Sequence[app.Stack]) -> tuple[str, ...]:
    """Return the Regions that the stacks name, or that of the environment."""
    own = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    regions = account.regions(stack.document() for stack in stacks) or ((own,) if own else ())
    if not regions:
        raise options.UsageError("--unmanaged: no stack names a Region; set AWS_REGION")
    return regions


def _write(
    arguments: argparse.Namespace, reports: Sequence[StackReport], listed: AccountReport | None, notes: list[str]
) -> None:
    if arguments.json:
        document = {**report.as_json(reports), "unmanaged": listed.as_json() if listed else None, "notes": notes}
        sys.stdout.write(f"{json.dumps(document, indent=2)}\n")
        return
    lines = list(listed.as_text()) if listed else []
    if not arguments.markdown:
        sys.stdout.writelines(f"{line}\n" for line in (*report.as_text(reports), *lines, *notes))
        return
    sections = [
        (f"`{stack_report.stack}`: {stack_report.status.value}", list(report.as_text([stack_report])))
        for stack_report in reports
    ]
    sections += [("The account", lines)] if lines else []
    sections += [("Notes", notes)] if notes else []
    sys.stdout.write(markdown("northsouth drift", sections))


def exit_code(reports: Sequence[StackReport]) -> int:
    """Return the exit code of all reports: the worst of them."""
    statuses = {stack_report.status for stack_report in reports}
    if Status.FAILED in statuses:
        return TROUBLE
    return DRIFT if statuses - {Status.CLEAN} else 0


def _stacks(arguments: argparse.Namespace, output: Path) -> tuple[app.Stack, ...]:
    if arguments.output is not None:
        folder = Path(arguments.output).resolve()
        return app.chosen(app.stacks(folder, folder), arguments.stacks)
    declared = app.project(Path())
    app.synthesize(declared, output)
    return app.chosen(app.stacks(output, declared.output), arguments.stacks)


def _report(plans: Planner, stack: app.Stack, known: set[str]) -> StackReport:
    """Plan a stack and judge the plan; add what it knows of the account to ``known``."""
    try:
        plan = plans.plan(stack)
        known |= account.identifiers(plan)
        return StackReport(stack.name, judge(plan))
    except (PlanError, TemplateError, app.AppError) as error:
        return StackReport(stack.name, error=str(error))


@contextmanager
def _terminable() -> Iterator[None]:
    """Treat SIGTERM as an interruption: the temporary folder goes, and Terraform ends its provider."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
