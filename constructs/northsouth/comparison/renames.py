"""Recognises a resource that left one address and stands, unchanged, at another."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import SequenceMatcher

from northsouth.comparison.blocks import Block, Declared
from northsouth.comparison.difference import canonical
from northsouth.template import references

_MOST_COMPARED = 64
"""Most names that are compared by likeness among resources of equal content; more are matched in order."""


def find(old: Declared, new: Declared, gone: Collection[str], come: Collection[str]) -> dict[str, str]:
    """Return the renamed resources: each new address with the one it had.

    Two are the same if type and content are equal, where a reference to something that is renamed too counts as equal.
    Among several with the same content, the names that are most alike belong together.

    Args:
        old: the state before.
        new: the state after.
        gone: addresses that only ``old`` has.
        come: addresses that only ``new`` has.

    """
    left = _by_content(old, gone)
    arrived = _by_content(new, come)
    found: dict[str, str] = {}
    for content in left.keys() & arrived.keys():
        found.update(_match(sorted(left[content]), sorted(arrived[content])))
    return found


def _by_content(declared: Declared, addresses: Collection[str]) -> dict[str, list[str]]:
    unsettled = {block.resource.block for each in addresses if (block := declared.blocks[each]).resource}
    grouped: dict[str, list[str]] = {}
    for address in addresses:
        block = declared.blocks[address]
        if block.resource is not None:
            grouped.setdefault(_content(block, unsettled), []).append(address)
    return grouped


def _content(block: Block, unsettled: Collection[str]) -> str:
    """Return a resource's type and arguments, with references to unsettled blocks reduced to their type."""
    kind = block.resource.type if block.resource else ""
    text = canonical(block.values)
    named = {reference.subject for reference in references(text)} & set(unsettled)
    for subject in sorted(named, key=len, reverse=True):
        text = re.sub(rf"(?<![\w.-]){re.escape(subject)}(?![\w-])", f"{subject.partition('.')[0]}.?", text)
    return f"{kind} {text}"


def _match(left: list[str], arrived: list[str]) -> dict[str, str]:
    if len(left) == len(arrived) == 1 or len(left) * len(arrived) > _MOST_COMPARED**2:
        return dict(zip(arrived, left, strict=False))
    likeness = sorted((-SequenceMatcher(None, a, b).ratio(), a, b) for a in left for b in arrived)
    found: dict[str, str] = {}
    for _, source, to in likeness:
        if to not in found and source not in found.values():
            found[to] = source
    return found
