"""What decides on a resource beside roles: its policy, and the key that encrypts it, as they are now."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from northsouth.emulator.objects import ACCOUNT

Policy = Mapping[str, Any]
_PARTS = 6
"""Of an ARN: ``arn:partition:service:region:account:name``."""


def policy_of(arn: str) -> Policy:
    """Return the policy of a resource; an empty one if it has none, is not there, or is of a type without policies."""
    parts = arn.split(":", _PARTS - 1)
    find = _POLICIES.get(parts[2]) if len(parts) == _PARTS else None
    policy = find(parts[4], parts[3], parts[5]) if find else None
    # moto keeps some as text, those of buckets as bytes, and those of queues read.
    document: Policy = json.loads(policy) if policy and isinstance(policy, str | bytes) else policy or {}
    return document


def key_of(arn: str) -> str | None:
    """Return the ARN of the key that encrypts a resource; None for none, and for one of another account.

    The key of AWS itself has the ARN of its alias: ``arn:aws:kms:us-east-1:123456789012:alias/aws/sns``.
    """
    parts = arn.split(":", _PARTS - 1)
    find = _KEYS.get(parts[2]) if len(parts) == _PARTS else None
    key = find(parts[4], parts[3], parts[5]) if find else None
    return _key_arn(str(key), parts[3]) if key else None


def _key_arn(key: str, region: str) -> str | None:
    if key.startswith("arn:"):
        _, _, _, region, account, key = key.split(":", _PARTS - 1)
        if account != ACCOUNT:
            return None
    if key.startswith("alias/") and not key.startswith("alias/aws/"):
        keys: Mapping[str, Any] = kms_backends[ACCOUNT][region].keys
        key = next((candidate.id for candidate in keys.values() if key in candidate.aliases), key)
    name = key if "/" in key else f"key/{key}"
    return f"arn:aws:kms:{region}:{ACCOUNT}:{name}"


def _bucket(name: str) -> Any:
    # An object's ARN begins with its bucket's, and neither has an account.
    return s3_backends[ACCOUNT]["aws"].buckets.get(name.partition("/")[0])


def _queue(account: str, region: str, name: str) -> Any:
    return sqs_backends[account][region].queues.get(name)


def _topic(account: str, region: str, name: str) -> Any:
    return sns_backends[account][region].topics.get(f"arn:aws:sns:{region}:{account}:{name}")


def _policy_of_key(account: str, region: str, name: str) -> Any:
    key: Any = kms_backends[account][region].keys.get(name.removeprefix("key/"))
    return getattr(key, "policy", None)


_POLICIES: dict[str, Callable[[str, str, str], Any]] = {
    "kms": _policy_of_key,
    "s3": lambda _account, _region, name: getattr(_bucket(name), "policy", None),
    "sns": lambda *where: getattr(_topic(*where), "policy", None),
    "sqs": lambda *where: getattr(_queue(*where), "_policy_json", None),
}


def _key_of_bucket(_account: str, _region: str, name: str) -> Any:
    rule = (getattr(_bucket(name), "encryption", None) or {}).get("Rule", {})
    return rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")


_KEYS: dict[str, Callable[[str, str, str], Any]] = {
    "s3": _key_of_bucket,
    "sns": lambda *where: getattr(_topic(*where), "kms_master_key_id", None),
    "sqs": lambda *where: getattr(_queue(*where), "kms_master_key_id", None),
}
