"""``northsouth diff``: what a branch changes in declared state, what is destroyed first."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from northsouth.alerts import alarm_cost
from northsouth.alerts.alarm_cost import AlarmsCost
from northsouth.cli import options
from northsouth.comparison import Action, Comparison, compare, decided, declared_state, in_place, render
from northsouth.comparison.rendering import markdown
from northsouth.comparison.warnings import warnings
from northsouth.drift import app, revisions
from northsouth.drift.revisions import Revision
from northsouth.template import Plan, parse, read_plan

DIFFERENT = 1
"""Exit code when something changes; with ``--destructive-only``, when something certainly is lost."""

POSSIBLE = 3
"""Exit code with ``--destructive-only`` when nothing is certainly destroyed, but something may be."""

_DESTRUCTIVE = (Action.DESTROYED, Action.REPLACED, Action.UNREADABLE, Action.MAY_REPLACE)
_CODES = """\
exit codes:
  0   nothing changes in what is declared
  1   something does
  2   wrong arguments, no such commit, or a side that does not synthesize
exit codes with --destructive-only:
  0   nothing is destroyed, replaced or made unreadable
  1   something certainly is
  2   as above
  3   nothing certainly is, but something may be: its type is not in northsouth's table, or it refers to a value
      that only a plan knows. `--plan FILE` decides; `--allow-unknown` takes it as changed in place

A document says what is declared, not what exists: run `northsouth drift` or a plan for what a deploy would do.
"""

_Documents = Mapping[str, dict[str, Any]]


def register(commands: options.Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "diff",
        help="tell what a branch changes in declared state",
        description="Synthesize the app as it is and as it was at BASE, and compare what both declare: what would be "
        "destroyed and replaced first.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "base",
        metavar="BASE",
        help="a branch, tag or commit, compared with where this branch left it; or a folder that `cdktf synth` wrote, "
        "or a cdk.tf.json in one",
    )
    parser.add_argument("stacks", nargs="*", default=[], metavar="STACK", help="the stacks to compare (default: all)")
    parser.add_argument(
        "--output",
        metavar="FOLDER",
        type=options.file_name,
        help="take the stacks that were synthesized to FOLDER as they are (default: synthesize, as cdktf.json says)",
    )
    parser.add_argument(
        "--destructive-only",
        action="store_true",
        help="report only what is, or may be, destroyed, replaced or made unreadable; the rest is counted",
    )
    parser.add_argument(
        "--allow-unknown",
        action="store_true",
        help="take changes of types whose replacement is unknown as changes in place",
    )
    parser.add_argument(
        "--plan",
        dest="plans",
        action="append",
        default=[],
        metavar="[STACK=]FILE",
        type=options.file_name,
        help="what `terraform show -json` printed of a plan of the stack as it is now; it decides what is replaced, "
        "and its sensitive values are masked; may be repeated",
    )
    parser.add_argument("--markdown", action="store_true", help="write Markdown, for a comment on a pull request")
    parser.add_argument("--json", action="store_true", help="write the changes as JSON")
    parser.set_defaults(run=run)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The declared states of both sides by stack, and the commit if there is one."""

    before: _Documents
    after: _Documents
    revision: Revision | None


@dataclass(frozen=True, slots=True)
class _Report:
    """What changes in one stack, and what its alarms cost before and after."""

    comparison: Comparison
    before: AlarmsCost
    after: AlarmsCost

    def lines(self, *, colour: bool = False) -> list[str]:
        """Return the report as lines."""
        alarms = alarm_cost.change(self.before, self.after)
        return [*render(self.comparison, colour=colour).splitlines(), *([alarms] if alarms else [])]


def run(arguments: argparse.Namespace) -> int:
    """Compare and write what changes."""
    if arguments.json and arguments.markdown:
        raise options.UsageError("--json and --markdown exclude each other; give one of them")
    with TemporaryDirectory(prefix="northsouth-") as folder:
        sides = _sides(arguments, Path(folder).resolve())
    names = _names(sides, arguments.stacks)
    plans = _plans(arguments.plans, names)
    comparisons = {name: _compared(sides, name, arguments, plans.get(name)) for name in names}
    reports = {name: _Report(comparison, *_alarms(sides, name)) for name, comparison in comparisons.items()}
    if arguments.json:
        sys.stdout.write(f"{json.dumps(_as_json(arguments.base, sides, reports), indent=2)}\n")
    elif arguments.markdown:
        sys.stdout.write(_as_markdown(arguments.base, sides, reports))
    else:
        sys.stdout.write(_as_text(arguments.base, sides, reports))
    return exit_code(comparisons.values(), destructive_only=arguments.destructive_only)


def exit_code(comparisons: Collection[Comparison], *, destructive_only: bool) -> int:
    """Return the exit code of all comparisons."""
    if not destructive_only:
        return DIFFERENT if any(comparisons) else 0
    if any(comparison.destructive for comparison in comparisons):
        return DIFFERENT
    return POSSIBLE if any(comparison.possible for comparison in comparisons) else 0


def _sides(arguments: argparse.Namespace, folder: Path) -> _Sides:
    synthesized = _synthesized(arguments.base)
    revision = None if synthesized else revisions.find(arguments.base, Path().resolve())
    after = _present(arguments, folder / "after")
    if synthesized:
        return _Sides(_named_documents(synthesized, after), after, None)
    if revision is None:
        return _Sides({}, after, None)
    (folder / "before").mkdir()
    past = revisions.checkout(revision, Path().resolve(), folder / "before")
    try:
        app.synthesize(past, folder / "before" / "out", variables=revisions.sources(Path(), past))
        before = app.stacks(folder / "before" / "out", past.output)
    except app.AppError as error:
        raise app.AppError(f"at {revision}: {error}") from None
    return _Sides({stack.name: _declared(stack, past.folder) for stack in before}, after, revision)


