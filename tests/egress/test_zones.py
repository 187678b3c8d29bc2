import pytest

from northsouth.egress.zones import Zone, check_zones, parse_zone, region_of


@pytest.mark.parametrize(
    ("name", "region", "kind", "letter", "border_group"),
    [
        ("us-east-1a", "us-east-1", "availability-zone", "a", "us-east-1"),
        ("ap-southeast-4c", "ap-southeast-4", "availability-zone", "c", "ap-southeast-4"),
        ("us-gov-west-1b", "us-gov-west-1", "availability-zone", "b", "us-gov-west-1"),
        ("us-iso-east-1a", "us-iso-east-1", "availability-zone", "a", "us-iso-east-1"),
        ("eusc-de-east-1a", "eusc-de-east-1", "availability-zone", "a", "eusc-de-east-1"),
        ("cn-north-1a", "cn-north-1", "availability-zone", "a", "cn-north-1"),
        ("us-west-2-lax-1a", "us-west-2", "local-zone", "a", "us-west-2-lax-1"),
        ("us-east-1-wl1-bos-wlz-1", "us-east-1", "wavelength-zone", "1", "us-east-1-wl1"),
    ],
)
def test_a_name_tells_region_kind_and_border_group(
    name: str, region: str, kind: str, letter: str, border_group: str
) -> None:
    assert parse_zone(name) == Zone(name, region, kind, letter, border_group)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "us-east-1", "us-east-1A", "use1-az1", "us-east-1aa", "us-east-1a ", "a"])
def test_other_names_are_none(name: str) -> None:
    assert parse_zone(name) is None


@pytest.mark.parametrize(
    ("zones", "region", "expected"),
    [
        ([], None, "zones: got 0 zones; at least 1 needed"),
        (
            ["us-east-1a", "eu-west-1a"],
            None,
            "zones[1]: got 'eu-west-1a'; the zone belongs to eu-west-1, not to us-east-1",
        ),
        (["us-east-1a"], "eu-west-1", "not to eu-west-1"),
        (["us-east-1a", "us-east-1a"], None, "the zone is already zones[0]"),
        (["us-east-1"], None, "not the name of a zone"),
        (["use1-az1"], None, "This is a zone ID"),
        (["us-east-1-wl1-bos-wlz-1"], None, "carrier gateway"),
        (["${var.zone}"], None, "synth must know them"),
    ],
)
def test_bad_zones_are_reported(zones: list[str], region: str | None, expected: str) -> None:
    report = [str(problem) for problem in check_zones(zones, region=region)]
    assert len(report) == 1
    assert expected in report[0]


def test_an_unknown_region_is_not_judged() -> None:
    assert not list(check_zones(["us-east-1a"], region="${var.region}"))


def test_the_region_of_zones() -> None:
    assert region_of(["${x}", "nowhere", "eu-west-1b"]) == "eu-west-1"
    assert region_of([]) is None
