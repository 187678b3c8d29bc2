"""The map of paths: what stands where, what a GB costs there, what would be possible, and the picture of it."""

from __future__ import annotations

from xml.etree import ElementTree

from northsouth.report import map as picture
from northsouth.report.paths import MOST_NAMES, Graph, Sender, paths
from northsouth.template import parse
from tests.report.change import AFTER, BEFORE, stack


def ways(graph: Graph) -> list[tuple[str, str, float | None, bool]]:
    return [(each.source, each.target, each.usd_per_gb, each.possible) for each in graph.edges.values()]


def test_each_zone_has_its_row_and_its_gateway() -> None:
    assert ways(paths(parse(BEFORE))) == [
        ("subnets us-east-1a", "nat us-east-1a", 0.045, False),
        ("nat us-east-1a", "internet", 0.09, False),
        ("subnets us-east-1b", "nat us-east-1b", 0.045, False),
        ("nat us-east-1b", "internet", 0.09, False),
        ("subnets us-east-1a", "service s3", 0.0, True),
        ("subnets us-east-1b", "service s3", 0.0, True),
        ("name hub.example.com.", "twin hub.internal.", None, False),
    ]


def test_a_gateway_in_another_zone_costs_the_way_there_and_back() -> None:
    assert ("subnets us-east-1b", "nat us-east-1a", 0.065, False) in ways(paths(parse(AFTER)))


def test_lines_have_the_bytes_of_their_subnets_senders() -> None:
    senders = [
        Sender("10.0.97.7", "s3", 4e9),
        Sender("10.0.97.7", "", 1e9),
        Sender("10.0.98.9", "sts", 3e9),
    ]
    assert passing(paths(parse(BEFORE), senders=senders)) == {
        ("subnets us-east-1a", "nat us-east-1a"): 5e9,
        ("subnets us-east-1b", "nat us-east-1b"): 3e9,
        ("nat us-east-1a", "internet"): 5e9,
        ("nat us-east-1b", "internet"): 3e9,
        ("subnets us-east-1a", "service s3"): 4e9,
        ("subnets us-east-1b", "service s3"): 0,
        ("name hub.example.com.", "twin hub.internal."): None,
    }
    together = passing(paths(parse(AFTER), senders=senders))
    assert together["nat us-east-1a", "internet"] == 8e9


def test_bytes_of_a_sender_in_no_known_subnet_are_on_no_line_and_make_what_leaves_unknown() -> None:
    found = passing(paths(parse(BEFORE), senders=[Sender("10.0.97.7", "", 1e9), Sender("10.9.0.1", "", 1e9)]))
    assert found["subnets us-east-1a", "nat us-east-1a"] == 1e9
    assert found["nat us-east-1a", "internet"] is None


def test_a_map_without_flows_knows_no_bytes() -> None:
    assert set(passing(paths(parse(BEFORE))).values()) == {None}


def passing(graph: Graph) -> dict[tuple[str, str], float | None]:
    return {(each.source, each.target): each.bytes_per_day for each in graph.edges.values()}


def test_a_gateway_endpoint_serves_its_route_tables_and_shows_those_it_lacks() -> None:
    document = stack()
    document["resource"]["aws_vpc_endpoint"] = {
        "s3": {
            "vpc_id": "${aws_vpc.v.id}",
            "service_name": "com.amazonaws.us-east-1.s3",
            "route_table_ids": ["${aws_route_table.private-a.id}"],
        },
        "sts": {
            "vpc_id": "${aws_vpc.v.id}",
            "service_name": "com.amazonaws.us-east-1.sts",
            "vpc_endpoint_type": "Interface",
        },
    }
    found = ways(paths(parse(document)))
    assert ("subnets us-east-1a", "endpoint s3", 0.0, False) in found
    assert ("subnets us-east-1b", "endpoint s3", 0.0, True) in found
    assert ("subnets us-east-1b", "endpoint sts", 0.01, False) in found
    assert not [each for each in found if each[1] == "service s3" and each[3]]


def test_many_names_are_counted() -> None:
    graph = paths(parse(stack(names={f"n{number}.example.com": "x.internal." for number in range(20)})))
    names = [each for each in graph.nodes.values() if each.kind == "name"]
    assert len(names) == MOST_NAMES + 1
    assert names[-1].label == f"and {20 - MOST_NAMES} more names"


def test_an_existing_vpc_is_shown_by_its_route_tables() -> None:
    document = {
        "resource": {
            "aws_nat_gateway": {"n": {"subnet_id": "subnet-1", "allocation_id": "eipalloc-1"}},
            "aws_route": {
                "r": {
                    "route_table_id": "rtb-1",
                    "destination_cidr_block": "0.0.0.0/0",
                    "nat_gateway_id": "${aws_nat_gateway.n.id}",
                }
            },
        }
    }
    graph = paths(parse(document))
    assert graph.nodes["subnets rtb-1"].label == "Route table rtb-1"
    assert ways(graph)[:2] == [
        ("subnets rtb-1", "nat aws_nat_gateway.n", 0.045, False),
        ("nat aws_nat_gateway.n", "internet", 0.09, False),
    ]


def test_the_picture_marks_what_one_side_alone_has() -> None:
    before, after = paths(parse(BEFORE)).as_data(), paths(parse(AFTER)).as_data()
    root = ElementTree.fromstring(picture.svg(before, "m", title="Before", other=after))
    fresh = [each for each in root.iter() if "fresh" in str(each.get("class")).split()]
    assert len([each for each in fresh if "node" in str(each.get("class"))]) == 2  # the gateway in b, and the old twin
    assert picture.svg(before, "m", title="Before", other=after) == picture.svg(
        before, "m", title="Before", other=after
    )
    titles = [each.text for each in root.iter("title")]
    assert titles[0] == "Before"
    assert "route, 0.045 USD for a GB" in titles


def test_a_line_is_as_wide_as_its_bytes_and_says_them() -> None:
    senders = [Sender("10.0.97.7", "s3", 4e9), Sender("10.0.98.9", "", 2e9)]
    graph = paths(parse(BEFORE), senders=senders).as_data()
    root = ElementTree.fromstring(picture.svg(graph, "m", title="Before"))
    lines = [each for each in root.iter() if "way" in str(each.get("class")).split()]
    widths = {str(each[0].text): float(str(each.get("stroke-width"))) for each in lines}
    assert widths["route, 0.045 USD for a GB, 4.0 GB a day"] == 2 * widths["route, 0.045 USD for a GB, 2.0 GB a day"]
    assert (
        widths["a gateway endpoint would be free, 0 USD for a GB, 0.0 GB a day"] == widths["override, TTL 60 s"] == 1.5
    )


def test_a_graph_is_the_same_with_bytes_and_without() -> None:
    known, unknown = paths(parse(BEFORE), senders=[]).as_data(), paths(parse(BEFORE)).as_data()
    assert known != unknown
    assert picture.is_same(known, unknown)
    assert not picture.is_same(known, paths(parse(AFTER)).as_data())
