"""A deploy that faults interrupt is finished by the next apply, for every resource type."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from northsouth.emulator import faults
from northsouth.emulator.server import Emulator
from tests.faults import runs
from tests.faults.creates import CREATES, points, shared
from tests.faults.everything import SLOW_TYPE, declared_types, document
from tests.faults.inventory import count
from tests.faults.runs import NO_EFFECT, deploy, end_state
from tests.harness.plugin import MakeTerraform


def types(declared: dict[str, Any]) -> set[str]:
    return set(declared["resource"]) - {"terraform_data"}


@pytest.mark.slow
def test_the_stack_holds_every_type_that_is_declared() -> None:
    """A new type needs a resource in `everything`, and its creating call in `CREATES`."""
    deployed = types(document(lifecycles=True))
    assert deployed == set(CREATES)
    assert deployed == declared_types()


@pytest.mark.deploy
def test_each_type_fails_once_and_the_next_apply_ends_in_the_same_state(
    emulator: Emulator, terraform_dir: MakeTerraform
) -> None:
    declared = runs.without_retries(document())
    undisturbed = terraform_dir(declared, "undisturbed")
    deploy(undisturbed, emulator, faults.watch)
    expected, inventory = end_state(undisturbed, declared), count(emulator)

    emulator.reset()
    spoiled = points(types(declared))
    kinds = {point: NO_EFFECT[place % len(NO_EFFECT)] for place, point in enumerate(spoiled)}
    terraform = terraform_dir(declared, "disturbed")
    attempts = deploy(terraform, emulator, runs.each_once(kinds))
    # The provider tries some calls again itself, so not each fault is an error.
    hit = Counter(each.call.operation for run in attempts for each in run.answers if each.fault)
    assert hit == Counter(operation for _, operation, _ in spoiled)
    failed = {address.partition(".")[0] for each in attempts for address in each.errors}
    assert failed >= {kind for kind in types(declared) if shared(kind)}
    assert len(attempts) > 2
    assert terraform.plan().empty
    assert end_state(terraform, declared) == expected
    assert count(emulator) == inventory
    assert SLOW_TYPE not in types(declared)
