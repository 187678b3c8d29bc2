"""``northsouth dns check``: judges the DNS Firewall rules of a file."""

from __future__ import annotations

import argparse
import json
import sys

from northsouth.cli import options
from northsouth.comparison.rendering import counted
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


def run(arguments: argparse.Namespace) -> int:
    """Write the findings, errors first."""
    ruleset = options.ruleset(arguments.source)
    findings = analyse(ruleset)
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if arguments.json:
        values = [
            {
                "severity": str(finding.severity),
                "code": str(finding.code),
                "address": finding.address,
                "message": finding.message,
                "vpcs": list(finding.vpcs),
            }
            for finding in findings
        ]
        sys.stdout.write(f"{json.dumps(values, indent=2)}\n")
    else:
        sys.stdout.writelines(f"{finding}\n" for finding in findings)
        counts = f"{counted(errors, 'error')}, {counted(len(findings) - errors, 'warning')}"
        note = f"; {options.NO_RULES}" if options.without_rules(ruleset) else ""
        sys.stdout.write(f"{ruleset.source}: {counts}{note}\n")
    return FOUND_ERRORS if errors else 0
