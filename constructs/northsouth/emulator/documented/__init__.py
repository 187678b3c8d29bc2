"""The rules that AWS documents and its models do not have: each with its source, its error code and its message.

A rule is a value in one of the modules' ``RULES``. It sees a request before moto does, and gives the refusal's message.
The table in docs/emulator.md is made of these values.
"""

from __future__ import annotations

from collections import defaultdict

from northsouth.emulator.documented import (
    alarms,
    crawlers,
    delivery_policies,
    machines,
    messages,
    network,
    policies,
    policy_grammar,
    schedules,
)
from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.patching import RequestError
from northsouth.emulator.request import Request

RULES: tuple[Rule, ...] = (
    *alarms.RULES,
    *crawlers.RULES,
    *delivery_policies.RULES,
    *machines.RULES,
    *messages.RULES,
    *network.RULES,
    *policy_grammar.RULES,
    *policies.RULES,
    *schedules.RULES,
)

_by_operation: dict[tuple[str, str], list[Rule]] = defaultdict(list)
for _rule in RULES:
    for _name in _rule.operations:
        _by_operation[_rule.service, _name].append(_rule)


def check(request: Request) -> None:
    """Refuse a request that breaks a rule.

    Raises:
        RequestError: it does; code and message are the rule's.

    """
    for rule in _by_operation.get((request.service, request.name), ()):
        message = rule.refusal(request)
        if message is not None:
            raise RequestError(rule.code, message)
