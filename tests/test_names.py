"""Every name that a construct gives can be given: what exists has other names, and AWS renames little."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from cdktf import TerraformStack

from northsouth.alerts import Response
from northsouth.alerts.packs import ExistingGateways, NatAlarms
from northsouth.dns import DnsOverrides, DnsOverridesFleet, OverrideSet, Place, QueryLogging, Share
from northsouth.egress import Endpoint, FlowLogs, NatGateways, NatMode, Network, PrivateEndpoints
from northsouth.errors import ConfigurationError
from tests.faults.everything import document
from tests.harness.synth import resources, synth

ZONE = "us-east-1a"
RESOLVER = "aws_route53_resolver_firewall"
BY_NAMES = (
    "aws_default_security_group",
    "aws_eip",
    "aws_internet_gateway",
    "aws_nat_gateway",
    "aws_ram_resource_share",
    "aws_route53_resolver_query_log_config",
    "aws_route_table",
    "aws_security_group",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_endpoint",
    f"{RESOLVER}_domain_list",
    f"{RESOLVER}_rule",
    f"{RESOLVER}_rule_group",
    f"{RESOLVER}_rule_group_association",
)
"""Types whose names the argument ``names`` of their constructs gives, one by one."""

PIPELINE = "the argument `name` begins it; a pipeline is one thing, and its parts refer to each other by name"
OTHERWISE: Mapping[str, str] = {
    "aws_athena_named_query": PIPELINE,
    "aws_athena_workgroup": PIPELINE,
    "aws_chatbot_slack_channel_configuration": PIPELINE,
    "aws_chatbot_teams_channel_configuration": PIPELINE,
    "aws_cloudwatch_composite_alarm": "the argument `name`; for those of packs, `Response(names=...)`",
    "aws_cloudwatch_dashboard": "the argument `name`",
    "aws_cloudwatch_event_connection": PIPELINE,
    "aws_cloudwatch_event_rule": PIPELINE,
    "aws_cloudwatch_log_group": f"FlowLogs(log_group_name=...), or: {PIPELINE}, below the prefix that AWS asks for",
    "aws_cloudwatch_log_metric_filter": "the metric's name, which is an argument",
    "aws_cloudwatch_log_stream": "fixed: AWS's own name for deliveries, within a group whose name is made of `name`",
    "aws_cloudwatch_metric_alarm": "the argument `name`; for those of packs, `Response(names=...)`",
    "aws_cloudwatch_metric_stream": PIPELINE,
    "aws_glue_catalog_database": PIPELINE,
    "aws_glue_catalog_table": "the name of the source, which is an argument",
    "aws_glue_connection": PIPELINE,
    "aws_glue_crawler": PIPELINE,
    "aws_glue_job": PIPELINE,
    "aws_iam_role": "Terraform makes it, so that two deployments in one account do not collide",
    "aws_iam_role_policy": "fixed: what it is for, within a role of its own",
    "aws_kinesis_firehose_delivery_stream": PIPELINE,
    "aws_pipes_pipe": PIPELINE,
    "aws_prometheus_rule_group_namespace": "the argument `name`",
    "aws_prometheus_workspace": "the argument `alias`",
    "aws_s3_bucket": "the arguments `name`, `bucket_name` and `results_bucket_name`",
    "aws_scheduler_schedule": PIPELINE,
    "aws_scheduler_schedule_group": PIPELINE,
    "aws_sfn_state_machine": PIPELINE,
    "aws_sns_topic": PIPELINE,
    "aws_sqs_queue": PIPELINE,
}
"""Types whose names come otherwise, and how, or why they are fixed."""

_NAME = re.compile(r"(alarm_|dashboard_|configuration_)?name(_prefix)?|alias|bucket")


def named_types(written: Mapping[str, Any]) -> Iterator[str]:
    """Yield the types whose resources have a name of their own, or a tag for it."""
    for kind, blocks in written["resource"].items():
        for block in blocks.values():
            own = [
                value for key, value in block.items() if _NAME.fullmatch(key) and "${aws_s3_bucket" not in str(value)
            ]
            if own or "Name" in (block.get("tags") or {}):
                yield kind


@pytest.mark.slow
def test_every_name_can_be_given_or_has_a_reason() -> None:
    assert set(named_types(document(lifecycles=True))) == {*BY_NAMES, *OTHERWISE}


def declare(stack: TerraformStack, names: Mapping[str, Mapping[str, str]]) -> None:
    """Declare every type of `BY_NAMES`, with the names that belong to each construct."""

    def of(*types: str) -> dict[str, Mapping[str, str]]:
        return {kind: names[kind] for kind in types if kind in names}

    places = ("aws_vpc", "aws_subnet", "aws_route_table", "aws_internet_gateway", "aws_default_security_group")
    network = Network(stack, "net", cidr="10.0.0.0/16", zones=[ZONE], names=of(*places))
    mode = NatMode.single(ZONE)
    NatGateways(stack, "nat", network=network, mode=mode, names=of("aws_eip", "aws_nat_gateway"))
    endpoints = [Endpoint.interface("sts")]
    private = of("aws_vpc_endpoint", "aws_security_group")
    PrivateEndpoints(stack, "ends", network=network, endpoints=endpoints, names=private)
    DnsOverrides(
        stack,
        "dns",
        vpcs={"main": network.ids.vpc_id},
        overrides=[OverrideSet("hub", ttl=60, names={"a.example.com": "b.example.com"})],
        query_logging=QueryLogging.s3("arn:aws:s3:::queries"),
        share=Share(principals={"spoke": "210987654321"}),
        names=of(*(kind for kind in BY_NAMES if "resolver" in kind or "ram" in kind)),
    )


def names_in(written: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return, by type and resource, the name of everything that `BY_NAMES` lists."""
    return {
        kind: {name: block.get("name") or block["tags"]["Name"] for name, block in resources(written, kind).items()}
        for kind in BY_NAMES
        if kind != "aws_eip"
    }


