"""The CIDR arithmetic: its worked example, and that nothing ever moves."""

import ipaddress
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.egress.layout import CidrLayout, check_cidr, check_layout, cidrsubnet
from northsouth.egress.topology import TIERS, Tier

ZONES = [f"us-east-1{letter}" for letter in "abcdefgh"]


@pytest.mark.parametrize(
    ("zone", "tier", "cidr"),
    [
        ("us-east-1a", "private", "10.0.0.0/20"),
        ("us-east-1a", "isolated", "10.0.16.0/21"),
        ("us-east-1a", "public", "10.0.24.0/22"),
        ("us-east-1b", "private", "10.0.32.0/20"),
        ("us-east-1b", "isolated", "10.0.48.0/21"),
        ("us-east-1b", "public", "10.0.56.0/22"),
        ("us-east-1h", "public", "10.0.248.0/22"),
    ],
)
def test_the_worked_example(zone: str, tier: Tier, cidr: str) -> None:
    assert CidrLayout.by_letter().cidr("10.0.0.0/16", tier, zone) == cidr


@pytest.mark.parametrize(
    ("prefix", "newbits", "netnum", "expected"),
    [
        ("10.0.0.0/16", 8, 2, "10.0.2.0/24"),
        ("172.16.0.0/12", 4, 15, "172.31.0.0/16"),
        ("10.1.2.0/24", 4, 15, "10.1.2.240/28"),
        ("fd00:fd12:3456:7890::/56", 16, 162, "fd00:fd12:3456:7800:a200::/72"),
    ],
)
def test_cidrsubnet_agrees_with_terraforms_documented_examples(
    prefix: str, newbits: int, netnum: int, expected: str
) -> None:
    assert cidrsubnet(prefix, newbits, netnum) == expected


@pytest.mark.parametrize(("newbits", "netnum"), [(17, 0), (2, 4), (2, -1)])
def test_cidrsubnet_refuses_what_does_not_fit(newbits: int, netnum: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        cidrsubnet("10.0.0.0/16", newbits, netnum)


@given(
    prefix=st.integers(16, 22),
    address=st.integers(0, 2**24 - 1),
    zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=8, unique=True),
    tiers=st.lists(st.sampled_from(TIERS), min_size=1, max_size=3, unique=True),
)
def test_every_accepted_layout_is_disjoint_inside_the_vpc_and_independent_of_the_rest(
    prefix: int, address: int, zones: list[str], tiers: list[Tier]
) -> None:
    vpc = ipaddress.IPv4Network((10 << 24 | address, prefix), strict=False)
    layout = CidrLayout.by_letter()
    assert not list(check_layout(layout, cidr=str(vpc), zones=zones, tiers=tiers))
    wanted = list(itertools.product(tiers, zones))
    blocks = [ipaddress.IPv4Network(layout.cidr(str(vpc), tier, zone)) for tier, zone in wanted]
    assert all(block.subnet_of(vpc) and block.prefixlen <= 28 for block in blocks)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(blocks, 2))
    # The zone's block and its IPv6 number are functions of the zone's own name, so nothing else can move them.
    assert blocks[0] == ipaddress.IPv4Network(layout.cidr(str(vpc), *wanted[0]))
    numbers = [layout.ipv6_number(tier, zone) for tier, zone in wanted]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers) < 256


@pytest.mark.parametrize("zone_count", [1, 2, 3])
def test_adding_zones_and_reordering_them_moves_nothing(zone_count: int) -> None:
    layout = CidrLayout.by_letter(reserved_zones=4)
    before = {zone: layout.cidr("10.0.0.0/20", "private", zone) for zone in ZONES[:zone_count]}
    after = {zone: layout.cidr("10.0.0.0/20", "private", zone) for zone in reversed(ZONES[:4])}
    assert before.items() <= after.items()


