"""The real provider replaces a resource for every argument that the table says it does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from northsouth.comparison import FORCES_REPLACEMENT, Action, compare
from tests.comparison.replacements import cases
from tests.harness.plugin import MakeTerraform

pytestmark = pytest.mark.deploy

AWS = 'provider["registry.terraform.io/hashicorp/aws"]'
NEWER = {"aws_cloudwatch_alarm_mute_rule"}
"""Types that the provider here does not have yet, and so cannot be asked about."""
BUILT_IN = 'provider["terraform.io/builtin/terraform"]'


def test_every_argument_has_a_case() -> None:
    tested: dict[str, set[str]] = {}
    for kind, argument, _, _ in cases():
        tested.setdefault(kind, set()).add(argument)
    assert tested == {kind: each for kind, each in FORCES_REPLACEMENT.items() if kind not in NEWER}


def test_the_comparison_tells_each(before_and_after: tuple[dict[str, Any], dict[str, Any]]) -> None:
    compared = compare(*before_and_after)
    assert {change.action for change in compared} == {Action.REPLACED}
    assert len(compared) == len(list(cases()))


def test_the_provider_plans_to_replace_each(
    terraform_dir: MakeTerraform, before_and_after: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    before, after = before_and_after
    terraform = terraform_dir(after)
    (terraform.workdir / "terraform.tfstate").write_text(json.dumps(state(before)), encoding="utf-8")
    terraform.run("plan", "-refresh=false", "-input=false", "-out=plan.bin")
    plan: dict[str, Any] = json.loads(terraform.run("show", "-json", "plan.bin").stdout)
    kept = [
        change["address"]
        for change in plan["resource_changes"]
        if change["name"] not in {path[0] for path in change["change"].get("replace_paths", [])}
    ]
    assert kept == []


@pytest.fixture(scope="module")
def before_and_after() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two documents with a resource for each case, named after the argument that differs."""
    documents: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    for kind, argument, *both in cases():
        for resources, body in zip(documents, both, strict=True):
            escaped = json.loads(json.dumps(body).replace("${", "$${"))
            resources.setdefault(kind, {})[argument] = escaped
    settings = {"required_providers": {"aws": {"source": "aws", "version": "5.100.0"}}}
    quiet = {"skip_credentials_validation": True, "skip_requesting_account_id": True, "skip_metadata_api_check": True}
    provider = {"aws": [{"region": "us-east-1", **quiet}]}
    old, new = ({"terraform": settings, "provider": provider, "resource": resources} for resources in documents)
    return old, new


def state(document: dict[str, Any]) -> dict[str, Any]:
    """Return Terraform's state as if the document had been applied; nothing is really there."""
    resources = []
    for kind, named in document["resource"].items():
        for argument, body in named.items():
            attributes = json.loads(json.dumps({"id": "x", **body}).replace("$${", "${"))
            if kind == "terraform_data":
                # Of any type, so the state says which.
                attributes[argument] = {"type": "string", "value": attributes[argument]}
            instance = {"schema_version": 0, "attributes": attributes}
            provider = BUILT_IN if kind == "terraform_data" else AWS
            resources.append(
                {"mode": "managed", "type": kind, "name": argument, "provider": provider, "instances": [instance]}
            )
    return {
        "version": 4,
        "terraform_version": "1.9.0",
        "serial": 1,
        "lineage": "x",
        "outputs": {},
        "resources": resources,
    }
