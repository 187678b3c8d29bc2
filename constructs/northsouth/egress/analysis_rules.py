"""What the arguments of an ``EgressAnalysis`` must keep to; pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence

from northsouth.egress.flow_logs import FlowLogs, check_flow_logs
from northsouth.egress.flows.header import check_answers
from northsouth.egress.prices import Prices
from northsouth.errors import Problem
from northsouth.logs.archive_rules import check_name, check_scan_limit
from northsouth.logs.bucket_rules import check_bucket_name, check_day
from northsouth.tokens import is_token

_FOLDER = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/.+")


def check_analysis(
    *,
    name: str,
    bucket_name: str,
    results_bucket_name: str,
    since: str,
    query_logs: str | None,
    scan_limit_bytes: int | None,
    hour: int,
    logs: FlowLogs,
    regional: bool,
) -> Iterator[Problem]:
    """Yield what is wrong with an analysis, apart from its network and its prices.

    Args:
        name: its name.
        bucket_name: the bucket of lookup tables.
        results_bucket_name: the bucket of query results.
        since: the first day of records.
        query_logs: the address of query logs, if there are any.
        scan_limit_bytes: bytes that one query may scan.
        hour: when yesterday is measured.
        logs: what is recorded.
        regional: whether the VPC has a regional NAT gateway.

    """
    yield from check_name(name, "name")
    yield from check_bucket_name(bucket_name, "bucket_name")
    yield from check_bucket_name(results_bucket_name, "results_bucket_name")
    yield from check_day(since, "since")
    if query_logs is not None and not is_token(query_logs) and not _FOLDER.fullmatch(query_logs):
        allowed = "it is a folder of query logs on S3, down to the folder before the year"
        fix = "Write s3://bucket/AWSLogs/111122223333/vpcdnsquerylogs/vpc-0a1b2c3d/."
        yield Problem("query_logs", repr(query_logs), allowed, fix)
    yield from check_scan_limit(scan_limit_bytes)
    if not is_token(hour) and not 1 <= hour <= 23:
        allowed = "1 to 23, the hour (UTC) in which yesterday is measured; its last records come after midnight"
        yield Problem("hour", str(hour), allowed, "Write 3.")
    yield from (problem.within("logs") for problem in _check_logs(logs, regional=regional))


def _check_logs(logs: FlowLogs, *, regional: bool) -> Iterator[Problem]:
    yield from check_flow_logs(logs)
    yield from check_answers(logs.fields)
    if logs.destination != "s3" or logs.file_format != "parquet" or logs.hive_partitions:
        given = f"{logs.destination}, {logs.file_format}, hive_partitions={logs.hive_partitions}"
        allowed = "Athena's table is of Parquet on S3, by day"
        yield Problem("destination", given, allowed, "Use FlowLogs.for_egress(bucket_arn).")
    if logs.scope == "gateways" and regional:
        yield Problem(
            "scope",
            "'gateways' with a regional NAT gateway",
            "the flow log of a regional gateway is not declared by this construct",
            'Record the VPC: FlowLogs.for_egress(bucket_arn, scope="vpc").',
        )


def check_blocks(cidrs: Sequence[str]) -> Iterator[Problem]:
    """Yield a problem unless the VPC's blocks of addresses are known: the SQL tells by them who is a sender."""
    if not cidrs or any(is_token(cidr) for cidr in cidrs):
        yield Problem(
            "network.cidr_blocks",
            ", ".join(cidrs) or "none",
            "the SQL tells senders by the VPC's blocks of addresses, which synth must know",
            'Give the blocks as text: NetworkIds(cidr_blocks=("10.0.0.0/16",)).',
        )
        return
    for index, cidr in enumerate(cidrs):
        try:
            ipaddress.ip_network(cidr)
        except ValueError as error:
            fix = "Write the blocks of the VPC, for example 10.0.0.0/16."
            yield Problem(f"network.cidr_blocks[{index}]", repr(cidr), f"a block of addresses ({error})", fix)


def check_prices(prices: Prices | None, region: str) -> Iterator[Problem]:
    """Yield a problem unless the Region's prices are known."""
    if not region:
        yield Problem(
            "provider", "no Region", "gateway endpoints carry their own Region only", "Set the provider's region."
        )
    elif prices is None and region != Prices().region:
        allowed = f"the known prices are those of {Prices().region}"
        fix = f'Pass prices=Prices(region="{region}", nat_gb=…).'
        yield Problem("prices", f"none for {region}", allowed, fix)
