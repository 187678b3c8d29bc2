"""Which public addresses NAT gateways use: made, given, or left to AWS; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Addresses:
    """Where the Elastic IPs of NAT gateways come from. Use one of the named constructors.

    Attributes:
        kind: which of the constructors made it.
        per_gateway: how many addresses each gateway gets (each zone's, for a regional gateway).
        hold: zones whose addresses stay allocated though no gateway uses them.
        by_zone: given allocation ids by zone, the primary one first.
        ipam_pool_id: the IPAM pool that made addresses come from; AWS's own pool when ``None``.

    """

    kind: Literal["made", "given", "managed"]
    per_gateway: int = 1
    hold: tuple[str, ...] = ()
    by_zone: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ipam_pool_id: str | None = None

    @classmethod
    def made(cls, *, per_gateway: int = 1, hold: Sequence[str] = (), ipam_pool_id: str | None = None) -> Addresses:
        """Make the Elastic IPs, keyed by zone, so a zone has the same address in every mode that uses one there.

        Args:
            per_gateway: 1 to 8 addresses. Each adds 55,000 simultaneous connections to any one destination. More than 2
                need a raised quota and ``quotas`` that says so.
            hold: zones whose addresses are kept although the mode has no gateway there, for example while going from
                one gateway for each zone to a single one for a time. An idle address is billed by the hour.
            ipam_pool_id: take the addresses from this public IPAM pool, such as a contiguous block that AWS provides
                or a block of your own. Another pool replaces the addresses, which are protected.

        """
        return cls(
            "made",
            per_gateway=per_gateway,
            hold=(hold,) if isinstance(hold, str) else tuple(hold),
            ipam_pool_id=ipam_pool_id,
        )

    @classmethod
    def given(cls, by_zone: Mapping[str, str | Sequence[str]]) -> Addresses:
        """Use existing allocations: exactly the zones that the mode has gateways in.

        Args:
            by_zone: ``{"us-east-1a": "eipalloc-..."}``, or a list with the primary one first and up to 7 secondary.

        """
        return cls(
            "given",
            by_zone={zone: (ids,) if isinstance(ids, str) else tuple(ids) for zone, ids in by_zone.items()},
        )

    @classmethod
    def managed(cls) -> Addresses:
        """Let AWS choose and add addresses as needed; only a regional gateway can."""
        return cls("managed")

    def keys(self, zone: str, *, regional: bool = False) -> tuple[str, ...]:
        """Return the keys of a zone's addresses, the primary one first: ``us-east-1a``, ``us-east-1a/2`` and so on.

        A regional gateway has keys of its own (``regional/us-east-1a``), because while it takes over from zonal
        gateways both hold addresses at once.
        """
        first = f"regional/{zone}" if regional else zone
        return (first, *(f"{first}/{number}" for number in range(2, self.per_gateway + 1)))

    def made_keys(self, zones: Sequence[str], *, regional: bool = False) -> tuple[str, ...]:
        """Return the keys of every address to make, for gateways in ``zones`` and for the zones on hold."""
        if self.kind != "made":
            return ()
        used = {key for zone in zones for key in self.keys(zone, regional=regional)}
        on_hold = {key for zone in self.hold for key in self.keys(zone)}
        return tuple(sorted(used | on_hold))
