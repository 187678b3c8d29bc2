"""Takes statements out of the policies of a deployed stack, one part after another: each must have been needed.

What is needed is judged by calls that services really made, or would have been refused to make: the questions that
:func:`northsouth.emulator.permissions.recorded` noted. They are asked again after each change in the running emulator.
Without an action or a resource of an Allow, a call that was allowed must be refused. Without a condition, or without a
Deny, a call that was refused must be allowed. What no call needs stands in ``unshown.toml``, with AWS's source for it.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from northsouth.emulator.permissions import Question
from northsouth.emulator.server import ACCOUNT, Emulator
from tests.harness.policies import as_list
from tests.harness.roles import mighty_role

REGION = "us-east-1"
UNSHOWN = Path(__file__).with_name("unshown.toml")
_RANDOM = re.compile(r"\d{18}[0-9a-f]{8}$")
"""What the provider appends to a prefix of a name."""

_FORBIDDEN = "forbidden"
Statement = dict[str, Any]


@dataclass(frozen=True)
class Policy:
    """A policy of something that is deployed.

    Attributes:
        name: what has it, without what the provider made up.
        document: the policy.
        write: puts a document in its place.
        concerns: whether a question is answered by it.

    """

    name: str
    document: Mapping[str, Any]
    write: Callable[[Mapping[str, Any]], None]
    concerns: Callable[[Question], bool]

    @property
    def statements(self) -> list[Statement]:
        """Its statements."""
        return as_list(self.document["Statement"])

    @contextmanager
    def with_instead(self, number: int, statement: Statement | None) -> Iterator[None]:
        """Put another statement, or none, in a statement's place for a while."""
        others = [each for place, each in enumerate(self.statements) if place != number]
        self.write({**self.document, "Statement": [*others, *([statement] if statement else [])]})
        try:
            yield
        finally:
            self.write(self.document)


def every_statement_counts(emulator: Emulator, asked: Iterable[Question]) -> None:
    """Check every policy of a stack; what is there afterwards is what was there before.

    Args:
        emulator: where it is deployed.
        asked: the questions of its calls.

    """
    allowed = [question for question in asked if question.is_allowed()]
    listed = {
        (each["policy"], part) for each in tomllib.loads(UNSHOWN.read_text())["unshown"] for part in each["parts"]
    }
    unshown: set[tuple[str, str]] = set()
    deployed = list(_policies())
    mighty = mighty_role(emulator, "mighty", "ec2")
    for policy in deployed:
        mine = [question for question in allowed if policy.concerns(question)]
        for number, statement in enumerate(policy.statements):
            if statement["Effect"] == "Allow":
                name = f"{policy.name} {statement.get('Sid', number + 1)}"
                unshown |= {(name, part) for part in _unneeded(policy, number, mine)}
                _conditions_count(policy, number, mine)
            else:
                _denial_counts(policy, number, mighty)
    assert unshown == listed, f"not listed: {sorted(unshown - listed)}\nlisted: {sorted(listed - unshown)}"
    iam = emulator.client("iam")
    iam.delete_role_policy(RoleName="mighty", PolicyName="everything")
    iam.delete_role(RoleName="mighty")


def _unneeded(policy: Policy, number: int, allowed: list[Question]) -> Iterator[str]:
    """Yield the actions, resources and services of an Allow that no call needs."""
    statement = policy.statements[number]
    for element in ("Action", "Resource"):
        parts = as_list(statement.get(element, []))
        for part in parts:
            rest = [each for each in parts if each != part]
            with policy.with_instead(number, {**statement, element: rest} if rest else None):
                needed = any(not question.is_allowed() for question in allowed)
            if not needed:
                yield str(part)
    assert all(question.is_allowed() for question in allowed)


