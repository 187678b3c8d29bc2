"""Random flows whose sums are known, written as each kind of record."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from northsouth.egress.flows.engine import Question, explain
from northsouth.egress.flows.vpc import Gateway, Vpc

from .records import GATEWAY, OWN, V5, V9, V11, Flow, Record, regional, sender, written, zonal

pytestmark = pytest.mark.slow

SENDERS = st.sampled_from([("10.0.1.1", "use1-az1"), ("10.0.2.2", "use1-az2"), ("10.1.3.3", "use1-az3")])
HOSTS = st.sampled_from([("52.216.1.1", "S3"), ("203.0.113.1", "-"), ("3.4.5.6", "AMAZON"), ("10.99.0.1", "-")])
BYTES = st.integers(min_value=0, max_value=10**13)
FLOWS = st.lists(
    st.builds(
        lambda a, h, up, down: Flow(a[0], h[0], up, down, h[1], zone=a[1], instance=f"i-{a[0]}"),
        SENDERS, HOSTS, BYTES, BYTES,
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip
VPC = Vpc(("10.0.0.0/16", "10.1.0.0/16"), (Gateway(GATEWAY, (OWN,)),))


def _seen(form: str, flows: list[Flow]) -> list[Record]:
    kinds = {"zonal": zonal, "regional": regional, "sender": sender}
    return [record for flow in flows for kind in form.split("+") for record in kinds[kind](flow)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(flows=FLOWS, form=st.sampled_from([("zonal", V5), ("zonal+sender", V5), ("regional", V9), ("sender", V11)]))
def test_each_byte_is_counted_once_and_is_in_one_remedy(flows: list[Flow], form: tuple[str, str]) -> None:
    kinds, fields = form
    with tempfile.TemporaryDirectory() as folder:
        noise = replace(flows[0], destination="10.1.9.9")  # between two blocks of the VPC: not NAT's
        records = [*_seen(kinds, flows), *sender(noise, hop="-")]
        path = written(Path(folder, "flows.log"), records, fields)
        answer = explain(Question(files=[path], vpc=VPC, region="us-east-1", top=100))
    total = sum(flow.up + flow.down for flow in flows)
    assert answer.total["upload_bytes"] == sum(flow.up for flow in flows)
    assert answer.total["download_bytes"] == sum(flow.down for flow in flows)
    by_sender: Counter[str] = Counter()
    for flow in flows:
        by_sender[flow.source] += flow.up + flow.down
    assert {row["source"]: row["bytes"] for row in answer.groups["sources"]} == dict(by_sender)
    if kinds != "zonal" and kinds != "regional":
        crossing = sum(flow.up + flow.down for flow in flows if flow.zone != "use1-az1")
        assert answer.total["cross_zone_bytes"] == crossing
    for rows in (answer.remedies, *answer.groups.values()):
        assert sum(row["bytes"] for row in rows) == total
        assert sum(row["usd_per_day"] for row in rows) == pytest.approx(answer.total["usd_per_day"])
