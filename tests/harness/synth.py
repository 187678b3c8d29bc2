"""Synthesizes one stack in memory, for assertions on its JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from cdktf import TerraformStack, Testing
from cdktf_cdktf_provider_aws.provider import AwsProvider

Build = Callable[[TerraformStack], object]


def synth(build: Build, *, region: str = "us-east-1") -> dict[str, Any]:
    """Return the synthesized document of a stack that ``build`` filled, with the constructs' validations run."""
    stack = TerraformStack(Testing.app(), "stack")
    AwsProvider(stack, "aws", region=region)
    build(stack)
    document: dict[str, Any] = json.loads(Testing.synth(stack, True))
    return document


def resources(document: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Return the resources of one Terraform type by name; empty if there are none."""
    found: dict[str, dict[str, Any]] = document.get("resource", {}).get(kind, {})
    return found
