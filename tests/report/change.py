"""A small environment before and after a change, as synthesized stacks, and a history of its one NAT gateway."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

START = 1_790_848_800
TOPIC = "${aws_sns_topic.ops.arn}"


def alarm(threshold: float, name: str = "nat", **more: Any) -> dict[str, Any]:
    return {
        "alarm_name": name,
        "namespace": "AWS/NATGateway",
        "metric_name": "BytesOutToDestination",
        "dimensions": {"NatGatewayId": "${aws_nat_gateway.a.id}"},
        "statistic": "Sum",
        "period": 60,
        "evaluation_periods": 3,
        "threshold": threshold,
        "comparison_operator": "GreaterThanThreshold",
        "treat_missing_data": "notBreaching",
        "alarm_actions": [TOPIC],
        **more,
    }


def override(name: str, target: str, priority: int) -> dict[str, Any]:
    return {
        "list": {"name": name, "domains": [f"{name}."]},
        "rule": {
            "name": name,
            "action": "BLOCK",
            "block_response": "OVERRIDE",
            "block_override_dns_type": "CNAME",
            "block_override_domain": target,
            "block_override_ttl": 60,
            "firewall_domain_list_id": f"${{aws_route53_resolver_firewall_domain_list.{priority}.id}}".replace(
                f".{priority}", f".l{priority}"
            ),
            "firewall_rule_group_id": "${aws_route53_resolver_firewall_rule_group.g.id}",
            "priority": priority,
        },
    }


def stack(*, threshold: float = 5, zones: str = "ab", names: dict[str, str] | None = None) -> dict[str, Any]:
    """Return a stack with a VPC in two zones, a gateway in each of some zones, overrides, and an alarm."""
    overrides = {
        100 + place: override(name, target, 100 + place)
        for place, (name, target) in enumerate((names or {"hub.example.com": "hub.internal."}).items())
    }
    resources: dict[str, Any] = {
        "aws_vpc": {"v": {"cidr_block": "10.0.0.0/16", "enable_dns_support": True, "enable_dns_hostnames": True}},
        "aws_subnet": {},
        "aws_route_table": {},
        "aws_route_table_association": {},
        "aws_route": {},
        "aws_nat_gateway": {},
        "aws_eip": {zone: {"domain": "vpc"} for zone in zones},
        "aws_sns_topic": {"ops": {"name": "ops"}},
        "aws_sns_topic_subscription": {
            "mail": {"topic_arn": TOPIC, "protocol": "email", "endpoint": "ops@example.com"}
        },
        "aws_cloudwatch_metric_alarm": {"nat": alarm(threshold)},
        "aws_route53_resolver_firewall_rule_group": {"g": {"name": "edge"}},
        "aws_route53_resolver_firewall_rule_group_association": {
            "a": {
                "name": "edge",
                "vpc_id": "${aws_vpc.v.id}",
                "priority": 101,
                "firewall_rule_group_id": "${aws_route53_resolver_firewall_rule_group.g.id}",
            }
        },
        "aws_route53_resolver_firewall_domain_list": {f"l{key}": each["list"] for key, each in overrides.items()},
        "aws_route53_resolver_firewall_rule": {f"r{key}": each["rule"] for key, each in overrides.items()},
    }
    for zone in "ab":
        subnet = {"vpc_id": "${aws_vpc.v.id}", "availability_zone": f"us-east-1{zone}"}
        resources["aws_subnet"][f"private-{zone}"] = {**subnet, "cidr_block": f"10.0.{ord(zone)}.0/24"}
        resources["aws_subnet"][f"public-{zone}"] = {**subnet, "cidr_block": f"10.0.1{ord(zone)}.0/24"}
        resources["aws_route_table"][f"private-{zone}"] = {"vpc_id": "${aws_vpc.v.id}"}
        resources["aws_route_table_association"][f"private-{zone}"] = {
            "subnet_id": f"${{aws_subnet.private-{zone}.id}}",
            "route_table_id": f"${{aws_route_table.private-{zone}.id}}",
        }
        gateway = zone if zone in zones else zones[0]
        resources["aws_route"][zone] = {
            "route_table_id": f"${{aws_route_table.private-{zone}.id}}",
            "destination_cidr_block": "0.0.0.0/0",
            "nat_gateway_id": f"${{aws_nat_gateway.{gateway}.id}}",
        }
    for zone in zones:
        resources["aws_nat_gateway"][zone] = {
            "subnet_id": f"${{aws_subnet.public-{zone}.id}}",
            "allocation_id": f"${{aws_eip.{zone}.id}}",
        }
    return {"resource": {kind: named for kind, named in resources.items() if named}}


BEFORE = stack()
AFTER = stack(threshold=20, zones="a", names={"hub.example.com": "hub.elsewhere.", "new.example.com": "new.internal."})


def write(folder: Path, name: str, document: dict[str, Any]) -> Path:
    """Write a stack as ``cdktf synth`` does, and return its folder."""
    (folder / name).mkdir()
    (folder / name / "cdk.tf.json").write_text(json.dumps(document), encoding="utf-8")
    return folder / name


def history(folder: Path) -> list[str]:
    """Write two hours of minutes with ten bad ones, and return the options that name them."""
    rows = [f"{START + 60 * minute},{9 if 60 <= minute < 70 else 1}" for minute in range(120)]
    (folder / "m.csv").write_text("\n".join(["time,bytes", *rows]), encoding="utf-8")
    line = "bytes = Sum of AWS/NATGateway/BytesOutToDestination{NatGatewayId=${aws_nat_gateway.a.id}}"
    return ["--metrics", str(folder / "m.csv"), "--map", line]
