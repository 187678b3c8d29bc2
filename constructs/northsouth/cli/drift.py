"""``northsouth drift``: compares what is really there with what the app declares, and changes nothing."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from northsouth.cli import options
from northsouth.comparison.rendering import markdown
from northsouth.drift import app, ignoring, report
from northsouth.drift.findings import Kind, judge
from northsouth.drift.ignoring import DEFAULT_FILE, read_ignored
from northsouth.drift.planning import PlanError, Planner, planner
from northsouth.drift.report import StackReport, Status
from northsouth.template import TemplateError

DRIFT = 1
"""Exit code when a stack is not as declared."""

TROUBLE = 2
"""Exit code when a stack could not be planned; it outweighs ``DRIFT``."""

_OUTSIDE = (Kind.GONE, Kind.OUTSIDE, Kind.FOLLOWS, Kind.DEPOSED)
_CODES = """\
exit codes:
  0   everything is as declared, but for what --outside-only leaves out and the ignore file hides
  1   something else differs, or a stack is not deployed
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
        help=f"known differences, each with a reason and the day it expires (default: {DEFAULT_FILE}, if it is there)",
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
    file = Path(arguments.ignore or DEFAULT_FILE)
    entries = read_ignored(file) if arguments.ignore or file.is_file() else ()
    today = datetime.now(UTC).date()
    with _terminable(), planner(lock=arguments.lock) as plans:
        reports = [_report(plans, stack) for stack in _stacks(arguments, plans.folder / "out")]
    reports = [each.without(entries, today) for each in reports]
    used = [each.entry for stack in reports for each in stack.hidden]
    notes = list(ignoring.notes(entries, used, str(file), today))
    if arguments.outside_only:
        reports = [each.only(_OUTSIDE) for each in reports]
    if arguments.json:
        sys.stdout.write(f"{json.dumps({**report.as_json(reports), 'notes': notes}, indent=2)}\n")
    elif arguments.markdown:
        sections = [(f"`{each.stack}`: {each.status.value}", list(report.as_text([each]))) for each in reports]
        sections += [("Ignore file", notes)] if notes else []
        sys.stdout.write(markdown("northsouth drift", sections))
    else:
        sys.stdout.writelines(f"{line}\n" for line in (*report.as_text(reports), *notes))
    return exit_code(reports)


def exit_code(reports: Sequence[StackReport]) -> int:
    """Return the exit code of all reports: the worst of them."""
    statuses = {each.status for each in reports}
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


def _report(plans: Planner, stack: app.Stack) -> StackReport:
    try:
        return StackReport(stack.name, judge(plans.plan(stack)))
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
