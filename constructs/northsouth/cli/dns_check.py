"""``northsouth dns check``: judges the DNS Firewall rules of a file."""

from __future__ import annotations

import argparse
import json
import sys

from northsouth.cli import options
from northsouth.dns.analysis import Severity, analyse

FOUND_ERRORS = 1
"""Exit code when a finding is an error."""


def register(commands: options.Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "check",
        help="find loops, dead rules and other slips",
        description="Find overrides that loop or can never answer, dead rules, names missing in a sibling VPC.",
        epilog="exit codes: 0 no errors (warnings at most), 1 errors, 2 wrong arguments or unreadable file",
        allow_abbrev=False,
    )
    options.add_source(parser)
    parser.add_argument("--json", action="store_true", help="write the findings as JSON")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Write the findings, errors first."""
    ruleset = options.ruleset(given.source)
    findings = analyse(ruleset)
    if given.json:
        values = [
            {
                "severity": str(found.severity),
                "code": str(found.code),
                "address": found.address,
                "message": found.message,
                "vpcs": list(found.vpcs),
            }
            for found in findings
        ]
        sys.stdout.write(f"{json.dumps(values, indent=2)}\n")
    else:
        sys.stdout.writelines(f"{found}\n" for found in findings)
        errors = sum(found.severity is Severity.ERROR for found in findings)
        counts = f"{_count(errors, 'error')}, {_count(len(findings) - errors, 'warning')}"
        sys.stdout.write(f"{ruleset.source}: {counts}\n")
    return FOUND_ERRORS if any(found.severity is Severity.ERROR for found in findings) else 0


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