def _synthesized(base: str) -> Path | None:
    """Return the folder or file that ``BASE`` names; a plain folder may have the name of a branch."""
    path = Path(base)
    if path.is_file() or (path / "manifest.json").is_file():
        return path.resolve()
    return None


def _named_documents(path: Path, after: _Documents) -> _Documents:
    if path.is_dir():
        return {stack.name: _declared(stack, path) for stack in app.stacks(path, path)}
    name = path.parent.name if path.parent.name in after or len(after) != 1 else next(iter(after))
    return {name: _declared(app.Stack(name, path.parent, path.parent, path.name), path.parent)}


def _present(arguments: argparse.Namespace, output: Path) -> _Documents:
    if arguments.output is not None:
        folder = Path(arguments.output).resolve()
        return {stack.name: _declared(stack, folder) for stack in app.stacks(folder, folder)}
    declared = app.project(Path())
    app.synthesize(declared, output)
    return {stack.name: _declared(stack, declared.folder) for stack in app.stacks(output, declared.output)}


def _declared(stack: app.Stack, folder: Path) -> dict[str, Any]:
    return declared_state(stack.document(), folders={"<app>": folder})


def _names(sides: _Sides, wanted: list[str]) -> list[str]:
    known = sorted(sides.before.keys() | sides.after.keys())
    missing = [name for name in wanted if name not in known]
    if missing:
        raise app.AppError(f"no stack {', '.join(map(repr, missing))} on either side; there are: {', '.join(known)}")
    return wanted or known


def _plans(texts: Sequence[str], names: Sequence[str]) -> dict[str, Plan]:
    """Read the plans of ``[STACK=]FILE`` arguments."""
    plans: dict[str, Plan] = {}
    for text in texts:
        stack, equals, file = text.partition("=")
        if not equals or stack not in names:
            if len(names) > 1:
                stacks = ", ".join(names)
                raise options.UsageError(f"--plan {text}: say whose plan it is, as in STACK=FILE; the stacks: {stacks}")
            stack, file = names[0], text
        if stack in plans:
            raise options.UsageError(f"--plan {text}: there is a plan of {stack} already; give one for each stack")
        plans[stack] = read_plan(file)
    return plans


def _compared(sides: _Sides, name: str, arguments: argparse.Namespace, plan: Plan | None) -> Comparison:
    after = sides.after.get(name, {})
    comparison = compare(sides.before.get(name, {}), after)
    if plan is not None:
        _belongs(plan, name, after)
        comparison = decided(comparison, plan)
    if arguments.allow_unknown:
        comparison = in_place(comparison)
    return comparison.only(*_DESTRUCTIVE) if arguments.destructive_only else comparison


def _alarms(sides: _Sides, name: str) -> tuple[AlarmsCost, AlarmsCost]:
    """Return what the alarms of a stack cost before and after."""
    before, after = (side.get(name) or {"terraform": {}} for side in (sides.before, sides.after))
    return alarm_cost.alarm_cost(parse(before)), alarm_cost.alarm_cost(parse(after))


def _belongs(plan: Plan, stack: str, document: Mapping[str, Any]) -> None:
    """Refuse the plan of another stack."""
    planned = {resource.block for resource in plan.template if not resource.module}
    declared = {resource.block for resource in parse(document or {"terraform": {}})}
    if planned and declared and not planned & declared:
        raise options.UsageError(
            f"{plan.template.source}: not a plan of {stack}: none of its resources is declared there, such as "
            f"{min(planned)}; plan the stack as it is now"
        )


def _heading(base: str, sides: _Sides) -> str:
    present = "the work tree, uncommitted changes included" if sides.revision and sides.revision.uncommitted else "now"
    return f"{sides.revision or base} → {present}"


def _as_text(base: str, sides: _Sides, reports: Mapping[str, _Report]) -> str:
    lines = [_heading(base, sides)]
    for name, report in reports.items():
        lines.append(f"{name}:{_NOTES.get(_status(sides, name), '')}")
        lines += [f"  {line}" for line in report.lines(colour=sys.stdout.isatty())]
    return "\n".join(lines) + "\n"


def _as_markdown(base: str, sides: _Sides, reports: Mapping[str, _Report]) -> str:
    sections = [(f"`{name}`{_NOTES.get(_status(sides, name), '')}", report.lines()) for name, report in reports.items()]
    return markdown(f"northsouth diff: {_heading(base, sides)}", sections)


_NOTES = {
    "added": " a new stack",
    "removed": " no longer a stack; what exists of it stays until it is destroyed from a version that declares it",
}


def _status(sides: _Sides, name: str) -> str:
    if name not in sides.before:
        return "added"
    return "compared" if name in sides.after else "removed"


def _as_json(base: str, sides: _Sides, reports: Mapping[str, _Report]) -> dict[str, Any]:
    revision = sides.revision
    return {
        "base": base,
        "commit": revision.commit if revision else None,
        "uncommitted": revision.uncommitted if revision else None,
        "stacks": [
            {
                "stack": name,
                "status": _status(sides, name),
                "destructive": len(report.comparison.destructive),
                "possible": len(report.comparison.possible),
                "changes": report.comparison.as_data(),
                "left_out": len(report.comparison.left_out),
                "moved": report.comparison.moved_blocks,
                "warnings": warnings((*report.comparison.changes, *report.comparison.left_out)),
                "alarms": {"before": report.before.as_data(), "after": report.after.as_data()},
            }
            for name, report in reports.items()
        ],
    }
