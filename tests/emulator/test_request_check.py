"""Requests are checked against botocore's own model, as AWS does it."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

CREATE = {"CreatorRequestId": "1", "Name": "hub"}


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ({"Name": "hub"}, "Value null at 'creatorRequestId' failed to satisfy constraint: Member must not be null"),
        ({**CREATE, "Name": "a" * 65}, "have length less than or equal to 64"),
        ({**CREATE, "Name": "123"}, "satisfy regular expression pattern"),
        ({**CREATE, "Name": "a.b"}, "satisfy regular expression pattern"),
        ({**CREATE, "CreatorRequestId": ""}, "have length greater than or equal to 1"),
        ({**CREATE, "Tags": [{"Key": "a"}]}, "at 'tags.1.member.value'"),
        ({**CREATE, "Tags": {"a": "b"}}, "at 'tags' failed to satisfy constraint: Member must be a list"),
    ],
)
def test_a_request_that_does_not_fit_its_shape_is_refused(
    resolver: Any, parameters: dict[str, Any], complaint: str
) -> None:
    resolver.meta.events.register("before-call", lambda params, **_: params.update(body=_json(parameters)))
    with pytest.raises(ClientError, match="ValidationException") as refusal:
        resolver.create_firewall_domain_list(**CREATE)
    assert complaint in str(refusal.value)


def test_all_faults_are_reported_at_once(resolver: Any) -> None:
    with pytest.raises(ClientError, match="2 validation errors detected"):
        resolver.create_firewall_domain_list(CreatorRequestId="", Name="1")


def test_an_unknown_member_is_refused(resolver: Any) -> None:
    resolver.meta.events.register("before-call", lambda params, **_: params.update(body=_json({**CREATE, "Nmae": "x"})))
    with pytest.raises(ClientError, match="'nmae'"):
        resolver.create_firewall_domain_list(**CREATE)


@pytest.mark.parametrize(
    ("action", "ttl", "complaint"),
    [("DROP", 1, "enum value set"), ("BLOCK", 604_801, "less than or equal to 604800"), ("BLOCK", -1, "greater than")],
)
def test_enums_and_ranges(resolver: Any, action: str, ttl: int, complaint: str) -> None:
    with pytest.raises(ClientError, match=complaint):
        resolver.create_firewall_rule(
            CreatorRequestId="1",
            FirewallRuleGroupId="g",
            FirewallDomainListId="l",
            Priority=1,
            Action=action,
            Name="a",
            BlockOverrideTtl=ttl,
        )


def _json(parameters: dict[str, Any]) -> bytes:
    return json.dumps(parameters).encode()
