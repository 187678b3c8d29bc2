"""``northsouth synth``: writes the stacks of environment files, as ``cdktf synth`` does for an app."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from northsouth.errors import ConfigurationError

if TYPE_CHECKING:
    from northsouth.cli.options import Commands

ENVIRONMENTS = Path("environments")
"""The folder that holds one TOML file for each environment, in the directory the command is run in."""

REFUSED = 2
"""Exit code when an environment file is wrong."""

_CODES = """\
exit codes:
  0   the stacks are written to cdktf.out, or where CDKTF_OUTDIR says
  2   wrong arguments, or environment files with problems: all of them are listed, and nothing is written
"""


def register(commands: Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "synth",
        help="write the stacks of environment files",
        description="Check environment files and write one stack for each, as Terraform JSON.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="environment files, or names of files in environments/ (default: those in NORTHSOUTH_ENVIRONMENTS, "
        "separated by commas; without it, all of environments/)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the stacks, or print one report and return 2 if any file is wrong."""
    try:
        with _garbage_kept():
            _write(options.files)
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    return 0


def _write(files: Sequence[str]) -> None:
    # Node 20 is the oldest that is supported; jsii would announce its end of life at every run.
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
    from northsouth.stacks.loading import environment_files, load_environments

    environments = load_environments(environment_files(ENVIRONMENTS, files or None))
    # The CDK and Node.js are loaded for files that are right only.
    from northsouth.stacks.app import synthesize

    synthesize(environments)


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """Search for no cyclic garbage: that takes a twentieth of a synth's time; 160 load balancers leave 1 MB of it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
