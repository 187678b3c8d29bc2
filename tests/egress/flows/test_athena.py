"""What Athena is asked: it runs a step again wherever another one names it, so steps must name few."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from northsouth.egress.flow_logs import EGRESS_FIELDS, SENDER_FIELDS
from northsouth.egress.flows.athena import Analysis
from northsouth.egress.prices import Prices

pytestmark = pytest.mark.slow

GATEWAYS = Analysis(
    database="egress",
    fields=EGRESS_FIELDS,
    region="us-east-1",
    side="gateway",
    cidrs=("10.0.0.0/16",),
    gateways={"eni-1": "us-east-1a"},
    own=("10.0.0.200",),
    prices=Prices(),
    zones=1,
    names=True,
)


def scans(sql: str, table: str) -> int:
    """Return how often a statement reads a table, its steps written out wherever they are named."""
    return _scans(sqlglot.parse_one(sql, read="athena"), table, {})


def _scans(query: exp.Expr, table: str, steps: Mapping[str, int]) -> int:
    known = dict(steps)
    for step in query.args["with_"].expressions if query.args.get("with_") else ():
        known[step.alias] = _scans(step.this, table, known)
    names = list(_tables(query, top=True))
    inner = [each for each in names if not isinstance(each, exp.Table)]
    direct = [each for each in names if isinstance(each, exp.Table)]
    return sum(_scans(each, table, known) for each in inner) + sum(
        int(each.name == table) if each.db else known.get(each.name, 0) for each in direct
    )


def _tables(node: exp.Expr, *, top: bool = False) -> Iterator[exp.Expr]:
    """Yield the tables that a query reads by itself, and queries below it that have steps of their own."""
    if isinstance(node, exp.With):
        return
    if isinstance(node, exp.Table) or (not top and node.args.get("with_")):
        yield node
        return
    for value in node.args.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, exp.Expr):
                yield from _tables(each)


@pytest.mark.parametrize(
    ("changes", "usual", "new"),
    [({}, 2, 6), ({"fields": (*EGRESS_FIELDS, *SENDER_FIELDS), "side": "sender", "owned": True}, 5, 9)],
)
def test_a_question_reads_the_records_a_few_times(changes: dict[str, Any], usual: int, new: int) -> None:
    analysis = Analysis(**{**{name: getattr(GATEWAYS, name) for name in GATEWAYS.__slots__}, **changes})
    counted = {name: scans(saved.sql, "flow_logs") for name, saved in analysis.queries().items()}
    expected = {**dict.fromkeys(counted, usual), "sanity": 1, "new_since_yesterday": new}
    assert counted == expected
