"""Takes statements out of the policies of a deployed stack, one after another: each must have been needed.

Every Allow is what lets a call of a service happen, and every condition is what keeps another caller out. Calls are
judged by the emulator's own evaluation of what is deployed, and those of one state machine are made.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from typing import Any
from uuid import uuid4

from northsouth.emulator import permissions
from northsouth.emulator.server import ACCOUNT, Emulator

Statement = dict[str, Any]

GIVEN_TWICE = ("Recall",)
"""Statements by their Sid whose rights the resource's own policy gives too: everybody may read the status page."""


def every_statement_counts(emulator: Emulator) -> None:
    """Take out every statement of every role of a stack; what is there afterwards is what was there before."""
    iam = emulator.client("iam")
    for role in iam.list_roles()["Roles"]:
        for policy in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=policy)["PolicyDocument"]
            for number, statement in enumerate(document["Statement"]):
                with _changed(iam, role, policy, document, number, None):
                    needed = [call for call in _calls(statement) if not permissions.may(role["Arn"], *call)]
                is_given_twice = statement.get("Sid") in GIVEN_TWICE
                assert bool(needed) != is_given_twice, f"{role['RoleName']}: nothing needs {statement}"
                assert all(permissions.may(role["Arn"], *call) for call in needed), statement
                _conditions_count(iam, role, policy, document, number)
        _trust_counts(role)


def _conditions_count(iam: Any, role: Mapping[str, Any], policy: str, document: Statement, number: int) -> None:
    """A call that a condition forbids is one that happens without it."""
    statement = document["Statement"][number]
    for operator, key in _conditions(statement):
        forbidden = [
            (action, resource, {**context, key: "forbidden"}) for action, resource, context in _calls(statement)
        ]
        assert not any(permissions.may(role["Arn"], *call) for call in forbidden), (role["RoleName"], operator, key)
        with _changed(iam, role, policy, document, number, _without(statement, operator, key)):
            assert all(permissions.may(role["Arn"], *call) for call in forbidden), (role["RoleName"], operator, key)


def _trust_counts(role: Mapping[str, Any]) -> None:
    """The service may take on the role from where the conditions say, and from nowhere else."""
    for statement in role["AssumeRolePolicyDocument"]["Statement"]:
        service = statement["Principal"]["Service"]
        context = _context(statement)
        assert permissions.assumable(role["Arn"], service, context), role["RoleName"]
        assert not permissions.assumable(role["Arn"], "ec2.amazonaws.com", context), role["RoleName"]
        for _, key in _conditions(statement):
            assert not permissions.assumable(role["Arn"], service, {**context, key: "forbidden"}), (
                role["RoleName"],
                key,
            )


def the_machine_needs(emulator: Emulator, machine: str, role: str, sids: Collection[str]) -> None:
    """Run a state machine without each of some statements of its role: the run fails, and succeeds afterwards."""
    iam, states = emulator.client("iam"), emulator.client("stepfunctions")
    arn = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:{machine}"
    [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]

    def outcome() -> str:
        execution = states.start_execution(stateMachineArn=arn, name=str(uuid4()), input="{}")["executionArn"]
        while (status := states.describe_execution(executionArn=execution)["status"]) == "RUNNING":
            time.sleep(0.02)
        return str(status)

    for number, statement in enumerate(document["Statement"]):
        if statement["Sid"] in sids:
            with _changed(iam, {"RoleName": role}, policy, document, number, None):
                assert outcome() == "FAILED", statement
            assert outcome() == "SUCCEEDED"


@contextmanager
def _changed(
    iam: Any, role: Mapping[str, Any], policy: str, document: Statement, number: int, instead: Statement | None
) -> Iterator[None]:
    """Put another statement, or none, in a statement's place for a while."""
    others = [each for place, each in enumerate(document["Statement"]) if place != number]
    statements = [*others, *([instead] if instead else [])]
    if statements:
        changed = json.dumps({**document, "Statement": statements})
        iam.put_role_policy(RoleName=role["RoleName"], PolicyName=policy, PolicyDocument=changed)
    else:
        iam.delete_role_policy(RoleName=role["RoleName"], PolicyName=policy)
    try:
        yield
    finally:
        whole = json.dumps(document)
        iam.put_role_policy(RoleName=role["RoleName"], PolicyName=policy, PolicyDocument=whole)


def _calls(statement: Statement) -> list[tuple[str, str, dict[str, str]]]:
    """Return a call for each action and resource of an Allow."""
    actions, resources = _list(statement["Action"]), _list(statement["Resource"])
    return [
        (action, resource.replace("*", "x"), _context(statement)) for action, resource in product(actions, resources)
    ]


def _conditions(statement: Statement) -> list[tuple[str, str]]:
    return [(operator, key) for operator, keys in statement.get("Condition", {}).items() for key in keys]


def _context(statement: Statement) -> dict[str, str]:
    """Return condition keys with which the conditions hold."""
    conditions = statement.get("Condition", {})
    return {key: _list(values)[0].replace("*", "x") for keys in conditions.values() for key, values in keys.items()}


def _without(statement: Statement, operator: str, key: str) -> Statement:
    conditions = {name: {**keys} for name, keys in statement["Condition"].items()}
    del conditions[operator][key]
    return {**statement, "Condition": {name: keys for name, keys in conditions.items() if keys}}


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]
