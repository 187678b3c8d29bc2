"""Every bad declaration of NAT gateways, and what the report says about it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from northsouth.egress.addresses import Addresses
from northsouth.egress.nat_mode import NatMode
from northsouth.egress.nat_rules import address_zones, check_nat, default_addresses
from northsouth.egress.quotas import InUse, NatQuotas
from northsouth.egress.topology import NetworkIds, check_network_ids
from northsouth.errors import ConfigurationError

A, B, C = "us-east-1a", "us-east-1b", "us-east-1c"
EIP = "eipalloc-0123456789abcdef0"
OTHER = "eipalloc-89abcdef"


def ids(zones: Sequence[str] = (A, B), public: Sequence[str] | None = None, **more: Any) -> NetworkIds:
    def each(kind: str, found: Sequence[str]) -> Mapping[str, str]:
        return {zone: f"{kind}-0000000{index}" for index, zone in enumerate(found)}

    parts: dict[str, Any] = {
        "public_subnets": each("subnet", zones if public is None else public),
        "private_route_tables": each("rtb", zones),
    }
    return NetworkIds(vpc_id="vpc-12345678", **{**parts, **more})


def report(*args: Any, **given: Any) -> list[str]:
    return [str(problem) for problem in check_nat(*args, **given)]


def test_a_number_of_addresses_without_limit_is_refused_at_once() -> None:
    (problem,) = check_nat(ids(), NatMode.single(A), Addresses.made(per_gateway=10**30))
    assert problem.where == "addresses.per_gateway"


@pytest.mark.parametrize(
    ("mode", "addresses"),
    [
        (NatMode.none(), None),
        (NatMode.none(), Addresses.made(hold=[A])),
        (NatMode.single(A), None),
        (NatMode.per_az(), Addresses.made(per_gateway=2)),
        (NatMode.per_az(), Addresses.given({B: [EIP], A: OTHER})),
        (NatMode.per_az(), Addresses.given({B: "${aws_eip.b.id}", A: "${aws_eip.b.id}"})),
        (NatMode.private(tier="public"), None),
        (NatMode.private(tier="public"), Addresses.made(hold=[A])),
        (NatMode.private(tier="public", private_ips={A: "${var.ip}", B: "10.0.1.9"}, secondary_private_ips=0), None),
        (NatMode.private(tier="public", destinations=("10.0.0.0/8", "192.168.0.0/16")), None),
        (NatMode.regional(), Addresses.managed()),
        (NatMode.regional(), Addresses.given({A: [EIP, OTHER, "eipalloc-11111111"], B: "eipalloc-22222222"})),
        (NatMode.private(tier="public", zone=A, private_ips={A: "10.0.0.9"}, secondary_private_ips=7), None),
        (NatMode.regional(), None),
        (NatMode.regional(), Addresses.made(per_gateway=2)),
        (NatMode.regional(), Addresses.given({A: EIP, B: OTHER})),
    ],
)
def test_good_declarations_pass(mode: NatMode, addresses: Addresses | None) -> None:
    assert report(ids(), mode, addresses) == []


@pytest.mark.parametrize(
    ("mode", "addresses", "given", "expected"),
    [
        (
            NatMode.per_az(),
            Addresses.given({A: EIP}),
            {},
            "addresses: got none for us-east-1b (addresses for 1 zones, 2 needed); NatMode.per_az() has one gateway in",
        ),
        (
            NatMode.single(A),
            Addresses.given({A: EIP, B: OTHER}),
            {},
            f"addresses.us-east-1b: got '{OTHER}' (addresses for 2 zones, 1 needed); NatMode.single() has one gateway",
        ),
        (NatMode.regional(), Addresses.given({A: EIP}), {}, "regional gateway needs addresses in each zone"),
        (NatMode.single(A), Addresses.given({A: "203.0.113.7"}), {}, "an IP address, not its allocation id"),
        (
            NatMode.single(A),
            Addresses.given({A: "eip-123"}),
            {},
            "addresses.us-east-1a[0]: got 'eip-123'; not an alloc",
        ),
        (NatMode.per_az(), Addresses.given({A: EIP, B: EIP}), {}, "already used by addresses.us-east-1a[0]"),
        (NatMode.single(A), Addresses.given({A: []}), {}, "addresses.us-east-1a: got 0 addresses"),
        (
            NatMode.single(A),
            Addresses.given({A: [EIP, OTHER, "eipalloc-11111111"]}),
            {},
            "the quota is 2 for a gateway",
        ),
        (
            NatMode.single(A),
            Addresses.made(per_gateway=9),
            {"quotas": NatQuotas(elastic_ips=99)},
            "a NAT gateway has 1 primary and at most 7 secondary",
        ),
        (NatMode.single(A), Addresses.made(per_gateway=0), {}, "got 0 addresses"),
        (
            NatMode.regional(),
            Addresses.made(per_gateway=33),
            {"quotas": NatQuotas(elastic_ips=99)},
            "a regional gateway's zone has 1 primary and at most 31 secondary ones",
        ),
        (
            NatMode.single(A),
            Addresses.made(per_gateway=9),
            {"quotas": NatQuotas(elastic_ips=99, addresses_per_gateway=9)},
            "Use 1 to 8.",
        ),
        (NatMode.none(), Addresses.managed(), {}, "only for a regional gateway"),
        (
            NatMode.single(A),
            Addresses.given({A: "203.0.113.7"}),
            {},
            "EC2/latest/APIReference/API_Address.html). Give the id, eipalloc- and 8 or 17 hexadecimal digits.",
        ),
        (
            NatMode.single(A),
            Addresses.made(per_gateway=3),
            {},
            "the quota is 2 for a gateway",
        ),
        (NatMode.single(A), Addresses.made(hold=["us-east-1"]), {}, "addresses.hold[0]: got 'us-east-1'"),
        (NatMode.single(A), Addresses.managed(), {}, "only for a regional gateway"),
        (NatMode.none(), Addresses.made(), {}, "NatMode.none() has no gateway that could use one"),
        (NatMode.none(), Addresses.given({A: EIP}), {}, "NatMode.none() has no gateway that could use one"),
        (NatMode.private(tier="public"), Addresses.given({A: EIP}), {}, "a private NAT gateway has no public address"),
        (NatMode.private(tier="public"), Addresses.made(), {}, "a private NAT gateway has no public address"),
        (
            NatMode.single(C),
            None,
            {},
            "us-east-1c'; its gateway needs a subnet of the public tier there; they cover us-east-1a, us-east-1b",
        ),
        (
            NatMode.per_az(),
            None,
            {"public": [A]},
            "network: got 'us-east-1b'; its gateway needs a subnet of the public tier there",
        ),
        (NatMode.private(zone=A), None, {}, "needs a subnet of the isolated tier there; they cover no zone"),
        (NatMode.private(tier="private"), None, {"private_subnets": {A: "x", B: "x"}}, "it would route to itself"),
        (
            NatMode.private(zone=A, tier="public", private_ips={B: "10.0.0.9"}),
            None,
            {},
            "no gateway stands in that zone",
        ),
        (NatMode.private(zone=A, tier="public", private_ips={A: "10.0.0"}), None, {}, "not an IPv4 address"),
        (
            NatMode.private(tier="public", secondary_private_ips=8),
            None,
            {},
            "the quota is 8 private addresses for a ga",
        ),
        (NatMode.private(tier="public", secondary_private_ips=-1), None, {}, "got -1; a private gateway has 1 primary"),
        (NatMode.private(tier="public", secondary_private_ips=32), None, {}, "and at most 31 secondary addresses"),
        (
            NatMode.private(tier="public", secondary_private_ips=32),
            None,
            {"quotas": NatQuotas(private_addresses_per_gateway=99)},
            "(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html). Use 0 to 31.",
        ),
        (
            NatMode.private(tier="public", secondary_private_ips=10),
            None,
            {"quotas": NatQuotas(private_addresses_per_gateway=10)},
            "(to 32 at most) and say so with quotas=NatQuotas(private_addresses_per_gateway=11).",
        ),
        (NatMode.private(tier="public", destinations=()), None, {}, "no traffic reaches the gateway"),
        (NatMode.private(tier="public", destinations=("10.0.0.0/8", "10.0.0.0/8")), None, {}, "given twice"),
        (NatMode.private(tier="public", destinations=("10.1.0.0/8",)), None, {}, "Write 10.0.0.0/8"),
        (NatMode.private(tier="public", destinations=("ten",)), None, {}, "not an IPv4 CIDR block"),
        (NatMode.private(tier="public", destinations=("${var.x}",)), None, {}, "a destination names its route"),
        (NatMode.regional(), None, {"regional_supported": False}, "know no `availability_mode`"),
        (
            NatMode.none(),
            None,
            {"nat64": True, "ipv6": True, "ipv6_egress": False},
            "NAT64 is done by a NAT gateway",
        ),
        (NatMode.per_az(), None, {"nat64": True}, "nat64: got True; the network has no IPv6 block"),
        (NatMode.per_az(), None, {"ipv6": True}, "ipv6_egress: got nothing; the network has IPv6, and its private"),
        (NatMode.none(), None, {"ipv6": True}, "or have one of your own, set ipv6_egress=False."),
        (
            NatMode.per_az(),
            None,
            {"ipv6": True},
            "docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html",
        ),
        (
            NatMode.per_az(),
            None,
            {"ipv6": True, "dns64": True, "ipv6_egress": True},
            "nat64: got False; the private subnets have DNS64",
        ),
        (
            NatMode.none(),
            None,
            {"ipv6": True, "dns64": True, "ipv6_egress": False},
            "userguide/nat-gateway-nat64-dns64.html). Set nat64=True, or leave dns64 out of the network.",
        ),
        (
            NatMode.single(A),
            Addresses.made(ipam_pool_id="ipam-0123456789abcdef0"),
            {},
            "addresses.ipam_pool_id: got 'ipam-0123456789abcdef0'; not the id of an IPAM pool (https://docs.aws.amazon.",
        ),
        (
            NatMode.none(),
            Addresses.made(hold=[A], ipam_pool_id="x"),
            {},
            "API_IpamPool.html). Give the id, ipam-pool- and 8 or 17 hexadecimal digits.",
        ),
        (NatMode.per_az(), None, {"ipv6_egress": True}, "ipv6_egress: got True; the network has no IPv6 block"),
        (
            NatMode.per_az(),
            None,
            {"in_use": InUse(gateways={A: 5})},
            "gateway 6 of this stack in us-east-1a; the quota is 5 in a zone",
        ),
        (NatMode.per_az(), None, {"in_use": InUse(elastic_ips=4)}, "2 Elastic IPs after 4 of this stack's others"),
        (NatMode.per_az(), None, {"zones": [], "public": [A]}, "no private route table"),
    ],
)
def test_each_bad_declaration_is_reported(
    mode: NatMode, addresses: Addresses | None, given: dict[str, Any], expected: str
) -> None:
    of_network = {key: value for key, value in given.items() if key in _NETWORK}
    others = {key: value for key, value in given.items() if key not in _NETWORK}
    (problem,) = report(ids(**of_network), mode, addresses, **others)
    assert expected in problem


_NETWORK = {"zones", "public", "private_subnets", "ipv6", "dns64"}


@pytest.mark.parametrize(
    ("mode", "addresses", "quotas", "in_use"),
    [
        (NatMode.single(A), Addresses.made(per_gateway=8), NatQuotas(addresses_per_gateway=8, elastic_ips=8), InUse()),
        (NatMode.per_az(), None, NatQuotas(gateways_per_zone=6), InUse(gateways={A: 5})),
        (NatMode.per_az(), None, NatQuotas(elastic_ips=6), InUse(elastic_ips=4)),
        (
            NatMode.private(tier="public", secondary_private_ips=31),
            None,
            NatQuotas(private_addresses_per_gateway=32),
            InUse(),
        ),
    ],
)
def test_a_raised_quota_lets_pass(mode: NatMode, addresses: Addresses | None, quotas: NatQuotas, in_use: InUse) -> None:
    assert report(ids(), mode, addresses, quotas=quotas, in_use=in_use) == []


@pytest.mark.parametrize(
    ("mode", "addresses", "more"),
    [
        (NatMode.private(tier="public", secondary_private_ips=8), None, {}),
        (NatMode.single(A), Addresses.made(per_gateway=3), {}),
        (NatMode.single(A), Addresses.given({A: []}), {}),
        (NatMode.per_az(), None, {"in_use": InUse(elastic_ips=4)}),
        (NatMode.per_az(), None, {"in_use": InUse(gateways={A: 5})}),
    ],
)
def test_a_quota_names_its_page(mode: NatMode, addresses: Addresses | None, more: dict[str, Any]) -> None:
    (problem,) = check_nat(ids(), mode, addresses, **more)
    assert problem.source == "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"


@pytest.mark.parametrize(
    ("mode", "addresses", "more", "start"),
    [
        (NatMode.regional(), None, {"regional_supported": False}, "mode: got NatMode.regional();"),
        (NatMode.per_az(), None, {"zones": [], "public": [A]}, "network: got no private route table;"),
        (NatMode.private(tier="private"), None, {"private_subnets": {A: "x", B: "x"}}, "mode.tier: got 'private';"),
        (NatMode.private(tier="public", secondary_private_ips=8), None, {}, "mode.secondary_private_ips: got 8;"),
        (NatMode.private(tier="public", destinations=()), None, {}, "mode.destinations: got none;"),
        (
            NatMode.private(tier="public", destinations=("10.0.0.0/8", "10.0.0.0/8")),
            None,
            {},
            "mode.destinations[1]: got '10.0.0.0/8';",
        ),
        (NatMode.private(tier="public", destinations=("ten",)), None, {}, "mode.destinations[0]: got 'ten';"),
        (NatMode.private(tier="public", destinations=("10.1.0.0/8",)), None, {}, "mode.destinations[0]: got '10.1.0.0"),
        (
            NatMode.private(zone=A, tier="public", private_ips={B: "10.0.0.9"}),
            None,
            {},
            "mode.private_ips.us-east-1b: got '10.0.0.9';",
        ),
        (
            NatMode.private(zone=A, tier="public", private_ips={A: "10.0.0"}),
            None,
            {},
            "mode.private_ips.us-east-1a: got '10.0.0';",
        ),
        (NatMode.none(), None, {"nat64": True, "ipv6": True, "ipv6_egress": False}, "nat64: got True;"),
        (NatMode.private(tier="public", secondary_private_ips=40), None, {}, "mode.secondary_private_ips: got 40;"),
        (NatMode.single(A), Addresses.managed(), {}, "addresses: got Addresses.managed();"),
        (NatMode.private(tier="public"), Addresses.made(), {}, "addresses: got Addresses.made(...);"),
        (NatMode.single(A), Addresses.made(per_gateway=3), {}, "addresses.per_gateway: got 3 addresses;"),
        (NatMode.single(A), Addresses.made(hold=["eu-west-1a"]), {}, "addresses.hold[0]: got 'eu-west-1a';"),
        (NatMode.per_az(), None, {"in_use": InUse(elastic_ips=4)}, "addresses: got 2 Elastic IPs after 4"),
        (NatMode.per_az(), None, {"in_use": InUse(gateways={A: 5})}, "mode: got gateway 6 of this stack"),
        (NatMode.per_az(), Addresses.given({A: EIP, B: EIP}), {}, f"addresses.us-east-1b[0]: got '{EIP}';"),
    ],
)
def test_a_problem_begins_with_the_place_and_what_was_given(
    mode: NatMode, addresses: Addresses | None, more: dict[str, Any], start: str
) -> None:
    of_network = {key: value for key, value in more.items() if key in _NETWORK}
    others = {key: value for key, value in more.items() if key not in _NETWORK}
    (problem,) = report(ids(**of_network), mode, addresses, **others)
    assert problem.startswith(start)


def test_missing_bindings_name_the_providers_change() -> None:
    (problem,) = check_nat(ids(), NatMode.regional(), regional_supported=False)
    assert problem.source.endswith("/terraform-provider-aws/pull/45240")
    assert report(ids(), NatMode.per_az(), regional_supported=False) == []


@pytest.mark.parametrize(
    ("more", "given"),
    [
        ({"in_use": InUse(elastic_ips=3)}, []),
        ({"quotas": NatQuotas(elastic_ips=1)}, ["2 Elastic IPs"]),
        ({"in_use": InUse(gateways={A: 4, C: 9})}, []),
        ({"quotas": NatQuotas(gateways_per_zone=1)}, []),
        ({"in_use": InUse(gateways={A: 5, B: 6})}, [f"gateway {n} of this stack in {z}" for n, z in ((6, A), (7, B))]),
        ({"nat64": True, "ipv6_egress": True}, ["True", "True"]),
    ],
)
def test_a_quota_is_inclusive_and_counts_what_the_stack_has(more: dict[str, Any], given: list[str]) -> None:
    assert [problem.given for problem in check_nat(ids(), NatMode.per_az(), **more)] == given


def test_a_quota_says_what_to_write() -> None:
    (problem,) = check_nat(ids(), NatMode.per_az(), in_use=InUse(gateways={A: 7}))
    assert "NatQuotas(gateways_per_zone=8)" in problem.fix
    (problem,) = check_nat(ids(), NatMode.single(A), Addresses.made(per_gateway=3))
    assert "(to 8 at most) and say so with quotas=NatQuotas(addresses_per_gateway=3)" in problem.fix


def test_full_elastic_ips_do_not_matter_to_who_makes_none() -> None:
    full = InUse(elastic_ips=5)
    assert report(ids(), NatMode.none(), Addresses.made(hold=[]), in_use=full) != []
    assert report(ids(), NatMode.none(), in_use=full) == []
    assert report(ids(), NatMode.per_az(), Addresses.given({A: EIP, B: OTHER}), in_use=full) == []
    assert report(ids(), NatMode.regional(), in_use=full) == []


@pytest.mark.parametrize(("nat64", "ipv6_egress"), [(True, True), (True, False)])
def test_ipv6_with_a_decided_way_out_passes(nat64: bool, ipv6_egress: bool) -> None:
    network = ids(ipv6=True, dns64=True)
    assert report(network, NatMode.per_az(), nat64=nat64, ipv6_egress=ipv6_egress) == []
    assert report(ids(ipv6=True), NatMode.none(), ipv6_egress=ipv6_egress) == []
    assert report(ids(), NatMode.per_az(), ipv6_egress=False) == []


def test_the_first_gateways_of_a_network_decide_for_the_others() -> None:
    network = ids(ipv6=True, dns64=True)
    assert len(report(network, NatMode.per_az())) == 2
    assert report(network, NatMode.per_az(), served=True) == []
    assert "nat64: got True" in report(ids(), NatMode.per_az(), nat64=True, served=True)[0]


@pytest.mark.parametrize("pool", ["ipam-pool-0123456789abcdef0", "ipam-pool-01234567", "${aws_vpc_ipam_pool.a.id}"])
def test_an_ipam_pool_is_taken(pool: str) -> None:
    assert report(ids(), NatMode.per_az(), Addresses.made(ipam_pool_id=pool)) == []


def test_every_bad_entry_of_a_list_is_reported() -> None:
    mode = NatMode.private(
        zone=A,
        tier="public",
        private_ips={B: "x", C: "10.0.0.1"},
        destinations=("${var.x}", "ten", "10.0.0.0/8", "ten", "10.1.0.0/8"),
    )
    assert [problem.where for problem in check_nat(ids(), mode)] == [
        f"mode.private_ips.{B}",
        f"mode.private_ips.{B}",
        f"mode.private_ips.{C}",
        "mode.destinations[0]",
        "mode.destinations[1]",
        "mode.destinations[3]",
        "mode.destinations[4]",
    ]
    thrice = Addresses.given({A: [EIP, EIP], B: EIP})
    first = f"already used by addresses.{A}[0]"
    assert [(each.where, each.allowed) for each in check_nat(ids(), NatMode.per_az(), thrice)] == [
        (f"addresses.{A}[1]", first),
        (f"addresses.{B}[0]", first),
    ]
    zones = Addresses.given({C: [EIP, OTHER], "us-east-1d": []})
    spare = [each.given for each in check_nat(ids(), NatMode.single(A), zones) if each.where != "addresses"]
    assert spare == [
        f"'{EIP}', '{OTHER}' (addresses for 2 zones, 1 needed)",
        "no address (addresses for 2 zones, 1 needed)",
        "0 addresses",
    ]


def test_everything_is_in_one_report() -> None:
    found = report(ids(public=[]), NatMode.single("eu-west-1a"), Addresses.given({A: "eip", B: "eip"}), nat64=True)
    assert [text.partition(":")[0] for text in found] == [
        "mode.zone",
        "mode.zone",
        "nat64",
        "addresses",
        "addresses.us-east-1a",
        "addresses.us-east-1b",
        "addresses.us-east-1a[0]",
        "addresses.us-east-1b[0]",
    ]


def test_which_zones_use_addresses() -> None:
    network = ids((B, A))
    assert address_zones(NatMode.per_az(), network) == (A, B)
    assert address_zones(NatMode.single(B), network) == (B,)
    assert address_zones(NatMode.regional(), network) == (A, B)
    assert address_zones(NatMode.private(), network) == ()
    assert default_addresses(NatMode.regional()).kind == "managed"


def test_address_keys_are_the_same_in_every_zonal_mode() -> None:
    made = Addresses.made(per_gateway=2)
    assert made.made_keys([A]) == (A, f"{A}/2")
    assert set(made.made_keys([A])) < set(made.made_keys([A, B]))
    assert Addresses.made(hold=[B]).made_keys([A]) == (A, B)
    assert made.made_keys([A], regional=True) == (f"regional/{A}", f"regional/{A}/2")
    assert Addresses.managed().made_keys([A]) == ()


def test_bad_ids_of_an_existing_network_are_reported() -> None:
    network = NetworkIds(
        vpc_id="12345678",
        public_subnets={A: "subnet-12345678", B: "subnet-12345678"},
        private_subnets={A: "subnet-xyz", "eu-west-1a": "${aws_subnet.x.id}"},
        private_route_tables={A: "rtb-12345678", B: "rtb-12345678"},
    )
    found = [str(problem) for problem in check_network_ids(network)]
    assert [text.partition(":")[0] for text in found] == [
        "vpc_id",
        "zones[1]",
        "zones[2]",
        "private_subnets.us-east-1a",
        "public_subnets.us-east-1b",
        "private_route_tables.us-east-1b",
    ]


def test_an_address_without_its_zone_is_refused_with_the_address() -> None:
    with pytest.raises(ConfigurationError, match=r"""in a mapping: {"name": 'eipalloc-0'}"""):
        Addresses.given("eipalloc-0")  # type: ignore[arg-type]
