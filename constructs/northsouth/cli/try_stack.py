"""``northsouth try``: deploys synthesized stacks to an AWS emulator on this machine, and plans them again."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from northsouth.cli.options import UsageError, file_name
from northsouth.emulator.deployment import Deployment, TerraformError, terraform

if TYPE_CHECKING:
    from northsouth.cli.options import Commands

FAILED = 1
"""Exit code when something was not deployed, or the second plan is not empty."""

_DESCRIPTION = """\
Deploy synthesized stacks to an AWS emulator that runs in this process, show what was made, and plan again: the second
plan has to be empty. Nothing reaches AWS, and no state is kept. Needs Terraform, and the provider from a registry or a
mirror.
"""
_LIMITS = """\
exit codes:
  0   everything was made, and the second plan is empty
  1   Terraform refused something, or the second plan is not empty
  2   wrong arguments, or something is missing on this machine

What the emulator cannot judge: your own permissions, most quotas, prices, whether traffic flows, and how long AWS
takes. docs/emulator.md lists what it refuses. It does not have what your account has: VPCs, secrets
and certificates that a stack refers to by a literal id are not there.
"""


def register(commands: Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "try",
        help="deploy stacks to an emulator on this machine",
        description=_DESCRIPTION,
        epilog=_LIMITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "stacks",
        nargs="*",
        metavar="DIR",
        type=file_name,
        help="what synth wrote, a directory with a cdk.tf.json in it, or such a file (default: cdktf.out)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Deploy each stack in turn; return 1 if one of them fails."""
    files = _documents(options.stacks)
    try:
        terraform()
        from northsouth.emulator.server import Emulator

        emulator = Emulator()
    except FileNotFoundError as missing:
        raise UsageError(str(missing)) from missing
    except ModuleNotFoundError as missing:
        raise UsageError(f"{missing.name} is not installed: pip install 'northsouth[emulator]'") from missing
    with emulator:
        worked = [_try(file, emulator.endpoint) for file in files]
    sys.stdout.write(
        "The emulator judges neither your permissions, most quotas nor prices; see northsouth try --help.\n"
    )
    return 0 if all(worked) else FAILED


def _documents(named: list[str]) -> list[Path]:
    """Return the stacks' files.

    Raises:
        UsageError: there is none.

    """
    files = [file for path in map(Path, named) for file in _below(path)]
    absent = [file for file in files if not file.is_file()]
    if absent:
        raise UsageError(f"{absent[0]} is not there; give a directory with a cdk.tf.json, as synth writes it")
    files = files or _below(Path("cdktf.out"))
    if not files[0].is_file():
        raise UsageError("there is no cdktf.out/stacks/*/cdk.tf.json; run northsouth synth, or your program, first")
    return files


def _below(path: Path) -> list[Path]:
    """Return the documents that a path means: itself, that of a stack's directory, or those of what synth wrote."""
    if not path.is_dir():
        return [path]
    return sorted(path.glob("stacks/*/cdk.tf.json")) or [path / "cdk.tf.json"]


def _try(file: Path, endpoint: str) -> bool:
    """Deploy one stack; print what was made and whether the second plan is empty, or what failed."""
    with tempfile.TemporaryDirectory(prefix="northsouth-try-") as folder:
        try:
            stack = Deployment(file, Path(folder), endpoint)
        except ValueError as error:
            raise UsageError(str(error)) from error
        sys.stdout.write(f"{file}\n")
        if stack.left_out:
            sys.stdout.write(f"  left out of the provider: {', '.join(stack.left_out)}\n")
        try:
            stack.init()
            stack.apply()
            rest = "" if stack.plan().empty else stack.planned()
        except TerraformError as error:
            sys.stderr.write(f"northsouth: {error}\n")
            return False
        for kind, count in sorted(stack.made().items()):
            sys.stdout.write(f"  {count:>4} {kind}\n")
    if rest:
        sys.stdout.write(f"  the second plan is not empty:\n{rest}\n")
        return False
    sys.stdout.write("  the second plan is empty: what was made is what is declared\n")
    return True
