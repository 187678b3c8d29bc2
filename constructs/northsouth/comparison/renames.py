"""Recognises a resource that left one address and stands at another, unchanged or nearly so."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import SequenceMatcher

from northsouth.comparison.blocks import Declared
from northsouth.comparison.difference import canonical
from northsouth.template import Value, references

_MOST_COMPARED = 64
"""Most names that are compared by likeness among resources of equal content; more are matched in order."""

_ALIKE = 0.5
"""Least part of the arguments that is equal in two resources that look alike."""


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
    renamed: dict[str, str] = {}
    for content in left.keys() & arrived.keys():
        renamed.update(_match(sorted(left[content]), sorted(arrived[content])))
    return renamed


def alike(old: Declared, new: Declared, gone: Collection[str], come: Collection[str]) -> dict[str, str]:
    """Return what may have been renamed and changed: each old address with the new one that looks like it.

    Two look alike if they are of one type and at least half of their arguments are equal. Each is taken once, those
    with the most equal arguments first, then those with the names most alike.

    Args:
        old: the state before.
        new: the state after.
        gone: addresses that only ``old`` has, and that were not renamed.
        come: addresses that only ``new`` has.

    """
    left, arrived = _arguments(old, gone), _arguments(new, come)
    if len(left) * len(arrived) > _MOST_COMPARED**2:
        return {}
    pairs = sorted(
        (-share, -SequenceMatcher(None, source, to).ratio(), source, to)
        for source, (kind, before) in left.items()
        for to, (same, after) in arrived.items()
        if kind == same and (share := _share(before, after)) >= _ALIKE
    )
    matched: dict[str, str] = {}
    for _, _, source, to in pairs:
        if source not in matched and to not in matched.values():
            matched[source] = to
    return matched


def moved_blocks(old: Declared, new: Declared, renamed: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the ``moved`` blocks that keep what was renamed, each as old and new address.

    One stands for all instances of a block, if the block itself left and the instances kept their keys.

    Args:
        old: the state before.
        new: the state after.
        renamed: the new address of each by the old one.

    """
    left = {address.partition("[")[0] for address in old.blocks} - {block.partition("[")[0] for block in new.blocks}
    blocks: dict[tuple[str, str], None] = {}
    for source, to in sorted(renamed.items()):
        (origin, _, key), (block, _, same) = source.partition("["), to.partition("[")
        blocks[(origin, block) if key == same and origin in left else (source, to)] = None
    return tuple(blocks)


def _arguments(declared: Declared, addresses: Collection[str]) -> dict[str, tuple[str, Mapping[str, str]]]:
    """Return the type and the arguments of resources by address."""
    blocks = [declared.blocks[address] for address in addresses]
    return {
        block.address: (block.resource.type, {key: canonical(value) for key, value in block.resource.values.items()})
        for block in blocks
        if block.resource is not None
    }


def _share(before: Mapping[str, str], after: Mapping[str, str]) -> float:
    """Return which part of the arguments is equal."""
    keys = (before.keys() | after.keys()) - {"//"}
    return sum(before.get(key) == after.get(key) for key in keys) / len(keys) if keys else 0.0


def _by_content(declared: Declared, addresses: Collection[str]) -> dict[str, list[str]]:
    unsettled = {block.resource.block for address in addresses if (block := declared.blocks[address]).resource}
    grouped: dict[str, list[str]] = {}
    for address in addresses:
        block = declared.blocks[address]
        if block.resource is not None:
            grouped.setdefault(_content(block.resource.type, block.values, unsettled), []).append(address)
    return grouped


def _content(kind: str, values: Value, unsettled: Collection[str]) -> str:
    """Return a resource's type and arguments, with references to unsettled blocks reduced to their type."""
    text = canonical(values)
    named = {reference.subject for reference in references(text)} & set(unsettled)
    for subject in named:
        text = re.sub(rf"(?<![\w.-]){re.escape(subject)}(?![\w-])", f"{subject.partition('.')[0]}.?", text)
    return f"{kind} {text}"


def _match(left: list[str], arrived: list[str]) -> dict[str, str]:
    if len(left) * len(arrived) > _MOST_COMPARED**2:
        return dict(zip(arrived, left, strict=False))
    likeness = sorted((-SequenceMatcher(None, a, b).ratio(), a, b) for a in left for b in arrived)
    matched: dict[str, str] = {}
    for _, source, to in likeness:
        if to not in matched and source not in matched.values():
            matched[to] = source
    return matched