def _conditions_count(policy: Policy, number: int, allowed: list[Question]) -> None:
    """A call that a condition forbids is one that happens without it."""
    statement = policy.statements[number]
    with policy.with_instead(number, None):
        needing = next((question for question in allowed if not question.is_allowed()), None)
    if needing is None:
        return
    for operator, key in _conditions(statement):
        forbidden = replace(needing, keys=_keys({**dict(needing.keys), key: _FORBIDDEN}))
        assert not forbidden.is_allowed(), (policy.name, operator, key)
        with policy.with_instead(number, _without(statement, operator, key)):
            assert forbidden.is_allowed(), (policy.name, operator, key)


def _denial_counts(policy: Policy, number: int, mighty: str) -> None:
    """Somebody who may do everything is kept out by a Deny, and by nothing else."""
    statement = policy.statements[number]
    conditions = _context(statement)
    for action in as_list(statement["Action"]):
        for resource in as_list(statement["Resource"]):
            called = action.replace("*", "GetObject")
            question = Question(mighty, called, resource.replace("*", "x"), _keys(conditions))
            assert not question.is_allowed(), (policy.name, statement)
            with policy.with_instead(number, None):
                assert question.is_allowed(), (policy.name, statement)


def _policies() -> Iterator[Policy]:
    """Yield the policies of all roles, queues, topics, buckets and keys."""
    roles: Any = iam_backends[ACCOUNT]["aws"].roles
    for role in list(roles.values()):
        yield from _policies_of_role(role)
    for queue in list(sqs_backends[ACCOUNT][REGION].queues.values()):
        yield _of_resource(f"queue {queue.name}", queue.queue_arn, queue, "_policy_json", lambda document: document)
    for topic in list(sns_backends[ACCOUNT][REGION].topics.values()):
        yield _of_resource(f"topic {topic.name}", topic.arn, topic, "policy", json.dumps)
    for bucket in list(s3_backends[ACCOUNT]["aws"].buckets.values()):
        if bucket.policy:
            yield _of_resource(f"bucket {bucket.name}", f"arn:aws:s3:::{bucket.name}", bucket, "policy", _as_bytes)
    keys: Any = kms_backends[ACCOUNT][REGION].keys
    for key in list(keys.values()):
        yield _of_resource(f"key {key.description}", key.arn, key, "policy", json.dumps)


def _policies_of_role(role: Any) -> Iterator[Policy]:
    name = _RANDOM.sub("", role.name).rstrip("-")
    for own, text in list(role.policies.items()):

        def write(document: Mapping[str, Any], own: str = own) -> None:
            role.policies[own] = json.dumps(document)

        document = json.loads(text) if isinstance(text, str) else text
        yield Policy(f"role {name}: {own}", document, write, lambda question: question.who == role.arn)
    yield _of_resource(f"trust of {name}", role.arn, role, "assume_role_policy_document", json.dumps)


def _of_resource(name: str, arn: str, resource: Any, attribute: str, text: Callable[[Any], Any]) -> Policy:
    policy = getattr(resource, attribute)
    document = policy if isinstance(policy, dict) else json.loads(policy)
    return Policy(
        name,
        document,
        lambda changed: setattr(resource, attribute, text(changed)),
        lambda question: question.resource == arn or question.resource.startswith(f"{arn}/"),
    )


def _as_bytes(document: Any) -> bytes:
    return json.dumps(document).encode()


def _conditions(statement: Statement) -> list[tuple[str, str]]:
    return [(operator, key) for operator, keys in statement.get("Condition", {}).items() for key in keys]


def _context(statement: Statement) -> dict[str, str]:
    """Return condition keys with which the conditions hold."""
    conditions = statement.get("Condition", {})
    return {key: as_list(values)[0].replace("*", "x") for keys in conditions.values() for key, values in keys.items()}


def _keys(context: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(context.items()))


def _without(statement: Statement, operator: str, key: str) -> Statement:
    conditions = {name: {**keys} for name, keys in statement["Condition"].items()}
    del conditions[operator][key]
    return {**statement, "Condition": {name: keys for name, keys in conditions.items() if keys}}
