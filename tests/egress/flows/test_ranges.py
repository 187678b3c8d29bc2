import json
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.egress.flows.engine import translated
from northsouth.egress.flows.ranges import (
    BUCKET,
    PACKAGED_ON,
    PRIVATE,
    Block,
    abbreviation,
    as_table,
    packaged,
    read,
    rows,
    special,
)
from northsouth.egress.flows.sql import ADDRESS, key
from northsouth.errors import ConfigurationError

DOCUMENT = {
    "createDate": "2026-11-01-00-00-00",
    "prefixes": [
        {"ip_prefix": "3.5.0.0/16", "region": "us-east-1", "service": "AMAZON"},
        {"ip_prefix": "3.5.0.0/16", "region": "us-east-1", "service": "EC2"},
        {"ip_prefix": "3.5.0.0/16", "region": "us-east-1", "service": "S3"},
        {"ip_prefix": "3.5.1.0/24", "region": "us-east-1", "service": "AMAZON"},
    ],
    "ipv6_prefixes": [{"ipv6_prefix": "2600:1f00::/24", "region": "GLOBAL", "service": "CLOUDFRONT"}],
}
SQL_KEY = translated(f"SELECT {key('a')} AS k, regexp_like(a, '{ADDRESS}') AS ok FROM (SELECT ? AS a) AS t")
DATABASE = duckdb.connect()
"""Of these tests alone: a result that is not read to its end keeps the connection that all share in use."""


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_athenas_key_of_an_address_is_ours(address: IPv4Address | IPv6Address) -> None:
    width = address.max_prefixlen
    expected = Block.of(f"{address}/{width}").first
    assert DATABASE.execute(SQL_KEY, [str(address)]).fetchone() == (expected, True)


@pytest.mark.parametrize("text", ["64:ff9b::192.0.2.1", "::", "::1", "fe80::", "1:2:3:4:5:6:7:8"])
def test_every_way_of_writing_an_address_has_a_key(text: str) -> None:
    expected = Block.of(f"{ip_address(text)}/128").first
    assert DATABASE.execute(SQL_KEY, [text]).fetchone() == (expected, True)


@pytest.mark.parametrize("text", ["-", "", "10.0.0", "host.example", "10.0.0.1.2"])
def test_what_is_no_address_is_known(text: str) -> None:
    assert DATABASE.execute(SQL_KEY.replace("CASE WHEN", "CASE WHEN false THEN '' WHEN"), ["1.2.3.4"]).fetchone()
    pattern = translated(f"SELECT regexp_like(?, '{ADDRESS}')")
    assert DATABASE.execute(pattern, [text]).fetchone() == (False,)


def test_the_most_special_service_of_a_range_counts() -> None:
    assert special(["AMAZON", "EC2", "S3"]) == "S3"
    assert special(["AMAZON", "EC2"]) == "EC2"
    assert special(["CLOUDFRONT_ORIGIN_FACING", "CLOUDFRONT"]) == "CLOUDFRONT"
    by_service = {each.service: each for each in rows(DOCUMENT)}
    assert by_service["S3"].weight > by_service["AMAZON"].weight > by_service[PRIVATE].weight
    assert all(each.first_key[:BUCKET] == each.last_key[:BUCKET] for each in rows(DOCUMENT))


def test_a_file_is_read_and_the_packaged_copy_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "ip-ranges.json"
    path.write_text(json.dumps(DOCUMENT))
    table = read(path, tmp_path)
    assert (table.created, table.path.read_bytes()) == ("2026-11-01-00-00-00", as_table(rows(DOCUMENT)))
    copy = packaged()
    assert copy.created == PACKAGED_ON
    count, wide, regions = DATABASE.execute(
        f"SELECT count(*), count(*) FILTER (first_key[:{BUCKET}] <> last_key[:{BUCKET}]), count(DISTINCT region)"
        f" FROM read_json('{copy.path}')"
    ).fetchone() or (0, 0, 0)
    assert count > 10_000
    assert (wide, regions > 35) == (0, True)


@pytest.mark.parametrize("content", ["", "[]", '{"prefixes": []}', '{"createDate": "x", "prefixes": [{}]}'])
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ranges.json"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match="createDate, prefixes"):
        read(path, tmp_path)


@pytest.mark.parametrize(
    ("region", "begins"),
    [("us-east-1", "use1"), ("ap-southeast-2", "apse2"), ("us-gov-west-1", "usgw1"), ("cn-northwest-1", "cnnw1"),
     ("me-central-1", "mec1"), ("ap-northeast-3", "apne3")],
)  # fmt: skip
def test_zone_ids_begin_with_an_abbreviation(region: str, begins: str) -> None:
    assert abbreviation(region) == begins
