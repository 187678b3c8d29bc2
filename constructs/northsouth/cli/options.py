"""Options that several subcommands share: which file, which VPC, which addresses are known."""

from __future__ import annotations

import argparse
import importlib
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

from northsouth.dns.deployed import read_ruleset
from northsouth.dns.records import Record, host, query_name
from northsouth.dns.ruleset import Ruleset, Vpc, without_unknown_lists
from northsouth.errors.reading import fault
from northsouth.template import Template, read

STACKS = "cdktf.out/stacks/*/cdk.tf.json"
"""Where ``cdktf synth`` leaves its stacks, from the directory it is run in."""

_ONE_SYNTH = 60.0
_ASSOCIATION = b'"aws_route53_resolver_firewall_rule_group_association"'


Commands: TypeAlias = "argparse._SubParsersAction[Any]"
"""What subcommands are added to."""


class UsageError(ValueError):
    """Arguments that do not go together, or a file that is not there; the message is one line."""


def file_name(text: str) -> str:
    """Return the name of a file or folder as it was given.

    Raises:
        ArgumentTypeError: if it is empty. A shell passes an unset variable so, and Python takes it for the working
            directory.

    """
    if not text:
        raise argparse.ArgumentTypeError("got an empty name; name a file or folder, or leave the argument out")
    return text


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add ``--from``."""
    parser.add_argument(
        "--from",
        dest="source",
        metavar="FILE",
        type=file_name,
        help="a cdk.tf.json, or what `terraform show -json` printed of a plan or a state "
        f"(default: the newest {STACKS} that has rule groups on a VPC)",
    )


def add_template(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add ``--stack`` and ``--plan``, of which only one can be given."""
    source = parser.add_mutually_exclusive_group(required=required)
    source.add_argument(
        "--stack", metavar="DIR", type=file_name, help="the folder of a synthesized stack, or its cdk.tf.json"
    )
    source.add_argument(
        "--plan", metavar="FILE", type=file_name, help="what `terraform show -json` printed of a plan or a state"
    )


def template(arguments: argparse.Namespace) -> Template:
    """Return the stack or the plan of :func:`add_template`.

    Raises:
        TemplateError: if there is no such file, or it is not Terraform JSON.

    """
    path = Path(arguments.plan or arguments.stack)
    return read(path / "cdk.tf.json" if path.is_dir() else path)


def add_queries(parser: argparse.ArgumentParser) -> None:
    """Add ``--queries``."""
    parser.add_argument(
        "--queries",
        nargs="+",
        default=[],
        metavar="FILE",
        type=file_name,
        help="Resolver query logs as JSON lines, for names",
    )


def add_vpc(parser: argparse.ArgumentParser) -> None:
    """Add ``--vpc``."""
    parser.add_argument(
        "--vpc",
        metavar="VPC",
        help="the VPC's id, Terraform address, Name tag or label in vpcs={...} "
        "(default: the only one with rule groups)",
    )


def add_hosts(parser: argparse.ArgumentParser) -> None:
    """Add ``--host``."""
    parser.add_argument(
        "--host",
        dest="hosts",
        action="append",
        default=[],
        metavar="NAME=ADDRESS",
        help="an address that NAME has; may be repeated",
    )


def add_assumption(parser: argparse.ArgumentParser) -> None:
    """Add ``--ignore-unknown-lists``."""
    parser.add_argument(
        "--ignore-unknown-lists",
        action="store_true",
        help="assume that lists whose names are not in the file (those AWS manages) do not hold the names asked for",
    )


def vpc(rules: Ruleset, arguments: argparse.Namespace) -> Vpc:
    """Return the VPC that the arguments mean, with the assumption they make.

    Raises:
        UnknownVpcError: if there is none, or no single one.
        UsageError: if the file has no rules, and does not leave only one VPC to mean.

    """
    if arguments.vpc is None and len(rules.vpcs) != 1 and without_rules(rules):
        raise UsageError(f"{rules.source}: {NO_RULES}; name another file with --from, or a VPC with --vpc")
    chosen = rules.vpc(arguments.vpc)
    return without_unknown_lists(chosen) if arguments.ignore_unknown_lists else chosen


NO_RULES = "no DNS Firewall rule group is associated with a VPC in this file"


def without_rules(rules: Ruleset) -> bool:
    """Tell whether no VPC of a file has a rule group."""
    return not any(vpc_dns.associations for vpc_dns in rules.vpcs)


def ruleset(source: str | None) -> Ruleset:
    """Read the rules from the file that was named, or from the one stack that was synthesized last.

    Raises:
        UsageError: if there is no such stack, or no single one.
        TemplateError: if the file is not Terraform JSON.

    """
    return read_ruleset(read(source or _newest_stack(Path())))


def hosts(arguments: Iterable[str]) -> tuple[Record, ...]:
    """Return the address records of all ``NAME=ADDRESS`` arguments.

    Raises:
        UsageError: if one is not of that form.
        InvalidQueryError: if a name or an address is none.

    """
    addresses: dict[str, list[str]] = {}
    for name, address in map(pair, arguments):
        addresses.setdefault(query_name(name), []).append(address)
    return tuple(record for name, listed in addresses.items() for record in host(name, *listed))


def pair(text: str) -> tuple[str, str]:
    """Split ``NAME=VALUE``.

    Raises:
        UsageError: if it is not of that form.

    """
    name, equals, value = text.rpartition("=")
    if not (name and equals and value):
        raise UsageError(f"{text[:60]!r} is not of the form NAME=VALUE")
    return name, value


def python_object(source: str, files: str) -> object:
    """Import what ``MODULE:NAME`` names, as a program in the working directory would.

    Args:
        source: the text.
        files: which files the argument may name instead, for the message.

    Raises:
        UsageError: if the text has another form, or there is no such object.

    """
    module, colon, name = source.partition(":")
    if not (module and colon and name):
        raise UsageError(f"{source!r} is not MODULE:NAME, {files}")
    sys.path.insert(0, str(Path.cwd()))
    try:
        imported = importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise UsageError(f"{source}: {error}") from error
    finally:
        sys.path.pop(0)
    if not hasattr(imported, name):
        raise UsageError(f"{source}: {module} has no {name}")
    return getattr(imported, name)


def toml_document(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        UsageError: if it cannot be read.

    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not TOML: {fault(error)}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: {fault(error)}") from error


def _newest_stack(directory: Path) -> Path:
    written = {path: path.stat().st_mtime for path in directory.glob(STACKS)}
    if not written:
        raise UsageError(f"no {STACKS} here; run `cdktf synth` first, or name a file with --from")
    newest = max(written.values())
    # One run of `cdktf synth` writes all stacks: of those, only the ones with rules on a VPC can be meant.
    recent = [path for path, time in written.items() if newest - time <= _ONE_SYNTH]
    if len(recent) > 1:
        recent = [path for path in recent if _ASSOCIATION in path.read_bytes()] or recent
    if len(recent) > 1:
        names = ", ".join(sorted(map(str, recent))[:8])
        raise UsageError(f"several stacks were synthesized; name one with --from: {names}")
    return recent[0]
