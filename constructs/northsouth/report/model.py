"""The report of one environment and its change: a model as JSON values, of which the pages are views; pure.

``version`` changes if a key changes its meaning; keys are only added. The same input gives the same values: no clock,
no random ids. Where something could not be judged, its section is ``None``, and ``not_judged`` says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from northsouth.comparison import Comparison
from northsouth.comparison.rendering import counted, render
from northsouth.egress.prices import Prices
from northsouth.egress.usage import Usage
from northsouth.report.asked import Asked
from northsouth.report.money import money
from northsouth.report.naming import naming
from northsouth.report.paths import Sender, paths
from northsouth.report.routing import routing
from northsouth.report.sides import Side, Sides
from northsouth.report.verdict import verdict
from northsouth.template import Template

VERSION = 1
_NO_METRIC = "the history has no metric "
"""What the replay says of an alarm whose metric is not there."""


def report(sides: Sides, asked: Asked) -> dict[str, Any]:
    """Return the report.

    Args:
        sides: the environment before and after.
        asked: what else is known.

    Raises:
        ConfigurationError: if a file of metrics or incidents cannot be read.

    """
    alarms = archive = None
    if asked.metrics is not None:
        # Loads NumPy and DuckDB.
        from northsouth.report.keeping import keeping
        from northsouth.report.waking import waking

        alarms, archive = waking(sides, asked.metrics), keeping(asked.metrics)
    flows = senders_before = usage = None
    if asked.flows is not None:
        # Loads DuckDB and sqlglot.
        from northsouth.report.leaving import leaving, senders, shown, usage_of

        answer = leaving(sides, asked.flows, asked.prices)
        flows, senders_before = shown(answer), senders(answer)
        usage = partial(usage_of, flows)
    if asked.usage is not None:
        usage = partial(_usage_of_file, asked.usage)
    model: dict[str, Any] = {
        "version": VERSION,
        "title": asked.title,
        "commit": asked.commit,
        "inputs": [_input(role, side) for role, side in (("before", sides.before), ("after", sides.after)) if side],
        "changes": None if sides.comparison is None else _changes(sides.comparison),
        "names": naming(sides),
        "alarms": alarms,
        "routes": [] if alarms is None else routing(sides, alarms["receivers"]),
        "flows": flows,
        "money": money(sides, usage, asked.prices),
        "archive": archive,
        "paths": _paths(sides, asked.prices, senders_before),
    }
    model["not_judged"] = list(_not_judged(sides, model))
    return {"verdict": verdict(model), **model}


def _usage_of_file(usage: Usage, _: Template) -> Usage:
    """Return the usage that a file says, which is the same on both sides."""
    return usage


def _paths(sides: Sides, prices: Prices | None, senders: Sequence[Sender] | None) -> dict[str, Any]:
    """Return the maps. The flows were recorded on the side before the change, so its map alone has their bytes."""
    if sides.before is None:
        return {"before": None, "after": paths(sides.after.template, prices, senders).as_data()}
    before, after = paths(sides.before.template, prices, senders), paths(sides.after.template, prices)
    return {"before": before.as_data(), "after": after.as_data()}


def _input(role: str, side: Side) -> dict[str, Any]:
    return {
        "role": role,
        "file": side.file,
        "kind": str(side.template.kind),
        "resources": len(side.template),
        "sha256": side.digest,
    }


def _changes(comparison: Comparison) -> dict[str, Any]:
    counts = Counter(str(change.action) for change in comparison)
    return {
        "counts": dict(sorted(counts.items())),
        "destructive": [change.address for change in comparison.destructive],
        "possible": [change.address for change in comparison.possible],
        "items": comparison.as_data(),
        "text": render(comparison).splitlines(),
        "moved": comparison.moved_blocks,
    }


def _not_judged(sides: Sides, model: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    if sides.comparison is None:
        yield {"what": "changes", "why": sides.why}
    unsure = [row for row in model["names"]["names"] if row["after"]["verdict"] == "undetermined"]
    if unsure:
        why = "a list that AWS manages, or a value known only after apply, could decide otherwise"
        yield {"what": f"{len(unsure)} names, such as {unsure[0]['name']}", "why": why}
    if model["alarms"] is None:
        yield {"what": "alarms", "why": "no --metrics was given"}
    else:
        yield from _refused(model["alarms"]["refused"])
        for alarm in model["alarms"]["alarms"]:
            if alarm["other_metrics"]:
                why = "it reads other metrics after the change, and what moves between them is not in the history"
                yield {"what": f"alarm {alarm['name']}, in part", "why": why}
    if not model["money"]["usage"]:
        yield {
            "what": "what GB cost",
            "why": "neither --usage nor --flows was given: the figures are what is billed by the hour",
        }
    else:
        yield from ({"what": "a part of the cost", "why": reason} for reason in model["money"]["not_judged"])
    if model["flows"] is not None:
        yield {"what": "GB that the change moves to another path", "why": "flows are those of before it"}


def _refused(refused: Sequence[Mapping[str, str]]) -> Iterator[dict[str, str]]:
    """Yield the alarms that were not replayed; those without metrics, and composites of such, together."""
    absent = [refusal["alarm"] for refusal in refused if _NO_METRIC in refusal["reason"]]
    if absent:
        few = f", such as {absent[0]}" if len(absent) > 1 else f": {absent[0]}"
        yield {"what": f"{counted(len(absent), 'alarm')}{few}", "why": "the history has no metrics of theirs"}
    for refusal in refused:
        if _NO_METRIC not in refusal["reason"]:
            yield {"what": f"alarm {refusal['alarm']}", "why": refusal["reason"]}
