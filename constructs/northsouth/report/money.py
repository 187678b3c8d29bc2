"""What the ways out cost in a month on both sides, by path; pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from northsouth.egress.prices import Prices
from northsouth.egress.stack_cost import PATHS, StackCost, stack_cost
from northsouth.egress.usage import Usage
from northsouth.report.sides import Side, Sides
from northsouth.template import Template


def money(
    sides: Sides, usage: Callable[[Template], Usage] | None = None, prices: Prices | None = None
) -> dict[str, Any]:
    """Return the cost of each path before and after, in US dollars a month, as JSON values.

    Args:
        sides: the environment before and after.
        usage: returns the GB that pass on a side, by resource; without it, only what is billed by the hour is in the
            figures.
        prices: what AWS asks; the documented defaults when ``None``.

    """
    prices = prices or Prices()
    before, after = _cost(sides.before, usage, prices), _cost(sides.after, usage, prices)
    paths = [
        {"path": path, "before": _of(before, path), "after": _of(after, path)}
        for path in PATHS
        if any(cost is not None and path in cost.by_path() for cost in (before, after))
    ]
    return {
        "before": None if before is None else round(before.total, 2),
        "after": None if after is None else round(after.total, 2),
        "paths": paths,
        "usage": usage is not None,
        "not_judged": sorted({reason for resource in after.resources for reason in resource.not_judged})
        if after
        else [],
        "prices": {"region": prices.region, "as_of": prices.as_of, "source": prices.source},
    }


def _cost(side: Side | None, usage: Callable[[Template], Usage] | None, prices: Prices) -> StackCost | None:
    if side is None:
        return None
    return stack_cost({"": side.template}, usage(side.template) if usage else None, prices)


def _of(cost: StackCost | None, path: str) -> float | None:
    return None if cost is None else round(sum(path_cost.total for path_cost in cost.by_path().get(path, ())), 2)
