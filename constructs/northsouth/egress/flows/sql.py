"""The questions asked of flow logs, written once in Athena's SQL; pure.

Athena runs them as they are; one machine runs them in DuckDB, translated by sqlglot. They read these tables:

===================  ======================================================================================
``flow_logs``        the records, columns as in Parquet files (``pkt_srcaddr``)
``gateways``         the NAT gateways: ``place`` (interface, or ``nat-…`` of a regional one), ``zone``
``ip_ranges``        AWS's ranges: ``first_key``, ``last_key``, ``region``, ``service``, ``weight``
``endpoint_hosts``   host names of AWS's and the endpoint that carries them: ``host``, ``kind``, ``service``
``twins``            names that have a private twin: ``name``, ``target``
``resolver_queries`` Resolver query logs: ``query_name``, ``query_timestamp``, ``rcode``, ``answers`` (JSON text)
===================  ======================================================================================

A NAT'd flow is in four records of its gateway and in two of its sender. It is counted once, in one of two ways:

- ``gateway``: the gateway's records of which exactly one of ``pkt-srcaddr`` and ``pkt-dstaddr`` is an address of the
  VPC, and none is the gateway's own. It holds for zonal, regional and private gateways. An IPv6 sender of NAT64 counts
  as the VPC's.
- ``sender``: the sender's records whose next hop is a NAT gateway (version 11).

Athena runs a step again wherever another one names it, and so reads the records again. So few steps name ``pairs``
and ``counted``: a question reads the records twice, and five times where senders have records too.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html (records of NAT gateways).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from inspect import cleandoc
from typing import Literal

from northsouth.egress.flow_log_fields import column
from northsouth.egress.flows.endpoint_hosts import GATEWAY, INTERFACE
from northsouth.egress.flows.ranges import BUCKET, NAT64, Block

Side = Literal["gateway", "sender"]

OVERRIDE, CROSS_ZONE, NONE = "DNS override", "cross-zone", "none"
"""Remedies beside endpoints: a private twin, a gateway in the sender's zone, and nothing known."""
INTERNET = "internet"
"""The service of addresses that are in none of AWS's ranges."""

