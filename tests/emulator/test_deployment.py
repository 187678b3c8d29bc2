"""What of a stack and of the user's environment reaches Terraform when a stack is deployed to the emulator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from northsouth.emulator.deployment import Deployment, environment
from tests.harness.plugin import skip_or_fail
from tests.harness.terraform import ToolMissing, binary


def copied(tmp_path: Path, document: dict[str, Any]) -> Deployment:
    try:
        binary()
    except ToolMissing as missing:
        skip_or_fail(missing)
    source = tmp_path / "synthesized"
    source.mkdir()
    (source / "cdk.tf.json").write_text(json.dumps(document))
    (source / "terraform.edge.tfstate").write_text("{}")
    (source / "page.html").write_text("an asset")
    (source / "gone").symlink_to(source / "nowhere")
    return Deployment(source / "cdk.tf.json", tmp_path / "copy", "http://127.0.0.1:1")


def test_nothing_of_the_users_account_reaches_terraform(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "TF_WORKSPACE", "TF_DATA_DIR", "TF_CLI_ARGS_apply"):
        monkeypatch.setenv(name, "production")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "mirror.tfrc")
    env = environment("http://127.0.0.1:1", "eu-west-1")
    assert "production" not in env.values()
    assert (env["AWS_ENDPOINT_URL"], env["AWS_REGION"]) == ("http://127.0.0.1:1", "eu-west-1")
    assert env["TF_CLI_CONFIG_FILE"] == "mirror.tfrc"


def test_the_copy_leads_to_no_account(tmp_path: Path) -> None:
    provider = {"region": "eu-west-1", "profile": "prod", "allowed_account_ids": ["111122223333"], "endpoints": [{}]}
    other = {"alias": "b", "region": "us-west-2", "assume_role": [{"role_arn": "arn:aws:iam::111122223333:role/r"}]}
    settings = {"backend": {"s3": {"bucket": "states"}}, "cloud": {}, "required_providers": {"aws": {}}}
    stack = copied(tmp_path, {"terraform": settings, "provider": {"aws": [provider, other]}})
    written = json.loads((stack.workdir / "cdk.tf.json").read_text())
    assert written == {
        "terraform": {"required_providers": {"aws": {}}},
        "provider": {"aws": [{"region": "eu-west-1"}, other]},
    }
    assert stack.left_out == ["allowed_account_ids", "endpoints", "profile"]
    assert stack.env["AWS_REGION"] == "eu-west-1"
    assert sorted(file.name for file in stack.workdir.iterdir()) == ["cdk.tf.json", "page.html"]


@pytest.mark.parametrize(
    ("providers", "expected"),
    [
        ([{"alias": "other", "region": "us-west-2"}, {"region": "eu-west-1"}], "eu-west-1"),
        ([{"region": "${var.region}"}], "us-east-1"),
        ({"region": "eu-north-1"}, "eu-north-1"),
        ([], "us-east-1"),
    ],
)
def test_the_region_is_the_default_providers(tmp_path: Path, providers: object, expected: str) -> None:
    assert copied(tmp_path, {"provider": {"aws": providers}}).env["AWS_REGION"] == expected
