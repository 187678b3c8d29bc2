"""Sets and rules become groups of numbered rules that stay where they are."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from northsouth.dns.layout import PlannedGroup, plan_groups
from northsouth.dns.names import covers
from northsouth.dns.overrides import (
    Confidence,
    Domains,
    Numbering,
    Override,
    OverrideSet,
    Quotas,
    Redirection,
    Rule,
    RuleAction,
    ThreatProtection,
)
from northsouth.dns.slots import slot

BLOCK = Rule(action=RuleAction.block_nodata(), domains=Domains.of("bad.example"), priority=10)
HOST = st.from_regex(r"[a-z]{1,2}\.[a-z]{1,2}\.example", fullmatch=True)
DOMAIN = st.one_of(HOST, HOST.map(lambda host: f"*.{host}"), st.sampled_from(["*", "*.example"]))


def plan(
    *sets: OverrideSet,
    first: dict[str, Rule] | None = None,
    last: dict[str, Rule] | None = None,
    min_groups: int = 1,
    quotas: Quotas | None = None,
    numbering: Numbering = Numbering.BY_NAME,
) -> tuple[PlannedGroup, ...]:
    return plan_groups(
        "dns",
        sets,
        first or {},
        last or {},
        association_priority=1000,
        min_groups=min_groups,
        quotas=quotas or Quotas(),
        numbering=numbering,
    )


def hub(*names: str, ttl: int = 60) -> OverrideSet:
    return OverrideSet("hub", ttl, dict.fromkeys(names, "hub.internal"))


def numbers(groups: tuple[PlannedGroup, ...]) -> dict[str, tuple[str, int]]:
    return {rule.key: (group.key, rule.priority) for group in groups for rule in group.rules}


def test_one_set_is_one_group_with_a_list_and_a_rule_for_each_name() -> None:
    [group] = plan(hub("API.Hub.example"))
    [rule] = group.rules
    assert (group.key, group.name, group.association_priority) == ("overrides", "dns", 1050)
    assert (rule.key, rule.list_key, rule.name) == ("api.hub.example.", "api.hub.example.", "hub-api_hub_example")
    assert rule.priority == slot("api.hub.example.")
    assert rule.action == RuleAction.override("hub.internal.", ttl=60)
    assert rule.domains == ("api.hub.example.",)
    assert group.list_name(rule) == "dns-api_hub_example"


def test_rules_before_and_after_have_groups_of_their_own() -> None:
    groups = plan(hub("a.example"), first={"before": BLOCK}, last={"after": BLOCK})
    assert [(group.name, group.association_priority) for group in groups] == [
        ("dns-first", 1000),
        ("dns", 1050),
        ("dns-last", 1100),
    ]
    assert groups[0].rules[0].priority == groups[2].rules[0].priority == 10


def test_rules_are_listed_in_the_order_of_evaluation() -> None:
    [group] = plan(hub("*", "*.example", "*.b.example", "a.b.example"))
    assert [rule.list_key for rule in group.rules] == ["a.b.example.", "*.b.example.", "*.example.", "*."]


def test_overrides_beyond_the_quota_spread_over_groups_that_come_first() -> None:
    names = [f"host{index}.example" for index in range(150)]
    groups = plan(hub(*names, "*.example"))
    assert [group.key for group in groups] == ["overrides-2", "overrides"]
    assert [group.name for group in groups] == ["dns-2", "dns"]
    assert all(len(group.rules) <= 100 for group in groups)
    assert sum(len(group.rules) for group in groups) == 151
    assert groups[-1].rules[-1].list_key == "*.example."


def test_five_full_groups_hold_500_overrides() -> None:
    groups = plan(hub(*(f"host{index}.example" for index in range(500))))
    assert [len(group.rules) for group in groups] == [100] * 5


def test_what_cannot_change_in_place_is_part_of_the_key() -> None:
    def key(override: Override) -> str:
        [group] = plan(OverrideSet("hub", 60, {"a.example": override}))
        return group.rules[0].key

    base = Override("b.example")
    assert key(base) == "a.example."
    assert key(replace(base, q_type="aaaa")) == "a.example. AAAA"
    assert key(replace(base, priority=110)) == "a.example. 110"
    assert key(replace(base, redirection=Redirection.TRUST)) == key(replace(base, target="c.example")) == key(base)

    def rule_key(rule: Rule) -> str:
        [group] = plan(last={"r": rule})
        return group.rules[0].key

    assert rule_key(BLOCK) == rule_key(replace(BLOCK, action=RuleAction.block_nxdomain())) == "r BLOCK 10"
    assert rule_key(replace(BLOCK, action=RuleAction.allow())) == "r ALLOW 10"
    assert rule_key(replace(BLOCK, action=RuleAction.override("x.example", ttl=5), q_type="A")) == "r OVERRIDE A 10"


def test_a_name_that_moves_to_another_set_keeps_its_resources() -> None:
    [before] = plan(hub("a.example"))
    [after] = plan(OverrideSet("spoke", 60, {"a.example": "hub.internal"}))
    assert before.rules[0].key == after.rules[0].key
    assert before.list_name(before.rules[0]) == after.list_name(after.rules[0])


def test_more_than_1000_names_become_several_lists_with_numbers_in_a_row() -> None:
    names = [f"Bad{index}.example" for index in range(2500)]
    [group] = plan(last={"deny": replace(BLOCK, domains=Domains.of(*names))})
    assert [(rule.list_key, rule.priority) for rule in group.rules] == [("deny", 10), ("deny.2", 11), ("deny.3", 12)]
    assert [rule.name for rule in group.rules] == ["deny", "deny-2", "deny-3"]
    assert group.list_name(group.rules[1]) == "dns-last-deny_2"
    assert all(len(rule.domains) <= 1000 for rule in group.rules)
    assert {domain for rule in group.rules for domain in rule.domains} == {f"{name.lower()}." for name in names}


def test_a_name_more_changes_one_list_only() -> None:
    def lists(count: int) -> list[tuple[str, ...]]:
        names = [f"bad{index}.example" for index in range(count)]
        [group] = plan(last={"deny": replace(BLOCK, domains=Domains.of(*names))})
        return [rule.domains for rule in group.rules]

    assert sum(before != after for before, after in zip(lists(2500), lists(2501), strict=True)) == 1


def test_tokens_stay_in_the_first_list() -> None:
    names = ["${aws_route53_zone.bad.name}", *(f"bad{index}.example" for index in range(1500))]
    [group] = plan(last={"deny": replace(BLOCK, domains=Domains.of(*names))})
    assert group.rules[0].domains[0] == names[0]
    assert len(group.rules) == 2


@given(st.sets(DOMAIN, min_size=1, max_size=40), st.sets(DOMAIN, max_size=10), st.sets(DOMAIN, max_size=10))
def test_an_override_keeps_its_number_whatever_the_others_do(
    names: set[str], added: set[str], removed: set[str]
) -> None:
    before = numbers(plan(hub(*sorted(names)), min_groups=3))
    after = numbers(plan(hub(*sorted((names | added) - removed, reverse=True)), min_groups=3))
    assert {key: before[key] for key in before.keys() & after.keys()} == {
        key: after[key] for key in before.keys() & after.keys()
    }


@given(st.sets(DOMAIN, min_size=1, max_size=60))
def test_no_wildcard_comes_before_a_name_it_covers(names: set[str]) -> None:
    groups = plan(hub(*sorted(names)), quotas=Quotas(rules_per_group=30))
    order = [rule.list_key for group in groups for rule in group.rules]
    assert not [
        (early, late) for index, early in enumerate(order) for late in order[index + 1 :] if covers(early, late)
    ]


def test_what_cannot_be_judged_is_left_out() -> None:
    assert plan(OverrideSet("hub", 60, {"a..b": "x.example", "${a.b}": "x.example", "a.example": "no name!"})) == ()


def test_numbers_in_the_order_of_declaration() -> None:
    more = OverrideSet("more", 60, {"m.example": Override("x.internal", priority=250), "b.example": "x.internal"})
    groups = plan(hub("z.example", "a.example"), more, numbering=Numbering.DECLARED)
    assert numbers(groups) == {
        "z.example. 100": ("overrides", 100),
        "a.example. 101": ("overrides", 101),
        "m.example. 250": ("overrides", 250),  # a number given by hand stays, and counts
        "b.example. 103": ("overrides", 103),
    }
    assert [rule.list_key for group in groups for rule in group.rules] == [
        "z.example.",
        "a.example.",
        "b.example.",
        "m.example.",
    ]


def test_numbers_come_from_names_by_default() -> None:
    assert numbers(plan(hub("a.example"))) == {"a.example.": ("overrides", slot("a.example."))}


def test_a_threat_has_a_rule_and_no_list() -> None:
    threat = ThreatProtection.dictionary_dga(Confidence.MEDIUM)
    [group] = plan(first={"words": Rule(action=RuleAction.alert(), domains=threat, priority=7)})
    [rule] = group.rules
    assert (rule.key, rule.threat, rule.list_id, rule.domains) == ("words ALERT DICTIONARY_DGA 7", threat, None, ())


def test_an_entry_without_a_dot_behind_its_star_stays_one() -> None:
    rule = Rule(
        action=RuleAction.block_nodata(), domains=Domains.of("*Bad.example", "*.bad.example", "**x"), priority=1
    )
    [group] = plan(last={"bad": rule})
    assert group.rules[0].domains == ("*.bad.example.", "*bad.example.")
