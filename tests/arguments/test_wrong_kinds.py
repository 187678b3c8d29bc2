"""Whatever an argument is given, the answer is one report that names it: no error from inside, no silence.

Every argument of the public API that has an entry gets values of many kinds. One that does not fit its type hint is
refused by name; one that does may be declared, or refused by a rule.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.data_aws_availability_zones import DataAwsAvailabilityZones
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.vpc import Vpc

from northsouth.arguments.checking import Plan, plan_of, takes
from northsouth.dns import Confidence
from northsouth.egress import NatMode
from northsouth.errors import ConfigurationError
from tests.arguments import public_api
from tests.arguments.entries import OTHER_PROVIDER, Entry, Late
from tests.arguments.test_arguments import ENTRIES, READS, app

pytestmark = pytest.mark.slow

ids = itertools.count()
seen: set[tuple[str, str, str]] = set()


@cache
def pool() -> dict[str, Any]:
    """Return values that people confuse, by what they are."""
    stack = TerraformStack(app(), "wrong-values")
    vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
    return {
        "nothing": None,
        "text": "a-text",
        "number": 7,
        "list": ["a-text"],
        "mapping": {"a": "b"},
        "resource": vpc,
        "resources by name": {"main": vpc},
        "map token": vpc.tags_all,
        "method": NatMode.per_az,
        "object": object(),
        "number without limit": 10**30,
        "empty list": [],
        "word of another enumeration": Confidence.LOW,
        "class": NatMode,
        "list token": DataAwsAvailabilityZones(stack, "zones").names,
    }


def plan(target: Callable[..., Any]) -> Plan:
    function = inspect.unwrap(target.__init__ if inspect.isclass(target) else target)
    return plan_of(getattr(function, "__func__", function), target if inspect.isclass(target) else None)


def declare(entry: Entry, arguments: dict[str, Any]) -> None:
    stack = TerraformStack(app(), f"wrong-{next(ids)}")
    AwsProvider(stack, "aws", region="us-east-1")
    AwsProvider(stack, OTHER_PROVIDER, region="us-east-1", alias="other")
    made = {name: each.make(stack) if isinstance(each, Late) else each for name, each in arguments.items()}
    entry.declare(stack, made)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda each: each.name)
def test_a_wrong_kind_is_refused_by_name(entry: Entry) -> None:
    parameters = plan(entry.target).by_name
    wrong: list[str] = []
    for argument, (what, value) in itertools.product(entry.arguments, pool().items()):
        parameter = parameters.get(argument)
        # The mechanism is one: what an argument of the same name and type does elsewhere was seen there.
        if parameter is None or (argument, parameter.kind.noun, what) in seen:
            continue
        seen.add((argument, parameter.kind.noun, what))
        fits = takes(parameter, value)
        call = f"{argument}={what}"
        try:
            declare(entry, {**entry.base, argument: value})
        except ConfigurationError as refused:
            named = any(argument in problem.where for problem in refused.problems)
            if not fits and not named:
                wrong.append(f"{call}: {refused}")
        except Exception as error:
            wrong.append(f"{call}: {type(error).__name__}: {str(error)[:200]}")
        else:
            if not fits:
                wrong.append(f"{call}: accepted")
    assert wrong == []


@pytest.mark.parametrize(
    "target",
    sorted({*public_api.constructs(), *public_api.methods(), *public_api.makers()}, key=lambda each: each.__qualname__),
    ids=lambda each: each.__qualname__,
)
def test_an_unknown_argument_is_refused_by_name(target: Any) -> None:
    """Also of callables that declare nothing; their hints can all be evaluated."""
    expected = plan(target)
    if expected.others is not None or (target in READS and not inspect.isclass(target)) or inspect.isabstract(target):
        return
    owner = () if inspect.isclass(target) or expected.positional[:1] != ("self",) else (object(),)
    with pytest.raises(ConfigurationError) as refused:
        target(*owner, colour="blue")
    assert "colour: got an unknown argument" in str(refused.value)


def test_the_signature_of_a_construct_is_its_own() -> None:
    for each in public_api.constructs():
        parameters = inspect.signature(each).parameters
        assert list(parameters)[:2] == ["scope", "id"], each
        assert list(parameters) == list(inspect.signature(each.__init__).parameters)[1:]