@pytest.mark.slow
def test_names_reach_every_resource_and_change_no_address() -> None:
    before = synth(lambda stack: declare(stack, {}))
    defaults = names_in(before)
    given = {kind: {name: f"legacy-{name}" for name in own.values()} for kind, own in defaults.items()}
    given["aws_eip"] = {f"nat-{ZONE}": "legacy-address"}
    after = synth(lambda stack: declare(stack, given))
    assert names_in(after) == {
        kind: {address: f"legacy-{name}" for address, name in own.items()} for kind, own in defaults.items()
    }
    [address] = resources(after, "aws_eip").values()
    [tags] = after["locals"].values()
    assert address["tags"].endswith("[each.key]}")
    assert tags == {ZONE: {"Name": "legacy-address"}}
    assert {kind: set(blocks) for kind, blocks in after["resource"].items()} == {
        kind: set(blocks) for kind, blocks in before["resource"].items()
    }


@pytest.mark.parametrize(
    "names", [{"aws_vpc": {"network": "x"}}, {f"{RESOLVER}_rule_group": {"x": "y"}}, {"aws_nat_gateway": {"nat": "x"}}]
)
def test_a_name_that_nothing_has_is_refused(names: Mapping[str, Mapping[str, str]]) -> None:
    with pytest.raises(ConfigurationError, match="a name that would be given"):
        synth(lambda stack: declare(stack, names))


def test_a_place_of_a_fleet_has_its_own_names() -> None:
    group, rule = f"{RESOLVER}_rule_group", f"{RESOLVER}_rule"

    def build(stack: TerraformStack) -> None:
        DnsOverridesFleet(
            stack,
            "dns",
            places={"us": Place(vpcs={}, names={group: {"dns": "us"}}), "eu": Place(vpcs={})},
            overrides=[OverrideSet("hub", ttl=60, names={"a.example.com": "b.example.com"})],
            names={group: {"dns": "all"}, rule: {"hub-a_example_com": "legacy"}},
        )

    written = synth(build)
    assert {each["name"] for each in resources(written, group).values()} == {"us", "all"}
    assert {each["name"] for each in resources(written, rule).values()} == {"legacy"}


def test_the_log_group_of_flow_logs_has_the_name_that_is_given() -> None:
    logs = FlowLogs.to_cloudwatch(log_group_name="/legacy/flows")
    written = synth(lambda stack: Network(stack, "net", cidr="10.0.0.0/16", zones=[ZONE], flow_logs=logs))
    [group] = resources(written, "aws_cloudwatch_log_group").values()
    assert group["name"] == "/legacy/flows"
    wrong = FlowLogs.to_cloudwatch(log_group_name="a b")
    with pytest.raises(ConfigurationError, match="log_group_name"):
        synth(lambda stack: Network(stack, "net", cidr="10.0.0.0/16", zones=[ZONE], flow_logs=wrong))


def packs(stack: TerraformStack, names: Mapping[str, str]) -> None:
    """Declare two packs that one response answers."""
    respond = Response("https://wiki.example.com/nat", names=names)
    for zone in ("a", "b"):
        NatAlarms(stack, zone, gateways=ExistingGateways({ZONE: f"nat-{zone}"}), respond=respond).bandwidth()


def test_alarms_of_packs_have_the_names_that_are_given() -> None:
    before = resources(synth(lambda stack: packs(stack, {})), "aws_cloudwatch_metric_alarm")
    name, other = sorted(each["alarm_name"] for each in before.values())
    after = resources(synth(lambda stack: packs(stack, {name: "legacy"})), "aws_cloudwatch_metric_alarm")
    assert {each["alarm_name"] for each in after.values()} == {"legacy", other}
    assert after.keys() == before.keys()
    with pytest.raises(RuntimeError, match="a name that an alarm would have"):
        synth(lambda stack: packs(stack, {"nat": "legacy"}))