READ = (
    "interface-id", "resource-id", "log-status", "action", "start", "end", "bytes", "srcaddr", "dstaddr",
    "pkt-srcaddr", "pkt-dstaddr", "pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction", "instance-id",
    "az-id", "region", "ecs-cluster-name", "ecs-service-name", "instance-tag", "instance-tag-2", "interface-tag",
    "interface-tag-2", "asg-tag", "asg-tag-2", "next-hop-interface-type", "next-hop-az-id",
)  # fmt: skip
"""The fields that are read, if a flow log has them."""
TAGS = tuple(name for name in READ if name.endswith(("-tag", "-tag-2")))
_NAT_HOPS = "('nat_gateway', 'regional_nat_gateway')"
_OF_GATEWAYS = "(place IN (SELECT place FROM gateways) OR place LIKE 'nat-%')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """The statements for one kind of flow log.

    Attributes:
        fields: the fields that the flow log has.
        region: the Region it is of.
        side: whose records are counted.
        own: the gateways' own addresses inside the VPC.
        blocks: the VPC's blocks of addresses.
        subnets: blocks of its subnets, with the zone they are in.
        owned: whether interfaces other than the gateways' have records, which say more about senders.
        window: SQL that chooses records by their time; all when empty.
        names_from: the first moment of a query log that counts, as its text; all when empty.
        names_to: the last one.
        names: whether there are Resolver query logs.

    """

    fields: Collection[str]
    region: str
    side: Side = "gateway"
    own: Sequence[str] = ()
    blocks: Sequence[Block] = ()
    subnets: Sequence[tuple[Block, str]] = ()
    owned: bool = True
    window: str = ""
    names_from: str = ""
    names_to: str = ""
    names: bool = True

    @property
    def has_hops(self) -> bool:
        """Whether the records say where a flow goes next."""
        return {"next-hop-interface-type", "flow-direction"} <= set(self.fields)

    def interfaces(self) -> str:
        """Return what each interface or regional gateway recorded, by status, action and owner: run it first."""
        owner = {
            "instance_id": self._text("instance-id"),
            "zone": self._text("az-id"),
            "region": self._text("region"),
            "ecs_service": self._ecs(),
            "tags": self._tags(),
        }
        columns = ", ".join(f"{sql} AS {name}" for name, sql in owner.items())
        return cleandoc(f"""
            SELECT {self._place()} AS place, {self._text("log-status", "OK")} AS log_status,
              {self._text("action", "ACCEPT")} AS action, {columns},
              count(*) AS records, sum(bytes) AS bytes, min(start) AS first_start, max("end") AS last_end,
              sum(CASE WHEN start > "end" THEN 1 ELSE 0 END) AS backwards
            FROM flow_logs{self._where_clause()}
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        """)

    def places(self) -> str:
        """Return the interfaces and regional gateways that have records."""
        return f"SELECT DISTINCT {self._place()} AS place FROM flow_logs"

    def pairs(self) -> str:
        """Return the bytes between each two addresses, by whose record it is: accepted flows, no gateway's own."""
        hop = "CAST(NULL AS varchar)"
        if self.has_hops:
            hop = f"CASE WHEN next_hop_interface_type IN {_NAT_HOPS} THEN flow_direction END"
        accepted = [
            f"{column(name)} = '{value}'"
            for name, value in (("action", "ACCEPT"), ("log-status", "OK"))
            if name in self.fields
        ]
        own = ", ".join(f"'{address}'" for address in self.own)
        foreign = [f"{name} NOT IN ({own})" for name in ("pkt_srcaddr", "pkt_dstaddr") if own]
        return cleandoc(f"""
            SELECT {self._place()} AS place, {hop} AS hop, {self._ecs()} AS ecs_service,
              pkt_srcaddr AS source, pkt_dstaddr AS destination, sum(bytes) AS bytes,
              {self._service()} AS service, max({self._text("next-hop-az-id")}) AS hop_zone
            FROM flow_logs{self._where_clause(*accepted, *foreign)}
            GROUP BY 1, 2, 3, 4, 5
        """)

    def seen_gateways(self) -> str:
        """Return the gateways that the records show, with their own addresses, for a VPC whose gateways are not known.

        What arrives for an address inside the VPC and goes on to one outside of it was sent to a NAT gateway.
        """
        are_addresses = [f"regexp_like({name}, '{ADDRESS}')" for name in ("dstaddr", "pkt_dstaddr")]
        return cleandoc(f"""
            WITH apart AS (
              SELECT DISTINCT {self._place()} AS place, dstaddr AS near, pkt_dstaddr AS far FROM flow_logs
              {self._where_clause("dstaddr <> pkt_dstaddr", *are_addresses)}
            ), keyed AS (
              SELECT place, near, far, {key("near")} AS near_key, {key("far")} AS far_key FROM apart
            )
            SELECT DISTINCT place, near AS address FROM keyed
            WHERE {self._inside("near_key")} AND NOT {self._inside("far_key")} AND place IS NOT NULL ORDER BY 1, 2
        """)

    def unknown(self) -> str:
        """Return the bytes of gateways' records that lack an address; nothing else counts them."""
        return cleandoc(f"""
            SELECT coalesce(sum(bytes), 0) AS bytes FROM pairs
            WHERE (coalesce(source, '-') = '-' OR coalesce(destination, '-') = '-')
              AND {_OF_GATEWAYS}
        """)

    def sided(self) -> str:
        """Return the pairs with the keys of both ends, and which end is the VPC's.

        An IPv6 sender of NAT64 counts as the VPC's.
        """
        ends = ("source", "destination")
        keys = ", ".join(f"{key(end)} AS {end}_key" for end in ends)
        inside = ", ".join(f"{self._inside(f'{end}_key')} AS {end}_inside" for end in ends)
        nat64 = ", ".join(f"substr({end}_key, 1, {len(NAT64)}) = '{NAT64}' AS {end}_nat64" for end in ends)
        return cleandoc(f"""
            WITH keyed AS (
              SELECT *, {keys} FROM pairs
            ), ended AS (
              SELECT *, {inside}, {nat64} FROM keyed
            )
            SELECT *, (source_inside OR (destination_nat64 AND NOT source_nat64)) AS sent,
              (destination_inside OR (source_nat64 AND NOT destination_nat64)) AS got
            FROM ended
        """)

    def counted(self) -> str:
        """Return every NAT'd flow once: the bytes between a sender and a destination, by direction."""
        if self.side == "sender":
            upload = "hop = 'egress'"
            rule = "hop IN ('egress', 'ingress') AND source_key IS NOT NULL AND destination_key IS NOT NULL"
        else:
            upload, rule = "sent", f"sent <> got AND {_OF_GATEWAYS}"
        return cleandoc(f"""
            SELECT place, ecs_service, hop_zone,
              CASE WHEN {upload} THEN source ELSE destination END AS source,
              CASE WHEN {upload} THEN source_key ELSE destination_key END AS source_key,
              CASE WHEN {upload} THEN destination ELSE source END AS destination,
              CASE WHEN {upload} THEN destination_key ELSE source_key END AS destination_key,
              max(service) AS service, sum(CASE WHEN {upload} THEN bytes ELSE 0 END) AS upload,
              sum(CASE WHEN {upload} THEN 0 ELSE bytes END) AS download
            FROM sided WHERE {rule}
            GROUP BY 1, 2, 3, 4, 5, 6, 7
        """)

    def _inside(self, address_key: str) -> str:
        """Return SQL for whether an address is one of the VPC's."""
        blocks = [f"{address_key} BETWEEN '{block.first}' AND '{block.last}'" for block in self.blocks]
        return f"({' OR '.join(blocks)})" if blocks else "FALSE"

    def _subnet_zone(self, address_key: str) -> str:
        cases = " ".join(
            f"WHEN {address_key} BETWEEN '{block.first}' AND '{block.last}' THEN '{zone.replace(chr(39), chr(39) * 2)}'"
            for block, zone in self.subnets
        )
        return f"CASE {cases} END" if cases else "CAST(NULL AS varchar)"

    def asked(self) -> str:
        """Return the names that were asked for and answered with an address, by the address's public key.

        The asker does not matter: resolvers in between ask for others. A name that is only a step of another name's
        chain is left out, so the name is the one that a client used.
        """
        if not self.names:
            return "SELECT CAST(NULL AS varchar) AS public_key, CAST(NULL AS varchar) AS name WHERE 1 = 0"
        bounds = [
            f"query_timestamp {sign} '{moment}'"
            for sign, moment in ((">=", self.names_from), ("<=", self.names_to))
            if moment
        ]
        where = " AND ".join(["rcode = 'NOERROR'", *bounds])
        return cleandoc(f"""
            WITH answer AS (
              SELECT DISTINCT lower(query_name) AS name, json_extract_scalar(item, '$.Type') AS type,
                lower(json_extract_scalar(item, '$.Rdata')) AS data
              FROM resolver_queries CROSS JOIN UNNEST(CAST(json_parse(answers) AS ARRAY(JSON))) AS t(item)
              WHERE {where}
            ), keyed AS (
              SELECT DISTINCT name, {key("data")} AS address_key FROM answer
              WHERE type IN ('A', 'AAAA') AND regexp_like(data, '{ADDRESS}')
            ), answered AS (
              SELECT DISTINCT name, {public("address_key")} AS public_key FROM keyed
            ), followed AS (
              SELECT DISTINCT answered.public_key, answer.data AS name
              FROM answered JOIN answer ON answer.name = answered.name AND answer.type = 'CNAME'
            )
            SELECT answered.public_key, rtrim(answered.name, '.') AS name FROM answered
            LEFT JOIN followed ON followed.public_key = answered.public_key AND followed.name = answered.name
            WHERE followed.name IS NULL
        """)

    def destinations(self) -> str:
        """Return what is known of each destination: service, Region, names, and the remedy for it."""
        suffix = self.region.replace("-", "[-]")
        part = f"regexp_extract(name, '^(.*)[.]{suffix}[.](amazonaws[.]com|amazonaws[.]com[.]cn|api[.]aws)$', 1)"
        carried = f"carries AND (first_kind = '{INTERFACE}' OR unranged)"
        gateway = f"(service IN ('S3', 'DYNAMODB') AND region = '{self.region}')"
        return cleandoc(f"""
            WITH keyed AS (
              SELECT destination, {public("destination_key")} AS public_key, max(service) AS field
              FROM counted GROUP BY 1, 2
            ), ranged AS (
              SELECT destination, public_key, field, max_by(service, CAST(weight AS bigint)) AS service,
                max_by(region, CAST(weight AS bigint)) AS region, max(first_key) IS NULL AS unranged
              FROM keyed LEFT JOIN ip_ranges ON substr(public_key, 1, {BUCKET}) = substr(first_key, 1, {BUCKET})
                AND public_key BETWEEN first_key AND last_key
              GROUP BY 1, 2, 3
            ), names AS (
              SELECT name, max_by(kind, length(host)) AS kind, max_by(service, length(host)) AS service
              FROM (SELECT DISTINCT name, {part} AS part FROM asked) n
              JOIN endpoint_hosts ON part = host OR part LIKE concat('%.', host)
              GROUP BY 1
            ), described AS (
              SELECT asked.public_key, count(*) AS name_count,
                array_join(array_agg(asked.name ORDER BY asked.name), ', ') AS names,
                sum(CASE WHEN names.name IS NULL THEN 0 ELSE 1 END) AS carried,
                min(names.kind) AS first_kind, max(names.kind) AS last_kind,
                min(names.service) AS first_service, max(names.service) AS last_service,
                sum(CASE WHEN twins.name IS NULL THEN 0 ELSE 1 END) AS twin_count,
                min(twins.target) AS first_target, max(twins.target) AS last_target
              FROM asked LEFT JOIN names ON names.name = asked.name LEFT JOIN twins ON twins.name = asked.name
              GROUP BY 1
            ), merged AS (
              SELECT destination, coalesce(names, '') AS names, coalesce(name_count, 0) AS name_count,
                CASE WHEN field IS NULL OR (field = 'AMAZON' AND service IS NOT NULL)
                    OR (field = 'EC2' AND service <> 'AMAZON') THEN coalesce(service, '{INTERNET}')
                  ELSE field END AS service,
                region, unranged,
                name_count = carried AND first_service = last_service AND first_kind = last_kind AS carries,
                first_kind, first_service, first_target,
                name_count = twin_count AND first_target = last_target AS twins
              FROM ranged LEFT JOIN described ON described.public_key = ranged.public_key
            )
            SELECT destination, names, name_count, service, region,
              CASE WHEN {gateway} THEN '{GATEWAY}' WHEN twins THEN '{OVERRIDE}' WHEN {carried} THEN first_kind
                ELSE '{NONE}' END AS remedy,
              CASE WHEN {gateway} THEN lower(service) WHEN twins THEN first_target WHEN {carried} THEN first_service
                ELSE '' END AS target
            FROM merged
        """)

    def owners(self) -> str:
        """Return what the records of other interfaces say about the VPC's addresses: instance, service, tags, zone."""
        if not self.owned:
            columns = ("address", "instance_id", "ecs_service", "tags", "zone")
            return f"SELECT {', '.join(f'CAST(NULL AS varchar) AS {name}' for name in columns)} WHERE 1 = 0"
        return cleandoc(f"""
            WITH held AS (
              SELECT DISTINCT place, CASE WHEN source_inside THEN source ELSE destination END AS address
              FROM sided WHERE source_inside <> destination_inside AND NOT {_OF_GATEWAYS}
            )
            SELECT address, max(instance_id) AS instance_id, {_once("ecs_service")} AS ecs_service,
              {_once("tags")} AS tags, max(zone) AS zone
            FROM held JOIN interfaces ON interfaces.place = held.place GROUP BY 1
        """)

    def transfers(self) -> str:
        """Return every NAT'd flow with all that is known of both ends; every other statement sums these rows."""
        crosses = (
            "CASE WHEN hop_zone IS NOT NULL AND owner_zone IS NOT NULL THEN hop_zone <> owner_zone"
            " WHEN gateway_zone IS NOT NULL AND owner_zone IS NOT NULL THEN gateway_zone <> owner_zone"
            " WHEN gateways_zone IS NOT NULL AND subnet_zone IS NOT NULL THEN gateways_zone <> subnet_zone END"
        )
        recorded = "SELECT place, max(zone) AS zone FROM interfaces GROUP BY 1"
        if not self.owned:
            recorded = "SELECT CAST(NULL AS varchar) AS place, CAST(NULL AS varchar) AS zone WHERE 1 = 0"
        return cleandoc(f"""
            WITH recorded AS (
              {recorded}
            ), placed AS (
              SELECT *, {self._subnet_zone("source_key")} AS subnet_zone FROM counted
            ), located AS (
              SELECT c.place, c.source, coalesce(c.ecs_service, o.ecs_service) AS ecs_service,
                o.instance_id, o.tags, coalesce(o.zone, subnet_zone) AS zone, c.destination,
                c.upload, c.download, c.hop_zone,
                o.zone AS owner_zone, subnet_zone, r.zone AS gateway_zone, g.zone AS gateways_zone,
                c.place LIKE 'nat-%' AS regional
              FROM placed c LEFT JOIN owners o ON o.address = c.source
              LEFT JOIN recorded r ON r.place = c.place LEFT JOIN gateways g ON g.place = c.place
            ), crossing AS (
              SELECT *, CASE WHEN regional THEN FALSE ELSE {crosses} END AS crosses FROM located
            )
            SELECT place, source, ecs_service, instance_id, tags, zone, c.destination, d.names, d.name_count,
              d.service, d.region, upload, download, upload + download AS bytes,
              CASE WHEN crosses THEN upload + download ELSE 0 END AS cross_zone_bytes,
              CASE WHEN crosses IS NULL THEN upload + download ELSE 0 END AS unknown_zone_bytes,
              CASE WHEN d.region IS NULL THEN upload ELSE 0 END AS internet_bytes,
              CASE WHEN d.remedy = '{NONE}' AND crosses THEN '{CROSS_ZONE}' ELSE d.remedy END AS remedy,
              CASE WHEN d.remedy = '{NONE}' AND crosses THEN zone ELSE d.target END AS target
            FROM crossing c JOIN destinations d ON d.destination = c.destination
        """)

    def steps(self) -> Mapping[str, str]:
        """Return the statements that lead to ``transfers``, in order: each reads tables and the ones before it."""
        return {
            "interfaces": self.interfaces(),
            "pairs": self.pairs(),
            "sided": self.sided(),
            "counted": self.counted(),
            "asked": self.asked(),
            "destinations": self.destinations(),
            "owners": self.owners(),
            "transfers": self.transfers(),
        }

    def whole(self, statement: str, tables: str) -> str:
        """Return a statement over ``transfers`` as Athena runs it: one statement with all steps.

        Args:
            statement: the last part.
            tables: the tables that the first step reads, as SQL between ``WITH`` and the steps.

        """
        steps = ",\n".join(f"{name} AS (\n{sql}\n)" for name, sql in self.steps().items())
        return f"WITH {tables},\n{steps}\n{statement}"

    def _text(self, field: str, otherwise: str = "") -> str:
        if field in self.fields:
            return f"NULLIF({column(field)}, '-')" if not otherwise else column(field)
        return f"'{otherwise}'" if otherwise else "CAST(NULL AS varchar)"

    def _place(self) -> str:
        names = [name for name in ("interface-id", "resource-id") if name in self.fields]
        if len(names) == 2:
            return "CASE WHEN interface_id = '-' THEN resource_id ELSE coalesce(interface_id, resource_id) END"
        return column(names[0]) if names else "CAST(NULL AS varchar)"

    def _ecs(self) -> str:
        if "ecs-service-name" not in self.fields:
            return "CAST(NULL AS varchar)"
        if "ecs-cluster-name" not in self.fields:
            return "NULLIF(ecs_service_name, '-')"
        return "CASE WHEN ecs_service_name <> '-' THEN concat(ecs_cluster_name, '/', ecs_service_name) END"

    def _tags(self) -> str:
        there = [self._text(name) for name in TAGS if name in self.fields]
        if not there:
            return "CAST(NULL AS varchar)"
        return f"NULLIF(array_join(ARRAY[{', '.join(there)}], ' '), '')"

    def _service(self) -> str:
        """Return SQL for the service of the address that has one; the VPC's own addresses have none."""
        source, destination = (self._text(f"pkt-{end}-aws-service") for end in ("src", "dst"))
        if {"pkt-src-aws-service", "pkt-dst-aws-service"} <= set(self.fields):
            names = "CASE WHEN pkt_dst_aws_service <> '-' THEN pkt_dst_aws_service ELSE pkt_src_aws_service END"
            return f"NULLIF(max({names}), '-')"
        return f"max(coalesce({destination}, {source}))"

    def _where_clause(self, *conditions: str) -> str:
        present = [condition for condition in (self.window, *conditions) if condition]
        return f" WHERE {' AND '.join(present)}" if present else ""


