"""What the records say, in words and as JSON; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from northsouth.egress.cost import HOURS_PER_DAY, break_even_bytes_per_day
from northsouth.egress.flows.control import Control
from northsouth.egress.flows.endpoint_hosts import GATEWAY, INTERFACE
from northsouth.egress.flows.engine import DAY, Answer, Row
from northsouth.egress.flows.sql import CROSS_ZONE, NONE, OVERRIDE
from northsouth.egress.flows.vpc import Gateway
from northsouth.egress.prices import first_price

VERSION = 1
"""Of the JSON; it changes if a key changes its meaning."""
MONEY = ("usd_nat", "usd_cross_zone", "usd_internet", "usd_per_day")
_BYTES = ("upload_bytes", "download_bytes", "bytes", "cross_zone_bytes", "unknown_zone_bytes", "internet_bytes")
_SHOWN = 3
TABLES = {
    "sources": "Senders",
    "destinations": "Destinations",
    "services": "Services",
    "names": "Names",
    "paths": "From and to",
}
"""The groups that are shown, with their titles."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would carry some bytes in place of NAT, and what that saves.

    Attributes:
        row: the sums, of :mod:`~northsouth.egress.flows.questions`.
        title: the remedy in a few words.
        declare: the line to write; empty if there is none.
        notes: what to know before.
        carries: the names, or else the destinations, the most bytes first.
        break_even: bytes a day from which it pays; ``None`` if it costs nothing.

    """

    row: Row
    title: str
    declare: str
    notes: tuple[str, ...]
    carries: tuple[str, ...]
    break_even: float | None

    @property
    def pays(self) -> bool:
        """Whether it saves money."""
        return bool(self.row["pays"])


@dataclass(frozen=True, slots=True)
class Report:
    """An answer, and what goes with it.

    Attributes:
        answer: what the records say.
        control: the gateways' own metrics, if a file was read.
        resolutions: for each name with a twin, what DNS answers before and after the override.

    """

    answer: Answer
    control: Control | None = None
    resolutions: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """The remedies that pay, dearest first, then those that do not; not what remains."""
        remedies = [self._remedy(row) for row in self.answer.remedies if row["remedy"] != NONE]
        return tuple(sorted(remedies, key=lambda remedy: not remedy.pays))

    @property
    def remainder(self) -> Row | None:
        """The sums of what no remedy is known for."""
        return next((row for row in self.answer.remedies if row["remedy"] == NONE), None)

    @property
    def avoidable(self) -> float:
        """US dollars a day that the remedies save which pay."""
        return float(sum(remedy.row["usd_saved"] for remedy in self.remedies if remedy.pays))

    def _remedy(self, row: Row) -> Remedy:
        kind, target = row["remedy"], row["target"] or "an unknown zone"
        carries = tuple(self.answer.carried[kind, row["target"]])
        if kind == GATEWAY:
            title, declare, notes = f"{GATEWAY} {target}", f'Endpoint.gateway("{target}")', self._tables(target)
        elif kind == INTERFACE:
            title, declare, notes = f"{INTERFACE} {target}", f'Endpoint.interface("{target}")', self._interface(target)
        elif kind == OVERRIDE:
            names = sorted({name for label in carries for name in label.split(", ")})
            title, declare = f"{OVERRIDE} to {target}", "\n".join(f'"{name}" = "{target}"' for name in names)
            notes = ["only you know that both hold the same", *self._resolved(names)]
        else:
            title, declare = f"NAT gateway in {target}", "NatMode.per_az()"
            notes = ["or move the senders into the gateway's zone, which costs nothing"]
        even = self._break_even(kind)
        if even is not None:
            verdict = "pays" if row["pays"] else "does not pay"
            notes = [f"{verdict}: breaks even at {self.gigabytes(even)} GB a day", *notes]
        return Remedy(row, title, declare, tuple(notes), carries, even)

    def _tables(self, service: str) -> list[str]:
        vpc = self.answer.vpc
        if vpc.overrides is None:
            return ["add it to every route table that leads to NAT"]
        there = vpc.gateway_endpoints.get(service)
        lacking = [table for table in vpc.nat_tables if table not in (there or ())]
        if there is None:
            return [
                f"declared for no route table; these lead to NAT: {', '.join(vpc.nat_tables) or 'none in the file'}"
            ]
        if lacking:
            return [f"declared, but these route tables lack it: {', '.join(lacking)}"]
        return ["declared for every route table that leads to NAT: apply it, or look for a route outside the file"]

    def _interface(self, service: str) -> list[str]:
        zones = "1 zone" if self.answer.zones == 1 else f"{self.answer.zones} zones"
        notes = [f"priced in {zones}"]
        if service in self.answer.vpc.interface_endpoints:
            notes.append("declared already: check that private DNS is on and that the senders use the VPC's resolver")
        return notes

    def _resolved(self, names: Sequence[str]) -> list[str]:
        return [line for name in names for line in self.resolutions.get(name, ())]

    def _break_even(self, remedy: str) -> float | None:
        prices = self.answer.prices
        if remedy == INTERFACE:
            return break_even_bytes_per_day(prices, zones=self.answer.zones)
        if remedy == CROSS_ZONE:
            hour = prices.nat_gateway_hour + prices.public_ipv4_hour
            return HOURS_PER_DAY * hour / (2 * first_price(prices.cross_zone_gb)) * prices.bytes_per_gb
        return None

    def gigabytes(self, count: float) -> str:
        """Return bytes in GB."""
        return f"{count / self.answer.prices.bytes_per_gb:,.3f}".rstrip("0").rstrip(".")

    def per_day(self, count: float) -> str:
        """Return a window's bytes in GB a day."""
        return self.gigabytes(count / self.answer.window.days)

    def facts(self) -> Iterator[tuple[str, str]]:
        """Yield what to know about the records before the sums: a label and a sentence each."""
        answer = self.answer
        yield "Window", self._window()
        yield "Records", self._records()
        yield "Counted", self._counted()
        skipped = self.skipped
        if skipped:
            listed = ", ".join(f"{number:,} on {place}" for place, number in skipped.items())
            yield "At least", f"SKIPDATA records: {listed}; AWS lost flows there, so sums are a lower bound"
        yield from (("Mind", sentence) for sentence in self._limits())
        if self.control is not None:
            yield "Control", self._control(self.control)
        yield "Prices", f"{answer.prices.region} as of {answer.prices.as_of}, the first tier of each"
        yield "Ranges", f"AWS's addresses of {answer.ranges.created}, {answer.ranges.source}"

    @property
    def skipped(self) -> dict[str, int]:
        """The number of SKIPDATA records by interface."""
        sums: dict[str, int] = {}
        for row in self.answer.interfaces:
            if row["log_status"] == "SKIPDATA":
                place = row["place"] or "unknown interface"
                sums[place] = sums.get(place, 0) + row["records"]
        return sums

    def statuses(self) -> dict[str, dict[str, int]]:
        """Return records and bytes by what became of them: ``ACCEPT``, ``REJECT``, ``NODATA``, ``SKIPDATA``."""
        sums: dict[str, dict[str, int]] = {}
        for row in self.answer.interfaces:
            kind = str(row["action"] if row["log_status"] == "OK" else row["log_status"])
            mine = sums.setdefault(kind, {"records": 0, "bytes": 0})
            mine["records"] += row["records"]
            mine["bytes"] += int(row["bytes"] or 0)
        return dict(sorted(sums.items()))

    def _window(self) -> str:
        window = self.answer.window
        span = f"{moment(window.start)} to {moment(window.end)}"
        days = (window.end - window.start) / DAY
        if not window.stated and days < 1:
            return f"{span}, less than a day: sums count as one day's; write --window if the files cover less or more"
        return f"{span}, {'1 day' if window.days == 1 else f'{window.days:.3g} days'}"

    def _records(self) -> str:
        files = "1 file" if self.answer.file_count == 1 else f"{self.answer.file_count:,} files"
        kinds = ", ".join(
            f"{status['records']:,} {kind}" + (f" ({status['bytes']:,} B, not counted)" if kind == "REJECT" else "")
            for kind, status in self.statuses().items()
        )
        return f"{kinds} in {files}"

    def _counted(self) -> str:
        answer = self.answer
        if answer.side == "sender":
            own = answer.sides.get("gateway", 0)
            share = f"; the gateways' own records have {own / answer.total['bytes']:.1%} of it" if own else ""
            return f"senders' records whose next hop is a NAT gateway{share}"
        gateways = ", ".join(_gateway(gateway) for gateway in answer.vpc.gateways) or "regional gateways"
        source_note = ", as the records show" if answer.seen and answer.vpc.gateways else ""
        return f"records of the NAT gateways, each flow once: {gateways}{source_note}"

    def _limits(self) -> Iterator[str]:
        """Yield what the records cannot say."""
        answer = self.answer
        if answer.side == "gateway" and not any(row["instance_id"] for row in answer.groups["sources"]):
            yield "gateways' records have senders' addresses only; senders' records name instance, ECS service and tags"
        if not answer.has_names:
            yield "no Resolver query logs: destinations have no names, so interface endpoints cannot be suggested"
        unknown = answer.total["unknown_zone_bytes"]
        if unknown:
            share = unknown / answer.total["bytes"]
            yield f"a zone is unknown for {share:.1%} of the bytes; they do not count as crossing zones"
        if answer.unknown_bytes:
            yield f"{self.gigabytes(answer.unknown_bytes)} GB of gateways' records lack an address and are not counted"
        backwards = sum(int(row["backwards"] or 0) for row in answer.interfaces)
        if backwards:
            yield f"{backwards:,} records end before they start; their bytes count"
        unnamed = next((row for row in answer.groups["names"] if not row["names"]), None)
        if answer.has_names and unnamed:
            share = unnamed["bytes"] / answer.total["bytes"]
            yield f"no name was asked for the destinations of {share:.1%} of the bytes"

    def _control(self, control: Control) -> str:
        share = self.answer.total["bytes"] / control.counted if control.counted else float("inf")
        half = "" if control.both else "; the file has one of the two directions only"
        return f"the records explain {share:.1%} of the gateways' own {self.gigabytes(control.counted)} GB{half}"


