"""Entry point of the ``northsouth`` command: picks the subcommand, and turns errors into one line and exit code 2."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

USAGE_ERROR = 2
"""Exit code for anything wrong with the arguments or the file."""

_INTERRUPTED = 130
_WIDTH = 78
_COMMANDS = ("init", "adopt", "try", "resolve", "synth", "drift", "diff", "cost", "replay", "noise", "tune", "report")
_MODULES = {"try": "try_stack"}
"""By a subcommand that is a word of Python's, the module that registers it."""
_GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "dns": ("serve or check the DNS Firewall rules of a stack", ("dns_serve", "dns_check")),
    "egress": ("explain what leaves through NAT", ("egress_explain",)),
    "index": ("write the template of an index", ("index_template",)),
    "rules": ("write or test rules for Prometheus", ("rules_export", "rules_test")),
}
"""By the first word of a group of subcommands, its help and the modules of this package that register them."""


class _Parser(argparse.ArgumentParser):
    """Reports a wrong argument in one line, without repeating the usage, and breaks the lines of its description.

    argparse does not break them itself where an epilog has to stay as it is written.
    """

    def format_help(self) -> str:
        import textwrap

        self.description = textwrap.fill(self.description or "", _WIDTH)
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_ERROR, f"{self.prog}: error: {message}\n")


class _Version(argparse.Action):
    """Prints the version of this distribution; it is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        sys.stdout.write(f"northsouth {version('northsouth')}\n")
        parser.exit()


def parser(command: str | None = None) -> argparse.ArgumentParser:
    """Return the parser.

    Args:
        command: the subcommand that will be parsed; only its module is imported then. Anything else imports all.

    """
    top = _Parser(
        prog="northsouth",
        description="Synthesize environments, and try what they declare before it exists.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print the version, and exit")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    known = (*_COMMANDS, *_GROUPS)
    for name in [command] if command in known else known:
        if name not in _GROUPS:
            importlib.import_module(f"northsouth.cli.{_MODULES.get(name, name)}").register(commands)
            continue
        text, modules = _GROUPS[name]
        group = commands.add_parser(name, help=text, allow_abbrev=False).add_subparsers(
            metavar="COMMAND", required=True
        )
        for module in modules:
            importlib.import_module(f"northsouth.cli.{module}").register(group)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: what follows the command's name; by default those of the process.

    """
    words = sys.argv[1:] if arguments is None else arguments
    try:
        options = parser(words[0] if words else None).parse_args(words)
    except SystemExit as stop:  # --help, or a wrong argument that is already reported
        return stop.code if isinstance(stop.code, int) else USAGE_ERROR
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except _expected_errors() as error:
        sys.stderr.write(f"northsouth: error: {error}\n")
        return USAGE_ERROR
    except BrokenPipeError:  # `northsouth ... | head`: the reader has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a name that is too long, or a folder that this user may not read
        sys.stderr.write(f"northsouth: error: {error.filename or 'a file'}: {error.strerror or error}\n")
        return USAGE_ERROR
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code


def _expected_errors() -> tuple[type[Exception], ...]:
    """Return the errors whose message is the answer; called, and these modules imported, only once there is one."""
    from northsouth.cli.options import UsageError
    from northsouth.dns.records import InvalidQueryError
    from northsouth.dns.ruleset import UnknownVpcError
    from northsouth.drift.app import AppError
    from northsouth.drift.planning import TerraformMissingError
    from northsouth.errors import ConfigurationError
    from northsouth.template import TemplateError

    return (
        UsageError,
        TemplateError,
        UnknownVpcError,
        InvalidQueryError,
        AppError,
        TerraformMissingError,
        ConfigurationError,
    )


if __name__ == "__main__":
    sys.exit(main())
