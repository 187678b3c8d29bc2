"""Terraform's own word on a document, and what becomes of the test where there is no Terraform."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from northsouth.testing import Template, validity

# Terraform brings the provider of terraform_data with it: nothing is installed.
VALID = {"resource": {"terraform_data": {"x": {"input": "${var.name}"}}}, "variable": {"name": {"default": "a"}}}
needs_terraform = pytest.mark.skipif(shutil.which("terraform") is None, reason="needs terraform")


@needs_terraform
def test_a_valid_document() -> None:
    backend = {"terraform": {"backend": {"s3": {"bucket": "b", "key": "k", "region": "us-east-1"}}}}
    Template.from_document(VALID | backend).assert_valid()


@needs_terraform
def test_what_terraform_refuses_is_said_with_its_place() -> None:
    template = Template.from_document({"resource": {"terraform_data": {"x": {"inputs": "${var.no}"}}}})
    with pytest.raises(AssertionError) as failed:
        template.assert_valid()
    assert str(failed.value).startswith("Terraform refuses the document:\n  ")
    assert 'terraform_data.x: Extraneous JSON object property: No argument or block type is named "inputs".' in str(
        failed.value
    )


@needs_terraform
def test_a_provider_that_cannot_be_installed_is_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config.tfrc"
    config.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{tmp_path}"\n  }}\n}}\n')
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(config))
    required = {"terraform": {"required_providers": {"x": {"source": "example/x", "version": "1.0.0"}}}}
    with pytest.raises(RuntimeError, match="terraform init failed"):
        Template.from_document(required | {"resource": {"x_y": {"z": {}}}}).assert_valid()


def test_without_terraform_the_test_is_skipped_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validity, "command", lambda: None)
    monkeypatch.delenv("CI", raising=False)
    template = Template.from_document(VALID)
    with pytest.raises(pytest.skip.Exception, match="assert_valid needs terraform: https://"):
        template.assert_valid()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="assert_valid needs terraform"):
        template.assert_valid()
