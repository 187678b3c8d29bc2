"""How many NAT gateways, of which kind and where: one value; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from northsouth.egress.topology import NetworkIds, Tier

ModeKind = Literal["none", "single", "per_az", "private", "regional"]

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class NatMode:
    """Which NAT gateways a network has. Use one of the named constructors.

    Attributes:
        kind: which of the constructors made it.
        zone: the one zone of ``single``, or of a ``private`` mode that is to have one gateway.
        tier: the tier of the subnets that gateways stand in.
        destinations: the IPv4 destinations that private route tables send to the gateway.
        private_ips: the fixed primary address of each zone's private gateway.
        secondary_private_ips: how many more private addresses each private gateway gets.

    """

    kind: ModeKind
    zone: str | None = None
    tier: Tier = "public"
    destinations: tuple[str, ...] = (ANYWHERE,)
    private_ips: Mapping[str, str] = field(default_factory=dict)
    secondary_private_ips: int = 0

    @classmethod
    def none(cls) -> NatMode:
        """No gateway and no route: nothing in a private subnet reaches the internet over IPv4."""
        return cls("none")

    @classmethod
    def single(cls, zone: str) -> NatMode:
        """One gateway for all zones, in the named zone.

        The cheapest public mode per hour, with two costs that do not show in it: traffic of every other zone crosses
        zones (0.01 USD per GB in each direction in us-east-1, on top of NAT's own price), and if the zone fails no zone
        has a way out.
        """
        return cls("single", zone=zone)

    @classmethod
    def per_az(cls) -> NatMode:
        """One gateway in each zone that has private subnets; no traffic crosses zones, no zone depends on another."""
        return cls("per_az")

    @classmethod
    def private(
        cls,
        *,
        zone: str | None = None,
        tier: Tier = "isolated",
        destinations: tuple[str, ...] = (ANYWHERE,),
        private_ips: Mapping[str, str] | None = None,
        secondary_private_ips: int = 0,
    ) -> NatMode:
        """Private gateways (``connectivity_type = "private"``): no public address, no way to the internet.

        Used to reach a transit gateway or a virtual private gateway from ranges that overlap or are not routable.

        Args:
            zone: the only zone to have one; without it, each zone with private subnets does.
            tier: the subnets that gateways stand in. Not ``private``: those route to the gateway, so it would route to
                itself. The routes from this tier to the transit gateway are made elsewhere.
            destinations: the IPv4 blocks that private subnets send to the gateway, for example
                ``("10.0.0.0/8",)``.
            private_ips: a fixed primary address for the gateway of a zone; AWS chooses where none is given.
            secondary_private_ips: further addresses for each gateway, against port exhaustion: 0 to 7, and up to 31
                with ``NatQuotas(private_addresses_per_gateway=...)``. Another number replaces the gateways.

        """
        return cls(
            "private",
            zone=zone,
            tier=tier,
            destinations=tuple(destinations),
            private_ips=private_ips or {},
            secondary_private_ips=secondary_private_ips,
        )

    @classmethod
    def regional(cls) -> NatMode:
        """One gateway for the VPC that AWS extends to the zones in use (``availability_mode = "regional"``).

        Needs no public subnet. AWS also picks and adds its addresses, unless ``addresses`` says otherwise. Needs
        provider bindings that know it (AWS provider 6.24 or newer).
        """
        return cls("regional")

    @property
    def is_public(self) -> bool:
        """Whether its gateways have public addresses."""
        return self.kind in ("single", "per_az", "regional")

    def gateway_zones(self, ids: NetworkIds) -> tuple[str, ...]:
        """Return the zones in which a zonal gateway stands, sorted; none for ``none`` and ``regional``."""
        if self.kind in ("none", "regional"):
            return ()
        if self.zone is not None:
            return (self.zone,)
        return tuple(sorted(ids.private_route_tables))

    def gateway_zone_for(self, zone: str) -> str:
        """Return the zone whose gateway serves the private subnets of ``zone``."""
        return self.zone if self.zone is not None else zone