def problems(layout: CidrLayout, cidr: str = "10.0.0.0/16", **given: object) -> list[str]:
    arguments = {"zones": ["us-east-1a", "us-east-1b"], "tiers": ["public", "private"]} | given
    return [str(problem) for problem in check_layout(layout, cidr=cidr, **arguments)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("layout", "given", "expected"),
    [
        (CidrLayout.by_letter(), {"cidr": "10.0.0.0/23"}, "smallest subnet would be a /29, AWS's is /28"),
        (CidrLayout.by_letter(reserved_zones=3), {}, "1, 2, 4, 8 or 16"),
        (CidrLayout.by_letter(reserved_zones=32), {}, "1, 2, 4, 8 or 16"),
        (CidrLayout.by_letter(reserved_zones=1), {}, "block 1 for 'us-east-1b'; there are 1 zone blocks"),
        (CidrLayout.by_letter(), {"zones": ["us-west-2-lax-1a"]}, 'slots={"us-west-2-lax-1a": 7}'),
        (CidrLayout.by_letter(slots={"us-west-2-lax-1a": 0}), {"zones": ["us-west-2a", "us-west-2-lax-1a"]}, "has it"),
        (CidrLayout.explicit(public={"us-east-1a": "10.0.0.0/24"}), {"tiers": ["public"]}, "no block for us-east-1b"),
        (
            CidrLayout.explicit(public={"us-east-1a": "10.0.0.0/24", "us-east-1c": "10.0.1.0/24"}),
            {"zones": ["us-east-1a"], "tiers": ["public"]},
            "layout.public.us-east-1c: got '10.0.1.0/24'; no such subnet is asked for",
        ),
        (
            CidrLayout.explicit(public={"us-east-1a": "10.1.0.0/24"}),
            {"zones": ["us-east-1a"], "tiers": ["public"]},
            "outside the VPC's 10.0.0.0/16",
        ),
        (
            CidrLayout.explicit(private={"us-east-1a": "10.0.0.0/23", "us-east-1b": "10.0.1.0/24"}),
            {"tiers": ["private"]},
            "overlaps 10.0.0.0/23 of layout.private.us-east-1a",
        ),
        (
            CidrLayout.explicit(private={"us-east-1a": "10.0.0.0/29"}),
            {"zones": ["us-east-1a"], "tiers": ["private"]},
            "between /16 and /28",
        ),
        (
            CidrLayout.explicit(private={"us-west-2-lax-1a": "10.0.0.0/24"}),
            {"zones": ["us-west-2-lax-1a"], "tiers": ["private"], "ipv6": True},
            "only an Availability Zone's letter",
        ),
    ],
)
def test_a_layout_that_does_not_fit_is_reported(layout: CidrLayout, given: dict[str, object], expected: str) -> None:
    cidr = str(given.pop("cidr", "10.0.0.0/16"))
    report = problems(layout, cidr, **given)
    assert len(report) == 1
    assert expected in report[0]


def test_a_layout_of_local_zones_with_blocks_of_their_own_fits() -> None:
    layout = CidrLayout.by_letter(slots={"us-west-2-lax-1a": 6})
    assert not problems(layout, zones=["us-west-2a", "us-west-2-lax-1a"])
    assert layout.cidr("10.0.0.0/16", "private", "us-west-2-lax-1a") == "10.0.192.0/20"


@pytest.mark.parametrize(
    ("cidr", "expected"),
    [
        ("10.0.0.0", "between /16 and /28"),
        ("10.0.0.0/8", "between /16 and /28"),
        ("10.0.0.0/30", "between /16 and /28"),
        ("10.0.1.0/16", "Write 10.0.0.0/16."),
        ("fd00::/56", "not an IPv4 CIDR block"),
        ("ten", "not an IPv4 CIDR block"),
        ("127.0.0.0/16", "does not route 127.0.0.0/8"),
        ("224.1.0.0/16", "does not route 224.0.0.0/4"),
    ],
)
def test_a_bad_cidr_is_reported(cidr: str, expected: str) -> None:
    assert any(expected in str(problem) for problem in check_cidr(cidr))


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "192.168.4.0/28", "100.64.0.0/16", "${var.cidr}"])
def test_a_good_or_unknown_cidr_is_not(cidr: str) -> None:
    assert not list(check_cidr(cidr))