def moment(second: int) -> str:
    """Return a moment as text, in UTC."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def usd(amount: float) -> str:
    """Return US dollars: two decimals, or three where the third is not 0."""
    text = f"{amount:,.3f}"
    return text[:-1] if text.endswith("0") else text


def _gateway(gateway: Gateway) -> str:
    return f"{gateway.place} ({', '.join(gateway.addresses)})" if gateway.addresses else gateway.place


def label(group: str, row: Row) -> str:
    """Return what a row of a group is called."""
    if group == "sources":
        return sender(row)
    if group == "destinations":
        return " ".join(
            filter(None, (row["destination"], f"({short(row['names'])})" if row["names"] else "", where(row)))
        )
    if group == "services":
        return where(row)
    if group == "names":
        return short(row["names"]) or "no name seen"
    return f"{sender(row)} -> {short(row['names']) or row['service']}"


def sender(row: Row) -> str:
    """Return a sender's address and what is known of it."""
    return " ".join(
        str(row[column]) for column in ("source", "instance_id", "ecs_service", "tags", "zone") if row.get(column)
    )


def where(row: Row) -> str:
    """Return a service and its Region."""
    return f"{row['service']} {row['region']}" if row["region"] not in (None, row["service"]) else str(row["service"])


def short(names: str) -> str:
    """Return the first few of some names."""
    listed = names.split(", ")
    more = f" and {len(listed) - _SHOWN} more names of the same address" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more


