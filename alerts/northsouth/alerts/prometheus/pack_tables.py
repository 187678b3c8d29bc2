"""Packs as a TOML file declares them: a table for each pack, whose keys are the pack's parameters; pure.

What is left out keeps the pack's default. Quantities are text with a unit ("3 %", "5 count/s", "7 days"), counts are
numbers, and a label that is matched by an expression is ``{ pattern = "kube-.*", example = "kube-apiserver" }``.
"""

from __future__ import annotations

import dataclasses
import difflib
import types
from collections.abc import Mapping, Sequence
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from northsouth.alerts.prometheus.pack import RulePack
from northsouth.alerts.prometheus.packs.hosts import HostRules
from northsouth.alerts.prometheus.packs.kubernetes_api import KubernetesApiRules
from northsouth.alerts.prometheus.packs.models import ModelRules
from northsouth.alerts.prometheus.packs.pools import PoolRules
from northsouth.alerts.prometheus.packs.silent_clusters import SilentClusterRules
from northsouth.alerts.prometheus.packs.targets import TargetRules
from northsouth.errors import ConfigurationError, Problem
from northsouth.metrics.units import Quantity, UnitError, count, parse

PACKS: Mapping[str, type[Any]] = {
    "hosts": HostRules,
    "kubernetes_api": KubernetesApiRules,
    "models": ModelRules,
    "pools": PoolRules,
    "silent_clusters": SilentClusterRules,
    "targets": TargetRules,
}
"""The packs by the key of their table."""

_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}


class _WrongValueError(Exception):
    """Values that do not fit; carries one problem for each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(str(problems))
        self.problems = problems


def read_packs(tables: Mapping[str, object], *, runbook: str) -> tuple[list[RulePack], list[Problem]]:
    """Return the packs that tables declare, and what is wrong with the others.

    Args:
        tables: the parameters of each pack by the pack's key.
        runbook: the page that says what to do; a pack's own page lies below it: ``<runbook>/kubernetes-api``.

    """
    packs: list[RulePack] = []
    problems: list[Problem] = []
    for key, table in tables.items():
        try:
            if key not in PACKS:
                raise _WrongValueError([dataclasses.replace(_unknown(key, PACKS, "pack"), where="")])
            page = {"runbook": f"{runbook.rstrip('/')}/{key.replace('_', '-')}"}
            packs.append(_build(PACKS[key], {**page, **_table(table)}))
        except _WrongValueError as wrong:
            problems += [problem.within(key) for problem in wrong.problems]
    return packs, problems


def _build(model: type[Any], table: Mapping[str, object]) -> Any:  # noqa: ANN401
    """Make a value of a dataclass out of a table."""
    hints = get_type_hints(model)
    fields = {field.name: field for field in dataclasses.fields(model)}
    values: dict[str, Any] = {}
    problems = [_unknown(key, fields, "key") for key in table if key not in fields]
    for name, field in fields.items():
        if name in table:
            try:
                values[name] = _value(hints[name], table[name], field.default)
            except _WrongValueError as wrong:
                problems += [problem.within(name) for problem in wrong.problems]
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            problems.append(Problem(name, "nothing", "it has no default", f"Add {name}."))
    if problems:
        raise _WrongValueError(problems)
    try:
        return model(**values)
    except ConfigurationError as refused:
        raise _WrongValueError(refused.problems) from refused


def _value(hint: Any, given: object, default: object) -> Any:  # noqa: ANN401
    """Return what a TOML value is for a parameter of a type."""
    if hint is Quantity:
        return _quantity(given, default)
    if dataclasses.is_dataclass(hint):
        return _build(cast("type[Any]", hint), _table(given))
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _one_of([each for each in arguments if each is not type(None)], given, default)
    if origin is Mapping or origin is dict:
        return {name: _within(name, arguments[1], value) for name, value in _table(given).items()}
    if origin is Sequence or origin is list:
        if not isinstance(given, list):
            raise _WrongValueError([Problem("", repr(given), "it is a list", "Write it in [ ].")])
        return [_within(f"[{index}]", arguments[0], value) for index, value in enumerate(given)]
    kinds = (int, float) if hint is float else (hint,)
    if not isinstance(given, kinds) or (isinstance(given, bool) and hint is not bool):
        raise _WrongValueError([Problem("", repr(given), f"it is {_KINDS.get(hint, 'text')}", "Correct the value.")])
    return given


def _one_of(hints: Sequence[Any], given: object, default: object) -> Any:  # noqa: ANN401
    """Return the value as the first type that fits; a table is for a dataclass, text never for an enumeration."""
    plain = [hint for hint in hints if hint in _KINDS]
    for hint in plain:
        if type(given) is hint:
            return given
    rest = [hint for hint in hints if hint not in _KINDS and not (isinstance(hint, type) and issubclass(hint, str))]
    return _value((rest or plain)[0], given, default)


def _within(where: str, hint: Any, given: object) -> Any:  # noqa: ANN401
    try:
        return _value(hint, given, None)
    except _WrongValueError as wrong:
        raise _WrongValueError([problem.within(where) for problem in wrong.problems]) from wrong


def _table(given: object) -> Mapping[str, object]:
    if not isinstance(given, Mapping):
        raise _WrongValueError([Problem("", repr(given), "it is a table", "Write it in { }, or below [ ].")])
    return given


def _quantity(given: object, default: object) -> Quantity:
    """Return a quantity; a number without a unit is a count, where a count is asked for."""
    if isinstance(default, Quantity) and default.unit == count(1).unit and type(given) is int:
        return count(given)
    if not isinstance(given, str):
        like = f"{default}" if isinstance(default, Quantity) else "3 %"
        raise _WrongValueError([Problem("", repr(given), "it is text with a unit", f'Write it as in "{like}".')])
    try:
        return parse(given)
    except UnitError as error:
        raise _WrongValueError([dataclasses.replace(problem, where="") for problem in error.problems]) from error


def _unknown(key: str, known: Mapping[str, object], what: str) -> Problem:
    near = difflib.get_close_matches(key, known, n=1)
    fix = f"Did you mean {near[0]}?" if near else f"There are {', '.join(known)}."
    return Problem(key, repr(key), f"there is no such {what}", fix)
