"""Translates the problems of rules and constructs into the language of the environment file.

Rules and constructs name their arguments and recommend Python. The user of the app wrote TOML. So each report names the
keys of the file and recommends TOML. This holds for problems of rules, and for problems that a construct finds later.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from northsouth.errors import ConfigurationError, Problem

Names = Mapping[str, str]
"""Patterns of argument paths, and the keys that stand for them."""

_TOML = (
    (r"give Secret\.stored\(arn\)", 'write {key} = { stored = "arn:…" }'),
    (r"give Secret\.variable\(name\)", 'write {key} = { variable = "name" }'),
    (r"\bcount\((\d+)\)", r"\1"),
    (r"\bpercent\((\d+)\)", r'"\1 %"'),
    (r"\bseconds\((\d+)\)", r'"\1 s"'),
    (r"\bgigabits_per_second\((\d+)\)", r'"\1 Gbit/s"'),
    (r"\bfor_datapoints\((\d+), of=(\d+)\)", r"datapoints = \1, of = \2"),
    (r",? or pass None\b[^.]*", ""),  # a file cannot write it
    (r"(?<!\S)(\w+)=\(([^()]*?),?\)", r"\1 = [\2]"),
    (r"(?<!\S)(\w+)=(?=['\"\d])", r"\1 = "),
    (r"(?<!\S)(\w+)=(?=[\s.,]|$)", r"\1"),
)
"""Patterns of the Python that a fix recommends, and the TOML for the same. ``{key}`` stands for the problem's key."""


def renamed(problems: Iterable[Problem], names: Names) -> Iterator[Problem]:
    """Put keys in place of arguments, at the start of each path."""
    for problem in problems:
        yield replace(problem, where=_key(problem.where, names))


def in_toml(problem: Problem) -> Problem:
    """Put TOML in place of the Python that a problem recommends."""
    fix = problem.fix
    for python, toml in _TOML:
        fix = re.sub(python, toml, fix)
    return replace(problem, fix=fix.replace("{key}", problem.where.rpartition(".")[2]))


def _key(argument: str, names: Names) -> str:
    for pattern, key in names.items():
        if match := re.match(rf"(?:{pattern})(?=$|[.\[])", argument):
            return match.expand(key) + argument[match.end() :]
    return argument


class KeyedError(ConfigurationError):
    """Problems that a construct found, with the keys of the file."""


@contextmanager
def declaring(path: str, keys: Collection[str], names: Names | None = None) -> Iterator[None]:
    """Report what a construct refuses with the keys of the table that it is declared from.

    Args:
        path: the table.
        keys: the keys that there are. A problem of anything else is reported for the table as a whole.
        names: patterns of the construct's arguments, and the keys of the table that stand for them.

    Raises:
        KeyedError: with the problems of the construct.

    """
    try:
        yield
    except KeyedError:
        raise
    except ConfigurationError as error:
        problems = [_in_table(problem, path, keys) for problem in renamed(error.problems, names or {})]
        raise KeyedError(path, problems) from error


def _in_table(problem: Problem, path: str, keys: Collection[str]) -> Problem:
    where = problem.where.removeprefix("when.")
    first = re.split(r"[.\[]", where)[0]
    if first in keys:
        return replace(problem, where=where).within(path)
    if first == "name":
        return replace(problem, where="environment.name")
    given = f"{problem.given} as {problem.where}" if problem.where else problem.given
    return replace(problem, where=path, given=given)
