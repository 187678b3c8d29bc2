"""Assertions on a template, and what their failures say."""

from __future__ import annotations

import json
import re
from typing import Any

import cdktf
import constructs
import jsii
import pytest
from cdktf_cdktf_provider_aws.data_aws_region import DataAwsRegion
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription

from northsouth.template import TemplateError
from northsouth.testing import (
    Annotation,
    Capture,
    Template,
    absent,
    annotations_of,
    any_value,
    containing,
    exactly,
    json_text,
    matching,
    not_,
    refers_to,
    synthesize,
)

POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Read", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "${aws_s3_bucket.logs.arn}/*"},
            {"Sid": "Tls", "Effect": "Deny", "Action": "s3:*", "Principal": "*"},
        ],
    }
)
DOCUMENT: dict[str, Any] = {
    "locals": {"network": "${aws_vpc.main.id}"},
    "data": {"aws_region": {"here": {}}},
    "output": {"vpc": {"value": "${aws_vpc.main.id}", "description": "its id"}},
    "variable": {"region": {"type": "string", "default": "us-east-1"}},
    "module": {"hub": {"source": "./hub", "vpc_id": "${local.network}"}},
    "provider": {"aws": [{"region": "${var.region}"}, {"alias": "eu", "region": "eu-west-1"}]},
    "terraform": {"backend": {"s3": {"bucket": "acme-state", "use_lockfile": True}}, "required_version": ">= 1.9"},
    "moved": [{"from": "aws_vpc.old", "to": "aws_vpc.main"}],
    "import": [{"to": "aws_s3_bucket.logs", "id": "acme-logs"}],
    "removed": [{"from": "aws_eip.nat", "lifecycle": {"destroy": False}}],
    "resource": {
        "aws_vpc": {"main": {"cidr_block": "10.0.0.0/16", "tags": {"Name": "hub", "Team": "edge"}}},
        "aws_subnet": {
            "a": {"vpc_id": "${aws_vpc.main.id}", "availability_zone": "us-east-1a", "cidr_block": "10.0.0.0/24"},
            "b": {"vpc_id": "${local.network}", "availability_zone": "us-east-1b", "cidr_block": "10.0.1.0/24"},
        },
        "aws_s3_bucket": {"logs": {"bucket": "acme-logs"}},
        "aws_s3_bucket_policy": {"logs": {"bucket": "${aws_s3_bucket.logs.id}", "policy": POLICY}},
        "aws_security_group": {"s": {"ingress": [{"from_port": 443, "cidr_blocks": ["10.0.0.0/8", "172.16.0.0/12"]}]}},
    },
}


@pytest.fixture(scope="module")
def template() -> Template:
    return Template.from_document(json.dumps(DOCUMENT))


@pytest.mark.parametrize(
    ("what", "arguments"),
    [
        ("aws_vpc", {"cidr_block": "10.0.0.0/16"}),
        ("aws_vpc.main", {"tags": {"Name": "hub"}}),
        ("data.aws_region", None),
        ("data.aws_region.here", {}),
        ("aws_vpc", {"cidr_block": any_value(), "instance_tenancy": absent()}),
        ("output.vpc", {"value": refers_to("aws_vpc.main", "id")}),
        ("variable", {"default": "us-east-1"}),
        ("var.region", {"type": "string"}),
        ("local.network", {"value": refers_to("aws_vpc")}),
        ("module.hub", {"source": "./hub", "vpc_id": refers_to("aws_vpc.main")}),
        ("provider.aws.eu", {"region": "eu-west-1", "alias": "eu"}),
        ("provider.aws", {"alias": absent()}),
        ("backend.s3", {"bucket": "acme-state", "use_lockfile": True}),
        ("terraform", {"required_version": ">= 1.9"}),
        ("moved", {"from": "aws_vpc.old", "to": "aws_vpc.main"}),
        ("import", {"id": "acme-logs"}),
        ("removed", {"lifecycle": {"destroy": False}}),
        ("aws_vpc", {"cidr_block": matching(r"^10\."), "tags": not_({"Name": "spoke"})}),
        ("aws_vpc", {"tags": exactly({"Name": "hub", "Team": matching("e")})}),
        ("aws_subnet.a", {"vpc_id": refers_to("aws_vpc.main", "id")}),
        ("aws_subnet.b", {"vpc_id": refers_to("aws_vpc")}),
        ("aws_security_group", {"ingress": {"cidr_blocks": containing("172.16.0.0/12")}}),
        ("aws_security_group", {"ingress": containing({"from_port": 443})}),
        ("aws_security_group", {"ingress": [{"cidr_blocks": ["10.0.0.0/8", any_value()]}]}),
        ("aws_s3_bucket_policy", {"policy": json_text({"Statement": containing({"Sid": "Tls", "Effect": "Deny"})})}),
        ("aws_s3_bucket_policy", {"policy": json_text({"Statement": containing({"Action": containing("s3:*")})})}),
        (
            "aws_s3_bucket_policy",
            {"policy": json_text({"Statement": containing({"Resource": refers_to("aws_s3_bucket.logs", "arn")})})},
        ),
    ],
)
def test_what_is_declared_is_found(template: Template, what: str, arguments: object) -> None:
    assert len(template.assert_resource(what, arguments)) == 1


@pytest.mark.parametrize(
    ("what", "arguments", "message"),
    [
        (
            "aws_subnet",
            {"availability_zone": "us-east-1b", "cidr_block": "10.0.0.0/24", "vpc_id": any_value()},
            r'among 2; closest is aws_subnet.a:\n  availability_zone: expected "us-east-1b", is "us-east-1a"$',
        ),
        ("aws_vpcs", None, "there is no aws_vpcs; did you mean aws_vpc"),
        ("provider.gcp", None, "there is no provider.gcp; did you mean provider.aws"),
        ("moved", {"to": "aws_vpc.x"}, 'closest is moved.0:\n  to: expected "aws_vpc.x", is "aws_vpc.main"'),
        ("aws_vpc.other", None, r"there is no aws_vpc.other; did you mean aws_vpc.main\?"),
        ("aws_vpc", {"tags": {"Name": absent()}}, 'tags.Name: expected absent, is "hub"'),
        ("aws_vpc", {"ipv6": any_value()}, "ipv6: expected any value, is absent"),
        ("aws_vpc", {"tags": exactly({"Name": "hub"})}, 'tags.Team: expected absent, is "edge"'),
        ("aws_vpc", {"tags": ["a"]}, r'tags: expected \["a"\], is {"Name": "hub", "Team": "edge"}'),
        ("aws_vpc", {"cidr_block": not_(matching("^10"))}, "expected anything but a text matching /"),
        ("aws_vpc", {"cidr_block": json_text({})}, "cidr_block: expected a text that is JSON, is"),
        ("aws_vpc", {"cidr_block": True}, 'cidr_block: expected true, is "10.0.0.0/16"'),
        ("aws_vpc", {"cidr_block": {"a": 1}}, r'cidr_block: expected {a: 1}, is "10'),
        ("aws_subnet.a", {"vpc_id": refers_to("aws_vpc.main", "arn")}, "a reference to aws_vpc.main.arn, is aws"),
        ("aws_security_group", {"ingress": {"cidr_blocks": ["10.0.0.0/8"]}}, "expected a list of 1, is one of 2"),
        ("aws_security_group", {"ingress": {"cidr_blocks": containing("10.9.0.0/16")}}, 'a member "10.9.0.0/16", is'),
        ("aws_security_group", {"egress": containing("x")}, 'egress: expected a member "x", is nothing'),
        (
            "aws_s3_bucket_policy",
            {"policy": json_text({"Statement": containing({"Sid": "Tls", "Effect": "Allow"})})},
            r'policy.Statement\[1\].Effect: expected "Allow", is "Deny"',
        ),
    ],
)  # fmt: skip
def test_a_failure_says_what_comes_closest_and_why(
    template: Template, what: str, arguments: object, message: str
) -> None:
    with pytest.raises(AssertionError, match=message):
        template.assert_resource(what, arguments)
    template.assert_absent(what, arguments if arguments is not None else {})


def test_counts(template: Template) -> None:
    template.assert_count("aws_subnet", 2)
    template.assert_count("aws_subnet", 1, {"availability_zone": "us-east-1a"})
    template.assert_count("aws_eip", 0)
    with pytest.raises(
        AssertionError, match=re.escape("expected 1 of aws_subnet, found 2: aws_subnet.a, aws_subnet.b")
    ):
        template.assert_count("aws_subnet", 1)
    with pytest.raises(
        AssertionError, match=r"expected 2 of aws_vpc with .*, found 0\nno aws_vpc with .* among 1; closest"
    ):
        template.assert_count("aws_vpc", 2, {"cidr_block": "10.1.0.0/16"})


def test_absence_and_the_only_one(template: Template) -> None:
    template.assert_absent("aws_eip")
    with pytest.raises(AssertionError, match=r"expected no aws_vpc, found aws_vpc\.main"):
        template.assert_absent("aws_vpc")
    assert template.one("aws_vpc").address == "aws_vpc.main"
    with pytest.raises(AssertionError, match="2 resources match aws_subnet"):
        template.one("aws_subnet")
    with pytest.raises(AssertionError, match="there is no aws_eip"):
        template.one("aws_eip")


def test_every_resource_of_a_type(template: Template) -> None:
    assert len(template.assert_all("aws_subnet", {"vpc_id": refers_to("aws_vpc.main")})) == 2
    assert len(template.assert_all("provider.aws", {"region": any_value()})) == 2
    with pytest.raises(AssertionError) as failed:
        template.assert_all("aws_subnet", {"availability_zone": "us-east-1a", "map": absent()})
    assert str(failed.value) == (
        "1 of 2 aws_subnet are not as expected:\n"
        '  aws_subnet.b availability_zone: expected "us-east-1a", is "us-east-1b"'
    )
    with pytest.raises(AssertionError, match="there is no aws_eip"):
        template.assert_all("aws_eip", {})


def test_captured_values_are_those_of_what_matches(template: Template) -> None:
    block = Capture()
    template.assert_resource("aws_subnet", {"availability_zone": "us-east-1b", "cidr_block": block})
    assert block.value == "10.0.1.0/24"
    every = Capture(matching("^10"))
    template.assert_all("aws_subnet", {"cidr_block": every})
    assert every.values == ["10.0.0.0/24", "10.0.1.0/24"]
    with pytest.raises(AssertionError, match=r'expected one captured value, found 2: \["10'):
        _ = every.value
    none = Capture(matching("^11"))
    template.assert_absent("aws_subnet", {"cidr_block": none})
    with pytest.raises(AssertionError, match="expected one captured value, found 0"):
        _ = none.value


def test_capturing_within_a_policy_takes_the_member_that_matches(template: Template) -> None:
    action, output = Capture(), Capture()
    statement = {"Action": action, "Sid": "Tls"}
    template.assert_resource("aws_s3_bucket_policy", {"policy": json_text({"Statement": containing(statement)})})
    assert action.value == "s3:*"
    template.assert_output("vpc", output)
    assert output.value == "${aws_vpc.main.id}"
    ignored = Capture()
    template.assert_absent("aws_vpc", {"cidr_block": not_(ignored)})
    assert ignored.values == []


def test_references(template: Template) -> None:
    template.assert_reference("aws_subnet", "vpc_id", "aws_vpc.main")
    template.assert_reference("aws_subnet.a", "vpc_id", template.one("aws_vpc"), "id")
    with pytest.raises(
        AssertionError, match=r"aws_subnet.a vpc_id: expected a reference to aws_eip, is aws_vpc.main.id"
    ):
        template.assert_reference("aws_subnet", "vpc_id", "aws_eip")


def test_outputs(template: Template) -> None:
    assert template.assert_output("vpc", matching("aws_vpc")) == "${aws_vpc.main.id}"
    with pytest.raises(AssertionError, match="there is no output 'ips'; there are vpc"):
        template.assert_output("ips")
    with pytest.raises(AssertionError, match=r'no output.vpc with .*\n  value: expected "x", is aws_vpc.main.id'):
        template.assert_output("vpc", "x")


def test_policies_as_json(template: Template) -> None:
    policy: Any = template.json("aws_s3_bucket_policy", "policy")
    assert [statement["Sid"] for statement in policy["Statement"]] == ["Read", "Tls"]
    with pytest.raises(AssertionError, match=r"aws_vpc.main cidr_block is no JSON but"):
        template.json("aws_vpc", "cidr_block")


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(TemplateError):
        Template.from_document({"format_version": 1, "resource_changes": []})
    with pytest.raises(TypeError, match="a JSON object, not list"):
        Template.from_document("[]")
    with pytest.raises(TypeError, match="a TerraformStack is needed, not int"):
        Template.from_stack(1)
    with pytest.raises(TypeError, match="a resource type, an address, or a resource of the CDK"):
        Template.from_document(DOCUMENT).find(1)
    with pytest.raises(TypeError, match="a decoded document is needed, not str"):
        Template("{}")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not a regular expression: missing"):
        matching("(")


@jsii.implements(constructs.IValidation)
class Refusal:
    def validate(self) -> list[str]:
        return ["the topic has no name", "and no owner"]


def test_a_stack_its_resources_and_its_validations() -> None:
    stack = cdktf.TerraformStack(cdktf.Testing.app(), "edge")
    AwsProvider(stack, "aws", region="us-east-1")
    topic = SnsTopic(stack, "topic", name="alerts")
    subscription = SnsTopicSubscription(stack, "mail", topic_arn=topic.arn, protocol="email", endpoint="a@example.com")
    template = Template.from_stack(stack)
    template.assert_resource(topic, {"name": "alerts"})
    template.assert_reference(subscription, "topic_arn", topic, "arn")
    assert template.declared.source == "edge"
    constructs.Construct(topic, "inner").node.add_validation(Refusal())
    with pytest.raises(RuntimeError, match=r"the topic has no name\n.*and no owner"):
        synthesize(stack)


def test_classes_and_objects_of_the_cdk_name_what_they_are() -> None:
    stack = cdktf.TerraformStack(cdktf.Testing.app(), "edge")
    provider = AwsProvider(stack, "aws", region="us-east-1")
    europe = AwsProvider(stack, "eu", region="eu-west-1", alias="eu")
    here = DataAwsRegion(stack, "here")
    SnsTopic(stack, "topic", name="alerts")
    template = Template.from_stack(stack)
    template.assert_count(SnsTopic, 1, {"name": "alerts"})
    template.assert_count(DataAwsRegion, 1)
    assert template.one(here).address == "data.aws_region.here"
    template.assert_count(AwsProvider, 2)
    assert template.one(europe).values["region"] == "eu-west-1"
    assert template.find(provider, {"alias": absent()})[0].address == "provider.aws"
    template.assert_absent(SnsTopicSubscription)
    with pytest.raises(AssertionError, match="there is no aws_sns_topic_subscription; did you mean aws_sns_topic"):
        template.assert_resource(SnsTopicSubscription)


def test_annotations_and_the_problems_of_validations() -> None:
    stack = cdktf.TerraformStack(cdktf.Testing.app(), "edge")
    AwsProvider(stack, "aws", region="us-east-1")
    topic = SnsTopic(stack, "topic", name="alerts")
    cdktf.Annotations.of(topic).add_warning("nobody subscribes")
    cdktf.Annotations.of(stack).add_info("made for a test")
    topic.node.add_validation(Refusal())
    assert annotations_of(stack) == (
        Annotation("info", "edge", "made for a test"),
        Annotation("warning", "edge/topic", "nobody subscribes"),
        Annotation("validation", "edge/topic", "the topic has no name"),
        Annotation("validation", "edge/topic", "and no owner"),
    )
    assert str(annotations_of(topic)[0]) == "warning at edge/topic: nobody subscribes"
    with pytest.raises(TypeError, match="a construct is needed, not int"):
        annotations_of(1)
