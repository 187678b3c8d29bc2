"""No edit makes two rules collide, in whatever order Terraform applies it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from northsouth.dns.declaration import Declaration
from northsouth.dns.overrides import Domains, Numbering, Override, OverrideSet, Rule, RuleAction
from tests.dns.edits import EXISTING, TINY, random_declaration
from tests.dns.terraform_orders import Firewall, RefusedError, resources, steps


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.integers(2, 5), st.booleans(), st.booleans(), st.randoms(use_true_random=False))
def test_any_edits_in_any_order_are_accepted(edits: int, existing: bool, for_each: bool, random: Random) -> None:
    firewall = Firewall(rules_per_group=TINY.rules_per_group)
    for _ in range(edits):
        groups = random_declaration(random, *([EXISTING] if existing else [])).groups
        wanted = resources(groups, for_each=for_each)
        firewall.apply(wanted, random)
        assert firewall.held == wanted
        assert steps(firewall.held, wanted) == {}


def hub(**priorities: int | None) -> Declaration:
    names = {f"{name}.example": Override("x.internal", priority=priority) for name, priority in priorities.items()}
    return Declaration(name="dns", vpcs={}, overrides=[OverrideSet("hub", 60, names)], quotas=TINY)


def declared(*names: str) -> Declaration:
    overrides = [OverrideSet("hub", 60, dict.fromkeys((f"{name}.example" for name in names), "x.internal"))]
    return Declaration(name="dns", vpcs={}, overrides=overrides, quotas=TINY, numbering=Numbering.DECLARED)


def lists(one: str, two: str) -> Declaration:
    rules = {
        name: Rule(action=RuleAction.alert(), domains=Domains.existing(f"rslvr-fdl-{list_id}"), priority=priority)
        for name, list_id, priority in (("one", one, 10), ("two", two, 20))
    }
    return Declaration(name="dns", vpcs={}, last=rules, quotas=TINY)


EDITS: list[Callable[[], tuple[Declaration, Declaration]]] = [
    lambda: (hub(a=100, b=101), hub(a=101, b=100)),
    lambda: (lists("11111111", "22222222"), lists("22222222", "11111111")),
    lambda: (hub(a=100), hub(b=100)),
    lambda: (hub(a=100, b=101, c=102), hub(a=101, b=102, c=100)),
    lambda: (hub(a=1, b=2, c=3, d=4, e=5), hub(a=1, b=2, c=3, d=4, f=6)),
    lambda: (declared("a", "b", "c"), declared("new", "a", "b", "c")),
    lambda: (declared("a", "b"), declared("b", "a")),
]


@pytest.mark.parametrize("for_each", [False, True])
@pytest.mark.parametrize("edit", EDITS)
def test_without_the_roster_some_order_is_refused(
    edit: Callable[[], tuple[Declaration, Declaration]], for_each: bool
) -> None:
    before, after = (resources(declaration.groups, with_roster=False, for_each=for_each) for declaration in edit())

    def refused(seed: int) -> bool:
        firewall = Firewall(rules_per_group=TINY.rules_per_group, held=dict(before))
        try:
            firewall.apply(after, Random(seed))
        except RefusedError:
            return True
        return False

    assert any(refused(seed) for seed in range(50))


@pytest.mark.parametrize("for_each", [False, True])
@pytest.mark.parametrize("edit", EDITS)
def test_with_the_roster_none_is(edit: Callable[[], tuple[Declaration, Declaration]], for_each: bool) -> None:
    before, after = (resources(declaration.groups, for_each=for_each) for declaration in edit())
    for seed in range(50):
        firewall = Firewall(rules_per_group=TINY.rules_per_group, held=dict(before))
        firewall.apply(after, Random(seed))
        assert firewall.held == after


def test_an_override_that_stays_is_not_touched() -> None:
    before, after = resources(hub(a=None, b=None, c=None).groups), resources(hub(d=None, c=None, a=None).groups)
    touched = {address for _, address in steps(before, after)}
    assert touched == {
        ("roster", "overrides"),
        ("list", "overrides", "b.example."),
        ("rule", "overrides", "b.example."),
        ("list", "overrides", "d.example."),
        ("rule", "overrides", "d.example."),
    }


def test_a_new_order_changes_nothing() -> None:
    assert steps(resources(hub(a=None, b=None).groups), resources(hub(b=None, a=None).groups)) == {}


def test_in_declared_order_a_name_at_the_end_touches_no_other() -> None:
    before, after = resources(declared("a", "b").groups), resources(declared("a", "b", "c").groups)
    assert {address for _, address in steps(before, after)} == {
        ("roster", "overrides"),
        ("list", "overrides", "c.example."),
        ("rule", "overrides", "c.example. 102"),
    }


def test_in_declared_order_a_name_in_between_replaces_the_rules_behind_it_and_no_list() -> None:
    before, after = resources(declared("a", "b").groups), resources(declared("a", "new", "b").groups)
    assert {address for _, address in steps(before, after)} == {
        ("roster", "overrides"),
        ("list", "overrides", "new.example."),
        ("rule", "overrides", "new.example. 101"),
        ("rule", "overrides", "b.example. 101"),
        ("rule", "overrides", "b.example. 102"),
    }
