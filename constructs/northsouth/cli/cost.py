"""``northsouth cost``: what the ways out of a stack cost in a month, and what a change does to it."""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from northsouth.alerts.alarm_cost import AlarmPrices, AlarmsCost, alarm_cost, headline, notes, prices_from
from northsouth.cli.options import Commands, UsageError, file_name
from northsouth.drift import app
from northsouth.egress import cost_report
from northsouth.egress.prices import Prices, Tier
from northsouth.egress.stack_cost import StackCost, passing, stack_cost
from northsouth.egress.usage import Usage, check_usage, read_usage
from northsouth.errors import ConfigurationError, Problem, refuse
from northsouth.errors.reading import fault
from northsouth.template import Template, parse
from northsouth.tokens import is_token

_EPILOG = """\
a usage file (TOML) says the GB of a month of 30 days, by resource or for all resources of a type:
  [aws_nat_gateway]                           every NAT gateway without a table of its own
  gb_out = 1000                               to the gateway's destinations (BytesInFromSource)
  gb_in = 4000                                answers (BytesInFromDestination)
  gb_internet = 900                           of gb_out, what leaves AWS's network (default: all)
  gb_cross_zone = 0                           of both, what comes from other zones (default: evenly, by the routes)
  ["aws_vpc_endpoint.private_sts-interface"]  one resource, by its address
  gb = 250                                    in both directions (BytesProcessed)
  [aws_egress_only_internet_gateway]
  gb_internet = 10                            to the internet
what the file does not say is not judged, and the figure is then the least it can be

exit codes:
  0   the figure is written
  2   wrong arguments or files
"""


def register(commands: Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "cost",
        help="tell what the ways out of a stack cost in a month",
        description="Add up NAT gateways, public IPv4 addresses, endpoints, cross-zone and internet traffic of "
        "synthesized stacks, by path and resource; and beside the figure, what their alarms cost.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--stack",
        metavar="DIR",
        type=file_name,
        default="cdktf.out",
        help="what `cdktf synth` wrote: the folder of all stacks or of one, a cdk.tf.json, or what "
        "`terraform show -json` printed (default: cdktf.out)",
    )
    parser.add_argument(
        "--usage", metavar="FILE", type=file_name, help="the GB of a month, as below (default: nothing is known)"
    )
    parser.add_argument(
        "--before", metavar="DIR", type=file_name, help="the same stacks as they were, to tell what changes"
    )
    parser.add_argument(
        "--prices",
        metavar="FILE",
        type=file_name,
        help="prices of another Region or contract (TOML): region, as_of, source and the fields of "
        "northsouth.egress.Prices that differ, and in a table [alarms] metric, high_resolution_metric and composite",
    )
    parser.add_argument("--markdown", action="store_true", help="write a comment for a pull request: what changed")
    parser.add_argument("--json", action="store_true", help="write everything as JSON")
    parser.set_defaults(run=run)


@dataclass(frozen=True, slots=True)
class _Stacks:
    """The stacks below a folder, the Regions of their providers, and the modules they call and do not hold."""

    templates: Mapping[str, Template]
    regions: frozenset[str]
    modules: tuple[str, ...]


def run(arguments: argparse.Namespace) -> int:
    """Write the figure."""
    if arguments.json and arguments.markdown:
        raise UsageError("--json and --markdown exclude each other; give one of them")
    after = _stacks(Path(arguments.stack))
    before = _stacks(Path(arguments.before)) if arguments.before else None
    if before is not None and len(before.templates) == len(after.templates) == 1:
        # One stack on each side is the same stack, whatever the folders are called.
        before = replace(before, templates=dict(zip(after.templates, before.templates.values(), strict=True)))
    sides = [side.templates for side in (after, before) if side is not None]
    usage = read_usage_file(Path(arguments.usage), sides) if arguments.usage else Usage()
    prices = read_prices(Path(arguments.prices)) if arguments.prices else Prices()
    alarm_prices = read_alarm_prices(Path(arguments.prices)) if arguments.prices else AlarmPrices()

    def figure(stacks: _Stacks) -> StackCost:
        return stack_cost(stacks.templates, usage, prices, regions=sorted(stacks.regions), modules=stacks.modules)

    def of_alarms(stacks: _Stacks) -> AlarmsCost:
        return alarm_cost(*stacks.templates.values(), prices=alarm_prices)

    cost, earlier = figure(after), figure(before) if before else None
    alarms, alarms_before = of_alarms(after), of_alarms(before) if before else None
    if arguments.json:
        data = {**cost_report.as_data(cost, earlier), "alarms": alarms.as_data()}
        if alarms_before is not None:
            data["before"]["alarms"] = alarms_before.as_data()
        sys.stdout.write(f"{json.dumps(data, indent=2)}\n")
        return 0
    lines = list(_alarm_lines(alarms, alarms_before))
    if arguments.markdown:
        sys.stdout.write(cost_report.as_markdown(cost, earlier) + "".join(f"- {line}\n" for line in lines))
    else:
        sys.stdout.write("\n".join([cost_report.as_text(cost, earlier), *lines, *([""] if lines else [])]))
    return 0


