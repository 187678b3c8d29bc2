"""Zone names: their syntax, and the Region and kind they tell; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from northsouth.errors import Problem
from northsouth.tokens import is_token

ZoneKind = Literal["availability-zone", "local-zone", "wavelength-zone"]

SOURCE = "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html"

_REGION = r"(?P<region>[a-z]{2,4}(?:-[a-z]+){1,2}-\d+)"
_KINDS: tuple[tuple[ZoneKind, re.Pattern[str]], ...] = (
    ("availability-zone", re.compile(rf"{_REGION}(?P<letter>[a-z])")),
    ("wavelength-zone", re.compile(rf"(?P<group>{_REGION}-wl\d+)-[a-z]{{3}}-wlz-(?P<letter>\d+)")),
    ("local-zone", re.compile(rf"(?P<group>{_REGION}-[a-z]{{3}}-\d+)(?P<letter>[a-z])")),
)
_ZONE_ID = re.compile(r"[a-z]{3,5}\d(-[a-z0-9]+)?-(az|wlz)\d+")


@dataclass(frozen=True, slots=True)
class Zone:
    """The parts of a zone's name.

    Attributes:
        name: ``us-east-1a``, ``us-west-2-lax-1a`` or ``us-east-1-wl1-bos-wlz-1``.
        region: the Region it belongs to.
        kind: an Availability Zone, a Local Zone or a Wavelength Zone.
        letter: the part that tells zones of one group apart, ``a`` or ``1``.
        border_group: the network border group that advertises its public addresses: the Region for an Availability
            Zone, else the zone's own group. An Elastic IP must come from the border group it is used in.

    """

    name: str
    region: str
    kind: ZoneKind
    letter: str
    border_group: str


def parse_zone(name: str) -> Zone | None:
    """Return what ``name`` tells, or ``None`` if no zone can have that name."""
    for kind, pattern in _KINDS:
        match = pattern.fullmatch(name)
        if match:
            groups = match.groupdict()
            return Zone(name, groups["region"], kind, groups["letter"], groups.get("group") or groups["region"])
    return None


def region_of(zones: Iterable[str]) -> str | None:
    """Return the Region of the first zone whose name tells one, else ``None``."""
    for name in zones:
        zone = None if is_token(name) else parse_zone(name)
        if zone:
            return zone.region
    return None


def check_zones(
    zones: Sequence[str], *, region: str | None = None, minimum: int = 1, where: str = "zones"
) -> Iterator[Problem]:
    """Yield what is wrong with a list of zone names.

    Args:
        zones: the zone names, in any order.
        region: the Region all of them must belong to; without it, that of the first zone.
        minimum: the fewest zones that make sense.
        where: the argument's path, for the report.

    """
    if isinstance(zones, str):
        yield Problem(where, repr(zones), "this is one text, not a list of zone names", f"Write [{zones!r}].", SOURCE)
        return
    if len(zones) < minimum:
        yield Problem(where, f"{len(zones)} zones", f"at least {minimum} needed", 'Name them: ["us-east-1a"].', SOURCE)
    expected = region if region and not is_token(region) else region_of(zones)
    seen: dict[str, int] = {}
    for index, name in enumerate(zones):
        here = f"{where}[{index}]"
        if name in seen:
            yield Problem(here, repr(name), f"the zone is already {where}[{seen[name]}]", "Remove one of the two.")
            continue
        seen[name] = index
        yield from check_zone(name, region=expected, where=here)


def check_zone(name: str, *, region: str | None = None, where: str = "zone") -> Iterator[Problem]:
    """Yield what is wrong with one zone's name.

    Args:
        name: the zone's name.
        region: the Region it must belong to, if known.
        where: the argument's path, for the report.

    """
    if is_token(name):
        yield Problem(
            where,
            "a value known only when Terraform runs",
            "zones name the resources, so synth must know them",
            "Write the zone's name.",
        )
        return
    zone = parse_zone(name)
    if zone is None:
        fix = (
            "This is a zone ID; use the zone's name, as `aws ec2 describe-availability-zones` lists it."
            if _ZONE_ID.fullmatch(name)
            else "A name is a Region and a letter, as in us-east-1a."
        )
        yield Problem(where, repr(name), "not the name of a zone", fix, SOURCE)
        return
    if region and zone.region != region:
        yield Problem(
            where,
            repr(name),
            f"the zone belongs to {zone.region}, not to {region}",
            f"Use zones of {region}, or another provider for {zone.region}.",
            SOURCE,
        )
    if zone.kind == "wavelength-zone":
        yield Problem(
            where,
            repr(name),
            "a Wavelength Zone has no internet or NAT gateway, only a carrier gateway",
            "Leave it out, and make its carrier gateway beside this construct.",
            "https://docs.aws.amazon.com/wavelength/latest/developerguide/how-wavelengths-work.html",
        )
