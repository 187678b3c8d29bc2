"""Roles for tests whose subject is not IAM: a service may take them on, and they may do everything."""

from __future__ import annotations

import json

from northsouth.emulator.server import Emulator


def trusted_by(service: str) -> str:
    """Return a trust policy for a service: ``states``."""
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [trust]})


def mighty_role(emulator: Emulator, name: str, service: str) -> str:
    """Make a role and return its ARN.

    Args:
        emulator: where.
        name: the role's name.
        service: who may take it on: ``states``.

    """
    iam = emulator.client("iam")
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted_by(service))["Role"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.put_role_policy(RoleName=name, PolicyName="everything", PolicyDocument=policy)
    return str(role["Arn"])
