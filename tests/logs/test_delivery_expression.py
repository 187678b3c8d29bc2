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
from tests.harness.synth import resources, synth

TERRAFORM = shutil.which("terraform")
REGIONS = ["us-east-1", "cn-north-1", "us-gov-west-1", "il-central-1"]
ACCOUNT = "123456789012"


def policy_of(region: str | None) -> str:
    def build(stack: TerraformStack) -> None:
        given = region or TerraformVariable(stack, "region", type="string").string_value
        AlbLogBucket(stack, "logs", name="acme-logs", region=given, prefix="edge", source_accounts=[ACCOUNT])

    [found] = resources(synth(build), "aws_s3_bucket_policy").values()
    policy: str = found["policy"]
    return policy


@pytest.mark.skipif(TERRAFORM is None, reason="needs terraform on PATH")
def test_terraform_makes_the_same_policy(tmp_path: Path) -> None:
    expression = policy_of(None)
    outputs = {}
    for region in REGIONS:
        known = policy_of(region)
        partition = known.split(":s3:::")[0].rpartition(":")[2]
        local = re.sub(r"\$\{data\.aws_partition\.[^}]*}", partition, expression)
        outputs[region] = {"value": local.replace("var.region", f'"{region}"')}
    (tmp_path / "main.tf.json").write_text(json.dumps({"output": outputs}))
    terraform(tmp_path, "init")
    terraform(tmp_path, "apply", "-auto-approve")
    evaluated = json.loads(terraform(tmp_path, "output", "-json"))
    for region in REGIONS:
        assert json.loads(evaluated[region]["value"]) == json.loads(policy_of(region)), region


def terraform(folder: Path, *arguments: str) -> str:
    environment: dict[str, Any] = {key: value for key, value in os.environ.items() if key != "TF_CLI_CONFIG_FILE"}
    command = [str(TERRAFORM), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout
