"""What can be a target, and what a declaration may say."""

from types import SimpleNamespace
from typing import Any

import pytest

from northsouth.dns.overrides import Override, OverrideSet, RuleAction, target_name


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("hub.internal", "hub.internal"),
        ("${aws_lb.hub.dns_name}", "${aws_lb.hub.dns_name}"),
        (SimpleNamespace(dns_name="lb.example"), "lb.example"),
        (SimpleNamespace(fqdn="record.example"), "record.example"),
        (
            SimpleNamespace(dns_entry=SimpleNamespace(get=lambda _: SimpleNamespace(dns_name="vpce.example"))),
            "vpce.example",
        ),
        (SimpleNamespace(dns_entry=[]), None),
        (SimpleNamespace(dns_name=None), None),
        (5, None),
    ],
)
def test_the_name_of_a_target(target: Any, name: str | None) -> None:
    assert target_name(target) == name


def test_a_set_takes_a_mapping_or_pairs() -> None:
    pairs = [("a.example", "x.y"), ("b.example", Override("x.z", priority=100))]
    assert [*OverrideSet("hub", 5, dict(pairs)).pairs()] == [*OverrideSet("hub", 5, pairs).pairs()]
    assert next(iter(OverrideSet("hub", 5, pairs).pairs())) == ("a.example", Override("x.y"))


def test_actions_cannot_contradict_themselves() -> None:
    assert (RuleAction.allow().action, RuleAction.allow().response) == ("ALLOW", None)
    assert (RuleAction.alert().action, RuleAction.alert().response) == ("ALERT", None)
    assert RuleAction.block_nodata().response == "NODATA"
    assert RuleAction.block_nxdomain().response == "NXDOMAIN"
    assert RuleAction.override("x.y", ttl=5) == RuleAction("BLOCK", "OVERRIDE", "x.y", 5)
