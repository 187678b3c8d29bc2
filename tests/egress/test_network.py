"""What a Network synthesizes, and what it refuses."""

import json
from dataclasses import replace
from typing import Any

import pytest
from cdktf import TerraformStack, TerraformVariable
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.egress import CidrLayout, FlowLogs, NatGateways, NatMode, Network
from northsouth.errors import ConfigurationError
from tests.harness.synth import resources, synth

ZONES = ["us-east-1b", "us-east-1a"]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    def declare(stack: TerraformStack) -> None:
        network = Network(
            stack,
            "network",
            cidr="10.0.0.0/16",
            zones=ZONES,
            tiers=("public", "private", "isolated"),
            ipv6=True,
            dns64=True,
            public_ip_on_launch=True,
            flow_logs=FlowLogs.to_cloudwatch(retention_days=30, kms_key_arn="arn:aws:kms:us-east-1:1:key/k"),
            subnet_tags={"public": {"kubernetes.io/role/elb": "1"}},
            name="hub",
            tags={"team": "network"},
        )
        ids = replace(network.ids, private_route_tables={}, dns64=False)
        NatGateways(stack, "nat", network=ids, mode=NatMode.none(), ipv6_egress=False)

    return synth(declare)


def only(document: dict[str, Any], kind: str) -> dict[str, Any]:
    [found] = resources(document, kind).values()
    return dict(found)


