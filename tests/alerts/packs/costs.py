"""What each pack costs: the table of ``docs/alerts.md``. ``python -m tests.alerts.packs.costs`` writes it."""

from __future__ import annotations

import sys
from typing import Any

from northsouth.alerts.alarm_cost import COMPOSITE, METRIC, AlarmsCost, alarm_cost
from northsouth.template import parse
from tests.alerts.packs.timelines import PACKS

OF = {
    "nat": "three gateways",
    "archival": "one archive",
    "archive": "one source",
    "search": "one domain",
    "egress": "one analysis",
    "api": "one cluster",
    "clusters": "two clusters",
    "serving": "one load balancer and one target group",
    "handoff": "one service",
    "certificates": "one certificate and one load balancer",
    "dns": "one override and one list of blocked names",
    "meta": "one of each",
    "prometheus": "one workspace and one group of rules",
}
"""What the pack watches in the stack of ``example.py``."""


def of_pack(document: dict[str, Any], pack: str) -> AlarmsCost:
    """Return what the alarms of one pack cost."""
    alarms = {
        kind: {
            name: each
            for name, each in document["resource"][kind].items()
            if str(each["alarm_name"]).startswith(f"stack-{pack}-")
        }
        for kind in (METRIC, COMPOSITE)
    }
    return alarm_cost(parse({"terraform": {}, "resource": {kind: each for kind, each in alarms.items() if each}}))


def what_packs_cost(document: dict[str, Any]) -> str:
    """Return the packs with all their alarms as a table of Markdown."""
    rows = ["| Pack | On | Alarms | Metrics | Composites | USD a month |", "|---|---|---|---|---|---|"]
    for pack, name in PACKS.items():
        cost = of_pack(document, pack)
        counts = f"{len(cost.alarms)} | {cost.metrics} | {cost.composites}"
        rows.append(f"| `{name}` | {OF[pack]} | {counts} | {cost.total:.2f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    from tests.alerts.packs.example import everything
    from tests.harness.synth import synth

    sys.stdout.write(what_packs_cost(synth(everything)) + "\n")
