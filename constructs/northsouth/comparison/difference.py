"""The differences of two JSON values with their paths: policies as JSON, lists by member, blocks by name."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from northsouth.template.model import MAX_DEPTH, Value, bracketed, freeze, join

IDENTITIES = ("Sid", "sid", "name", "Name", "id", "Id", "key", "alias", "rule_number", "priority", "device_name")
"""Keys by whose value a block in a list is known again, the most telling first."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place at which two values differ.

    Attributes:
        path: where: ``threshold``, ``tags.Name``, ``policy.Statement[Sid=Delivery].Action``. A member of a list that
            only one side has is written with its position on that side: ``domains[3]``.
        before: the value there; None if there is none. Terraform takes ``null`` for the same.
        after: the value there now, or None.
        reordered: True if both lists hold the same members in another order; to a set of Terraform's this is nothing.

    """

    path: str
    before: Value
    after: Value
    reordered: bool = False

    @property
    def top(self) -> str:
        """The attribute that the path begins with."""
        return self.path.partition(".")[0].partition("[")[0]


def differences(before: object, after: object, path: str = "") -> tuple[Difference, ...]:
    """Return every place at which two JSON values differ, in the order of the keys.

    Two strings that both hold a JSON object or array are compared as JSON. Lists of blocks are matched by the members
    that are equal, then by a name that is unique on both sides (`IDENTITIES`), then by their place if the same places
    are left on both sides, or if a single block is. All else is gone or new: a member added in the middle is one
    difference.

    Args:
        before: a value as ``json.loads`` returns it; None if there is none.
        after: the value to compare it with.
        path: what to begin each path with.

    Raises:
        TemplateError: if a value nests deeper than the reader's limit, or is no JSON value.

    """
    return tuple(_compare(freeze(before, "before"), freeze(after, "after"), path, 0))


SENSITIVE = "(sensitive)"
"""Stands for a value that the provider or the configuration marks as sensitive."""


def masked(places: Sequence[Difference], sensitive: Container[str]) -> tuple[Difference, ...]:
    """Return differences without the values of sensitive attributes; of each of those one difference is left.

    Args:
        places: the differences.
        sensitive: the attributes that hold a sensitive value.

    """
    visible = [place for place in places if place.top not in sensitive]
    secrets = dict.fromkeys(place.top for place in places if place.top in sensitive)
    return (*(Difference(secret, SENSITIVE, SENSITIVE) for secret in secrets), *visible)


def empty(value: Value) -> bool:
    """Tell whether a value says nothing: providers read back an empty text or list where none was declared."""
    return value is None or (isinstance(value, str | tuple | Mapping) and not value)


def canonical(value: Value) -> str:
    """Return a text that is equal for values that are equal as JSON: ``1`` and ``1.0`` are, ``1`` and ``true`` not."""
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Value) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _compare(before: Value, after: Value, path: str, depth: int) -> Iterator[Difference]:
    before, after = _as_json(before, after)
    before, after = _single(before, after), _single(after, before)
    if depth < 2 * MAX_DEPTH and isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted(before.keys() | after.keys()):
            yield from _compare(before.get(key), after.get(key), member(path, key), depth + 1)
    elif depth < 2 * MAX_DEPTH and isinstance(before, tuple) and isinstance(after, tuple):
        yield from _lists(before, after, path, depth + 1)
    elif canonical(before) != canonical(after):
        yield Difference(path, before, after)


def member(path: str, key: str) -> str:
    """Return the path of an object's member; a key that is no plain word is quoted, as Terraform writes it."""
    plain = key.replace("_", "").replace("-", "").isalnum()
    return join(path, key) if plain else f"{path}{bracketed(key)}"


def _as_json(before: Value, after: Value) -> tuple[Value, Value]:
    """Return both texts decoded, if both hold a JSON object or array."""
    if not isinstance(before, str) or not isinstance(after, str) or before == after:
        return before, after
    documents = decoded(before), decoded(after)
    return (before, after) if None in documents else documents


def decoded(text: str) -> Value:
    """Return the JSON object or array that a text holds, or None."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return freeze(json.loads(text), "text")
    except (ValueError, RecursionError):  # no JSON, or nested deeper than anything that means something
        return None


def _single(value: Value, other: Value) -> Value:
    """Return the object in a list of one, if the other side writes the object itself: Terraform takes both."""
    if isinstance(other, Mapping) and isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], Mapping):
        return value[0]
    return value


def _lists(before: Sequence[Value], after: Sequence[Value], path: str, depth: int) -> Iterator[Difference]:
    old, new = [canonical(item) for item in before], [canonical(item) for item in after]
    if old == new:
        return
    common = Counter(old) & Counter(new)
    gone, come = dict.fromkeys(_unmatched(old, common)), dict.fromkeys(_unmatched(new, common))
    if not gone and not come:
        yield Difference(path, tuple(before), tuple(after), reordered=True)
        return
    for position, at, label in _pairs(before, after, gone, come):
        del gone[position], come[at]
        yield from _compare(before[position], after[at], f"{path}[{label}]", depth)
    for position in gone:
        yield Difference(f"{path}[{position}]", before[position], None)
    for position in come:
        yield Difference(f"{path}[{position}]", None, after[position])


def _unmatched(texts: Sequence[str], common: Counter[str]) -> list[int]:
    """Return the positions of the members that the other side does not have."""
    unmatched = Counter(common)
    left: list[int] = []
    for position, text in enumerate(texts):
        if unmatched[text]:
            unmatched[text] -= 1
        else:
            left.append(position)
    return left


def _pairs(
    before: Sequence[Value], after: Sequence[Value], gone: Collection[int], come: Collection[int]
) -> list[tuple[int, int, str]]:
    """Return which of the remaining members are one block that changed: both positions, and what to call it."""
    for key in IDENTITIES:
        old, new = _positions_by_key(before, key), _positions_by_key(after, key)
        pairs = [(old[name], new[name], f"{key}={name}") for name in old.keys() & new.keys()]
        pairs = sorted(pair for pair in pairs if pair[0] in gone)
        if pairs:
            return pairs
    if [*gone] == [*come]:
        return [(at, at, str(at)) for at in gone]
    if len(gone) == len(come) == 1:
        [position], [at] = gone, come
        alike = any(isinstance(before[position], kind) and isinstance(after[at], kind) for kind in (Mapping, tuple))
        if alike:
            return [(position, at, str(at))]
    return []


def _positions_by_key(items: Sequence[Value], key: str) -> dict[str, int]:
    """Return the positions of blocks by the value of ``key``, if it tells every block from the others."""
    names = [item.get(key) if isinstance(item, Mapping) else None for item in items]
    known = [str(name) for name in names if isinstance(name, str | int) and not isinstance(name, bool)]
    return {name: at for at, name in enumerate(known)} if len(set(known)) == len(items) else {}
