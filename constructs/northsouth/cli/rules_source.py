"""Where ``northsouth rules`` takes rules from: Python, a TOML file, or a stack."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from northsouth.cli.options import UsageError, file_name, python_object, toml_document
from northsouth.errors import refuse
from northsouth.template import read

if TYPE_CHECKING:
    from northsouth.alerts.prometheus import RulePack

HELP = "MODULE:NAME of a pack or a list of them, a TOML file with [prometheus.packs], or a stack's cdk.tf.json"
_NAMESPACE = "aws_prometheus_rule_group_namespace"


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules that are written to one file.

    Attributes:
        name: the pack's name, or the namespace's.
        groups: as a rule file holds them.
        pack: the pack, if it is one.

    """

    name: str
    groups: Sequence[Mapping[str, Any]]
    pack: RulePack | None = None


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add the source."""
    parser.add_argument("source", metavar="SOURCE", type=file_name, help=HELP)


def load(source: str) -> list[Rules]:
    """Return the rules of a source.

    Raises:
        UsageError: if there are none.
        ConfigurationError: if they are wrong.
        TemplateError: if a stack cannot be read.

    """
    try:
        from northsouth.alerts.prometheus.rendering import group_value
        from northsouth.alerts.prometheus.rule_checks import group_problems
    except ModuleNotFoundError as missing:
        raise UsageError(str(missing)) from missing
    if source.endswith(".json"):
        return _of_stack(source)
    packs = _of_file(Path(source)) if source.endswith(".toml") else _of_module(source)
    for pack in packs:
        refuse(f"pack {pack.name!r}", group_problems(pack.groups()))
    return [Rules(pack.name, [group_value(group) for group in pack.groups()], pack) for pack in packs]


def _of_module(source: str) -> list[RulePack]:
    value = python_object(source, "a .toml file or a .json file")
    if callable(value) and not _is_pack(value):
        try:
            inspect.signature(value).bind()
        except (TypeError, ValueError):
            raise UsageError(f"{source} needs arguments; name a pack, a list of packs, or what returns them") from None
        value = value()
    return _packs(source, value)


def _is_pack(value: object) -> bool:
    from northsouth.alerts.prometheus.pack import RulePack

    return isinstance(value, RulePack) and not isinstance(value, type)


def _packs(source: str, value: object) -> list[RulePack]:
    packs: list[Any] = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if not packs or not all(map(_is_pack, packs)):
        raise UsageError(f"{source} is no pack of rules, nor a list of packs")
    names = [pack.name for pack in packs]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{source}: two packs are called {name!r}")
    return packs


def _of_file(path: Path) -> list[RulePack]:
    from northsouth.alerts.prometheus.pack_tables import read_packs

    document = toml_document(path)
    section = document.get("prometheus")
    tables = section.get("packs") if isinstance(section, Mapping) else None
    if not isinstance(section, Mapping) or not isinstance(tables, Mapping) or not tables:
        raise UsageError(f"{path}: there is no [prometheus.packs]")
    packs, problems = read_packs(tables, runbook=str(section.get("runbook", "")))
    refuse(f"{path}", (problem.within("prometheus.packs") for problem in problems))
    return packs


def _of_stack(source: str) -> list[Rules]:
    import yaml

    template = read(source)
    namespaces = []
    for resource in template.of_type(_NAMESPACE):
        data, name = (template.value(resource, key) for key in ("data", "name"))
        if not isinstance(data, str) or not isinstance(name, str) or "${" in data.replace("$${", ""):
            raise UsageError(f"{source}: the rules of {resource.address} are known only when Terraform runs")
        try:
            content = yaml.safe_load(data.replace("$${", "${").replace("%%{", "%{"))
        except yaml.YAMLError as error:
            raise UsageError(f"{source}: the rules of {resource.address} are no YAML") from error
        if not isinstance(content, Mapping) or not isinstance(content.get("groups"), list):
            raise UsageError(f"{source}: the rules of {resource.address} have no groups")
        namespaces.append(Rules(name, content["groups"]))
    if not namespaces:
        raise UsageError(f"{source}: no {_NAMESPACE}")
    return namespaces
