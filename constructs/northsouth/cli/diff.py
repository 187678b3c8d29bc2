"""``northsouth diff``: what a branch changes in declared state, what is destroyed first."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from northsouth.cli import options
from northsouth.comparison import Comparison, compare, declared_state, render
from northsouth.drift import app, revisions
from northsouth.drift.revisions import Revision

DIFFERENT = 1
"""Exit code when something changes."""

_CODES = """\
exit codes:
  0   nothing changes in what is declared
  1   something does
  2   wrong arguments, no such commit, or a side that does not synthesize

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
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="the stacks to compare (default: all)")
    parser.add_argument(
        "--output",
        metavar="FOLDER",
        help="take the stacks that were synthesized to FOLDER as they are (default: synthesize, as cdktf.json says)",
    )
    parser.add_argument(
        "--destructive-only", action="store_true", help="leave out what neither destroys nor replaces anything"
    )
    parser.add_argument("--json", action="store_true", help="write the changes as JSON")
    parser.set_defaults(run=run)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The declared states of both sides by stack, and the commit if there is one."""

    before: _Documents
    after: _Documents
    revision: Revision | None


def run(given: argparse.Namespace) -> int:
    """Compare and write what changes."""
    with TemporaryDirectory(prefix="northsouth-") as folder:
        sides = _sides(given, Path(folder).resolve())
    changes = {name: _compared(sides, name, given) for name in _names(sides, given.stacks)}
    if given.json:
        sys.stdout.write(f"{json.dumps(_as_json(given.base, sides, changes), indent=2)}\n")
    else:
        sys.stdout.write(_as_text(given.base, sides, changes))
    return DIFFERENT if any(changes.values()) else 0


def _sides(given: argparse.Namespace, folder: Path) -> _Sides:
    synthesized = _synthesized(given.base)
    revision = None if synthesized else revisions.find(given.base, Path().resolve())
    after = _present(given, folder / "after")
    if synthesized:
        return _Sides(_named(synthesized, after), after, None)
    if revision is None:
        return _Sides({}, after, None)
    (folder / "before").mkdir()
    past = revisions.checkout(revision, Path().resolve(), folder / "before")
    try:
        app.synthesize(past, folder / "before" / "out", variables=revisions.sources(Path(), past))
        before = app.stacks(folder / "before" / "out", past.output)
    except app.AppError as error:
        raise app.AppError(f"at {revision}: {error}") from None
    return _Sides({each.name: _declared(each, past.folder) for each in before}, after, revision)


def _synthesized(base: str) -> Path | None:
    """Return the folder or file that ``BASE`` names; a plain folder may have the name of a branch."""
    path = Path(base)
    if path.is_file() or (path / "manifest.json").is_file():
        return path.resolve()
    return None


def _named(path: Path, after: _Documents) -> _Documents:
    if path.is_dir():
        return {each.name: _declared(each, path) for each in app.stacks(path, path)}
    name = path.parent.name if path.parent.name in after or len(after) != 1 else next(iter(after))
    return {name: _declared(app.Stack(name, path.parent, path.parent, path.name), path.parent)}


def _present(given: argparse.Namespace, output: Path) -> _Documents:
    if given.output is not None:
        folder = Path(given.output).resolve()
        return {each.name: _declared(each, folder) for each in app.stacks(folder, folder)}
    declared = app.project(Path())
    app.synthesize(declared, output)
    return {each.name: _declared(each, declared.folder) for each in app.stacks(output, declared.output)}


def _declared(stack: app.Stack, folder: Path) -> dict[str, Any]:
    return declared_state(stack.document(), folders={"<app>": folder})


def _names(sides: _Sides, wanted: list[str]) -> list[str]:
    known = sorted(sides.before.keys() | sides.after.keys())
    missing = [name for name in wanted if name not in known]
    if missing:
        raise app.AppError(f"no stack {', '.join(map(repr, missing))} on either side; there are: {', '.join(known)}")
    return wanted or known


def _compared(sides: _Sides, name: str, given: argparse.Namespace) -> Comparison:
    found = compare(sides.before.get(name, {}), sides.after.get(name, {}))
    return Comparison(found.destructive) if given.destructive_only else found


def _as_text(base: str, sides: _Sides, changes: Mapping[str, Comparison]) -> str:
    against = str(sides.revision or base)
    present = "the work tree, uncommitted changes included" if sides.revision and sides.revision.uncommitted else "now"
    lines = [f"{against} → {present}"]
    for name, comparison in changes.items():
        lines.append(f"{name}:{_NOTES.get(_status(sides, name), '')}")
        lines += [f"  {line}" for line in render(comparison, colour=sys.stdout.isatty()).splitlines()]
    return "\n".join(lines) + "\n"


_NOTES = {
    "added": " a new stack",
    "removed": " no longer a stack; what exists of it stays until it is destroyed from a version that declares it",
}


def _status(sides: _Sides, name: str) -> str:
    if name not in sides.before:
        return "added"
    return "compared" if name in sides.after else "removed"


def _as_json(base: str, sides: _Sides, changes: Mapping[str, Comparison]) -> dict[str, Any]:
    revision = sides.revision
    return {
        "base": base,
        "commit": revision.commit if revision else None,
        "uncommitted": revision.uncommitted if revision else None,
        "stacks": [
            {
                "stack": name,
                "status": _status(sides, name),
                "destructive": len(comparison.destructive),
                "changes": comparison.as_data(),
            }
            for name, comparison in changes.items()
        ],
    }
