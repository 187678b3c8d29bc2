"""Requests are checked against botocore's own model, as AWS does it."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.core.utils import get_service_model

from northsouth.emulator.request_check import compiled

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


SERVICES = (
    *("amp", "athena", "chatbot", "cloudwatch", "ec2", "elbv2", "events", "firehose", "glue", "iam", "kms", "lambda"),
    *("logs", "pipes", "ram", "route53", "route53resolver", "s3", "scheduler", "secretsmanager", "sns", "sqs"),
    *("stepfunctions", "sts"),
)


def patterns(service: str) -> set[str]:
    model = get_service_model(service)
    return {model.shape_for(name).metadata.get("pattern", "") for name in model.shape_names}


@pytest.mark.parametrize("service", SERVICES)
def test_every_pattern_of_the_services_is_compiled(service: str) -> None:
    for pattern in patterns(service):
        compiled(pattern)


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*", "a\t\U0001f600", "a\n"),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", "état 1", "a|b"),
        (r"[\w-_]*", "a-b", "a b"),
        (r"[\p{Print}&&[^|:/]]+", "a b", "a|b"),
        (r"[\w!\x{60}-]+", "a`b", "a b"),
        (r"[0-9a-zA-Z]{11}{0,1011}", "a" * 11, "a" * 10),
        (r"\A[a-zA-Z0-9_]+\z", "a_1", "a-1"),
        (r"(?!(?i)AWS_)[a-zA-Z_]+", "mine", "aws_a"),
        (r"[\p{all}]*", "a\n\U0001f600", None),
        (r"^(\p{LD}|\p{Punct}| )+$", "a1 !", "\t"),
        (r"\w+", "a_1", "é"),
    ],
)
def test_a_pattern_means_what_it_means_in_java(pattern: str, fits: str, does_not: str | None) -> None:
    assert compiled(pattern).fullmatch(fits)
    assert does_not is None or not compiled(pattern).fullmatch(does_not)
