"""Entry point of the ``northsouth`` command: picks the subcommand, and turns errors into one line and exit code 2."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from northsouth.cli import diff, dns_check, dns_serve, drift, resolve, rules_export, rules_test
from northsouth.cli.options import UsageError
from northsouth.dns.records import InvalidQueryError
from northsouth.dns.ruleset import UnknownVpcError
from northsouth.drift.app import AppError
from northsouth.drift.planning import TerraformMissingError
from northsouth.errors import ConfigurationError
from northsouth.template import TemplateError

USAGE_ERROR = 2
"""Exit code for anything wrong with the arguments or the file."""

_INTERRUPTED = 130
_EXPECTED = (
    UsageError,
    TemplateError,
    UnknownVpcError,
    InvalidQueryError,
    AppError,
    TerraformMissingError,
    ConfigurationError,
)


class _Parser(argparse.ArgumentParser):
    """Reports a wrong argument in one line, without repeating the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_ERROR, f"{self.prog}: error: {message}\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser with all subcommands."""
    top = _Parser(
        prog="northsouth",
        description="Try DNS overrides and other declarations before they exist.",
        allow_abbrev=False,
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    resolve.register(commands)
    drift.register(commands)
    diff.register(commands)
    dns = commands.add_parser("dns", help="serve or check the DNS Firewall rules of a stack", allow_abbrev=False)
    dns_commands = dns.add_subparsers(metavar="COMMAND", required=True)
    dns_serve.register(dns_commands)
    dns_check.register(dns_commands)
    rules = commands.add_parser("rules", help="write or test rules for Prometheus", allow_abbrev=False)
    rules_commands = rules.add_subparsers(metavar="COMMAND", required=True)
    rules_export.register(rules_commands)
    rules_test.register(rules_commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: what follows the command's name; by default those of the process.

    """
    try:
        given = parser().parse_args(arguments)
    except SystemExit as stop:  # --help, or a wrong argument that is already reported
        return stop.code if isinstance(stop.code, int) else USAGE_ERROR
    try:
        code: int = given.run(given)
        sys.stdout.flush()
    except _EXPECTED as error:
        sys.stderr.write(f"northsouth: error: {error}\n")
        return USAGE_ERROR
    except BrokenPipeError:  # `northsouth ... | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code


if __name__ == "__main__":
    sys.exit(main())
