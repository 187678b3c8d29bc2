"""AWS-managed IAM policies, made once in a process and not for every back end.

moto parses all 1,500 of them again for each partition after each reset, which takes seconds of every test.
Real AWS has the newest versions of them; moto has those of its release.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from moto.iam.models import IAMBackend, ManagedPolicy

from northsouth.emulator import patching


def install() -> None:
    """Turn the policies on, and hand each back end its own shallow copies of them."""
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    patching.require(IAMBackend, "_init_aws_policies", "_init_managed_policies")
    parse = IAMBackend._init_aws_policies

    @cache
    def parsed(account_id: str, region_name: str) -> list[ManagedPolicy]:
        probe: Any = object.__new__(IAMBackend)
        probe.account_id, probe.region_name = account_id, region_name
        return parse(probe)

    def copies(backend: IAMBackend) -> list[ManagedPolicy]:
        policies = []
        for policy in parsed(backend.account_id, "aws"):
            own = object.__new__(type(policy))  # not by its class, which would remember every instance ever made
            own.__dict__.update(policy.__dict__, account_id=backend.account_id, partition=backend.partition)
            policies.append(own)
        return policies

    patching.replace(IAMBackend, "_init_aws_policies", copies)
