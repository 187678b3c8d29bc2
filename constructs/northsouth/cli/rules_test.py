"""``northsouth rules test``: runs the unit tests of packs of rules, with the parameters they have."""

from __future__ import annotations

import argparse
import sys
import textwrap
from typing import TYPE_CHECKING

from northsouth.cli import options, rules_source
from northsouth.cli.options import UsageError

if TYPE_CHECKING:
    from northsouth.alerts.prometheus import RulePack
    from northsouth.alerts.prometheus.promtool import Verdict

FAILED = 1
"""Exit code when a test fails."""


def register(commands: options.Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "test",
        help="run the unit tests of packs of rules with promtool",
        description="Run the unit tests of packs of rules, with their own parameters. Needs promtool, which comes with "
        "Prometheus.",
        epilog="exit codes: 0 all passed, 1 a test failed, 2 wrong arguments, wrong rules, or no promtool",
        allow_abbrev=False,
    )
    rules_source.add_source(parser)
    parser.add_argument("--pack", dest="packs", action="append", metavar="NAME", help="only this one; may be repeated")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the tests, and write what differs, by pack and by scenario."""
    packs = _packs(arguments)
    from northsouth.alerts.prometheus.promtool import PromtoolMissingError, run_pack

    verdicts: list[Verdict] = []
    for pack in packs:
        try:
            verdicts.append(run_pack(pack))
        except PromtoolMissingError as missing:
            raise UsageError(str(missing)) from missing
        sys.stdout.write(_text(verdicts[-1]))
        sys.stdout.flush()
    failed, tests = (sum(numbers) for numbers in ((len(v.failures) for v in verdicts), (v.tests for v in verdicts)))
    sys.stdout.write(f"{failed} of {_count(tests)} failed\n" if failed else f"{_count(tests)} passed\n")
    return FAILED if failed else 0


def _packs(arguments: argparse.Namespace) -> list[RulePack]:
    loaded = rules_source.load(arguments.source)
    packs = [rules.pack for rules in loaded if rules.pack is not None]
    if not packs:
        raise UsageError(
            f"{arguments.source} holds rules, but no tests; name the packs, or the TOML file that declares them"
        )
    names = [pack.name for pack in packs]
    for name in arguments.packs or ():
        if name not in names:
            raise UsageError(f"{arguments.source} has no pack {name!r}; there are {', '.join(names)}")
    return [pack for pack in packs if not arguments.packs or pack.name in arguments.packs]


def _text(verdict: Verdict) -> str:
    lines = [f"{'ok' if verdict.passed else 'FAILED':6} {verdict.pack}: {_count(verdict.tests)}\n"]
    for name, text in verdict.failures.items():
        lines.append(f"  - {name or 'promtool could not read the tests'}\n")
        lines.append(textwrap.indent(f"{textwrap.dedent(text)}\n", "      "))
    return "".join(lines)


def _count(tests: int) -> str:
    return f"{tests} test{'' if tests == 1 else 's'}"
