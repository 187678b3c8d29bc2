"""What is adopted, what is left out and why, and what to give to which construct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from northsouth.adoption.existing import Existing
from northsouth.adoption.matching import match
from northsouth.adoption.writing import Adoption, adoption, as_data, as_text, removed_blocks
from northsouth.template import parse
from tests.adoption.test_matching import FIREWALL, address, firewall, gateway, made, stack


def adopted(document: dict[str, Any], *existing: Existing, same_state: bool = False) -> Adoption:
    return adoption(match(parse(document), existing), same_state=same_state)


def at(path: str, **arguments: Any) -> dict[str, Any]:
    """Return arguments with the path of the construct, as the CDK writes it."""
    return {**arguments, "//": {"metadata": {"path": path}}}


def nat(**tags: str) -> dict[str, Any]:
    return stack(
        aws_eip={
            "a": at("edge/nat/addresses", for_each={"us-east-1a": "g"}, domain="vpc", tags={"Name": "nat-us-east-1a"})
        },
        aws_nat_gateway={
            "a": at(
                "edge/nat/gateway-us-east-1a",
                subnet_id="subnet-a",
                allocation_id='${aws_eip.a["us-east-1a"].allocation_id}',
                tags={"Name": "nat-us-east-1a", **tags},
            )
        },
    )


def test_blocks_name_instances_and_refuse_the_version_that_skips_them() -> None:
    found = adopted(nat(), gateway("a"), address("a"))
    assert found.document() == {
        "terraform": {"required_version": ">= 1.5.0, != 1.16.0"},
        "import": [
            {"to": 'aws_eip.a["us-east-1a"]', "id": "eipalloc-a"},
            {"to": "aws_nat_gateway.a", "id": "nat-a"},
        ],
    }


def test_a_gateway_without_its_address_is_not_imported() -> None:
    found = adopted(nat(), gateway("a"))
    assert found.imported == ()
    [left] = found.left_out
    assert left.address == "aws_nat_gateway.a"
    assert 'allocation_id would be that of aws_eip.a["us-east-1a"], which is not adopted' in left.reason


def test_an_address_without_its_gateway_is_not_imported() -> None:
    found = adopted(nat(), gateway("a", private_ip="10.0.0.9", connectivity_type="public"), address("a"))
    assert len(found.imported) == 2
    document = nat()
    document["resource"]["aws_nat_gateway"]["a"]["private_ip"] = "10.0.0.4"
    found = adopted(document, gateway("a", private_ip="10.0.0.9"), address("a"))
    assert found.imported == ()
    assert {each.address for each in found.left_out} == {"aws_nat_gateway.a", 'aws_eip.a["us-east-1a"]'}


def test_names_and_tags_to_give() -> None:
    existing = gateway("a", tags={"Name": "prod-a", "team": "edge", "aws:cloudformation:stack-name": "Edge"})
    found = adopted(
        nat(), existing, made("aws_eip", id="eipalloc-a", allocation_id="eipalloc-a", tags={"team": "edge"})
    )
    [given] = found.advice
    assert given.path == "nat"
    assert given.names == {"aws_eip": {"nat-us-east-1a": ""}, "aws_nat_gateway": {"nat-us-east-1a": "prod-a"}}
    assert given.tags == {"team": "edge"}
    assert given.python()[1] == 'tags={"team": "edge"},'
    assert given.toml()[:2] == ["[nat.names.aws_eip]", '"nat-us-east-1a" = ""']
    assert set(found.changed) == {'aws_eip.a["us-east-1a"]', "aws_nat_gateway.a"}


def test_what_aws_cannot_rename_is_left_out_with_what_depends_on_it() -> None:
    found = adopted(FIREWALL, *firewall("legacy", "a.example."))
    assert found.imported == ()
    reasons = {
        each.address.partition(".")[0].removeprefix("aws_route53_resolver_firewall_"): each.reason
        for each in found.left_out
    }
    assert reasons.keys() == {"domain_list", "rule_group", "rule"}
    assert "name is 'legacy' and declared 'dns-a'" in reasons["domain_list"]
    assert "would be replaced" in reasons["rule"]


def test_a_state_of_its_own_is_moved() -> None:
    existing = Existing("aws_nat_gateway", "nat-a", gateway("a").values, "module.vpc.aws_nat_gateway.this[0]")
    eip = Existing("aws_eip", "eipalloc-a", address("a").values, "module.vpc.aws_eip.nat[0]")
    assert adopted(nat(), existing, eip, same_state=True).document() == {
        "moved": [
            {"from": "module.vpc.aws_eip.nat[0]", "to": 'aws_eip.a["us-east-1a"]'},
            {"from": "module.vpc.aws_nat_gateway.this[0]", "to": "aws_nat_gateway.a"},
        ]
    }
    other = adopted(nat(), existing, eip)
    assert removed_blocks(other.forgotten()) == [
        {"from": "module.vpc.aws_eip.nat", "lifecycle": {"destroy": False}},
        {"from": "module.vpc.aws_nat_gateway.this", "lifecycle": {"destroy": False}},
    ]
    assert "removed { from = module.vpc.aws_eip.nat, lifecycle { destroy = false } }" in as_text(other, "f")


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ('module.a["x.y]"].aws_eip.b["k"]', "module.a.aws_eip.b"),
        ("aws_eip.b[0]", "aws_eip.b"),
        ("module.v.aws_eip.b", "module.v.aws_eip.b"),
    ],
)
def test_removed_blocks_name_whole_resources(address: str, block: str) -> None:
    assert removed_blocks([address])[0]["from"] == block


POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["a", "b"], "Resource": ["r"]}]}'
SAME_POLICY = '{"Statement":[{"Action":["b","a"],"Effect":"Allow","Resource":"r"}],"Version":"2012-10-17"}'


@pytest.mark.parametrize(
    ("declared", "there", "places"),
    [
        ({"threshold": 5}, {"threshold": 5.0}, []),
        ({"threshold": 5}, {"threshold": 6}, ["threshold"]),
        ({"period": "60"}, {"period": 60}, []),
        ({"alarm_actions": ["b", "a"]}, {"alarm_actions": ["a", "b"]}, []),
        ({}, {"alarm_actions": ["a"]}, ["alarm_actions"]),
        ({}, {"alarm_actions": []}, []),
        ({"tags": {"a": "b"}}, {"tags_all": {"a": "b", "aws:x": "y"}}, []),
        ({"tags": {"a": "b"}}, {"tags": {"a": "c"}}, ["tags.a"]),
        ({"tags": {"a": "${var.x}"}}, {"tags": {"a": "c"}}, []),
        ({"alarm_description": "${local.x}"}, {"alarm_description": "y"}, []),
        ({"ok_actions": []}, {}, []),
    ],
)
def test_differences(declared: Mapping[str, Any], there: Mapping[str, Any], places: list[str]) -> None:
    document = stack(aws_cloudwatch_metric_alarm={"a": {"alarm_name": "a", **declared}})
    [fit] = adopted(document, made("aws_cloudwatch_metric_alarm", alarm_name="a", **there)).imported
    assert [each.path for each in fit.differences] == places


@pytest.mark.parametrize(("there", "changes"), [(SAME_POLICY, 0), (POLICY.replace("Allow", "Deny"), 1)])
def test_policies_are_compared_as_aws_does(there: str, changes: int) -> None:
    document = stack(aws_s3_bucket_policy={"p": {"bucket": "logs", "policy": POLICY}})
    found = adopted(document, made("aws_s3_bucket_policy", bucket="logs", policy=there))
    assert len(found.changed) == changes


def test_blocks_are_compared_by_what_is_declared() -> None:
    document = stack(
        aws_s3_bucket_versioning={"v": {"bucket": "logs", "versioning_configuration": {"status": "Enabled"}}}
    )
    settings = [{"status": "Enabled", "mfa_delete": ""}]
    found = adopted(document, made("aws_s3_bucket_versioning", bucket="logs", versioning_configuration=settings))
    assert found.complete


def test_the_report_counts_what_the_plan_will_say() -> None:
    document = nat() | {"output": {}}
    document["resource"]["terraform_data"] = {"roster": {}}
    text = as_text(adopted(document, gateway("a"), address("a"), address("z")), "imports.tf.json")
    assert "2 to import, written to imports.tf.json" in text
    assert "terraform plan should say: 2 to import, 1 to add, 0 to change, 0 to destroy" in text
    assert "These exist, and nothing is declared for them:\n  aws_eip eipalloc-z" in text
    many = [address(f"z{number}") for number in range(30)]
    assert "and 10 more; --json lists all of them" in as_text(adopted(document, *many), "imports.tf.json")
    data = as_data(adopted(document, gateway("a"), address("a")))
    assert (data["to_import"], data["to_add"], data["created"]) == (2, 1, ["terraform_data.roster"])
