"""What ``EgressAnalysis`` declares for Athena, as plain values: columns, lookup tables and saved queries; pure.

The queries are those of :mod:`~northsouth.egress.flows.sql` and :mod:`~northsouth.egress.flows.questions`, over the
records of yesterday (UTC). What is new is asked of today.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from inspect import cleandoc

from northsouth.egress.flow_log_fields import INTEGER_FIELDS, column
from northsouth.egress.flows.endpoint_hosts import endpoint_hosts
from northsouth.egress.flows.questions import GROUPS, Questions
from northsouth.egress.flows.ranges import Block
from northsouth.egress.flows.sql import READ, Side, Statements
from northsouth.egress.prices import Prices

YESTERDAY = "date_format(current_date - INTERVAL '1' DAY, '%Y/%m/%d')"
TODAY = "date_format(current_date, '%Y/%m/%d')"
DAY_BEFORE = "date_format(current_date - INTERVAL '2' DAY, '%Y/%m/%d')"
JSON_SERDE = "org.openx.data.jsonserde.JsonSerDe"
QUERY_COLUMNS = ("query_name", "query_timestamp", "rcode", "answers")
HOST_COLUMNS = ("host", "kind", "service")
RANGE_COLUMNS = ("first_key", "last_key", "region", "service", "weight")
TOP = 100


@dataclass(frozen=True, slots=True)
class Saved:
    """A query with the sentence that says what it answers."""

    description: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What the queries are about.

    Attributes:
        database: the Glue database, or a token of it.
        fields: the fields of the flow log.
        region: the Region.
        side: whose records are counted.
        cidrs: the VPC's blocks of addresses.
        gateways: interface (``nat-…`` of a regional one) and zone of each gateway; tokens are well.
        own: the zonal gateways' own addresses; tokens are well.
        prices: what AWS asks.
        zones: in how many zones an interface endpoint would stand.
        twins: names with a private twin.
        names: whether there is a table of query logs.
        owned: whether the records of senders are there too.
        day: SQL for the day that is asked about, as the tables name it; yesterday unless another is given.
        day_before: SQL for the day before that.

    """

    database: str
    fields: Sequence[str]
    region: str
    side: Side
    cidrs: Sequence[str]
    gateways: Mapping[str, str]
    own: Sequence[str]
    prices: Prices
    zones: int
    twins: Mapping[str, str] = field(default_factory=dict)
    names: bool = False
    owned: bool = False
    day: str = YESTERDAY
    day_before: str = DAY_BEFORE

    def queries(self) -> dict[str, Saved]:
        """Return the saved queries by name."""
        questions = Questions(prices=self.prices, zones=self.zones)
        sums = {
            "sources": "Who sends through NAT: bytes and US dollars of yesterday",
            "destinations": "Where the traffic through NAT goes",
            "services": "Which of AWS's services the traffic through NAT goes to, by Region",
            "names": "Which names the traffic through NAT goes to",
            "paths": "Who sends to which name through NAT",
        }
        assert set(sums) <= set(GROUPS)  # noqa: S101 - groups and their sentences go together
        return {
            "sanity": Saved(
                "Run it first: records by interface and status; SKIPDATA means that sums are a lower bound",
                self._complete_statement("SELECT * FROM interfaces ORDER BY records DESC"),
            ),
            "total": Saved("All traffic through NAT", self._complete_statement(questions.total())),
            **{name: Saved(text, self._complete_statement(questions.by(name, TOP))) for name, text in sums.items()},
            "services_by_path": Saved(
                "Which path each service's traffic would take if its remedy were declared",
                self._complete_statement(questions.by_columns(("service", "remedy"), TOP)),
            ),
            "remedies": Saved(
                "Which private path would carry the traffic, and what it saves a day; every byte is in one row",
                self._complete_statement(questions.remedies()),
            ),
            "cross_zone": Saved(
                "Senders whose traffic crosses zones on the way to NAT",
                self._complete_statement(
                    "SELECT source, zone, place, sum(cross_zone_bytes) AS bytes FROM transfers\n"
                    f"WHERE cross_zone_bytes > 0 GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT {TOP}"
                ),
            ),
            "new_since_yesterday": Saved(
                "Senders, and names or addresses, with traffic through NAT today that yesterday did not have",
                replace(self, day=TODAY, day_before=YESTERDAY)._complete_statement(self._new(), before=True),
            ),
        }

    def measured(self) -> tuple[str, str]:
        """Return what a scheduled run asks: bytes by service and path, and what all remedies would save a day."""
        questions = Questions(prices=self.prices, zones=self.zones)
        by_path = f"SELECT service, remedy, bytes FROM ({questions.by_columns(('service', 'remedy'), TOP)}) b"
        return self._complete_statement(by_path), self._complete_statement(questions.avoidable())

    def _new(self) -> str:
        return cleandoc(f"""
            SELECT source, CASE WHEN names = '' THEN destination ELSE names END AS label, sum(bytes) AS bytes,
              max(CASE WHEN s.address IS NULL THEN 1 ELSE 0 END) AS new_source,
              min(CASE WHEN d.address IS NULL THEN 1 ELSE 0 END) AS new_destination
            FROM transfers LEFT JOIN day_before s ON s.address = source
            LEFT JOIN day_before d ON d.address = destination
            GROUP BY 1, 2
            HAVING max(CASE WHEN s.address IS NULL THEN 1 ELSE 0 END) = 1
              OR min(CASE WHEN d.address IS NULL THEN 1 ELSE 0 END) = 1
            ORDER BY bytes DESC LIMIT {TOP}
        """)

    def _complete_statement(self, statement: str, *, before: bool = False) -> str:
        statements = Statements(
            fields=[name for name in READ if name in self.fields],
            region=self.region,
            side=self.side,
            own=self.own,
            blocks=[Block.of(cidr) for cidr in self.cidrs],
            owned=self.owned,
            names=self.names,
        )
        sql_of = dict(self._tables())
        if before:
            records = f"{self._table('flow_logs')} WHERE day = {self.day_before}"
            sql_of["day_before"] = (
                f"SELECT DISTINCT pkt_srcaddr AS address FROM {records}\n"
                f"UNION SELECT DISTINCT pkt_dstaddr FROM {records}"
            )
        tables = ",\n".join(f"{name} AS (\n{sql}\n)" for name, sql in sql_of.items())
        return statements.whole(statement, tables)

    def _tables(self) -> dict[str, str]:
        columns = ", ".join(f'"{column(name)}"' for name in READ if name in self.fields)
        return {
            "flow_logs": f"SELECT {columns} FROM {self._table('flow_logs')} WHERE day = {self.day}",
            "gateways": _values(("place", "zone"), list(self.gateways.items())),
            "ip_ranges": f"SELECT {', '.join(RANGE_COLUMNS)} FROM {self._table('ip_ranges')}",
            "endpoint_hosts": f"SELECT {', '.join(HOST_COLUMNS)} FROM {self._table('endpoint_hosts')}",
            "twins": _values(("name", "target"), list(self.twins.items())),
            **(
                {
                    "resolver_queries": f"SELECT {', '.join(QUERY_COLUMNS)} FROM {self._table('resolver_queries')}\n"
                    f"WHERE day IN ({self.day_before}, {self.day})"
                }
                if self.names
                else {}
            ),
        }

    def _table(self, name: str) -> str:
        return f'"{self.database}"."{name}"'


def record_columns(fields: Sequence[str]) -> list[tuple[str, str]]:
    """Return name and Glue type of each column of a flow log in Parquet."""
    return [(column(name), INTEGER_FIELDS.get(name, "string")) for name in fields]


def host_lines() -> str:
    """Return the table of AWS's host names as lines of JSON."""
    return "".join(
        f"{json.dumps(endpoint_host._asdict(), separators=(',', ':'))}\n" for endpoint_host in endpoint_hosts()
    )


def _values(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return SQL for a small table of texts."""
    if not rows:
        null_columns = ", ".join(f"CAST(NULL AS varchar) AS {name}" for name in columns)
        return f"SELECT {null_columns} WHERE 1 = 0"
    listed = ", ".join(f"({', '.join(_literal(value) for value in row)})" for row in rows)
    return f"SELECT * FROM (VALUES {listed}) AS t({', '.join(columns)})"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
