"""What parliament, a linter of IAM policies, says of every policy that is declared: not of its parts, but as a whole.

It looks for elements that do not belong there, Sids that are there twice, operators that do not fit their keys,
unknown principals, and rights that contradict each other. It does not read trust policies, whose statements name no
resource; the emulator has IAM's rules for those. It needs an older setuptools, so it has an environment of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.harness.policies import as_list, policies
from tests.second_opinions import environments
from tests.second_opinions.declared import stacks
from tests.second_opinions.policies import resolved
from tests.second_opinions.table import Answer, Difference, Opinion

READER = Path(__file__).parent / "readers" / "read_whole_policies.py"


def questions(declared: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return every policy whose statements name resources, as text without references; the same one once."""
    texts = (
        resolved(json.dumps(policy, sort_keys=True))
        for name, document in declared.items()
        for _, policy in policies(document.get("resource", {}), name)
        if all("Resource" in statement for statement in as_list(policy["Statement"]))
    )
    return list(dict.fromkeys(texts))


def ask() -> Answer:
    """Ask parliament about every policy."""
    asked = questions(stacks())
    answers = environments.ask([environments.python("whole-policies"), "-W", "ignore", READER], asked)
    return Answer(f"{len(asked)} different policies", [Difference(subject, detail) for subject, detail in answers])


def opinion() -> Opinion:
    """Return the row of the table."""
    question = "Is every policy well-formed, and free of contradictions, as a whole?"
    return Opinion("whole-policies", f"parliament {environments.pinned('parliament')}", question, ask)