ADDRESS = "^([0-9]{1,3}([.][0-9]{1,3}){3}|[0-9a-f:]*:[0-9a-f:]+([0-9]{1,3}([.][0-9]{1,3}){3})?|[0-9a-f:]+::)$"
"""What an address looks like."""


def key(address: str) -> str:
    """Return SQL for an address as text that sorts: its version, then 8 or 32 hexadecimal digits.

    It is NULL of ``-`` and of what has no digits.

    Args:
        address: SQL of the address.

    """
    dotted = f"regexp_extract({address}, '[0-9.]+$')"
    before, after = (_groups(f"split_part({address}, '::', {place})") for place in (1, 2))
    return (
        f"CASE WHEN strpos({address}, ':') = 0 THEN concat('4', {_dotted(address)})"
        f" WHEN strpos({address}, '.') > 0 THEN concat('{NAT64}', {_dotted(dotted)})"
        f" WHEN strpos({address}, '::') = 0 THEN concat('6', {_groups(address)})"
        f" ELSE concat('6', {before}, substr('{'0' * 32}', 1, 32 - length({before}) - length({after})), {after}) END"
    )


def public(address_key: str) -> str:
    """Return SQL for the key of the address that a key stands for on the internet: of NAT64's, the IPv4 address."""
    return (
        f"CASE WHEN substr({address_key}, 1, {len(NAT64)}) = '{NAT64}'"
        f" THEN concat('4', substr({address_key}, {len(NAT64) + 1})) ELSE {address_key} END"
    )


def _groups(text: str) -> str:
    """Return SQL that fills each group of an IPv6 address to four digits."""
    return f"array_join(transform(filter(split({text}, ':'), part -> part <> ''), part -> lpad(part, 4, '0')), '')"


def _dotted(text: str) -> str:
    parts = [f"TRY_CAST(split_part({text}, '.', {place}) AS bigint)" for place in (1, 2, 3, 4)]
    number = " + ".join(f"{part} * {256 ** (3 - place)}" for place, part in enumerate(parts))
    return f"lpad(lower(to_base({number}, 16)), 8, '0')"


def _once(value: str) -> str:
    """Return SQL for a value that all records agree on."""
    return f"CASE WHEN min({value}) = max({value}) THEN max({value}) END"
