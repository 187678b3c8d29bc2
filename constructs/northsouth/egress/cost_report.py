"""What the ways out of a stack cost, as text, as a comment on a pull request and as JSON; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from northsouth.egress.stack_cost import HOURS, PARTS, ResourceCost, StackCost

MOST_ROWS = 20
"""Rows of the table in a comment; the others are counted."""

_CENT = 0.005
_HEAD = ("resource", "hours", "addresses", "processed", "cross-zone", "internet", "total USD")
_Key = tuple[str, str]


def as_text(cost: StackCost, before: StackCost | None = None) -> str:
    """Return the figure, every resource by path, what changed, what is not judged, and the prices' date and source."""
    several = len({resource.stack for resource in cost.resources}) > 1
    rows: list[Sequence[str]] = [_HEAD]
    for path, members in cost.by_path().items():
        rows.append((path, *("" for _ in PARTS), _usd(sum(member.total for member in members))))
        rows += [_row(member, several=several) for member in members]
    lines = [headline(cost, before), "", *_aligned(rows)]
    if before is not None:
        changes = [
            f"  {_name(path_name, several=several)}: {was} → {now}" for path_name, was, now in _changes(cost, before)
        ]
        lines += ["", "changed:", *(changes or ["  nothing"])]
    return "\n".join([*lines, *(["", *notes] if (notes := list(_notes(cost, several=several))) else [])]) + "\n"


def as_markdown(cost: StackCost, before: StackCost | None = None) -> str:
    """Return the figure and what changed, or without a before what each path costs, for a comment."""
    lines = [f"### Egress: {headline(cost, before)}", ""]
    if before is None:
        lines += ["| path | resources | USD a month |", "|---|---:|---:|"]
        for path, members in cost.by_path().items():
            lines.append(f"| {path} | {len(members)} | {_usd(sum(member.total for member in members))} |")
    else:
        lines += _changes_table(cost, before)
    several = len({resource.stack for resource in cost.resources}) > 1
    return "\n".join([*lines, "", *(f"- {note}" for note in _notes(cost, several=several, most=5))]) + "\n"


def as_data(cost: StackCost, before: StackCost | None = None) -> dict[str, Any]:
    """Return everything as JSON values; dollars have 4 decimals."""
    data: dict[str, Any] = {
        "usd_per_month": _rounded(cost.total),
        "hours_per_month": HOURS,
        "complete": cost.complete,
        "paths": {path: _rounded(sum(member.total for member in members)) for path, members in cost.by_path().items()},
        "resources": [_resource(resource) for resource in cost.resources],
        "regions": sorted(cost.regions),
        "prices": {
            "region": cost.prices.region,
            "as_of": cost.prices.as_of,
            "source": cost.prices.source,
            "of_other_region": list(cost.foreign_regions),
        },
        "not_in_the_figure": dict(cost.outside),
        "modules_not_judged": list(cost.modules),
    }
    if before is not None:
        paired = _paired(cost, before)
        data["before"] = {
            "usd_per_month": _rounded(before.total),
            "complete": before.complete,
            "changed": [
                {
                    "stack": stack,
                    "resource": address,
                    "before": was and _rounded(was.total),
                    "after": now and _rounded(now.total),
                }
                for (stack, address), (was, now) in paired.items()
                if _differ(was, now)
            ],
        }
    return data


def headline(cost: StackCost, before: StackCost | None = None) -> str:
    """Return the one figure, and the difference to before."""
    least = "" if cost.complete else "at least "
    now = f"{least}{_usd(cost.total)} USD a month"
    if before is None:
        return now
    least = "" if before.complete else "at least "
    return f"{now} ({cost.total - before.total:+,.2f}; before: {least}{_usd(before.total)})"


def _changes_table(cost: StackCost, before: StackCost) -> Iterator[str]:
    several = len({resource.stack for resource in (*cost.resources, *before.resources)}) > 1
    changes = list(_changes(cost, before))
    if not changes:
        yield "No resource costs more or less than before."
        return
    yield from ("| path | resource | before | after |", "|---|---|---:|---:|")
    for path_name, was, now in changes[:MOST_ROWS]:
        yield f"| {path_name.path} | `{_name(path_name, several=several)}` | {was} | {now} |"
    if len(changes) > MOST_ROWS:
        yield f"| | and {len(changes) - MOST_ROWS} more | | |"


