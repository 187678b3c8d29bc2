"""``northsouth drift``: compares what is really there with what the app declares, and changes nothing."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from northsouth.cli import options
from northsouth.drift import app, report
from northsouth.drift.findings import Kind, judge
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
  0   everything is as declared
  1   something differs, or a stack is not deployed
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
        help="leave out what is declared but not applied",
    )
    parser.add_argument(
        "--lock", action="store_true", help="lock each state while planning, and wait up to 10 minutes for a deploy"
    )
    parser.add_argument("--json", action="store_true", help="write the findings as JSON")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Plan the stacks and write what differs."""
    with _terminable(), planner(lock=given.lock) as plans:
        reports = [_report(plans, stack) for stack in _stacks(given, plans.folder / "out")]
    if given.outside_only:
        reports = [each.only(_OUTSIDE) for each in reports]
    if given.json:
        sys.stdout.write(f"{json.dumps(report.as_json(reports), indent=2)}\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in report.as_text(reports))
    return exit_code(reports)


def exit_code(reports: Sequence[StackReport]) -> int:
    """Return the exit code of all reports: the worst of them."""
    found = {each.status for each in reports}
    if Status.FAILED in found:
        return TROUBLE
    return DRIFT if found - {Status.CLEAN} else 0


def _stacks(given: argparse.Namespace, output: Path) -> tuple[app.Stack, ...]:
    if given.output is not None:
        folder = Path(given.output).resolve()
        return app.chosen(app.stacks(folder, folder), given.stacks)
    declared = app.project(Path())
    app.synthesize(declared, output)
    return app.chosen(app.stacks(output, declared.output), given.stacks)


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
