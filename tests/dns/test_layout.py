"""Sets and rules become groups of numbered rules that stay where they are."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from northsouth.dns.layout import PlannedGroup, clash, plan_groups, upper_q_type
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


def test_the_query_type_is_part_of_every_name_and_of_the_number() -> None:
    [group] = plan(OverrideSet("hub", 60, {"a.example": Override("x.internal", q_type="aaaa")}))
    [rule] = group.rules
    assert (rule.key, rule.list_key, rule.q_type) == ("a.example. AAAA", "a.example. AAAA", "AAAA")
    assert (rule.name, group.list_name(rule)) == ("hub-a_example-AAAA", "dns-a_example-AAAA")
    assert rule.priority == slot("a.example.", "AAAA")


def test_query_types_that_overlap() -> None:
    assert clash("A", ["AAAA", "MX"]) == ()
    assert clash("A", ["AAAA", None]) == (None,)
    assert clash(None, ["A", "AAAA"]) == ("A", "AAAA")
    assert clash("TYPE28", ["AAAA", "A"]) == ("AAAA",)
    assert upper_q_type("${var.type}") is None


def test_an_override_that_overlaps_is_left_out_and_no_other() -> None:
    typed = [("a.example", Override("x.internal", q_type=kind)) for kind in ("A", "AAAA", "A")]
    [group] = plan(OverrideSet("hub", 60, [*typed, ("b.example", "x.internal")]))
    assert {rule.key for rule in group.rules} == {"a.example. A", "a.example. AAAA", "b.example."}


def test_groups_of_a_vpc_are_shared_with_rules_before_and_after() -> None:
    names = [f"{letter}.example" for letter in "abcdefghij"]

    def overrides(first: bool, last: bool, most: int = 5) -> list[str]:
        rules = {"it": BLOCK}
        quotas = Quotas(rules_per_group=1, groups_per_vpc=most)
        groups = plan(hub(*names), first=rules if first else None, last=rules if last else None, quotas=quotas)
        return [group.key for group in groups if group.holds_overrides]

    assert len(overrides(False, False)) == 5
    assert len(overrides(True, False)) == 4
    assert len(overrides(False, True)) == 4
    assert len(overrides(True, True)) == 3
    assert len(overrides(True, True, 1)) == 1


def test_groups_asked_for_from_the_start_have_their_places() -> None:
    groups = plan(hub("a.example"), min_groups=3)
    assert [(group.key, group.association_priority) for group in groups] == [
        ("overrides-2", 1010),
        ("overrides-3", 1020),
        ("overrides", 1050),
    ]


def test_wildcards_take_places_of_the_first_group() -> None:
    names = [*(f"{letter}.example" for letter in "abcdef"), "*.example", "*.example.org"]
    groups = plan(hub(*names), quotas=Quotas(rules_per_group=2))
    assert {rule.key for rule in groups[-1].rules} == {"*.example.", "*.example.org."}
    assert sum(len(group.rules) for group in groups) == len(names)


def test_a_rule_s_settings_are_planned_as_given() -> None:
    override = RuleAction("BLOCK", "OVERRIDE", "x.internal", None)
    typed = Rule(action=override, domains=Domains.of("a.example"), priority=10, q_type="txt")
    [group] = plan(last={"it": typed})
    assert (group.rules[0].action.ttl, group.rules[0].q_type) == (0, "TXT")


def test_tokens_take_places_of_the_first_list() -> None:
    known = [f"{letter}.example" for letter in "abcdef"]
    tokens = ("${var.a}", "${var.b}")
    rule = Rule(action=RuleAction.alert(), domains=Domains.of(*tokens, *known), priority=10)
    [group] = plan(last={"it": rule}, quotas=Quotas(names_per_list=2))
    lists = {rule.list_key: rule.domains for rule in group.rules}
    assert lists.pop("it") == tokens
    assert all(len(domains) <= 2 and not set(tokens) & set(domains) for domains in lists.values())
    assert sorted(domain for domains in lists.values() for domain in domains) == [f"{name}." for name in known]


def test_a_target_of_later_is_planned_as_it_is() -> None:
    [group] = plan(OverrideSet("hub", 60, {"a.example": "${aws_lb.x.dns_name}"}))
    assert group.rules[0].action.target == "${aws_lb.x.dns_name}"


def test_an_association_is_called_by_its_group_and_its_vpc() -> None:
    groups = (PlannedGroup("overrides", "dns", 1000, ()), PlannedGroup("last", "dns-last", 2000, ()))
    names = [group.association_name(label) for group in groups for label in ("hub", "spoke.eu")]
    assert names == ["dns-hub", "dns-spoke_eu", "dns-last-hub", "dns-last-spoke_eu"]
