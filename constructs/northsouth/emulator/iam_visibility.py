"""Notes when a role's policies are written: services do not see them for a moment (``permissions.VISIBLE_AFTER``)."""

from __future__ import annotations

from typing import Any

from moto.core.utils import utcnow
from moto.iam.models import IAMBackend

from northsouth.emulator import patching, permissions


def install() -> None:
    """Take part when policies are written or attached."""

    def put_role_policy(backend: Any, role_name: str, policy_name: str, policy_json: str) -> None:
        put(backend, role_name, policy_name, policy_json)
        permissions.written(backend.get_role(role_name))[policy_name] = utcnow()

    def attach_role_policy(backend: Any, policy_arn: str, role_name: str) -> None:
        attach(backend, policy_arn, role_name)
        permissions.written(backend.get_role(role_name))[policy_arn] = utcnow()

    put = patching.replace(IAMBackend, "put_role_policy", put_role_policy)
    attach = patching.replace(IAMBackend, "attach_role_policy", attach_role_policy)