def others(report: Report, group: str) -> dict[str, float]:
    """Return the sums of the rows of a group that are not listed, so that each table adds up to the total."""
    rows, total = report.answer.groups[group], report.answer.total
    return {key: total[key] - sum(row[key] for row in rows) for key in (*_BYTES, *MONEY)}


def as_text(report: Report) -> Iterator[str]:
    """Yield the lines of a report."""
    answer = report.answer
    yield f"Egress through NAT in {answer.region}"
    yield from (f"  {name + ':':<10} {sentence}" for name, sentence in report.facts())
    yield ""
    total = answer.total
    yield f"Total: {report.per_day(total['bytes'])} GB a day, {usd(total['usd_per_day'])} USD a day"
    yield f"  sent {report.per_day(total['upload_bytes'])} GB, received {report.per_day(total['download_bytes'])} GB"
    yield (
        f"  NAT {usd(total['usd_nat'])} + across zones {usd(total['usd_cross_zone'])}"
        f" + to the internet {usd(total['usd_internet'])} USD"
    )
    for group, title in TABLES.items():
        if group == "names" and not answer.has_names:
            continue
        yield from ("", *_table(title, list(table_rows(report, group))))
    yield from ("", *_remedies(report))


def table_rows(report: Report, group: str) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of a table: what, GB a day, USD a day; the last one is what is not listed."""
    for row in report.answer.groups[group]:
        yield label(group, row), report.per_day(row["bytes"]), usd(row["usd_per_day"])
    rest = others(report, group)
    if rest["bytes"]:
        yield "all others", report.per_day(rest["bytes"]), usd(rest["usd_per_day"])


def _table(title: str, rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    widths = [max(len(row[place]) for row in [*rows, (title, "GB a day", "USD a day")]) for place in range(3)]
    for first, *numbers in [(title, "GB a day", "USD a day"), *rows]:
        cells = "  ".join(cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True))
        yield f"{first.ljust(widths[0])}  {cells}"


def _remedies(report: Report) -> Iterator[str]:
    yield f"Remedies: {usd(report.avoidable)} USD a day can be saved"
    for place, remedy in enumerate(report.remedies, start=1):
        yield f"  {place}. {remedy.title}: {saving(remedy)}"
        yield f"     carries {report.per_day(remedy.row['bytes'])} GB a day: {listed(remedy.carries)}"
        yield from (f"     declare {line}" for line in remedy.declare.split("\n") if remedy.pays)
        yield from (f"     {note}" for note in remedy.notes)
    rest = report.remainder
    if rest is not None:
        names = listed(report.answer.carried[NONE, rest["target"]])
        yield f"  No remedy is known for {_sum(report, rest)}: {names}"
    yield f"  Together {_sum(report, report.answer.total)}"


def _sum(report: Report, row: Row) -> str:
    return f"{report.per_day(row['bytes'])} GB, {usd(row['usd_per_day'])} USD a day"


def saving(remedy: Remedy) -> str:
    """Return what a remedy saves, in a few words."""
    today = usd(remedy.row["usd_per_day"])
    if not remedy.pays:
        return f"does not pay, {today} USD a day would be {usd(remedy.row['usd_after'])}"
    return f"saves {usd(remedy.row['usd_saved'])} USD a day of {today}"


def listed(labels: Sequence[str]) -> str:
    """Return the first few of some names or destinations."""
    more = f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else ""
    return ", ".join(short(text) for text in labels[:_SHOWN]) + more


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as a JSON object; keys are stable. Bytes are the window's, US dollars a day's."""
    answer = report.answer
    window = answer.window
    return {
        "version": VERSION,
        "region": answer.region,
        "window": {"start": window.start, "end": window.end, "days": window.days, "stated": window.stated},
        "records": {"files": answer.file_count, "by_status": report.statuses(), "skipped": report.skipped},
        "counted": {"side": answer.side, "sides": dict(answer.sides), "gateways_seen_in_records": answer.seen},
        "gateways": [
            {"place": gateway.place, "addresses": list(gateway.addresses), "terraform": gateway.address or None}
            for gateway in answer.vpc.gateways
        ],
        "facts": [{"name": name, "text": sentence} for name, sentence in report.facts()],
        "control": None
        if report.control is None
        else {"bytes": report.control.counted, "both_directions": report.control.both},
        "prices": {"region": answer.prices.region, "as_of": answer.prices.as_of, "source": answer.prices.source},
        "ip_ranges": {"created": answer.ranges.created, "source": answer.ranges.source},
        "total": _numbers(answer.total),
        "bytes_without_addresses": answer.unknown_bytes,
        **{
            group: {
                "rows": [
                    {**{key: row[key] for key in row if key not in (*_BYTES, *MONEY)}, **_numbers(row)}
                    for row in answer.groups[group]
                ],
                "others": _numbers(others(report, group)),
            }
            for group in TABLES
        },
        "remedies": [_remedy(remedy) for remedy in report.remedies],
        "remainder": None if report.remainder is None else _numbers(report.remainder),
        "avoidable_usd_per_day": _rounded(report.avoidable),
    }


def _remedy(remedy: Remedy) -> dict[str, Any]:
    row = remedy.row
    return {
        "kind": row["remedy"],
        "target": row["target"],
        "pays": remedy.pays,
        "usd_saved_per_day": _rounded(row["usd_saved"]),
        "usd_after_per_day": _rounded(row["usd_after"]),
        "break_even_bytes_per_day": None if remedy.break_even is None else _rounded(remedy.break_even),
        "senders": row["senders"],
        "carries": list(remedy.carries),
        "declare": remedy.declare,
        "notes": list(remedy.notes),
        **_numbers(row),
    }


def _numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**{key: int(row[key]) for key in _BYTES}, **{key: _rounded(row[key]) for key in MONEY}}


def _rounded(amount: float) -> float | None:
    """Return a number without the noise of its last digits; ``None`` for infinity, which JSON lacks."""
    return round(amount, 9) if abs(amount) != float("inf") else None
