"""Reads environment files: every problem of every file in one report, with file, key and reason."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import UnionType
from typing import Any, TypeGuard, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from northsouth.errors import Problem, refuse
from northsouth.stacks.checks import check_environment
from northsouth.stacks.settings import SECTIONS, Environment

ENVIRONMENTS_VARIABLE = "NORTHSOUTH_ENVIRONMENTS"
"""Names (``example``) or paths (``environments/example.toml``) to synthesize, separated by commas; unset means all."""

_Model = TypeVar("_Model", bound=BaseModel)


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
        environment, found = read_environment(file)
        problems += [replace(problem, where=f"{file}: {problem.where}".removesuffix(": ")) for problem in found]
        if environment is not None:
            environments.append(environment)
    problems += _name_clashes(environments)
    refuse("the environment files", problems)
    return environments


def read_environment(file: Path) -> tuple[Environment | None, list[Problem]]:
    """Read one file; the environment is ``None`` if there is any problem."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        return None, [Problem("", str(error), "the file must be TOML 1.0", "Mend the syntax at that place.")]
    except (OSError, UnicodeDecodeError) as error:
        return None, [Problem("", str(error), "the file must be readable UTF-8", "Check its name and encoding.")]
    except RecursionError:
        return None, [Problem("", "a table or a list", "it is nested too deeply", "Lay it out flat.")]
    except ValueError as error:  # a number of absurd length
        return None, [Problem("", str(error), "the file must be TOML 1.0", "Write a number.")]
    problems = [_unknown_key(key, key, sorted(SECTIONS)) for key in data if key not in SECTIONS]
    sections: dict[str, BaseModel] = {}
    mistyped: list[str] = []
    for name, model in SECTIONS.items():
        if name not in data and not _required(name):
            continue
        if name not in data:
            problems.append(Problem(name, "no such section", "every environment needs it", f"Add [{name}]."))
            continue
        section, found = _validate(model, data[name], name)
        problems += found
        if section is None:
            mistyped.append(name)
        else:
            sections[name] = section
    problems += check_environment(sections, mistyped)
    if problems:
        return None, problems
    return Environment.model_validate(sections), []


def _required(section: str) -> bool:
    return Environment.model_fields[section].is_required()


def _validate(model: type[_Model], data: object, where: str) -> tuple[_Model | None, list[Problem]]:
    """Validate one section; unknown keys are reported and set aside, so that the rules still see the rest."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        problems = [_explain(detail, model, where) for detail in error.errors()]
        extras = [detail["loc"] for detail in error.errors() if detail["type"] == "extra_forbidden"]
        if len(extras) < len(problems) or not isinstance(data, Mapping):
            return None, problems
        return model.model_validate(_without(data, extras)), problems


def _without(data: Mapping[str, Any], paths: Iterable[tuple[int | str, ...]]) -> dict[str, Any]:
    """Return ``data`` without the keys at ``paths``."""
    heads = {path[0] for path in paths if len(path) == 1}
    kept: dict[str, Any] = {}
    for key, value in data.items():
        below = [path[1:] for path in paths if len(path) > 1 and path[0] == key]
        if key not in heads:
            kept[key] = _without(value, below) if below and isinstance(value, Mapping) else value
    return kept


def _explain(detail: Any, model: type[BaseModel], where: str) -> Problem:  # noqa: ANN401 - pydantic's ErrorDetails
    """Turn one pydantic error into a problem with a readable reason."""
    path = where + _path(detail["loc"])
    if detail["type"] == "extra_forbidden":
        owner = _model_at(model, detail["loc"][:-1])
        known = sorted(owner.model_fields) if owner else []
        return _unknown_key(path, str(detail["loc"][-1]), known)
    if detail["type"] == "missing":
        return Problem(path, "nothing", "this key is required", "Add it.")
    reason = detail["msg"][:1].lower() + detail["msg"][1:]
    return Problem(path, repr(detail["input"]), reason, "Change the value.")


def _path(location: Sequence[int | str]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)


def _model_at(model: type[BaseModel], location: Sequence[int | str]) -> type[BaseModel] | None:
    """Return the model that owns the key at ``location``; a table of models is entered by any key."""
    current: object = model
    for part in location:
        current = current.model_fields[str(part)].annotation if _is_model(current) else get_args(current)[-1]
        if isinstance(current, UnionType):
            current = get_args(current)[0]
    return current if _is_model(current) else None


def _is_model(value: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(value, type) and issubclass(value, BaseModel)


def _unknown_key(path: str, key: str, known: Sequence[str]) -> Problem:
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    fix = f"Did you mean {close[0]!r}?" if close else f"Known keys: {', '.join(known)}." if known else "Remove it."
    return Problem(path, f"the key {key!r}", "there is no such key", fix)


def _none_found(directory: Path) -> list[Problem]:
    return [Problem("*.toml", "no file", "one TOML file describes one environment", f"Add one to {directory}.")]


def _no_such_file(file: Path, known: Sequence[Path]) -> Problem:
    names = ", ".join(path.stem for path in known) or "none"
    return Problem(str(file), "a name without a file", "each name is a file's", f"The environments here: {names}.")


def _name_clashes(environments: Sequence[Environment]) -> Iterator[Problem]:
    """Yield names that two environments have; all other names begin with the environment's."""
    for key, rule in (
        ("environment.name", "a stack's name is unique"),
        ("logs.bucket", "a bucket belongs to one environment"),
        ("logs.archive.bucket", "a bucket belongs to one environment"),
        ("status_page.bucket", "a bucket belongs to one environment"),
        ("dashboard.name", "a dashboard belongs to one environment"),
    ):
        names = [name for environment in environments if (name := _value(environment, key)) is not None]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Problem(key, f"{name!r} in {names.count(name)} files", rule, "Rename one.")


def _value(section: BaseModel, key: str) -> str | None:
    value: Any = section
    for part in key.split("."):
        value = getattr(value, part, None)
    return value if isinstance(value, str) else None
