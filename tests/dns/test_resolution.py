"""Decisions: the first rule by order, chains, what cannot be known; and the index against a naive walk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.dns.names import covers
from northsouth.dns.records import InvalidQueryError, Record, host, query_name, query_type
from northsouth.dns.resolution import MAX_CHAIN, Decision, Firewall, Outcome, Verdict, firewalls
from northsouth.dns.ruleset import Action, DomainList, FirewallRule, Response, RuleGroup, Ruleset
from tests.dns.rules import firewall, group, rule, vpc


@pytest.mark.parametrize(
    ("action", "verdict"),
    [
        ("ALLOW", Verdict.ALLOWED),
        ("ALERT", Verdict.ALERTED),
        ("NODATA", Verdict.NODATA),
        ("NXDOMAIN", Verdict.NXDOMAIN),
        ("OVERRIDE", Verdict.OVERRIDDEN),
    ],
)
def test_each_action_ends_the_walk(action: str, verdict: Verdict) -> None:
    wall = firewall(rule(10, action, "a.example.", to="b.example."), rule(20, "NXDOMAIN", "*."))
    decision = wall.resolve("A.example")
    assert decision.verdict is verdict
    assert decision.rule is not None
    assert decision.rule.rule.priority == 10


@pytest.mark.parametrize(
    ("entry", "name", "matches"),
    [
        ("example.com.", "example.com", True),
        ("example.com.", "a.example.com", False),
        ("*.example.com.", "a.example.com", True),
        ("*.example.com.", "b.a.example.com", True),
        ("*.example.com.", "example.com", False),
        ("*.example.com.", "badexample.com", False),
        ("*.", "com", True),
        ("*.", "a.b.c", True),
        ("*.com.", "example.com", True),
    ],
)
def test_entries(entry: str, name: str, matches: bool) -> None:
    assert (firewall(rule(1, "NODATA", entry)).resolve(name).verdict is Verdict.NODATA) is matches


def test_groups_go_by_association_priority_and_rules_by_priority() -> None:
    late = group(rule(1, "NXDOMAIN", "a.example."), priority=300, name="late")
    early = group(rule(900, "ALLOW", "a.example."), rule(5, "ALERT", "a.example."), priority=200, name="early")
    outcome = firewall(late, early).judge("a.example.")
    assert outcome.verdict is Verdict.ALERTED
    assert outcome.placed is not None
    assert outcome.placed.association.group.name == "early"


@pytest.mark.parametrize(("asked", "verdict"), [("A", "passed"), ("AAAA", "nodata"), ("TYPE28", "nodata")])
def test_query_types(asked: str, verdict: str) -> None:
    assert firewall(rule(1, "NODATA", "a.example.", q_type="TYPE28")).resolve("a.example", asked).verdict == verdict


def test_an_override_leads_to_its_target_and_its_addresses() -> None:
    wall = firewall(
        rule(1, "OVERRIDE", "a.example.", to="b.internal."), records=host("b.internal", "10.0.0.1", "fd00::1")
    )
    decision = wall.resolve("a.example", "AAAA")
    assert [step.name for step in decision.chain] == ["a.example.", "b.internal."]
    assert (decision.connects_to, decision.addresses) == ("b.internal.", ("fd00::1",))


def steps(decision: Decision) -> list[tuple[str, str | None, str | None, str]]:
    return [(s.name, s.outcome.verdict.value if s.outcome else None, s.leads_to, s.because) for s in decision.chain]


@pytest.mark.parametrize("records", [(), host("unrelated.example", "192.0.2.9")], ids=["short way", "with records"])
def test_every_step_of_a_chain_is_shown(records: tuple[Record, ...]) -> None:
    wall = firewall(
        rule(1, "OVERRIDE", "a.example.", to="b.internal."),
        rule(2, "NODATA", "b.internal.", q_type="AAAA", inspects=False),
        rule(3, "NXDOMAIN", "blocked.example."),
        rule(4, "ALERT", "watched.example."),
        rule(5, "OVERRIDE", "unknown.example.", to=None),
        records=records,
    )
    override = ("a.example.", "overridden", "b.internal.", "override")
    assert steps(wall.resolve("a.example")) == [override, ("b.internal.", "passed", None, "")]
    assert steps(wall.resolve("a.example", "AAAA")) == [override, ("b.internal.", "nodata", None, "")]
    assert steps(wall.resolve("a.example", "CNAME")) == [("a.example.", "overridden", None, "override")]
    assert steps(wall.resolve("blocked.example")) == [("blocked.example.", "nxdomain", None, "")]
    assert steps(wall.resolve("watched.example")) == [("watched.example.", "alerted", None, "")]
    assert steps(wall.resolve("unknown.example")) == [("unknown.example.", "overridden", None, "override")]


def test_every_step_of_known_redirections_is_shown() -> None:
    wall = firewall(rule(1, "NODATA", "b.example.", q_type="A"), rule(2, "ALERT", "alias.example."), records=ALIAS)
    cnames = {"a.example.": "b.example."}
    decision = wall.resolve("a.example", cnames=cnames)
    assert steps(decision) == [("a.example.", "passed", "b.example.", "cname"), ("b.example.", "nodata", None, "")]
    assert decision.verdict is Verdict.NODATA
    assert steps(wall.resolve("a.example", "CNAME", cnames=cnames)) == [("a.example.", "passed", None, "")]
    assert wall.resolve("a.example", "AAAA", cnames=cnames).verdict is Verdict.PASSED
    assert steps(wall.resolve("alias.example")) == [
        ("alias.example.", "alerted", "b.example.", "alias"),
        ("b.example.", None, None, ""),
    ]


ALIAS = (Record("alias.example.", "ALIAS", ("b.example.",)),)


def test_an_address_is_asked_for_where_no_type_is_named() -> None:
    wall = firewall(rule(1, "NODATA", "a.example.", q_type="A"))
    assert wall.judge("a.example.").verdict is Verdict.NODATA
    assert wall.resolve("a.example").q_type == "A"


def test_an_override_to_a_name_known_only_after_apply() -> None:
    decision = firewall(rule(1, "OVERRIDE", "a.example.", to=None)).resolve("a.example")
    assert decision.verdict is Verdict.OVERRIDDEN
    assert decision.connects_to is None


def test_a_query_for_the_cname_itself_is_not_followed() -> None:
    decision = firewall(rule(1, "OVERRIDE", "a.example.", to="b.internal.")).resolve("a.example", "CNAME")
    assert (decision.verdict, len(decision.chain)) == (Verdict.OVERRIDDEN, 1)


def test_overrides_that_lead_back_are_a_loop() -> None:
    wall = firewall(
        rule(1, "OVERRIDE", "a.example.", to="b.example."), rule(2, "OVERRIDE", "b.example.", to="a.example.")
    )
    decision = wall.resolve("a.example")
    assert decision.loop
    assert decision.connects_to is None


def test_a_long_chain_is_cut() -> None:
    cnames = {f"n{step}.example.": f"n{step + 1}.example." for step in range(100)}
    decision = firewall(rule(1, "NXDOMAIN", "n50.example.")).resolve("n0.example", cnames=cnames)
    assert len(decision.chain) == MAX_CHAIN
    assert decision.connects_to is None


def test_an_alias_is_no_redirection_to_judge() -> None:
    records = (Record("shop.example.", "ALIAS", ("cdn.example.",)), *host("cdn.example", "192.0.2.1"))
    decision = firewall(rule(1, "NXDOMAIN", "cdn.example."), records=records).resolve("shop.example")
    assert decision.verdict is Verdict.PASSED
    assert (decision.connects_to, decision.addresses) == ("cdn.example.", ("192.0.2.1",))
    assert [step.because for step in decision.chain] == ["alias", ""]


CHAIN = (
    Record("shop.example.", "CNAME", ("cdn.example.",)),
    Record("cdn.example.", "CNAME", ("edge.example.",)),
    *host("edge.example", "192.0.2.1"),
)


def test_a_blocked_name_has_no_address_and_leads_nowhere() -> None:
    blocked = rule(1, "NXDOMAIN", "shop.example."), rule(2, "NODATA", "edge.example.")
    decision = firewall(*blocked, records=CHAIN).resolve("edge.example")
    assert (decision.connects_to, decision.addresses) == (None, ())
    decision = firewall(*blocked, records=CHAIN).resolve("shop.example")
    assert [step.name for step in decision.chain] == ["shop.example."]
    assert (decision.verdict, decision.connects_to, decision.addresses) == (Verdict.NXDOMAIN, None, ())


def test_a_query_for_the_cname_is_not_followed_where_records_are_known() -> None:
    wall = firewall(rule(1, "OVERRIDE", "a.example.", to="b.internal."), records=CHAIN)
    (step,) = wall.resolve("a.example", "CNAME").chain
    assert (step.leads_to, step.because) == (None, "override")
    (step,) = wall.resolve("shop.example", "CNAME").chain
    assert (step.leads_to, step.because) == (None, "")
    assert wall.resolve("a.example").chain[0].leads_to == "b.internal."


def test_without_rules_records_are_followed() -> None:
    decision = firewall(records=CHAIN).resolve("shop.example")
    assert decision.verdict is Verdict.PASSED
    assert (decision.connects_to, decision.addresses) == ("edge.example.", ("192.0.2.1",))


@pytest.mark.parametrize(
    ("inspects", "verdict", "reached"),
    [(True, Verdict.NXDOMAIN, None), (False, Verdict.ALLOWED, "edge.example.")],
    ids=["inspect", "trust"],
)
def test_a_walled_garden_needs_the_whole_chain_or_trust(inspects: bool, verdict: Verdict, reached: str | None) -> None:
    wall = firewall(rule(1, "ALLOW", "shop.example.", inspects=inspects), rule(2, "NXDOMAIN", "*."), records=CHAIN)
    decision = wall.resolve("shop.example")
    assert decision.verdict is verdict
    assert decision.connects_to == reached


def test_a_trusting_block_judges_the_first_name_only() -> None:
    wall = firewall(rule(1, "NXDOMAIN", "cdn.example.", inspects=False), records=CHAIN)
    assert wall.resolve("shop.example").verdict is Verdict.PASSED
    assert wall.resolve("cdn.example").verdict is Verdict.NXDOMAIN


def test_a_name_in_the_middle_of_a_chain_is_overridden() -> None:
    wall = firewall(rule(1, "OVERRIDE", "cdn.example.", to="near.example."), records=CHAIN)
    decision = wall.resolve("shop.example")
    assert decision.verdict is Verdict.OVERRIDDEN
    assert [step.name for step in decision.chain] == ["shop.example.", "cdn.example.", "near.example."]


def test_the_target_of_an_override_is_judged_anew() -> None:
    wall = firewall(
        rule(1, "OVERRIDE", "a.example.", to="b.example.", inspects=False),
        rule(2, "NODATA", "b.example.", inspects=False),
    )
    decision = wall.resolve("a.example")
    assert decision.verdict is Verdict.OVERRIDDEN
    assert decision.chain[1].outcome is not None
    assert decision.chain[1].outcome.verdict is Verdict.NODATA
    assert decision.connects_to is None


@pytest.mark.parametrize(
    ("rules", "verdict", "reached"),
    [
        ([rule(1, "ALERT", "cdn.example."), rule(2, "ALLOW", "shop.example.")], Verdict.ALERTED, "edge.example."),
        ([rule(1, "ALERT", "edge.example.")], Verdict.ALERTED, "edge.example."),
        ([rule(1, "ALLOW", "edge.example.")], Verdict.ALLOWED, "edge.example."),
        ([rule(1, "ALERT", "shop.example."), rule(2, "NODATA", "edge.example.")], Verdict.NODATA, None),
        ([rule(1, "NXDOMAIN", "edge.example."), rule(2, "NODATA", "cdn.example.")], Verdict.NODATA, None),
        ([rule(1, "ALLOW", "shop.example."), rule(2, "NXDOMAIN", "*.")], Verdict.NXDOMAIN, None),
        ([rule(1, "ALLOW", unknown_list="managed"), rule(2, "ALERT", "edge.example.")], Verdict.UNDETERMINED, None),
        ([rule(1, "ALERT", unknown_list="managed"), rule(2, "NODATA", "edge.example.")], Verdict.UNDETERMINED, None),
    ],
)
def test_each_name_of_a_chain_is_judged_and_the_first_block_decides(
    rules: list[FirewallRule], verdict: Verdict, reached: str | None
) -> None:
    decision = firewall(*rules, records=CHAIN).resolve("shop.example")
    if verdict is not Verdict.UNDETERMINED:
        assert (decision.verdict, decision.connects_to) == (verdict, reached)
    else:
        assert decision.verdict is verdict


def test_a_certain_block_behind_a_doubt_that_resolves_anyway_decides() -> None:
    doubt = rule(1, "ALERT", "shop.example.", unknown="its priority")
    decision = firewall(doubt, rule(2, "NXDOMAIN", "cdn.example."), records=CHAIN).resolve("shop.example")
    assert decision.verdict is Verdict.NXDOMAIN
    assert [step.name for step in decision.matched] == ["shop.example.", "cdn.example."]


def test_of_names_that_weigh_the_same_the_first_decides() -> None:
    allowed = (rule(1, "ALLOW", "cdn.example."), rule(2, "ALLOW", "shop.example."))
    decided = firewall(*allowed, records=CHAIN).resolve("shop.example").rule
    assert decided is not None
    assert decided.rule.priority == 2


def test_a_doubt_that_lets_a_later_name_through_outweighs_no_certain_alert() -> None:
    managed = rule(2, "ALERT", unknown_list=MANAGED)
    decision = firewall(rule(1, "ALERT", "shop.example."), managed, records=CHAIN).resolve("shop.example")
    assert decision.verdict is Verdict.ALERTED


def test_what_a_trusting_rule_silences_is_told() -> None:
    trusting = rule(1, "ALLOW", "shop.example.", inspects=False)
    assert firewall(trusting, records=CHAIN).resolve("shop.example").trusted == ("cdn.example.", "edge.example.")
    assert firewall(rule(1, "ALLOW", "shop.example."), records=CHAIN).resolve("shop.example").trusted == ()


def test_a_rule_that_may_trust_leaves_a_later_block_undetermined() -> None:
    trusting = rule(1, "ALLOW", "shop.example.", inspects=False, unknown="its priority")
    decision = firewall(trusting, rule(2, "NXDOMAIN", "cdn.example."), records=CHAIN).resolve("shop.example")
    assert decision.verdict is Verdict.UNDETERMINED
    assert [outcome.verdict for outcome in decision.outcome.possible] == [Verdict.NXDOMAIN, Verdict.PASSED]


def test_a_star_without_a_dot_concerns_only_names_that_end_so() -> None:
    domains = DomainList("list", ("own.test.",), suffixes=("example.com.",))
    odd = FirewallRule(address="r", priority=1, action=Action.BLOCK, response=Response.NXDOMAIN, domains=domains)
    wall = firewall(odd)
    verdicts = {name: wall.resolve(name).verdict.value for name in ("myexample.com", "a.example.com", "example.org")}
    assert verdicts == {"myexample.com": "undetermined", "a.example.com": "undetermined", "example.org": "passed"}
    assert wall.resolve("own.test").verdict is Verdict.NXDOMAIN


MANAGED = "its names are not in this file (AWS-managed, or another stack's)"


def test_a_managed_list_in_front_leaves_the_verdict_open() -> None:
    wall = firewall(rule(1, "NXDOMAIN", unknown_list=MANAGED), rule(2, "OVERRIDE", "a.example.", to="b.example."))
    outcome = wall.judge("a.example.")
    assert outcome.verdict is Verdict.UNDETERMINED
    assert [option.verdict for option in outcome.possible] == [Verdict.NXDOMAIN, Verdict.OVERRIDDEN]
    assert wall.resolve("a.example").connects_to is None


def test_a_managed_list_behind_the_winner_does_not_matter() -> None:
    wall = firewall(rule(1, "ALLOW", "a.example."), rule(2, "NXDOMAIN", unknown_list=MANAGED))
    assert wall.judge("a.example.").verdict is Verdict.ALLOWED
    assert wall.judge("b.example.").verdict is Verdict.UNDETERMINED


def test_a_managed_list_that_does_the_same_does_not_matter() -> None:
    wall = firewall(rule(1, "NXDOMAIN", unknown_list=MANAGED), rule(2, "NXDOMAIN", "a.example."))
    assert wall.judge("a.example.").verdict is Verdict.NXDOMAIN


def test_a_managed_list_of_another_type_does_not_matter() -> None:
    wall = firewall(rule(1, "NXDOMAIN", unknown_list=MANAGED, q_type="AAAA"))
    assert wall.judge("a.example.", "A").verdict is Verdict.PASSED
    assert wall.judge("a.example.", "AAAA").verdict is Verdict.UNDETERMINED


def test_a_list_known_in_part_decides_for_the_known_names() -> None:
    wall = firewall(rule(1, "NXDOMAIN", "a.example.", unknown_list="some of its names are known only after apply"))
    assert wall.judge("a.example.").verdict is Verdict.NXDOMAIN
    assert wall.judge("b.example.").verdict is Verdict.UNDETERMINED


def test_a_rule_in_an_uncertain_place_or_with_an_unknown_action() -> None:
    wall = firewall(rule(1, "ALLOW", "a.example.", unknown="its priority"), rule(2, "NXDOMAIN", "a.example."))
    assert [option.verdict for option in wall.judge("a.example.").possible] == ["allowed", "nxdomain"]
    assert wall.judge("b.example.").verdict is Verdict.PASSED
    assert firewall(rule(1, "?", "a.example.")).judge("a.example.").verdict is Verdict.UNDETERMINED


def test_when_every_possibility_resolves_the_client_still_gets_there() -> None:
    wall = firewall(rule(1, "ALERT", unknown_list=MANAGED), records=CHAIN)
    decision = wall.resolve("shop.example")
    assert decision.verdict is Verdict.UNDETERMINED
    assert decision.connects_to == "edge.example."


def test_every_vpc_has_its_own_rules_and_all_records() -> None:
    blocked, free = vpc(rule(1, "NXDOMAIN", "a.example."), name="blocked"), vpc(name="free")
    both = Ruleset("test", (blocked, free), host("b.example", "10.0.0.1"))
    walls = list(firewalls(both, host("c.example", "10.0.0.2")))
    assert [wall.vpc for wall in walls] == [blocked, free]
    assert [wall.resolve("a.example").verdict for wall in walls] == [Verdict.NXDOMAIN, Verdict.PASSED]
    assert [wall.resolve(name).addresses for wall in walls for name in ("b.example", "c.example")] == [
        ("10.0.0.1",),
        ("10.0.0.2",),
    ] * 2


def test_wildcards_of_records_stop_at_names_that_exist() -> None:
    wall = firewall(records=(Record("*.wild.example.", "A", ("10.0.0.2",)), Record("own.wild.example.", "TXT", ("x",))))
    assert wall.resolve("b.c.wild.example").addresses == ("10.0.0.2",)
    assert wall.resolve("own.wild.example").addresses == ()
    assert wall.resolve("x.own.wild.example").addresses == ()


@pytest.mark.parametrize("name", ["", ".", "a..b", "a b.c", "x" * 64, "a." * 130, "ü..x", "\N{SNOWMAN}.com", "a\n.b"])
def test_names_that_no_query_can_carry(name: str) -> None:
    with pytest.raises(InvalidQueryError):
        query_name(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("A.B", "a.b."), ("_sip._tcp.x.", "_sip._tcp.x."), ("bücher.example", "xn--bcher-kva.example.")],
)
def test_names_are_brought_into_one_form(name: str, expected: str) -> None:
    assert query_name(name) == expected


@pytest.mark.parametrize("name", ["", "X", "TYPE", "TYPE0", "TYPE65536", "TYPE-1", "TYPE1 "])
def test_types_that_do_not_exist(name: str) -> None:
    with pytest.raises(InvalidQueryError):
        query_type(name)


def test_types_are_brought_into_one_form() -> None:
    assert [query_type(name) for name in ("a", "type28", "TYPE65280", "https")] == ["A", "AAAA", "TYPE65280", "HTTPS"]


def test_host_refuses_what_is_no_address() -> None:
    with pytest.raises(InvalidQueryError, match="is not an IP address"):
        host("a.example", "10.0.0.256")


# A small alphabet, so that names, wildcards and rules collide all the time.
LABELS = st.lists(st.sampled_from("ab"), min_size=1, max_size=4).map(lambda labels: ".".join(labels) + ".")
ENTRIES = LABELS | LABELS.map(lambda name: f"*.{name}") | st.just("*.")
ACTIONS = st.sampled_from(["ALLOW", "ALERT", "NODATA", "NXDOMAIN", "OVERRIDE", "?"])
TYPES = st.sampled_from([None, None, None, "A", "AAAA"])


@st.composite
def walls(draw: st.DrawFn) -> Firewall:
    numbers = iter(draw(st.permutations(range(1, 13))))
    groups = []
    for place in draw(st.lists(st.integers(101, 9899), unique=True, max_size=3)):
        rules = [
            rule(
                next(numbers),
                draw(ACTIONS),
                *draw(st.lists(ENTRIES, max_size=3, unique=True)),
                to=draw(st.sampled_from(["t.", "u."])),
                q_type=draw(TYPES),
                inspects=draw(st.booleans()),
                unknown_list=draw(st.sampled_from(["", "", "", "managed"])),
                unknown=draw(st.sampled_from(["", "", "", "after apply"])),
            )
            for _ in range(draw(st.integers(0, 4)))
        ]
        groups.append(group(*rules, priority=place, name=str(place)))
    return firewall(*groups)


def naive(wall: Firewall, name: str, q_type: str, *, redirected: bool) -> Outcome:
    """Ask every rule in order, as the documentation says it."""
    asked: list[tuple[int, int, FirewallRule, RuleGroup]] = sorted(
        (
            (association.priority, found.priority, found, association.group)
            for association in wall.vpc.associations
            for found in association.group.rules
        ),
        key=lambda found: found[:2],
    )
    verdicts = {"ALLOW": Verdict.ALLOWED, "ALERT": Verdict.ALERTED}
    possible = []
    for position, (_, _, found, _) in enumerate(asked):
        if found.q_type not in (None, q_type) or (redirected and not found.inspects):
            continue
        named = any(covers(entry, name) for entry in found.domains.names)
        if not named and not found.domains.unknown:
            continue
        verdict = verdicts.get(str(found.action)) or {
            "NODATA": Verdict.NODATA,
            "NXDOMAIN": Verdict.NXDOMAIN,
            "OVERRIDE": Verdict.OVERRIDDEN,
        }.get(str(found.response), Verdict.UNDETERMINED)
        possible.append(Outcome(verdict, wall.index.rules[position]))
        if named and not found.unknown:
            break
    else:
        possible.append(Outcome(Verdict.PASSED))
    same = len({outcome.effect for outcome in possible}) == 1
    if same and possible[0].verdict is not Verdict.UNDETERMINED:
        return possible[-1]
    return Outcome(Verdict.UNDETERMINED, None, tuple(possible))


def simplified(outcome: Outcome) -> object:
    return (
        outcome.verdict,
        outcome.placed.rule.address if outcome.placed else None,
        [simplified(option) for option in outcome.possible],
    )


@given(walls(), LABELS, st.sampled_from(["A", "AAAA", "MX"]), st.booleans())
def test_the_index_decides_as_the_naive_walk(wall: Firewall, name: str, q_type: str, redirected: bool) -> None:
    found = wall.judge(name, q_type, redirected=redirected)
    expected = naive(wall, name, q_type, redirected=redirected)
    assert simplified(found) == simplified(expected)


@given(walls(), LABELS, st.sampled_from(["A", "AAAA", "CNAME"]))
def test_the_short_way_is_the_long_way(wall: Firewall, name: str, q_type: str) -> None:
    # A redirection that is not in the way forces the long one.
    assert wall.resolve(name, q_type) == wall.resolve(name, q_type, cnames={"unused.example.": "x.example."})


@given(walls(), LABELS, st.dictionaries(LABELS, LABELS, max_size=4))
def test_every_chain_ends(wall: Firewall, name: str, cnames: dict[str, str]) -> None:
    decision = wall.resolve(name, cnames=cnames)
    assert 1 <= len(decision.chain) <= MAX_CHAIN
    assert decision.connects_to is None or decision.connects_to == decision.chain[-1].name
