"""Puts the keys of an environment file in place of the arguments that a rule or a construct names.

Rules and constructs speak of their arguments. Who wrote the file has never seen these, so every report of the app names
the file's keys, whether a rule found the problem before anything was declared or a construct while it was.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from northsouth.errors import ConfigurationError, Problem

Names = Mapping[str, str]
"""Patterns of argument paths, and the keys that stand for them."""


def renamed(problems: Iterable[Problem], names: Names) -> Iterator[Problem]:
    """Put keys in place of arguments, at the start of each path."""
    for problem in problems:
        yield replace(problem, where=_key(problem.where, names))


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