def _alarm_lines(cost: AlarmsCost, before: AlarmsCost | None) -> Iterator[str]:
    """Yield what the alarms cost, which are no way out of a VPC and so are not in the figure."""
    if cost.alarms or (before is not None and before.alarms):
        changed = f" ({cost.total - before.total:+,.2f}; before: {before.total:,.2f})" if before is not None else ""
        yield f"not in the figure: {headline(cost)}{changed}"
        yield from notes(cost)


def read_prices(file: Path) -> Prices:
    """Return the prices of a TOML file.

    Raises:
        UsageError: if it cannot be read.
        ConfigurationError: if it says anything else than prices, or not of where, when and by whom.

    """
    document = _toml(file)
    document.pop("alarms", None)
    known = [field.name for field in fields(Prices)]
    refuse(str(file), _check_prices(document, known))
    values: dict[str, Any] = {
        name: tuple(Tier(**tier) for tier in value) if isinstance(value, list) else value
        for name, value in document.items()
    }
    try:
        return Prices(**values)
    except ConfigurationError as error:
        raise ConfigurationError(str(file), error.problems) from None


def read_alarm_prices(file: Path) -> AlarmPrices:
    """Return the prices of alarms of a TOML file that `read_prices` accepts: those of its table ``[alarms]``.

    Raises:
        UsageError: if it cannot be read, or ``alarms`` is no table.
        ConfigurationError: if the table says anything else than prices.

    """
    document = _toml(file)
    table = document.get("alarms", {})
    if not isinstance(table, Mapping):
        raise UsageError(f"{file}: alarms: got {table!r}; it is a table of prices. Write it below [alarms]")
    try:
        return prices_from(table, **{name: document[name] for name in ("region", "as_of", "source")})
    except ConfigurationError as error:
        raise ConfigurationError(str(file), [problem.within("alarms") for problem in error.problems]) from None


def _check_prices(document: Mapping[str, Any], known: list[str]) -> Iterator[Problem]:
    for name in ("region", "as_of", "source"):
        if not isinstance(document.get(name), str):
            yield Problem(
                name,
                repr(document[name]) if name in document else "nothing",
                "a text: prices have a Region, a date and a source",
                "Add it.",
            )
    for name, value in document.items():
        if name not in known:
            yield Problem(name, repr(value), f"the prices are {', '.join(known)}", "Correct the key.")
        elif isinstance(value, list):
            for index, tier in enumerate(value):
                if not isinstance(tier, Mapping) or not {"usd_per_gb"} <= tier.keys() <= {"usd_per_gb", "up_to_gb"}:
                    allowed = "a tier is { usd_per_gb = …, up_to_gb = … }, the last without an end"
                    yield Problem(f"{name}[{index}]", repr(tier), allowed, "Correct the tier.")


def read_usage_file(file: Path, sides: Iterable[Mapping[str, Template]]) -> Usage:
    """Return the usage of a TOML file.

    Args:
        file: the file.
        sides: the stacks whose resources it may name, by name; of a change, both sides.

    Raises:
        UsageError: if it cannot be read.
        ConfigurationError: if it names other resources, or says anything else than GB.

    """
    document = _toml(file)
    known = {
        (stack, resource.address)
        for templates in sides
        for stack, template in templates.items()
        for resource in passing(template)
    }
    refuse(str(file), check_usage(document, known))
    return read_usage(document)


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: not TOML: {fault(error)}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{file}: {fault(error)}") from None


def _stacks(place: Path) -> _Stacks:
    """Read the stacks of a folder that was synthesized to, of one stack's folder, or of a file."""
    if place.is_dir() and (place / "manifest.json").is_file():
        stacks = app.stacks(place, place)
    else:
        file = place / app.STACK_FILE if place.is_dir() else place
        if not file.is_file():
            raise UsageError(
                f"{place}: no manifest.json and no {app.STACK_FILE} here; run `cdktf synth`, or name its folder"
            )
        stacks = (app.Stack(file.parent.name, file.parent, file.parent, file.name),)
    documents = {stack.name: stack.document() for stack in stacks}
    sources = {stack.name: str(stack.folder / stack.file) for stack in stacks}
    templates = {name: parse(document, source=sources[name]) for name, document in documents.items()}
    regions = {region for document in documents.values() for region in _regions(document)}
    modules = [f"module.{name}" for document in documents.values() for name in _called_modules(document)]
    return _Stacks(templates, frozenset(regions), tuple(sorted(modules)))


def _called_modules(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the modules that a synthesized stack calls; a plan holds their resources."""
    calls = document.get("module")
    yield from calls if isinstance(calls, Mapping) else ()


def _regions(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the Regions of a document's AWS providers, as far as it says them: of a stack, or of a plan."""
    providers = document.get("provider")
    blocks = providers.get("aws", []) if isinstance(providers, Mapping) else []
    for block in blocks if isinstance(blocks, list) else [blocks]:
        yield from _known_region(block.get("region") if isinstance(block, Mapping) else None)
    configuration = document.get("configuration")
    planned = configuration.get("provider_config", {}) if isinstance(configuration, Mapping) else {}
    for block in planned.values() if isinstance(planned, Mapping) else ():
        if isinstance(block, Mapping) and str(block.get("full_name", "")).endswith("hashicorp/aws"):
            yield from _known_region(block.get("expressions", {}).get("region", {}).get("constant_value"))


def _known_region(region: object) -> Iterator[str]:
    if isinstance(region, str) and not is_token(region):
        yield region
