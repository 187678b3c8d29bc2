"""The log bucket and a load balancer on the emulator: applied, planned empty, read back, protected."""

import json
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.lb import Lb
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc

from northsouth.emulator.server import Emulator
from northsouth.logs import AlbLogBucket
from tests.harness.plugin import MakeTerraform
from tests.harness.synth import synth
from tests.harness.terraform import TerraformError

ACCOUNT = "123456789012"


def web(stack: TerraformStack) -> None:
    vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
    subnets = [
        Subnet(stack, zone, vpc_id=vpc.id, cidr_block=f"10.0.{number}.0/24", availability_zone=zone).id
        for number, zone in enumerate(["us-east-1a", "us-east-1b"])
    ]
    logs = AlbLogBucket(stack, "known", name="acme-known", region="us-east-1", prefix="edge", allow_destroy=True)
    logs.attach(Lb(stack, "web", name="web", internal=True, subnets=subnets))
    AlbLogBucket(stack, "looked-up", name="acme-looked-up", prefix="edge")


@pytest.mark.deploy
def test_apply_plan_read_back_and_protection(emulator: Emulator, terraform_dir: MakeTerraform) -> None:
    terraform = terraform_dir(synth(web))
    terraform.apply()
    assert terraform.plan().empty

    s3 = emulator.client("s3")
    known, looked_up = policy(s3, "acme-known"), policy(s3, "acme-looked-up")
    assert known == json.loads(json.dumps(looked_up).replace("acme-looked-up", "acme-known"))
    assert known["Statement"][1]["Principal"] == {"AWS": "arn:aws:iam::127311923021:root"}
    assert known["Statement"][0]["Resource"][0] == f"arn:aws:s3:::acme-known/edge/AWSLogs/{ACCOUNT}/*"

    elb = emulator.client("elbv2")
    [balancer] = elb.describe_load_balancers()["LoadBalancers"]
    found = elb.describe_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"])["Attributes"]
    attributes = {item["Key"]: item["Value"] for item in found}
    for kind, prefix in (("access", "edge"), ("connection", "edge/connection-logs")):
        assert attributes[f"{kind}_logs.s3.enabled"] == "true"
        assert attributes[f"{kind}_logs.s3.bucket"] == "acme-known"
        assert attributes[f"{kind}_logs.s3.prefix"] == prefix

    with pytest.raises(TerraformError, match="prevent_destroy"):
        terraform.destroy()
    assert len(s3.list_buckets()["Buckets"]) == 2


def policy(s3: Any, bucket: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    return document
