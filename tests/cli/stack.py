"""A small stack with an override, an override known only after apply, a block and two VPCs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PREFIX = "aws_route53_resolver_firewall_"


def _reference(kind: str, name: str) -> str:
    return f"${{{PREFIX}{kind}.{name}.id}}"


def _rule(name: str, priority: int, **settings: Any) -> dict[str, Any]:
    return {
        "name": name,
        "priority": priority,
        "firewall_domain_list_id": _reference("domain_list", name),
        "firewall_rule_group_id": _reference("rule_group", "hub"),
        **settings,
    }


def _override(name: str, priority: int, target: str, ttl: int = 60) -> dict[str, Any]:
    return _rule(
        name,
        priority,
        action="BLOCK",
        block_response="OVERRIDE",
        block_override_dns_type="CNAME",
        block_override_domain=target,
        block_override_ttl=ttl,
    )


STACK: dict[str, Any] = {
    "resource": {
        "aws_vpc": {
            "main": {"tags": {"Name": "prod"}, "enable_dns_hostnames": True},
            "other": {"tags": {"Name": "other"}},
        },
        f"{PREFIX}domain_list": {
            "api": {"domains": ["api.example.com."]},
            "login": {"domains": ["login.example.com."]},
            "gone": {"domains": ["*.gone.example."]},
            "empty": {"domains": ["empty.example."]},
            "fine": {"domains": ["fine.example."]},
            "ring": {"domains": ["*.ring.example."]},
        },
        f"{PREFIX}rule_group": {"hub": {"name": "hub"}},
        f"{PREFIX}rule": {
            "api": _override("api", 110, "api.internal.example.net."),
            "login": _override("login", 120, "${aws_lb.hub.dns_name}.", ttl=30),
            "gone": _rule("gone", 130, action="BLOCK", block_response="NXDOMAIN"),
            "empty": _rule("empty", 140, action="BLOCK", block_response="NODATA"),
            "fine": _rule("fine", 150, action="ALERT"),
            "ring": _override("ring", 160, "a.ring.example."),
            "managed": {
                **_rule("managed", 170, action="BLOCK", block_response="NXDOMAIN", q_type="TXT"),
                "firewall_domain_list_id": "rslvr-fdl-managed",
            },
        },
        f"{PREFIX}rule_group_association": {
            "main": {
                "firewall_rule_group_id": _reference("rule_group", "hub"),
                "vpc_id": "${aws_vpc.main.id}",
                "priority": 101,
            }
        },
        "aws_route53_zone": {"net": {"name": "example.net", "vpc": {"vpc_id": "${aws_vpc.main.id}"}}},
        "aws_route53_record": {
            "api": {
                "zone_id": "${aws_route53_zone.net.id}",
                "name": "api.internal",
                "type": "A",
                "records": ["10.0.0.9"],
            }
        },
    }
}


def write(directory: Path, document: dict[str, Any] = STACK, *, name: str = "example") -> Path:
    """Write a document where ``cdktf synth`` would, below ``directory``."""
    file = directory / "cdktf.out" / "stacks" / name / "cdk.tf.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(document))
    return file
