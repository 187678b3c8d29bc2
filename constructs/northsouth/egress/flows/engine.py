"""Runs the questions on one machine: reads files into DuckDB and runs Athena's statements, translated."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from northsouth.database import connection
from northsouth.egress.flows import files, ranges, reading
from northsouth.egress.flows.endpoint_hosts import endpoint_hosts
from northsouth.egress.flows.questions import GROUPS, Questions
from northsouth.egress.flows.sql import READ, Side, Statements
from northsouth.egress.flows.vpc import Gateway, Vpc
from northsouth.egress.prices import Prices
from northsouth.errors import ConfigurationError, Problem, refuse

if TYPE_CHECKING:
    import duckdb

DAY = 86400
LOOK_BACK = DAY
"""Seconds before the first flow in which a name may have been asked: clients keep addresses that long."""
MEMORY = "4GB"
_SENDERS = "SELECT source, remedy, target, sum(bytes) AS bytes FROM transfers GROUP BY ALL ORDER BY ALL"
_AGREES = 0.95
"""Senders' records are taken if they have at least this share of what the gateways' own records have."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Window:
    """The time that is explained.

    Attributes:
        start: its first second, since 1970 UTC.
        end: the second after its last.
        stated: whether the user said it; else it is from the first to the last record.

    """

    start: int
    end: int
    stated: bool = False

    @property
    def days(self) -> float:
        """How many days sums are divided by. Records of less than a day count as a day's, unless the user says more."""
        span = (self.end - self.start) / DAY
        return span if self.stated else max(span, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to explain: the records, the VPC and the options.

    Attributes:
        files: flow logs: files and folders.
        queries: Resolver query logs: files and folders.
        vpc: whose traffic.
        region: its Region; empty to take it from the records.
        prices: what AWS asks there.
        twins: names that have a private twin, with its name.
        zones: in how many zones an interface endpoint would stand; by the VPC or the records if ``None``.
        window: the time; all of the records if ``None``.
        format: the fields of files that do not name them.
        ip_ranges: a file of AWS's ranges; the packaged copy if ``None``.
        top: how many rows of each group are wanted.

    """

    files: Sequence[str | Path]
    queries: Sequence[str | Path] = ()
    vpc: Vpc = field(default_factory=Vpc)
    region: str = ""
    prices: Prices | None = None
    twins: Mapping[str, str] = field(default_factory=dict)
    zones: int | None = None
    window: Window | None = None
    format: str = ""
    ip_ranges: str | Path | None = None
    top: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the records say. Rows have the columns of :mod:`~northsouth.egress.flows.questions`.

    Attributes:
        window: the time.
        region: the Region.
        prices: the prices.
        zones: in how many zones an interface endpoint would stand.
        side: whose records were counted.
        sides: the bytes of each side's records, if the records of senders say their next hop.
        vpc: the VPC, with gateways that the records showed.
        seen: whether the gateways are known from the records alone.
        interfaces: what each interface recorded, by status and action.
        total: the sum of everything.
        unknown_bytes: bytes of the gateways' records that lack an address, which are not in the total.
        groups: sums by sender, destination, service, name, path and gateway.
        remedies: what each remedy carries and saves.
        carried: the names, or else the destinations, that each remedy carries, the most bytes first.
        senders: bytes by sender and remedy, of all senders.
        ranges: the date and the source of AWS's ranges.
        file_count: how many files were read.
        has_names: whether there were query logs.
        fields: the fields of the records.

    """

    window: Window
    region: str
    prices: Prices
    zones: int
    side: Side
    sides: Mapping[Side, int]
    vpc: Vpc
    seen: bool
    interfaces: Sequence[Row]
    total: Row
    unknown_bytes: int
    groups: Mapping[str, Sequence[Row]]
    remedies: Sequence[Row]
    carried: Mapping[tuple[str, str], Sequence[str]]
    senders: Sequence[Row]
    ranges: ranges.Ranges
    file_count: int
    has_names: bool
    fields: Sequence[str]


def explain(question: Question, opened: duckdb.DuckDBPyConnection | None = None) -> Answer:
    """Return the answer to a question.

    Args:
        question: the question.
        opened: a database to use, so that the caller can watch its progress; a new one if ``None``.

    Raises:
        ConfigurationError: if a file cannot be read, or the records cannot say who uses NAT.

    """
    with tempfile.TemporaryDirectory(prefix="northsouth-") as folder:
        if opened is not None:
            return _Run(question, opened, Path(folder)).answer()
        with connection(memory=MEMORY) as own:
            return _Run(question, own, Path(folder)).answer()


@lru_cache(maxsize=64)
def translated(statement: str) -> str:
    """Return a statement of Athena's in DuckDB's words."""
    import sqlglot

    return sqlglot.transpile(statement, read="athena", write="duckdb")[0]


class _Run:
    def __init__(self, question: Question, database: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._question = question
        self._database = database
        self._folder = folder
        self._files: list[files.File] = []

    def answer(self) -> Answer:
        question = self._question
        self._files = files.opened(question.files, self._database, question.format, self._folder)
        names = files.listed(question.queries) if question.queries else []
        fields = [name for name in READ if name in self._files[0].columns]
        base = Statements(
            fields=fields,
            region="",
            blocks=[ranges.Block.of(cidr) for cidr in question.vpc.cidrs],
            subnets=[(ranges.Block.of(subnet.cidr), subnet.zone) for subnet in question.vpc.subnets if subnet.zone],
            window=_condition(question.window),
            names=bool(names),
        )
        self._load_records(fields)
        self._create("interfaces", base.interfaces())
        interfaces = self._rows("SELECT * FROM interfaces ORDER BY ALL")
        window = question.window or _window(interfaces)
        table = ranges.read(question.ip_ranges, self._folder) if question.ip_ranges else ranges.packaged()
        self._load_ranges(table)
        region = question.region or question.vpc.region or self._region(interfaces)
        prices = _prices(question.prices, region)
        self._refuse_doubles()
        vpc, seen = self._load_vpc(base)
        self._load_static(question)
        if names:
            self._load_queries(names)
        statements = replace(
            base,
            region=region,
            own=sorted({address for gateway in vpc.gateways for address in gateway.addresses}),
            names_from=_moment(window.start - LOOK_BACK),
            names_to=_moment(window.end),
            owned=any(not _is_of(row["place"], vpc) for row in interfaces),
        )
        self._create("pairs", statements.pairs())
        self._create("sided", statements.sided())
        sides = self._sides(statements) if statements.has_hops else {}
        statements = replace(statements, side=_chosen(sides))
        steps = statements.steps()
        for name in ("counted", "asked", "destinations", "owners", "transfers"):
            self._create(name, steps[name])
        _refuse_nothing(self._rows("SELECT count(*) AS n FROM transfers")[0]["n"], interfaces, vpc)
        zones = question.zones or len(vpc.zones) or self._zones() or 1
        questions = Questions(prices=prices, days=window.days, zones=zones)
        return Answer(
            window=window,
            region=region,
            prices=prices,
            zones=zones,
            side=statements.side,
            sides=sides,
            vpc=vpc,
            seen=seen,
            interfaces=interfaces,
            total=self._answers(questions.total())[0],
            unknown_bytes=int(self._answers(statements.unknown())[0]["bytes"]),
            groups={group: self._answers(questions.by(group, question.top)) for group in GROUPS},
            remedies=self._answers(questions.remedies()),
            carried=self._carried(),
            senders=self._rows(_SENDERS),
            ranges=table,
            file_count=len(self._files),
            has_names=bool(names),
            fields=tuple(self._files[0].columns),
        )

    def _load_records(self, fields: Sequence[str]) -> None:
        """Make the table of records: Parquet is read again by each statement, text is read once and kept."""
        kind = "VIEW" if self._files[0].parquet and all(file.parquet for file in self._files) else "TEMP TABLE"
        try:
            self._execute(f"CREATE {kind} flow_logs AS {reading.records(self._files, fields)}")
        except ConfigurationError:
            if kind == "VIEW":
                raise
            self._execute(f"CREATE {kind} flow_logs AS {reading.records(self._files, fields, tolerant=True)}")

    def _load_ranges(self, table: ranges.Ranges) -> None:
        columns = "{" + ", ".join(f"{name}: 'VARCHAR'" for name in ranges.Range._fields) + "}"
        self._execute(
            "CREATE TEMP TABLE ip_ranges AS SELECT * FROM"
            f" read_json($path, format='newline_delimited', compression='gzip', columns={columns})",
            {"path": str(table.path)},
        )

    def _load_vpc(self, statements: Statements) -> tuple[Vpc, bool]:
        """Fill the tables of the VPC; gateways that are not known are those that the records show."""
        vpc = self._question.vpc
        known = [gateway for gateway in vpc.gateways if gateway.place]
        lacking = not known or any(not gateway.addresses and not gateway.regional for gateway in known)
        addresses_shown: dict[str, list[str]] = {}
        if vpc.cidrs and lacking and {"srcaddr", "dstaddr"} <= set(self._files[0].columns):
            for row in self._answers(statements.seen_gateways()):
                addresses_shown.setdefault(row["place"], []).append(row["address"])
        if known:
            gateways = [
                replace(gateway, addresses=gateway.addresses or tuple(addresses_shown.get(gateway.place, ())))
                for gateway in known
            ]
        else:
            gateways = [Gateway(place, tuple(addresses)) for place, addresses in addresses_shown.items()]
        self._table("gateways", ("place", "zone"), [(gateway.place, gateway.zone or None) for gateway in gateways])
        return replace(vpc, gateways=tuple(gateways)), not known

    def _load_static(self, question: Question) -> None:
        self._table("endpoint_hosts", ("host", "kind", "service"), list(endpoint_hosts()))
        self._table(
            "twins", ("name", "target"), [(name.lower().rstrip("."), to) for name, to in question.twins.items()]
        )

    def _load_queries(self, paths: Sequence[Path]) -> None:
        columns = "{'query_name': 'VARCHAR', 'query_timestamp': 'VARCHAR', 'rcode': 'VARCHAR', 'answers': 'VARCHAR'}"
        self._execute(
            "CREATE TEMP TABLE resolver_queries AS SELECT query_name, query_timestamp, rcode,"
            " coalesce(answers, '[]') AS answers"
            f" FROM read_json($paths, format='newline_delimited', columns={columns})",
            {"paths": [str(path) for path in paths]},
            "--queries",
        )

    def _region(self, interfaces: Sequence[Row]) -> str:
        """Return the Region that records, zones or file names say.

        Raises:
            ConfigurationError: if none does, or they say several.

        """
        regions = {row["region"] for row in interfaces if row["region"]} | {file.region for file in self._files} - {""}
        zones = {row["zone"].rpartition("-")[0] for row in interfaces if row["zone"]}
        if not regions and zones:
            known = [
                row["region"] for row in self._rows("SELECT DISTINCT region FROM ip_ranges WHERE region LIKE '%-%'")
            ]
            regions = {region for region in known if ranges.abbreviation(region) in zones}
        if len(regions) != 1:
            given = f"records of {', '.join(sorted(regions))}" if regions else "records that do not say their Region"
            allowed = "one Region at a time: gateway endpoints carry S3 and DynamoDB of their own Region only"
            raise ConfigurationError("the flow logs", [Problem("region", given, allowed, "Write --region us-east-1.")])
        return regions.pop()

    def _refuse_doubles(self) -> None:
        """Refuse two flow logs of one interface: each flow would be counted twice."""
        by_log: dict[str, list[files.File]] = {}
        for file in self._files:
            by_log.setdefault(file.flow_log, []).append(file)
        by_log.pop("", None)
        if len(by_log) < 2:
            return
        first: dict[str, str] = {}
        statements = Statements(fields=[name for name in READ if name in self._files[0].columns], region="")
        for log, group in sorted(by_log.items()):
            records = reading.records(group, ("interface-id", "resource-id"))
            places = self._rows(translated(statements.places()).replace("flow_logs", f"({records})"))
            for place in sorted(row["place"] for row in places if row["place"]):
                if place in first:
                    given = f"{place} in {first[place]} and in {log}"
                    allowed = "one flow log of an interface: each flow is in both"
                    refuse("the flow logs", [Problem("files", given, allowed, "Name the files of one of them.")])
                first[place] = log

    def _sides(self, statements: Statements) -> dict[Side, int]:
        sides: tuple[Side, ...] = ("gateway", "sender")
        sums: dict[Side, int] = {}
        for side in sides:
            counted = replace(statements, side=side).counted()
            row = self._answers(f"SELECT sum(upload + download) AS bytes FROM ({counted}) c")[0]
            sums[side] = int(row["bytes"] or 0)
        return sums

    def _zones(self) -> int:
        return int(self._rows("SELECT count(DISTINCT zone) AS n FROM transfers")[0]["n"])

    def _carried(self) -> dict[tuple[str, str], list[str]]:
        """Return the names, or else the destinations, that each remedy carries."""
        rows = self._rows(
            "SELECT remedy, target, CASE WHEN names = '' THEN destination ELSE names END AS label, sum(bytes) AS bytes"
            " FROM transfers GROUP BY ALL ORDER BY bytes DESC, label"
        )
        carried: dict[tuple[str, str], list[str]] = {}
        for row in rows:
            carried.setdefault((row["remedy"], row["target"]), []).append(row["label"])
        return carried

    def _create(self, name: str, statement: str) -> None:
        self._execute(f"CREATE TEMP TABLE {name} AS {translated(statement)}")

    def _table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        self._execute(f"CREATE TEMP TABLE {name} ({', '.join(f'{column} VARCHAR' for column in columns)})")
        listed = list(rows)
        if listed:
            placeholders = f"({', '.join('?' * len(columns))})"
            values = [value for row in listed for value in row]
            self._execute(f"INSERT INTO {name} VALUES {', '.join([placeholders] * len(listed))}", values)

    def _answers(self, statement: str) -> list[Row]:
        return self._rows(translated(statement))

    def _rows(self, query: str) -> list[Row]:
        result = self._execute(query)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def _execute(self, query: str, parameters: object = None, where: str = "files") -> duckdb.DuckDBPyConnection:
        with files.our_words(where):
            return self._database.execute(query, parameters)


def _is_of(place: str | None, vpc: Vpc) -> bool:
    """Tell whether a record is of one of the gateways."""
    return place is None or place.startswith("nat-") or any(place == gateway.place for gateway in vpc.gateways)


def _condition(window: Window | None) -> str:
    return f"start >= {window.start} AND start < {window.end}" if window else ""


def _window(interfaces: Sequence[Row]) -> Window:
    starts = [row["first_start"] for row in interfaces if row["first_start"] is not None]
    ends = [row["last_end"] for row in interfaces if row["last_end"] is not None]
    if not starts or not ends:
        raise files.unreadable("files", "no record", "at least one record", "Name files that have some.")
    return Window(min(starts), max(ends))


def _moment(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _prices(prices: Prices | None, region: str) -> Prices:
    default = Prices()
    if prices is not None:
        if prices.region not in (region, default.region):
            given = f"prices of {prices.region} for records of {region}"
            refuse(
                "--prices",
                [Problem("region", given, "prices of the records' Region", "Correct the file, or --region.")],
            )
        return prices
    if region != default.region:
        given = f"records of {region} without prices of it"
        allowed = f"the prices known without a file are those of {default.region}"
        fix = f"Write --prices FILE with those of {region}, or --prices {default.region} to take these."
        refuse("--prices", [Problem("prices", given, allowed, fix)])
    return default


def _chosen(sides: Mapping[Side, int]) -> Side:
    return "sender" if sides.get("sender") and sides["sender"] >= sides["gateway"] * _AGREES else "gateway"


def _refuse_nothing(count: int, interfaces: Sequence[Row], vpc: Vpc) -> None:
    if count:
        return
    counts: dict[str, int] = {}
    for row in interfaces:
        kind = row["action"] if row["log_status"] == "OK" else row["log_status"]
        counts[str(kind)] = counts.get(str(kind), 0) + row["records"]
    given = ", ".join(f"{number:,} {kind}" for kind, number in sorted(counts.items())) or "no record"
    gateways = ", ".join(gateway.place for gateway in vpc.gateways) or "none known"
    allowed = f"accepted records of a NAT gateway ({gateways}) or of senders with next-hop-interface-type"
    fix = "Read the gateways' flow log, or write the VPC's own blocks and gateways with --vpc-cidr and --nat."
    refuse("the flow logs", [Problem("records", given, allowed, fix)])
