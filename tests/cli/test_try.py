"""``northsouth try``: what it needs, what it shows, and that it reaches nothing but the emulator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from northsouth.cli import try_stack
from northsouth.cli.main import main
from tests.harness import terraform
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing, find_or_download
from tests.harness.synth import synth


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["try", *arguments]) == 2
    return capsys.readouterr().err


def test_what_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "run northsouth synth, or your program, first" in refused([], capsys)
    assert "nowhere is not there" in refused(["nowhere"], capsys)
    (tmp_path / "cdk.tf.json").write_text("[]")
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "no-terraform-of-this-name")
    assert "Terraform is not on the PATH" in refused(["."], capsys)


def test_a_file_that_is_no_stack_is_named(tmp_path: Path) -> None:
    for text in ("", "[]", "{", '{"terraform": []}', '{"provider": 1}', '{"format_version": "1.2"}', '{"serial": 1}'):
        (tmp_path / "cdk.tf.json").write_text(text)
        with pytest.raises(try_stack.UsageError, match=r"is no (Terraform JSON|synthesized stack)") as caught:
            try_stack._try(tmp_path / "cdk.tf.json", "http://127.0.0.1:1")
        assert "(char " not in str(caught.value)


def test_what_synth_wrote_is_found(tmp_path: Path) -> None:
    for name in ("edge", "other"):
        stack = tmp_path / "cdktf.out" / "stacks" / name / "cdk.tf.json"
        stack.parent.mkdir(parents=True)
        stack.write_text("{}")
    assert len(try_stack._documents([str(tmp_path / "cdktf.out")])) == 2
    assert try_stack._documents([str(stack.parent)]) == try_stack._documents([str(stack)]) == [stack]


@pytest.mark.deploy
def test_a_stack_is_deployed_and_planned_again(tmp_path: Path) -> None:
    def declare(stack: TerraformStack) -> None:
        SnsTopic(stack, "topic", name="alerts")

    document = synth(declare)
    (tmp_path / "cdk.tf.json").write_text(json.dumps(document))
    try:
        provider = find_or_download(terraform.required_version(document), terraform.binary())
    except ToolMissing as missing:
        skip_or_fail(missing)
        return
    mirror = terraform.mirror_configuration(provider, tmp_path / "mirror")
    command = [sys.executable, "-m", "northsouth.cli.main", "try", str(tmp_path)]
    env = {**os.environ, "TF_CLI_CONFIG_FILE": str(mirror)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 aws_sns_topic" in done.stdout
    assert "the second plan is empty" in done.stdout
    assert not list(tmp_path.glob("*.tfstate*"))
