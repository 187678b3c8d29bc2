"""Reads environment files: every problem of every file in one report, with file, key and reason."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from northsouth.alerts.routes.secret import Secret
from northsouth.alerts.tables import BROKEN, REQUIRED, TableReader, parameters, unknown_key
from northsouth.errors import Problem, refuse
from northsouth.errors.reading import fault
from northsouth.metrics import Expression, Metric
from northsouth.stacks.alarm_tables import AlertsSection, read_alerts, read_metric
from northsouth.stacks.checks import check_environment
from northsouth.stacks.keys import in_toml
from northsouth.stacks.routes import read_secret
from northsouth.stacks.settings import Environment

ENVIRONMENTS_VARIABLE = "NORTHSOUTH_ENVIRONMENTS"
"""Names (``example``) or paths (``environments/example.toml``) to synthesize, separated by commas; unset means all."""

SPECIAL = {AlertsSection: read_alerts, Metric: read_metric, Expression: read_metric, Secret: read_secret}
"""What reads the types whose tables are not simply their fields."""


def environment_files(directory: Path, chosen: Sequence[str] | None = None) -> list[Path]:
    """Return the files to synthesize, in the order of their names.

    Args:
        directory: the folder that holds one TOML file for each environment.
        chosen: names (``example``) or paths (``environments/example.toml``); ``None`` takes what the variable
            ``NORTHSOUTH_ENVIRONMENTS`` lists, and all files of the folder if it lists nothing.

    Raises:
        ConfigurationError: if a named environment has no file, or the folder holds none.

    """
    if chosen is None:
        chosen = [name.strip() for name in os.environ.get(ENVIRONMENTS_VARIABLE, "").split(",") if name.strip()]
        subject = ENVIRONMENTS_VARIABLE
    else:
        subject = "the environments to synthesize"
    known = sorted(directory.glob("*.toml"))
    if not chosen:
        refuse(str(directory), _none_found(directory) if not known else [])
        return known
    files = [Path(name) if name.endswith(".toml") else directory / f"{name}.toml" for name in chosen]
    refuse(subject, [_no_such_file(file, known) for file in files if not file.is_file()])
    return sorted(set(files))


def load_environments(files: Sequence[Path]) -> list[Environment]:
    """Validate every file and return the environments.

    Raises:
        ConfigurationError: with every problem of every file.

    """
    problems: list[Problem] = []
    environments: list[Environment] = []
    for file in files:
        environment, wrong = read_environment(file)
        problems += [in_file(problem, file) for problem in wrong]
        if environment is not None:
            environments.append(environment)
            problems += [in_file(problem, file) for problem in _bucket_clashes(environment)]
    problems += _name_clashes(environments)
    refuse("the environment files", problems)
    return environments


def in_file(problem: Problem, file: Path) -> Problem:
    """Return a problem of a file in the file's language, with the file's name before its key."""
    return replace(in_toml(problem), where=f"{file}: {problem.where}".removesuffix(": "))


def read_environment(file: Path) -> tuple[Environment | None, list[Problem]]:
    """Read one file; the environment is ``None`` if there is any problem."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        return None, [Problem("", fault(error), "the file must be TOML 1.0", "Mend the syntax at that place.")]
    except (OSError, UnicodeDecodeError) as error:
        return None, [Problem("", fault(error), "the file must be readable UTF-8", "Check its name and encoding.")]
    except RecursionError:
        return None, [Problem("", "a table or a list", "it is nested too deeply", "Lay it out flat.")]
    except ValueError as error:  # a number of absurd length
        return None, [Problem("", fault(error), "the file must be TOML 1.0", "Write a number.")]
    known = {name: parameter for name, parameter in parameters(Environment).items() if name != "file"}
    reader = TableReader(SPECIAL)
    sections: dict[str, Any] = {}
    for name in (name for name in data if name not in known):
        reader.problems.append(unknown_key(name, name, known))
    for name, parameter in known.items():
        if name in data:
            sections[name] = reader.value(parameter.hint, data[name], name)
        elif parameter.default is REQUIRED:
            reader.problems.append(Problem(name, "no such section", "every environment needs it", f"Add [{name}]."))
    unreadable = [name for name, section in sections.items() if section is BROKEN]
    readable = {name: section for name, section in sections.items() if section is not BROKEN}
    problems = reader.problems + check_environment(readable, unreadable)
    return (None, problems) if problems else (Environment(file=file, **readable), [])


def _none_found(directory: Path) -> list[Problem]:
    return [Problem("*.toml", "no file", "one TOML file describes one environment", f"Add one to {directory}.")]


def _no_such_file(file: Path, known: Sequence[Path]) -> Problem:
    names = ", ".join(path.stem for path in known) or "none"
    return Problem(str(file), "a name without a file", "each name is a file's", f"The environments here: {names}.")


_BUCKETS = (
    "logs.bucket",
    "logs.archive.bucket",
    "logs.archive.results_bucket",
    "egress.analysis.bucket",
    "egress.analysis.results_bucket",
    "status_page.bucket",
    "metrics.history.bucket",
)


def _bucket_clashes(environment: Environment) -> Iterator[Problem]:
    """Yield the keys of an environment that name a bucket which an earlier key names."""
    first: dict[str, str] = {}
    for key in _BUCKETS:
        name = _value(environment, key)
        if name is not None and name in first:
            yield Problem(key, repr(name), f"{first[name]} names this bucket already", "Give each a bucket of its own.")
        elif name is not None:
            first[name] = key


def _name_clashes(environments: Sequence[Environment]) -> Iterator[Problem]:
    """Yield names that two environments have; all other names begin with the environment's."""
    for key, rule in (
        ("environment.name", "a stack's name is unique"),
        ("logs.bucket", "a bucket belongs to one environment"),
        ("logs.archive.bucket", "a bucket belongs to one environment"),
        ("egress.analysis.bucket", "a bucket belongs to one environment"),
        ("status_page.bucket", "a bucket belongs to one environment"),
        ("metrics.history.bucket", "a bucket belongs to one environment"),
        ("dashboard.name", "a dashboard belongs to one environment"),
    ):
        names = [name for environment in environments if (name := _value(environment, key)) is not None]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Problem(key, f"{name!r} in {names.count(name)} files", rule, "Rename one.")


def _value(section: object, key: str) -> str | None:
    value: Any = section
    for part in key.split("."):
        value = getattr(value, part, None)
    return value if isinstance(value, str) else None
