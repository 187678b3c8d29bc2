"""Terraform evaluates the policy of a Region unknown at synth to what is synthesized for a known one."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformStack, TerraformVariable

from northsouth.logs import AlbLogBucket
from northsouth.logs.delivery import partition_of
from tests.harness.synth import resources, synth

TERRAFORM = shutil.which("terraform")
REGIONS = ["us-east-1", "cn-north-1", "us-gov-west-1", "il-central-1"]
ACCOUNT = "123456789012"


def document_of(region: str | None) -> dict[str, Any]:
    def build(stack: TerraformStack) -> None:
        given = region or TerraformVariable(stack, "region", type="string").string_value
        AlbLogBucket(stack, "logs", name="acme-logs", region=given, prefix="edge", source_accounts=[ACCOUNT])

    return synth(build, region=region or "us-east-1")


def policy_of(document: dict[str, Any]) -> str:
    [found] = resources(document, "aws_s3_bucket_policy").values()
    policy: str = found["policy"]
    return policy


@pytest.mark.slow
@pytest.mark.skipif(TERRAFORM is None, reason="needs terraform on PATH")
def test_terraform_makes_the_same_policy(tmp_path: Path) -> None:
    unknown = document_of(None)
    module = {"locals": unknown["locals"], "output": {"policy": {"value": policy_of(unknown)}}}
    # The partition is asked of AWS, which is not here.
    text = re.sub(r"\$\{data\.aws_partition\.[^}]*}", "${var.partition}", json.dumps(module))
    variables = {"variable": {"region": {}, "partition": {}}}
    (tmp_path / "main.tf.json").write_text(json.dumps(json.loads(text) | variables))
    for region in REGIONS:
        given = {"region": region, "partition": partition_of(region)}
        terraform(tmp_path, "apply", "-auto-approve", *(f"-var={name}={value}" for name, value in given.items()))
        evaluated = json.loads(terraform(tmp_path, "output", "-json"))["policy"]["value"]
        assert json.loads(evaluated) == json.loads(policy_of(document_of(region))), region


def terraform(folder: Path, *arguments: str) -> str:
    environment: dict[str, Any] = {key: value for key, value in os.environ.items() if key != "TF_CLI_CONFIG_FILE"}
    command = [str(TERRAFORM), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout
