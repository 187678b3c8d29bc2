"""Which number an override gets, and which group or list it belongs to: computed from its own name; pure.

No function here depends on the order of the other names: adding, removing or reordering them changes no number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import chain

BAND = 10_000_000
"""Width of the band of numbers that wildcards of one depth share."""

PINNED = range(100, 100_000)
"""Numbers that a user gives by hand; they come before all derived ones."""

_MAX_LABELS = 127


def slot(domain: str, q_type: str | None = None) -> int:
    """Return the priority of an override, derived from its canonical domain (and query type) alone.

    An exact name falls into 100,000 to 9,999,999. A wildcard with ``d`` fixed labels falls into the ten million
    numbers from ``(127 - d) * 10,000,000``, so that a more specific pattern always comes before one that covers it.
    The place in the band is a hash of the name, which leaves gaps and makes two equal numbers in a group of 100
    unlikely (1 in 2,000); that case is refused, and one of the two is given a number by hand.

    >>> slot("api.example.com."), slot("*.example.com."), slot("*.")
    (7065495, 1250261492, 1274571344)
    """
    if domain.startswith("*."):
        depth = domain.count(".") - 1
        low, width = (_MAX_LABELS - depth) * BAND, BAND
    else:
        low, width = PINNED.stop, BAND - PINNED.stop
    return low + _hash(domain if q_type is None else f"{domain} {q_type}") % width


def bins_for(count: int, size: int, *, least: int = 1, most: int | None = None) -> int:
    """Return over how many bins of ``size`` to spread ``count`` keys.

    One bin as long as all fit; then so many that a tenth stays free, because full bins make keys move.
    """
    if count <= size:
        return least
    wanted = max(least, -(-count * 10 // (max(1, size) * 9)))
    return wanted if most is None else max(least, min(wanted, most))


def spread(keys: Iterable[str], bins: int, size: int, *, taken: int = 0) -> dict[str, int]:
    """Return the bin of each key, from 0. While no bin is full, a key's bin does not depend on the other keys.

    A key goes where consistent hashing sends it, and is sent on while that bin is full. One more bin therefore draws a
    fair share of the keys out of the others and moves nothing between those.

    Args:
        keys: what to spread; their order does not matter.
        bins: how many bins there are.
        size: how many keys a bin holds; what fits nowhere goes to the key's first choice.
        taken: places of bin 0 that are already in use.

    """
    room = [size] * bins
    room[0] -= taken
    places: dict[str, int] = {}
    for key in sorted(set(keys), key=_hash):
        first = _jump(_hash(key), bins)
        further = (_jump(_hash(f"{key}\0{attempt}"), bins) for attempt in range(3))
        free = next((index for index in chain([first], further, range(bins)) if room[index] > 0), first)
        room[free] -= 1
        places[key] = free
    return places


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def _jump(key: int, bins: int) -> int:
    """Return a bin for ``key``, by jump consistent hashing (Lamping and Veach, https://arxiv.org/abs/1406.2294)."""
    current, following = -1, 0
    while following < bins:
        current = following
        key = (key * 2862933555777941757 + 1) % 2**64
        following = int((current + 1) * (2**31 / ((key >> 33) + 1)))
    return current
