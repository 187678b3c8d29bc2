"""What is beside the records: metrics and twins."""

import json
from pathlib import Path
from typing import Any

import pytest

from northsouth.dns.deployed import read_ruleset
from northsouth.egress.flows.control import read_control
from northsouth.egress.flows.twins import resolutions
from northsouth.errors import ConfigurationError
from northsouth.template import parse


def metric(label: str, *values: float) -> dict[str, Any]:
    times = [f"2026-10-01T00:0{minute}:00+00:00" for minute in range(len(values))]
    return {"Id": "m", "Label": label, "Timestamps": times, "Values": list(values)}


START = 1_790_812_800


def test_the_control_total_is_the_sum_of_both_directions_in_the_window(tmp_path: Path) -> None:
    path = tmp_path / "metric.json"
    answers = [metric("nat-1 BytesInFromSource", 1, 2, 4), metric("nat-1 BytesInFromDestination", 8, 16, 32)]
    path.write_text(json.dumps({"MetricDataResults": answers}))
    control = read_control(path, START, START + 120)
    assert (control.counted, control.both) == (27, True)
    path.write_text(json.dumps([{"MetricDataResults": answers[:1]}]))
    assert not read_control(path, START, START + 60).both


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"MetricDataResults": [metric("BytesOutToSource", 1)]}, "a series 'BytesOutToSource m'"),
        ({"MetricDataResults": []}, "no point between"),
        ({"MetricDataResults": [metric("BytesInFromSource")]}, "no point between"),
        ({"Datapoints": []}, "JSON of another form"),
        ("x", "JSON of another form"),
    ],
)
def test_other_metrics_are_refused(tmp_path: Path, document: object, message: str) -> None:
    path = tmp_path / "metric.json"
    path.write_text(json.dumps(document))
    with pytest.raises(ConfigurationError, match=message):
        read_control(path, START, START + 60)


def test_a_twin_is_resolved_before_and_after() -> None:
    today, then = resolutions(None, {"CDN.example": "cdn.internal.example"})["cdn.example"]
    assert today.endswith("cdn.example is passed, clients connect to cdn.example")
    assert then.endswith("cdn.example is overridden, clients connect to cdn.internal.example")


def test_a_twin_that_is_overridden_already_says_so() -> None:
    prefix = "aws_route53_resolver_firewall_"
    vpc_id = "${aws_vpc.main.id}"
    resources = {
        "aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}},
        f"{prefix}domain_list": {"l": {"name": "l", "domains": ["cdn.example."]}},
        f"{prefix}rule_group": {"g": {"name": "g"}},
        f"{prefix}rule": {
            "r": {
                "name": "r", "priority": 1, "action": "BLOCK", "block_response": "OVERRIDE",
                "block_override_domain": "old.internal.example", "block_override_dns_type": "CNAME",
                "block_override_ttl": 60, "firewall_rule_group_id": f"${{{prefix}rule_group.g.id}}",
                "firewall_domain_list_id": f"${{{prefix}domain_list.l.id}}",
            }
        },
        f"{prefix}rule_group_association": {
            "a": {
                "name": "a", "priority": 101, "vpc_id": vpc_id,
                "firewall_rule_group_id": f"${{{prefix}rule_group.g.id}}",
            }
        },
    }  # fmt: skip
    rules = read_ruleset(parse({"resource": resources}))
    today, then = resolutions(rules, {"cdn.example": "new.internal.example"})["cdn.example"]
    assert "clients connect to old.internal.example" in today
    assert "clients connect to new.internal.example" in then


def test_a_twin_that_is_no_name_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="Write --twin"):
        resolutions(None, {"cdn.example": "not a name"})