def _changes(cost: StackCost, before: StackCost) -> list[tuple[ResourceCost, str, str]]:
    """Return what changed, the largest difference first, with the figures of both sides."""
    changed = [pair for pair in _paired(cost, before).values() if _differ(*pair)]
    changed.sort(key=lambda pair: -abs(_total(pair[1]) - _total(pair[0])))
    return [(present, _side(was), _side(now)) for was, now in changed if (present := now or was) is not None]


def _paired(cost: StackCost, before: StackCost) -> dict[_Key, tuple[ResourceCost | None, ResourceCost | None]]:
    earlier: Mapping[_Key, ResourceCost] = {
        (resource.stack, resource.address): resource for resource in before.resources
    }
    later: Mapping[_Key, ResourceCost] = {(resource.stack, resource.address): resource for resource in cost.resources}
    return {key: (earlier.get(key), later.get(key)) for key in sorted(earlier.keys() | later.keys())}


def _differ(was: ResourceCost | None, now: ResourceCost | None) -> bool:
    if was is None or now is None:
        return True
    return abs(now.total - was.total) >= _CENT or was.not_judged != now.not_judged


def _total(cost: ResourceCost | None) -> float:
    return cost.total if cost else 0.0


def _side(cost: ResourceCost | None) -> str:
    if cost is None:
        return "none"
    return _usd(cost.total) + (" and more" if cost.not_judged else "")


def _notes(cost: StackCost, *, several: bool, most: int | None = None) -> Iterator[str]:
    """Yield what a reader must know beside the figure."""
    gaps: dict[str, list[str]] = {}
    for resource in cost.resources:
        for gap in resource.not_judged:
            gaps.setdefault(gap, []).append(_name(resource, several=several))
    for gap, names in gaps.items():
        some = names if most is None or len(names) <= most else [*names[:most], f"{len(names) - most} more"]
        yield f"not judged: {gap}: {', '.join(some)}"
    if cost.modules:
        yield f"not judged: modules, whose resources only a plan holds: {', '.join(cost.modules)}"
    if not cost.regions:
        yield f"the stack does not say its Region; the prices are of {cost.prices.region}"
    if cost.foreign_regions:
        yield (
            f"the prices are of {cost.prices.region}, and the stack is in {', '.join(cost.foreign_regions)}, which "
            "northsouth has no prices of: give them with --prices"
        )
    if cost.outside:
        types = ", ".join(f"{count} {kind}" for kind, count in cost.outside.items())
        listed = types if most is None else f"{sum(cost.outside.values())} resources"
        yield f"not in the figure, because they are no way out of a VPC: {listed}"
    yield f"prices of {cost.prices.region} as of {cost.prices.as_of}, a month of {HOURS} hours: {cost.prices.source}"


def _row(cost: ResourceCost, *, several: bool) -> Sequence[str]:
    parts = (_usd(cost.parts[part]) if part in cost.parts else "" for part in PARTS)
    total = _usd(cost.total) + ("+" if cost.not_judged else "")
    return (f"  {_name(cost, several=several)}", *parts, total)


def _name(cost: ResourceCost, *, several: bool) -> str:
    return f"{cost.stack}/{cost.address}" if several else cost.address


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for name, *figures in rows:
        cells = [name.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(figures, widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()


def _resource(cost: ResourceCost) -> dict[str, Any]:
    return {
        "stack": cost.stack,
        "resource": cost.address,
        "path": cost.path,
        "usd_per_month": _rounded(cost.total),
        "parts": {part: _rounded(usd) for part, usd in cost.parts.items()},
        "not_judged": list(cost.not_judged),
    }


def _rounded(usd: float) -> float:
    return round(usd, 4)


def _usd(usd: float) -> str:
    return f"{usd:,.2f}"
