"""No edit makes two rules collide, in whatever order Terraform applies it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from northsouth.dns.declaration import Declaration
from northsouth.dns.model import Domains, Override, OverrideSet, Quotas, Rule, RuleAction
from tests.dns.terraform_orders import Firewall, RefusedError, resources, steps

TINY = Quotas(rules_per_group=5)
EXACT = [f"{letter}.example" for letter in "abcdefgh"]
ACTIONS = [
    RuleAction.allow(),
    RuleAction.alert(),
    RuleAction.block_nodata(),
    RuleAction.block_nxdomain(),
    RuleAction.override("sink.internal", ttl=5),
]
DOMAINS = [
    Domains.of("bad.example"),
    Domains.of("odd.example", "worse.example"),
    Domains.existing("rslvr-fdl-12345678"),
]
TARGET = st.sampled_from(["x.internal", "y.internal"])
Q_TYPE = st.sampled_from([None, None, "A", "AAAA"])


@st.composite
def override_sets(draw: st.DrawFn) -> list[OverrideSet]:
    names = draw(st.lists(st.sampled_from(EXACT), unique=True, max_size=8))
    pins = [*draw(st.permutations([100, 101, 102, None])), *[None] * len(EXACT)]
    overrides = {
        name: Override(draw(TARGET), priority=pin, q_type=draw(Q_TYPE)) for name, pin in zip(names, pins, strict=False)
    }
    wildcards = draw(st.lists(st.sampled_from(["*.example", "*"]), unique=True))
    overrides |= {name: Override(draw(TARGET)) for name in wildcards}
    return [OverrideSet("hub", draw(st.sampled_from([60, 300])), overrides)] if overrides else []


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Rule]:
    names = draw(st.lists(st.sampled_from(["one", "two", "three"]), unique=True))
    return {
        name: Rule(action=draw(st.sampled_from(ACTIONS)), domains=domains, priority=priority, q_type=draw(Q_TYPE))
        for name, priority, domains in zip(
            names, draw(st.permutations([10, 20, 30])), draw(st.permutations(DOMAINS)), strict=False
        )
    }


VALID = st.builds(
    lambda overrides, first, last, min_groups: Declaration(
        name="dns", vpcs={}, overrides=overrides, first=first, last=last, min_groups=min_groups, quotas=TINY
    ),
    override_sets(),
    rules(),
    rules(),
    st.sampled_from([1, 2, 3]),
).filter(lambda declaration: not [*declaration.problems()])


@settings(max_examples=100, deadline=None)
@given(st.lists(VALID, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_any_edits_in_any_order_are_accepted(edits: list[Declaration], random: Random) -> None:
    firewall = Firewall(rules_per_group=TINY.rules_per_group)
    for declaration in edits:
        wanted = resources(declaration.groups)
        firewall.apply(wanted, random)
        assert firewall.held == wanted
        assert steps(firewall.held, wanted) == {}


def hub(**priorities: int | None) -> Declaration:
    names = {f"{name}.example": Override("x.internal", priority=priority) for name, priority in priorities.items()}
    return Declaration(name="dns", vpcs={}, overrides=[OverrideSet("hub", 60, names)], quotas=TINY)


EDITS: list[Callable[[], tuple[Declaration, Declaration]]] = [
    lambda: (hub(a=100, b=101), hub(a=101, b=100)),
    lambda: (hub(a=100), hub(b=100)),
    lambda: (hub(a=100, b=101, c=102), hub(a=101, b=102, c=100)),
    lambda: (hub(a=1, b=2, c=3, d=4, e=5), hub(a=1, b=2, c=3, d=4, f=6)),
]


@pytest.mark.parametrize("edit", EDITS)
def test_without_the_roster_some_order_is_refused(edit: Callable[[], tuple[Declaration, Declaration]]) -> None:
    before, after = (resources(declaration.groups, with_roster=False) for declaration in edit())

    def refused(seed: int) -> bool:
        firewall = Firewall(rules_per_group=TINY.rules_per_group, held=dict(before))
        try:
            firewall.apply(after, Random(seed))
        except RefusedError:
            return True
        return False

    assert any(refused(seed) for seed in range(50))


@pytest.mark.parametrize("edit", EDITS)
def test_with_the_roster_none_is(edit: Callable[[], tuple[Declaration, Declaration]]) -> None:
    before, after = (resources(declaration.groups) for declaration in edit())
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
