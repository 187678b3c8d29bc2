"""The fixture ``aws_emulator``: a stack of one's own, deployed to the emulator by the real Terraform and provider."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from cdktf import TerraformOutput, TerraformStack
from cdktf import Testing as CdkTesting
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from northsouth.emulator.deployment import TerraformError
from northsouth.emulator.server import Emulator
from northsouth.testing import EmulatedAws
from tests.harness import terraform
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing, find_or_download


@pytest.fixture
def stack() -> TerraformStack:
    """A stack whose provider is the one of a real account, and whose bucket is protected."""
    made = TerraformStack(CdkTesting.app(), "edge")
    AwsProvider(made, "aws", region="eu-west-1", profile="production", allowed_account_ids=["111122223333"])
    topic = SnsTopic(made, "topic", name="alerts")
    S3Bucket(made, "bucket", bucket="northsouth-logs", lifecycle={"prevent_destroy": True})
    TerraformOutput(made, "arn", value=topic.arn)
    return made


@pytest.mark.deploy
def test_a_stack_is_deployed_planned_again_and_destroyed(
    aws_emulator: EmulatedAws, stack: TerraformStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        provider = find_or_download(terraform.required_version(json.loads(CdkTesting.synth(stack))), terraform.binary())
    except ToolMissing as missing:
        skip_or_fail(missing)
        return
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(terraform.mirror_configuration(provider, tmp_path / "mirror")))
    edge = aws_emulator.deploy(stack)
    assert edge.made() == {"aws_sns_topic": 1, "aws_s3_bucket": 1}
    assert edge.plan().empty
    topics = aws_emulator.client("sns", "eu-west-1")
    assert [topic["TopicArn"] for topic in topics.list_topics()["Topics"]] == [edge.outputs()["arn"]]

    topics.delete_topic(TopicArn=edge.outputs()["arn"])
    assert edge.plan().creates == ("aws_sns_topic.topic",)

    edge.destroy()
    assert edge.addresses() == []
    assert aws_emulator.client("s3").list_buckets()["Buckets"] == []


def test_what_cannot_be_deployed_is_named(aws_emulator_server: Emulator, tmp_path: Path) -> None:
    aws = EmulatedAws(aws_emulator_server, tmp_path)
    with pytest.raises(FileNotFoundError, match="give a directory with a"):
        aws.deploy(tmp_path / "nowhere")
    with pytest.raises(TypeError, match="a TerraformStack or a directory is needed, not list"):
        aws.deploy([])


def test_what_terraform_says_is_the_error(
    aws_emulator_server: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", sys.executable)
    (tmp_path / "cdk.tf.json").write_text("{}")
    with pytest.raises(TerraformError, match=r"terraform init .* gave 2"):
        EmulatedAws(aws_emulator_server, tmp_path).deploy(tmp_path / "cdk.tf.json")
