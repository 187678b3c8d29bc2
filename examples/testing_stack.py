"""Tests of a stack: what it declares is kept for review, and what matters most is asserted. Run it with pytest."""

import northsouth.bindings  # before the provider's own modules: they then load in a fraction of the time

# isort: split
import pytest
from cdktf import TerraformStack
from cdktf import Testing as CdkTesting  # pytest takes classes named Test… for tests
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.subnet import Subnet
from constructs import Construct

from northsouth.egress import NatGateways, NatMode, Network
from northsouth.logs import AlbLogBucket
from northsouth.testing import (
    Capture,
    Template,
    TerraformSnapshot,
    annotations_of,
    any_value,
    containing,
    json_text,
    matching,
    refers_to,
)

northsouth.bindings.install()


class Edge(TerraformStack):
    """What is tested; usually it is imported."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        network = Network(self, "network", cidr="10.0.0.0/16", zones=["us-east-1a", "us-east-1b"])
        self.nat = NatGateways(self, "nat", network=network, mode=NatMode.per_az())
        self.logs = AlbLogBucket(self, "logs", name="acme-edge-logs", region="us-east-1")


@pytest.fixture(scope="module")
def edge() -> Edge:
    """Return one stack for all tests of this file: a synth is what takes time."""
    return Edge(CdkTesting.app(), "edge")


@pytest.fixture(scope="module")
def template(edge: Edge) -> Template:
    """Return what the stack declares; its validations have run."""
    return Template.from_stack(edge)


def test_declared_state(edge: Edge, terraform_snapshot: TerraformSnapshot) -> None:
    """Nothing changes unseen: `pytest --snapshot-update` writes what a review then accepts."""
    terraform_snapshot(edge)


def test_each_zone_has_its_own_way_out(template: Template) -> None:
    """Count, refer, and look for a part of a resource."""
    template.assert_count("aws_nat_gateway", 2)
    template.assert_reference("aws_nat_gateway", "subnet_id", "aws_subnet")
    template.assert_count(
        "aws_route", 2, {"destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": refers_to("aws_nat_gateway")}
    )


def test_every_subnet_is_in_the_vpc_and_has_its_own_block(template: Template) -> None:
    """Assert on every resource of a type, which the CDK's class names too, and capture what Python then judges."""
    blocks = Capture(matching("^10[.]0[.]"))
    template.assert_all(Subnet, {"vpc_id": refers_to("aws_vpc"), "cidr_block": blocks})
    assert len(set(blocks.values)) == 4
    template.assert_all(NatGateway, {"connectivity_type": any_value()})


def test_the_rest_of_the_file(template: Template) -> None:
    """Find other blocks as if they were resources."""
    template.assert_resource("provider.aws", {"region": "us-east-1"})
    template.assert_resource("terraform.settings", {"required_providers": {"aws": {"source": matching("aws$")}}})
    template.assert_absent("moved")


def test_nothing_is_wrong(edge: Edge, template: Template) -> None:
    """Ask the constructs and, where it is installed, Terraform."""
    assert [each for each in annotations_of(edge) if each.level != "info"] == []
    template.assert_valid()


def test_logs_are_kept_private(edge: Edge, template: Template) -> None:
    """Name a resource by the construct that has it, and read its policy as JSON."""
    template.assert_resource(edge.logs.bucket, {"bucket": matching("^acme-"), "lifecycle": any_value()})
    tls_only = {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    template.assert_resource("aws_s3_bucket_policy", {"policy": json_text({"Statement": containing(tls_only)})})
    template.assert_absent("aws_s3_bucket_acl")
