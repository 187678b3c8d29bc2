"""Asks programs that are not ours about what we declare, and prints one table.

    python -m tests.second_opinions              all of them (minutes)
    python -m tests.second_opinions policies     one of them

A program that does not install here is skipped. The command fails for a difference that ``known.toml`` does not list,
and for an entry of that file that no longer differs.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from northsouth import bindings

bindings.install()

from tests.second_opinions.catalogue import opinions  # noqa: E402  (after the fast bindings)
from tests.second_opinions.table import Table, judge, read_known  # noqa: E402

KNOWN = Path(__file__).with_name("known.toml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask the named opinions, or all; 1 if a difference is not known or an entry is stale."""
    available = {opinion.name: opinion for opinion in opinions()}
    parser = argparse.ArgumentParser(
        prog="python -m tests.second_opinions", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(available)}; default: all")
    names = parser.parse_args(arguments).names or list(available)
    if unknown := [name for name in names if name not in available]:
        parser.error(f"{unknown[0]!r} is no opinion; write one of {', '.join(available)}")
    known = read_known(tomllib.loads(KNOWN.read_text(encoding="utf-8")), list(available.values()))
    table = Table([judge(available[name], known.get(name, [])) for name in names])
    print(table.text())  # noqa: T201
    return 0 if table.passed else 1


if __name__ == "__main__":
    sys.exit(main())
