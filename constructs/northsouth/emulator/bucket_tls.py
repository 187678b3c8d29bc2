"""Counts requests for objects as made over TLS, as Terraform and AWS's clients make them to AWS itself.

moto takes no conditions into account. It would refuse every request for an object of a bucket whose policy denies what
comes without TLS.
"""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import IAMPolicy
from moto.s3.models import FakeBucket

from northsouth.emulator import patching

_WITHOUT_TLS = {"Bool": {"aws:SecureTransport": "false"}}


def install() -> None:
    """Leave out the statements that deny requests without TLS."""

    def permission(bucket: Any, action: str, resource: str) -> Any:
        policy = json.loads(bucket.policy) if bucket.policy else {}
        statements = [
            statement
            for statement in policy.get("Statement", [])
            if (statement.get("Effect"), statement.get("Condition")) != ("Deny", _WITHOUT_TLS)
        ]
        if not statements:
            return original(_without_policy, action, resource)
        return IAMPolicy(json.dumps({**policy, "Statement": statements})).is_action_permitted(action, resource)

    original = patching.replace(FakeBucket, "get_permission", permission)


class _NoPolicy:
    policy = None


_without_policy = _NoPolicy()