def named(document: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {found["tags"]["Name"]: found for found in resources(document, kind).values()}


def test_the_vpc_has_dns_attributes_on(document: dict[str, Any]) -> None:
    vpc = only(document, "aws_vpc")
    assert vpc["cidr_block"] == "10.0.0.0/16"
    assert vpc["enable_dns_support"] is True
    assert vpc["enable_dns_hostnames"] is True
    assert vpc["assign_generated_ipv6_cidr_block"] is True
    assert vpc["tags"] == {"Name": "hub", "team": "network"}


def test_the_default_security_group_has_no_rule(document: dict[str, Any]) -> None:
    group = only(document, "aws_default_security_group")
    assert group["ingress"] == group["egress"] == []


def test_subnets_are_keyed_and_laid_out_by_zone_and_tier(document: dict[str, Any]) -> None:
    subnets = named(document, "aws_subnet")
    assert {name: (subnet["availability_zone"], subnet["cidr_block"]) for name, subnet in subnets.items()} == {
        "hub-public-us-east-1a": ("us-east-1a", "10.0.24.0/22"),
        "hub-public-us-east-1b": ("us-east-1b", "10.0.56.0/22"),
        "hub-private-us-east-1a": ("us-east-1a", "10.0.0.0/20"),
        "hub-private-us-east-1b": ("us-east-1b", "10.0.32.0/20"),
        "hub-isolated-us-east-1a": ("us-east-1a", "10.0.16.0/21"),
        "hub-isolated-us-east-1b": ("us-east-1b", "10.0.48.0/21"),
    }
    assert subnets["hub-private-us-east-1b"]["ipv6_cidr_block"].endswith(".ipv6_cidr_block, 8, 8)}")
    assert {name for name, subnet in subnets.items() if subnet.get("enable_dns64")} == {
        "hub-private-us-east-1a",
        "hub-private-us-east-1b",
    }
    assert {name for name, subnet in subnets.items() if subnet.get("map_public_ip_on_launch")} == {
        "hub-public-us-east-1a",
        "hub-public-us-east-1b",
    }
    assert subnets["hub-public-us-east-1a"]["tags"]["kubernetes.io/role/elb"] == "1"
    assert "kubernetes.io/role/elb" not in subnets["hub-private-us-east-1a"]["tags"]


def test_only_public_subnets_reach_the_internet_gateway(document: dict[str, Any]) -> None:
    routes = list(resources(document, "aws_route").values())
    assert {route.get("destination_cidr_block") or route["destination_ipv6_cidr_block"] for route in routes} == {
        "0.0.0.0/0",
        "::/0",
    }
    tables = named(document, "aws_route_table")
    assert set(tables) == {"hub-public", *(f"hub-{t}-{z}" for t in ("private", "isolated") for z in ZONES)}
    [public] = [name for name, table in resources(document, "aws_route_table").items() if table is tables["hub-public"]]
    assert {route["route_table_id"] for route in routes} == {f"${{aws_route_table.{public}.id}}"}


def test_every_subnet_has_a_route_table(document: dict[str, Any]) -> None:
    associations = resources(document, "aws_route_table_association").values()
    assert len({association["subnet_id"] for association in associations}) == 6


def test_flow_logs_go_to_a_log_group_with_a_role(document: dict[str, Any]) -> None:
    log = only(document, "aws_flow_log")
    group = only(document, "aws_cloudwatch_log_group")
    assert log["log_destination_type"] == "cloud-watch-logs"
    assert log["iam_role_arn"].startswith("${aws_iam_role.")
    assert group["retention_in_days"] == 30
    assert group["kms_key_id"] == "arn:aws:kms:us-east-1:1:key/k"
    assert "vpc-flow-logs.amazonaws.com" in only(document, "aws_iam_role")["assume_role_policy"]
    write, describe = json.loads(only(document, "aws_iam_role_policy")["policy"])["Statement"]
    assert [resource.startswith("${aws_cloudwatch_log_group.") for resource in write["Resource"]] == [True, True]
    # Allowed on a group's ARN, it would be refused.
    assert (describe["Action"], describe["Resource"]) == ("logs:DescribeLogGroups", "*")
    assert "logs:DescribeLogGroups" not in write["Action"]


def test_zones_in_another_order_are_the_same_network() -> None:
    def build(zones: list[str]) -> dict[str, Any]:
        return synth(lambda stack: Network(stack, "network", cidr="10.0.0.0/16", zones=zones))

    assert build(ZONES) == build(ZONES[::-1])


def test_adding_a_zone_and_a_tier_changes_nothing_that_was_there() -> None:
    def build(zones: list[str], **tiers: Any) -> dict[str, dict[str, Any]]:
        found = synth(lambda stack: Network(stack, "network", cidr="10.0.0.0/16", zones=zones, **tiers))["resource"]
        return {f"{kind}.{name}": value for kind, each in found.items() for name, value in each.items()}

    small, large = build(ZONES), build(["us-east-1c", *ZONES], tiers=("public", "private", "isolated"))
    assert small.items() <= large.items()
    assert len(large) > len(small)


def test_a_cidr_known_only_to_terraform_is_divided_by_terraform() -> None:
    def build(stack: TerraformStack) -> None:
        variable = TerraformVariable(stack, "cidr", type="string")
        network = Network(stack, "network", cidr=variable.string_value, zones=["us-east-1b"], tiers=("private",))
        assert network.internet_gateway is None

    document = synth(build)
    assert only(document, "aws_subnet")["cidr_block"] == "${cidrsubnet(var.cidr, 4, 2)}"
    assert not resources(document, "aws_route")


def test_blocks_can_be_given() -> None:
    layout = CidrLayout.explicit(private={"us-east-1a": "10.0.7.0/24"})
    document = synth(
        lambda stack: Network(
            stack, "network", cidr="10.0.0.0/16", zones=["us-east-1a"], tiers=("private",), layout=layout
        )
    )
    assert only(document, "aws_subnet")["cidr_block"] == "10.0.7.0/24"


def test_flow_logs_go_to_s3() -> None:
    logs = FlowLogs.to_s3(
        "arn:aws:s3:::flows/hub",
        traffic_type="REJECT",
        aggregation_seconds=60,
        fields=("version", "pkt-srcaddr"),
        file_format="parquet",
        hive_partitions=True,
        hourly_partitions=True,
    )
    document = synth(
        lambda stack: Network(
            stack, "network", cidr="10.0.0.0/16", zones=["us-east-1a"], flow_logs=logs, tags={"a": "b"}
        )
    )
    log = only(document, "aws_flow_log")
    log.pop("vpc_id")
    assert log == {
        "destination_options": {
            "file_format": "parquet",
            "hive_compatible_partitions": True,
            "per_hour_partition": True,
        },
        "log_destination": "arn:aws:s3:::flows/hub",
        "log_destination_type": "s3",
        "log_format": "$${version} $${pkt-srcaddr}",
        "max_aggregation_interval": 60,
        "tags": {"a": "b"},
        "traffic_type": "REJECT",
    }
    assert not resources(document, "aws_iam_role")


def test_everything_wrong_is_in_one_report_and_nothing_is_made() -> None:
    def build(stack: TerraformStack) -> None:
        with pytest.raises(ConfigurationError) as caught:
            Network(
                stack,
                "network",
                cidr="10.0.0.0/24",
                zones=["us-east-1a", "eu-west-1a", "us-east-1a"],
                tiers=("public", "secret"),  # type: ignore[arg-type]
                dns64=True,
                subnet_tags={"isolated": {"a": "b"}},
                flow_logs=FlowLogs.to_cloudwatch(retention_days=31, aggregation_seconds=61),
            )
        assert str(caught.value).splitlines()[0] == "9 problems in Network 'network':"
        assert [problem.where for problem in caught.value.problems] == [
            "zones[1]",
            "zones[2]",
            "tiers[1]",
            "layout.slots",
            "cidr",
            "dns64",
            "subnet_tags.isolated",
            "flow_logs.aggregation_seconds",
            "flow_logs.retention_days",
        ]

    assert "resource" not in synth(build)


def test_zones_must_belong_to_the_region_of_the_provider() -> None:
    def build(stack: TerraformStack) -> None:
        other = AwsProvider(stack, "other", region="eu-west-1", alias="other")
        with pytest.raises(ConfigurationError, match="belongs to us-east-1, not to eu-west-1"):
            Network(stack, "other-network", cidr="10.0.0.0/16", zones=["us-east-1a"], provider=other)
        with pytest.raises(ConfigurationError, match="belongs to eu-west-1, not to us-east-1"):
            Network(stack, "network", cidr="10.0.0.0/16", zones=["eu-west-1a"])
        Network(stack, "fits", cidr="10.0.0.0/16", zones=["eu-west-1a"], provider=other)

    subnets = resources(synth(build), "aws_subnet").values()
    assert {subnet["provider"] for subnet in subnets} == {"aws.other"}


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ({"ipv6": True}, ["stack/network.ipv6: got True; the private subnets have no way out over IPv6"]),
        ({"ipv6": True, "dns64": True}, ["stack/network.dns64: got True; DNS64 answers", "stack/network.ipv6: got"]),
    ],
)
def test_ipv6_without_a_way_out_ends_the_synth(network: dict[str, Any], expected: list[str]) -> None:
    def declare(stack: TerraformStack) -> None:
        Network(stack, "network", cidr="10.0.0.0/16", zones=ZONES, **network)

    with pytest.raises(RuntimeError) as caught:
        synth(declare)
    for text in expected:
        assert text in str(caught.value)


