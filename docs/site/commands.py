"""The reference of the command line, from the parsers themselves."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

from northsouth.cli.main import parser


def commands_page() -> str:
    """Return the page."""
    # As wide as a page; argparse asks the terminal otherwise.
    os.environ["COLUMNS"] = "100"
    lines = ["# Commands", "", "What each command says with `--help`.", ""]
    for command in sorted(_commands(parser()), key=lambda each: each.prog):
        lines += [f"## {command.prog}", "", "```text", command.format_help().rstrip(), "```", ""]
    return "\n".join(lines)


def _commands(above: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield the parsers that run something."""
    below = [
        each
        for action in above._actions
        if isinstance(action, argparse._SubParsersAction)
        for each in action.choices.values()
    ]
    if not below:
        yield above
    for each in below:
        yield from _commands(each)
