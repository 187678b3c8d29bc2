"""Where a name is looked up: zones, forwarding rules and Profiles by specificity, and what is not certain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.dns.records import Record, host
from northsouth.dns.resolver_rules import EVERYTHING, Kind, Resolver, ResolverRule, State


def zone(domain: str, *records: Record, local: bool = True, incomplete: str = "", unknown: str = "") -> ResolverRule:
    return ResolverRule(
        address=f"zone {domain}",
        domain=domain,
        kind=Kind.ZONE,
        local=local,
        records=records,
        incomplete=incomplete,
        unknown=unknown,
    )


def rule(domain: str, kind: Kind = Kind.FORWARD, *, local: bool = True, unknown: str = "") -> ResolverRule:
    return ResolverRule(address=f"{kind} {domain}", domain=domain, kind=kind, local=local, unknown=unknown)


def a(name: str, *addresses: str, kind: str = "A") -> Record:
    return Record(name, kind, addresses or ("10.0.0.1",), zone="zone")


EMPTY, COM = zone("b.example."), zone("example.", a("x.example."), a("y.b.example."))
FORWARD, ALL, KEPT = rule("example."), rule(EVERYTHING), rule("example.", Kind.SYSTEM)
PROFILED, FORWARDED_BY_PROFILE = zone("example.", local=False), rule("example.", local=False)


@pytest.mark.parametrize(
    ("rules", "name", "decides"),
    [
        ([], "x.example.", None),
        ([COM], "x.example.", COM),
        ([COM], "example.", COM),
        ([COM], "xexample.", None),
        ([COM, EMPTY], "y.b.example.", EMPTY),  # the longest zone decides, even an empty one
        ([COM, EMPTY], "bb.example.", COM),
        ([COM, FORWARD], "x.example.", FORWARD),  # of one domain, the rule comes before the zone
        ([COM, ALL], "x.example.", COM),
        ([COM, ALL], "x.org.", ALL),
        ([EMPTY, FORWARD], "y.b.example.", EMPTY),
        ([ALL, KEPT], "x.example.", None),
        ([ALL, KEPT, COM], "x.example.", COM),
        ([ALL, KEPT, FORWARD], "x.example.", FORWARD),
        ([rule("example."), rule("b.example.", Kind.SYSTEM), COM], "y.b.example.", COM),
        ([COM, PROFILED], "x.example.", COM),  # of one domain, the VPC comes before its Profile
        ([COM, FORWARDED_BY_PROFILE], "x.example.", COM),
        ([PROFILED, FORWARDED_BY_PROFILE], "x.example.", FORWARDED_BY_PROFILE),
        ([zone("b.example.", local=False), COM], "y.b.example.", zone("b.example.", local=False)),
    ],
)
def test_the_most_specific_rule_decides(rules: list[ResolverRule], name: str, decides: ResolverRule | None) -> None:
    for order in (rules, rules[::-1]):
        if KEPT not in rules or FORWARD not in rules:  # AWS takes one custom rule for a domain
            assert Resolver(order).find(name).rule == decides


HELD = zone(
    "example.",
    a("x.example."),
    a("t.example.", "text", kind="TXT"),
    a("*.w.example."),
    a("deep.below.example."),
    Record("c.example.", "CNAME", ("x.example.",), zone="zone"),
    Record("later.example.", "A", (), zone="zone"),
    Record("four.example.", "ALIAS", ("x.example.",), zone="zone", alias_type="A"),
    Record("cut.example.", "NS", ("ns.example.net",), "the cut", "zone"),
    Record("example.", "NS", (), zone="zone"),
)


@pytest.mark.parametrize(
    ("name", "q_type", "state"),
    [
        ("x.example.", "A", State.RECORDS),
        ("x.example.", "AAAA", State.MISSING),  # as AWS says it: NXDOMAIN even where only the type is missing
        ("none.example.", "A", State.MISSING),
        ("t.example.", "TXT", State.RECORDS),
        ("t.example.", "ANY", State.RECORDS),
        ("c.example.", "MX", State.RECORDS),
        ("later.example.", "A", State.RECORDS),
        ("four.example.", "A", State.RECORDS),
        ("four.example.", "AAAA", State.MISSING),
        ("y.w.example.", "A", State.RECORDS),
        ("w.example.", "A", State.MISSING),
        ("below.example.", "A", State.MISSING),  # exists without records
        ("z.below.example.", "A", State.MISSING),
        ("cut.example.", "A", State.UNKNOWN),
        ("z.cut.example.", "A", State.UNKNOWN),
        ("zcut.example.", "A", State.MISSING),
        ("example.", "NS", State.RECORDS),
        ("example.", "A", State.MISSING),
        ("example.org.", "A", State.PUBLIC),
    ],
)
def test_what_a_zone_holds_decides_alone(name: str, q_type: str, state: State) -> None:
    lookup = Resolver([HELD], [a(name, "192.0.2.1")] if state is State.MISSING else ()).find(name)
    assert lookup.state(q_type) is state
    assert "192.0.2.1" not in lookup.addresses(q_type)


def test_the_values_of_the_type_are_the_answer() -> None:
    resolver = Resolver([HELD])
    assert resolver.find("x.example.").addresses("A") == ("10.0.0.1",)
    assert resolver.find("y.w.example.").addresses("A") == ("10.0.0.1",)
    assert resolver.find("later.example.").addresses("A") == ()
    assert resolver.find("c.example.").addresses("A") == ()


def test_redirections_are_those_of_the_type() -> None:
    resolver = Resolver([HELD])
    assert resolver.find("four.example.").redirection("A") == ("ALIAS", "x.example.")
    assert resolver.find("four.example.").redirection("AAAA") is None
    assert resolver.find("c.example.").redirection("AAAA") == ("CNAME", "x.example.")
    assert resolver.find("later.example.").redirection("A") is None


def test_record_sets_that_lead_to_several_names_are_not_followed() -> None:
    weighted = [Record("w.example.", "CNAME", (target,), zone="zone") for target in ("a.example.", "b.example.")]
    assert Resolver(records=weighted[:1]).find("w.example.").redirection("A") == ("CNAME", "a.example.")
    lookup = Resolver(records=weighted).find("w.example.")
    assert (lookup.redirection("A"), lookup.state("A")) == (None, State.RECORDS)


def test_an_alias_without_a_type_is_of_both_families() -> None:
    lookup = Resolver(records=[Record("a.example.", "ALIAS", ("b.example.",))]).find("a.example.")
    assert [lookup.state(kind) for kind in ("A", "AAAA", "MX")] == [State.RECORDS, State.RECORDS, State.PUBLIC]


def test_what_the_caller_says_comes_before_every_rule() -> None:
    lookup = Resolver([zone("example."), FORWARD], host("x.example", "10.9.9.9")).find("x.example.")
    assert (lookup.rule, lookup.addresses("A"), lookup.state("A")) == (None, ("10.9.9.9",), State.RECORDS)


def test_a_zone_whose_records_are_not_all_known_misses_nothing() -> None:
    lookup = Resolver([zone("example.", a("x.example."), incomplete="another stack's")])
    assert lookup.find("x.example.").state("A") is State.RECORDS
    assert lookup.find("y.example.").state("A") is State.UNKNOWN
    assert lookup.find("y.example.").incomplete == "another stack's"


PUBLIC = (a("x.example.", "192.0.2.1"), a("y.example.", "192.0.2.2"))


def test_a_rule_the_vpc_may_not_have_leaves_the_answer_open() -> None:
    maybe = zone("example.", a("x.example."), a("y.example.", "192.0.2.2"), unknown="perhaps")
    resolver = Resolver([maybe], PUBLIC)
    lookup = resolver.find("x.example.")
    assert (lookup.state("A"), lookup.addresses("A"), lookup.redirection("A")) == (State.UNKNOWN, (), None)
    ((doubtful, other),) = lookup.disputed("A")
    assert (doubtful, other.addresses("A")) == (maybe, ("10.0.0.1",))
    same = resolver.find("y.example.")
    assert (same.state("A"), same.addresses("A")) == (State.RECORDS, ("192.0.2.2",))  # either way


@pytest.mark.parametrize(
    ("rules", "state"),
    [
        ([FORWARD, zone("example.", unknown="perhaps")], State.FORWARDED),  # would not decide
        ([FORWARD, zone("b.example.", unknown="perhaps")], State.UNKNOWN),
        ([FORWARD, rule("b.example.", Kind.SYSTEM, unknown="perhaps")], State.UNKNOWN),
        ([zone("example."), rule("example.", unknown="perhaps")], State.UNKNOWN),
        ([zone("example."), rule("example.org.", unknown="perhaps")], State.MISSING),
        ([zone("b.example."), rule(EVERYTHING, unknown="perhaps")], State.MISSING),
    ],
)
def test_only_a_rule_that_would_decide_is_a_doubt(rules: list[ResolverRule], state: State) -> None:
    assert Resolver(rules).find("y.b.example.").state("A") is state


def test_a_rule_for_a_domain_that_is_not_known_may_concern_every_name_below() -> None:
    vague = ResolverRule(address="?", domain=EVERYTHING, kind=Kind.ZONE, unknown="id only", incomplete="?", vague=True)
    resolver = Resolver([zone("example.", a("x.example.")), vague])
    assert resolver.find("x.example.").state("A") is State.UNKNOWN
    below = ResolverRule(address="?", domain="aws.", kind=Kind.ENDPOINT, unknown="?", incomplete="?", vague=True)
    assert Resolver([below]).find("sqs.aws.").state("A") is State.UNKNOWN
    assert Resolver([below]).find("x.example.").state("A") is State.PUBLIC


LABELS = st.lists(st.sampled_from("ab"), min_size=1, max_size=3).map(lambda labels: ".".join(labels) + ".")
RULES = st.builds(rule, LABELS | st.just(EVERYTHING), st.sampled_from(list(Kind)), local=st.booleans())


@given(st.lists(RULES, max_size=6), LABELS)
def test_a_lookup_is_the_walk_over_all_rules(rules: list[ResolverRule], name: str) -> None:
    """Ask every rule, not only those on the way up from the name."""
    covering = sorted((each for each in rules if each.covers(name)), key=lambda each: each.rank, reverse=True)
    kept = False
    expected = None
    for each in covering:
        if each.kind is Kind.SYSTEM:
            kept = True
        elif each.answers or not kept:
            expected = each
            break
    found = Resolver(rules).find(name).rule
    assert (found and found.rank) == (expected and expected.rank)


@given(st.lists(RULES, max_size=4), RULES, LABELS)
def test_a_doubt_is_what_the_rule_would_change(rules: list[ResolverRule], more: ResolverRule, name: str) -> None:
    maybe = ResolverRule(address=more.address, domain=more.domain, kind=more.kind, local=more.local, unknown="perhaps")
    without, sure, doubtful = Resolver(rules), Resolver([*rules, more]), Resolver([*rules, maybe])
    lookup = doubtful.find(name)
    assert lookup.rule == without.find(name).rule
    if not lookup.doubts:
        assert sure.find(name).likely("A") == lookup.state("A")