@pytest.mark.parametrize(
    ("network", "nat"),
    [
        ({"tiers": ("public", "isolated")}, None),
        ({}, {"mode": NatMode.none(), "ipv6_egress": False}),
        ({}, {"mode": NatMode.none(), "ipv6_egress": True}),
        ({"dns64": True}, {"mode": NatMode.per_az(), "nat64": True, "ipv6_egress": True}),
    ],
)
def test_ipv6_with_a_decided_way_out_is_declared(network: dict[str, Any], nat: dict[str, Any] | None) -> None:
    def declare(stack: TerraformStack) -> None:
        made = Network(stack, "network", cidr="10.0.0.0/16", zones=ZONES, ipv6=True, **network)
        if nat is not None:
            NatGateways(TerraformStack(stack.node.root, "other"), "nat", network=made, **nat)

    assert resources(synth(declare), "aws_vpc")


def test_an_existing_network_is_its_ids() -> None:
    ids = Network.existing(
        vpc_id="vpc-0123456789abcdef0",
        public_subnets={"us-east-1a": "subnet-12345678"},
        private_subnets={"us-east-1a": "subnet-22345678"},
        isolated_subnets={"us-east-1b": "subnet-32345678"},
        public_route_tables={"us-east-1a": "rtb-12345678"},
        private_route_tables={"us-east-1a": "rtb-22345678"},
        isolated_route_tables={"us-east-1b": "rtb-32345678"},
        cidr_blocks=["10.0.0.0/16"],
        ipv6=True,
        ipv6_cidr_blocks=["2001:db8::/56"],
        dns64=True,
    )
    assert ids.ids is ids
    assert (ids.ipv6_cidr_blocks, ids.dns64) == (("2001:db8::/56",), True)
    assert ids.zones == ("us-east-1a", "us-east-1b")
    assert ids.region == "us-east-1"
    assert ids.subnets("isolated") == {"us-east-1b": "subnet-32345678"}
    assert ids.route_tables("private") == {"us-east-1a": "rtb-22345678"}


def test_an_existing_network_with_wrong_ids_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"vpc_id: got 'subnet-12345678'; an id looks like vpc-"):
        Network.existing(vpc_id="subnet-12345678", private_subnets={"us-east-1a": "subnet-12345678"})
