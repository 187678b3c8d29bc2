"""Flows with a known answer, and the records that AWS would write of them; every address and id is made up here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from northsouth.egress.flow_log_fields import INTEGER_FIELDS, column
from northsouth.egress.flow_logs import EGRESS_FIELDS

GATEWAY, OWN, PUBLIC = "eni-0a00000000000aaaa", "10.0.0.200", "198.51.100.7"
REGIONAL = "nat-0b00000000000bbbb"
START = 1_790_812_800
GB = 10**9

V5 = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
    " instance-id pkt-srcaddr pkt-dstaddr az-id pkt-src-aws-service pkt-dst-aws-service flow-direction"
)
V9 = f"{V5} resource-id"
V11 = f"{V9} ecs-cluster-name ecs-service-name instance-tag next-hop-interface-type next-hop-az-id"


@dataclass(frozen=True)
class Flow:
    """What one sender exchanged with one host through NAT."""

    source: str
    destination: str
    up: int
    down: int
    service: str = "-"
    zone: str = "use1-az1"
    instance: str = "-"
    ecs: str = "-"
    tag: str = "-"
    start: int = START

    @property
    def ends(self) -> dict[str, str]:
        return {"start": str(self.start), "end": str(self.start + 60)}


Record = dict[str, str]


def zonal(flow: Flow, *, interface: str = GATEWAY, own: str = OWN, zone: str = "use1-az1") -> Iterator[Record]:
    """The four records on a zonal gateway's interface."""
    a, h = flow.source, flow.destination
    base = {"interface-id": interface, "az-id": zone, **flow.ends}
    sent = {"bytes": str(flow.up), "pkt-dst-aws-service": flow.service}
    got = {"bytes": str(flow.down), "pkt-src-aws-service": flow.service}
    yield {**base, **sent, **_ends(a, own, a, h), "flow-direction": "ingress"}
    yield {**base, **sent, **_ends(own, h, own, h), "flow-direction": "egress"}
    yield {**base, **got, **_ends(h, own, h, own), "flow-direction": "ingress"}
    yield {**base, **got, **_ends(own, a, h, a), "flow-direction": "egress"}


def regional(flow: Flow) -> Iterator[Record]:
    """The four records of a regional gateway: no interface, and no address but the true ones."""
    a, h = flow.source, flow.destination
    base = {"interface-id": "-", "resource-id": REGIONAL, **flow.ends}
    sent = {"bytes": str(flow.up), "pkt-dst-aws-service": flow.service}
    got = {"bytes": str(flow.down), "pkt-src-aws-service": flow.service}
    yield {**base, **sent, **_ends(a, h, a, h), "flow-direction": "ingress"}
    yield {**base, **sent, **_ends(PUBLIC, h, PUBLIC, h), "flow-direction": "egress"}
    yield {**base, **got, **_ends(h, PUBLIC, h, PUBLIC), "flow-direction": "ingress"}
    yield {**base, **got, **_ends(h, a, h, a), "flow-direction": "egress"}


def sender(flow: Flow, *, primary: str = "", hop: str = "nat_gateway") -> Iterator[Record]:
    """The two records on the sender's interface; ``primary`` is the interface's address if the sender is a pod."""
    a, h = flow.source, flow.destination
    near = primary or a
    base = {
        "interface-id": f"eni-of-{near}",
        "az-id": flow.zone,
        "instance-id": flow.instance,
        "ecs-cluster-name": "web" if flow.ecs != "-" else "-",
        "ecs-service-name": flow.ecs,
        "instance-tag": flow.tag,
        "next-hop-interface-type": hop,
        "next-hop-az-id": "use1-az1",
        **flow.ends,
    }
    yield {
        **base, **_ends(near, h, a, h), "bytes": str(flow.up), "flow-direction": "egress",
        "pkt-dst-aws-service": flow.service,
    }  # fmt: skip
    yield {
        **base, **_ends(h, near, h, a), "bytes": str(flow.down), "flow-direction": "ingress",
        "pkt-src-aws-service": flow.service,
    }  # fmt: skip


def _ends(source: str, destination: str, pkt_source: str, pkt_destination: str) -> Record:
    return {"srcaddr": source, "dstaddr": destination, "pkt-srcaddr": pkt_source, "pkt-dstaddr": pkt_destination}


def status(kind: str, interface: str = GATEWAY) -> Record:
    """A NODATA or SKIPDATA record."""
    return {"interface-id": interface, "log-status": kind, "action": "-", "start": str(START), "end": str(START + 60)}


def line(record: Record, fields: Sequence[str]) -> str:
    usual = {"version": "5", "account-id": "111122223333", "action": "ACCEPT", "log-status": "OK", "protocol": "6"}
    return " ".join({**usual, **record}.get(name, "-") for name in fields)


def written(path: Path, records: Iterable[Record], form: str = V5) -> Path:
    """Write a file as AWS delivers it, but for the compression."""
    fields = form.split()
    path.write_text("\n".join([form, *(line(record, fields) for record in records), ""]), encoding="utf-8")
    return path


def parquet(records: list[Record], folder: Path) -> bytes:
    """Return records as Parquet, as a flow log of the egress analysis has them; the file stays in the folder."""
    lines = folder / "records.log"
    lines.write_text("".join(f"{line(each, EGRESS_FIELDS)}\n" for each in records), encoding="utf-8")
    names = ", ".join(f"'{column(name)}': 'VARCHAR'" for name in EGRESS_FIELDS)
    numbers = [name for name in EGRESS_FIELDS if name in INTEGER_FIELDS]
    casts = ", ".join(f'CAST("{column(name)}" AS BIGINT) AS "{column(name)}"' for name in numbers)
    target = folder / "records.parquet"
    duckdb.connect().sql(
        f"COPY (SELECT * REPLACE ({casts}) FROM read_csv('{lines}', auto_detect=false, header=false, delim=' ',"
        f" columns={{{names}}})) TO '{target}' (FORMAT parquet)"
    )
    return target.read_bytes()
