"""Everything AWS or the provider would refuse is reported, with its place and its fix."""

from dataclasses import replace
from typing import Any

import pytest

from northsouth.dns import override_checks
from northsouth.dns.declaration import Declaration
from northsouth.dns.names import check_domain, check_override_domain
from northsouth.dns.override_checks import check_rules, check_threats
from northsouth.dns.overrides import (
    Confidence,
    Domains,
    Override,
    OverrideSet,
    Quotas,
    Redirection,
    Rule,
    RuleAction,
    ThreatProtection,
)
from northsouth.dns.slots import slot

TOKEN = "${aws_lb.hub.dns_name}"
RULE = Rule(action=RuleAction.allow(), domains=Domains.of("a.example"), priority=10)


def report(
    overrides: list[OverrideSet],
    first: dict[str, Rule] | None = None,
    last: dict[str, Rule] | None = None,
    *,
    quotas: Quotas | None = None,
    min_groups: int = 1,
) -> list[str]:
    declaration = Declaration(
        name="dns",
        vpcs={},
        overrides=overrides,
        first=first or {},
        last=last or {},
        quotas=quotas or Quotas(),
        min_groups=min_groups,
    )
    return [str(problem) for problem in declaration.problems()]


def hub(names: Any, *, name: str = "hub", ttl: Any = 60) -> OverrideSet:
    return OverrideSet(name, ttl, names)


@pytest.mark.parametrize("ttl", [1, 60, 604_800, -1.8881545897087503e289])
def test_good_ttls(ttl: Any) -> None:
    assert not [*override_checks.check_ttl("ttl", ttl)]


@pytest.mark.parametrize(
    ("ttl", "reason"),
    [
        (0, "never sends it"),
        (-1, "1 to 604,800"),
        (604_801, "1 to 604,800"),
        (1.5, "whole number"),
        ("60", "whole number"),
        (True, "whole number"),
        (None, "whole number"),
    ],
)
def test_bad_ttls(ttl: Any, reason: str) -> None:
    [problem] = override_checks.check_ttl("overrides.hub.ttl", ttl)
    assert reason in str(problem)


@pytest.mark.parametrize("q_type", [None, "A", "aaaa", "TYPE1", "TYPE65534", "type65"])
def test_good_query_types(q_type: str | None) -> None:
    assert not [*override_checks.check_q_type("q_type", q_type)]


@pytest.mark.parametrize("q_type", ["ANY", "TYPE0", "TYPE65535", "TYPE", "", "${var.type}", 28])
def test_bad_query_types(q_type: Any) -> None:
    assert [*override_checks.check_q_type("q_type", q_type)]


@pytest.mark.parametrize(
    ("sets", "where", "reason"),
    [
        ([hub({"a.example": "b.example"}, name="h.ub")], "overrides.h.ub.name", "hyphens, underscores"),
        ([hub({"a.example": "b.example"}, ttl=0)], "overrides.hub.ttl", "never sends it"),
        ([hub({})], "overrides.hub.names", "at least one name"),
        ([hub({"a..example": "b.example"})], 'overrides.hub.names["a..example"]', "empty"),
        ([hub({TOKEN: "b.example"})], f'overrides.hub.names["{TOKEN}"]', "known at synth"),
        ([hub({"a.example": "10.0.0.1"})], 'overrides.hub.names["a.example"]', "CNAME"),
        ([hub({"a.example": "A.Example."})], 'overrides.hub.names["a.example"]', "CNAME to itself"),
        (
            [hub({"a.example": "b.example", "A.example.": "c.example"})],
            'overrides.hub.names["A.example."]',
            'overrides.hub.names["a.example"] is another',
        ),
        (
            [hub([("a.example", "b.example"), ("a.example", "b.example")])],
            'overrides.hub.names["a.example"]',
            "one override for a name",
        ),
        (
            [hub({"a.example": "b.example"}), hub({"a.EXAMPLE": "b.example"}, name="spoke")],
            'overrides.spoke.names["a.EXAMPLE"]',
            "overrides.hub",
        ),
        (
            [hub({"a.example": "b.example"}), hub({"a.example": Override("c.example", q_type="A")}, name="spoke")],
            'overrides.spoke.names["a.example"]',
            "own q_type",
        ),
        ([hub({"a.example": "x.y"}), hub({"b.example": "x.y"})], "overrides", "2 sets named 'hub'"),
        (
            [hub({"a.example": Override("b.example", priority=99)})],
            'overrides.hub.names["a.example"].priority',
            "100 to 99,999",
        ),
        (
            [hub({"a.example": Override("b.example", q_type="ANY")})],
            'overrides.hub.names["a.example"].q_type',
            "'ANY'",
        ),
        (
            [hub({n: Override("x.y", priority=100) for n in ("a.example", "b.example")})],
            'overrides.hub.names["b.example"].priority',
            "unique in a group",
        ),
        (
            [hub({"a.example": "x.y", "*.example": Override("z.y", priority=100)})],
            'overrides.hub.names["a.example"]',
            "never answers for a.example.",
        ),
        ([], "overrides", "at least one override set or rule"),
    ],
)
def test_bad_overrides(sets: list[OverrideSet], where: str, reason: str) -> None:
    reports = report(sets)
    assert [line for line in reports if line.startswith(f"{where}: ") and reason in line], reports


@pytest.mark.parametrize(
    "names",
    [
        {"a.example": TOKEN, "*.example": "b.internal", "*": TOKEN},
        {"a.example": Override("b.example", q_type="A", priority=100)},
        [("a.example", Override("b.example", q_type="A")), ("a.example", Override("c.example", q_type="AAAA"))],
    ],
)
def test_good_overrides(names: Any) -> None:
    assert report([hub(names, ttl=604_800)]) == []


@pytest.mark.parametrize(
    ("rule", "where", "reason"),
    [
        (replace(RULE, priority=0), 'last["r"].priority', "1 to 2,147,483,647"),
        (replace(RULE, priority=2**31), 'last["r"].priority', "1 to 2,147,483,647"),
        (replace(RULE, q_type="X"), 'last["r"].q_type', "known at synth"),
        (replace(RULE, domains=Domains.of()), 'last["r"].domains', "at least one name"),
        (replace(RULE, domains=Domains.of("a.example", "a b")), 'last["r"].domains.names[1]', "white space"),
        (replace(RULE, domains=Domains.existing("my-list")), 'last["r"].domains', "rslvr-fdl-"),
        (replace(RULE, action=RuleAction.override("1.2.3.4", ttl=5)), 'last["r"].action.target', "CNAME"),
        (replace(RULE, action=RuleAction.override("x.example", ttl=0)), 'last["r"].action.ttl', "never sends it"),
    ],
)
def test_bad_rules(rule: Rule, where: str, reason: str) -> None:
    reports = report([], last={"r": rule})
    assert [line for line in reports if line.startswith(f"{where}: ") and reason in line], reports


def test_bad_names_and_numbers_of_rules() -> None:
    reports = report([], first={"a.b": RULE, "b": RULE})
    assert any(line.startswith('first["a.b"]: ') for line in reports)
    assert any(line.startswith('first["b"].priority: got 10; priorities are unique') for line in reports)


def test_the_numbers_that_several_lists_take_are_taken() -> None:
    many = replace(RULE, domains=Domains.of(*(f"n{index}.example" for index in range(1001))))
    assert report([], last={"many": many, "next": replace(RULE, priority=12)}) == []
    [line] = report([], last={"many": many, "next": replace(RULE, priority=11)})
    assert line.startswith('last["next"].priority: got 11')


def test_one_list_twice_in_a_group_is_refused_and_in_two_groups_is_fine() -> None:
    managed = replace(RULE, domains=Domains.existing("rslvr-fdl-0123456789ab"))
    [line] = report([], last={"a": managed, "b": replace(managed, priority=20, q_type="A")})
    assert line.startswith('last["b"].domains: ')
    assert "38073" in line
    assert report([], first={"a": managed}, last={"b": managed}) == []
    tokens = replace(RULE, domains=Domains.existing(TOKEN))
    assert len(report([], last={"a": tokens, "b": replace(tokens, priority=20)})) == 1


def test_rules_that_hide_an_override_are_found_unless_they_judge_other_types() -> None:
    sets = [hub({"api.a.example": "x.y"})]
    hiding = replace(RULE, domains=Domains.of("*.a.example"))
    [line] = report(sets, first={"r": hiding})
    assert 'first["r"] comes first' in line
    assert report(sets, first={"r": replace(hiding, q_type="AAAA")}) == []
    assert report(sets, last={"r": hiding}) == []


def test_a_chain_that_never_ends_is_found() -> None:
    [line] = report([hub({"*.a.example": "b.a.example"})])
    assert line.startswith('overrides.hub.names["*.a.example"]: ')
    assert "endless chain" in line


@pytest.mark.parametrize(
    ("count", "quotas", "expected"),
    [
        (500, Quotas(), 0),
        (501, Quotas(), 1),
        (501, Quotas(rules_per_group=101), 0),
        (201, Quotas(groups_per_vpc=2), 1),
        (20, Quotas(lists=19), 1),
        (20, Quotas(names=19), 1),
    ],
)
def test_quotas_hold(count: int, quotas: Quotas, expected: int) -> None:
    sets = [hub({f"host{index}.example": "x.y" for index in range(count)})]
    reports = report(sets, quotas=quotas)
    assert len(reports) == expected, reports
    assert all("account has" in line for line in reports)


@pytest.mark.parametrize(
    ("quotas", "where"),
    [
        (Quotas(groups_per_vpc=6), "quotas.groups_per_vpc"),
        (Quotas(names_per_list=1001), "quotas.names_per_list"),
        (Quotas(names_per_list=0), "quotas.names_per_list"),
        (Quotas(rules_per_group=0), "quotas.rules_per_group"),
    ],
)
def test_quotas_that_aws_does_not_raise(quotas: Quotas, where: str) -> None:
    reports = report([hub({"a.example": "x.y"})], last={"r": RULE}, quotas=quotas)
    assert [line for line in reports if line.startswith(f"{where}: ")], reports


@pytest.mark.slow
def test_100_000_names_are_the_limit() -> None:
    domains = Domains.of(*(f"n{index}.example" for index in range(100_001)))
    reports = report([], last={"r": replace(RULE, domains=domains)}, quotas=Quotas(rules_per_group=200))
    assert [line.split(";")[0] for line in reports] == ["quotas.names: got 100,001 domain names"]


@pytest.mark.parametrize(("min_groups", "good"), [(0, False), (1, True), (3, True), (4, False)])
def test_groups_fit_a_vpc(min_groups: int, *, good: bool) -> None:
    reports = report(
        [hub({"a.example": "x.y"})],
        first={"a": replace(RULE, domains=Domains.of("b.example"))},
        last={"b": RULE},
        min_groups=min_groups,
    )
    assert (reports == []) is good


@pytest.mark.parametrize("priority", [101, 1000, 9799])
def test_good_association_priorities(priority: int) -> None:
    assert not [*override_checks.check_association_priority("p", priority, span=100)]


@pytest.mark.parametrize("priority", [-1, 0, 100, 9800, 9900, -1.8881545897087503e289])
def test_bad_association_priorities(priority: Any) -> None:
    [problem] = override_checks.check_association_priority("p", priority, span=100)
    assert "101 to 9799" in str(problem)


def test_names_and_labels() -> None:
    reports = [str(problem) for problem in override_checks.check_names("n" * 65, ["main", "", TOKEN])]
    assert [line.split(":")[0] for line in reports] == ["name", 'vpcs[""]', f'vpcs["{TOKEN}"]']
    assert not [*override_checks.check_names("n" * 58, ["main", "1"])]
    assert "`-first`" in str(next(override_checks.check_names("n" * 59, [])))


def test_equal_numbers_by_hash_are_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("northsouth.dns.layout.slot", lambda _domain, _q_type: slot("same.example."))
    sets = [hub({"a.example": "x.y", "b.example": "x.y"})]
    [line] = report(sets)
    assert "Give one of them another `priority`" in line


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"action": RuleAction.allow()}, "rules[\"it\"].action: got 'ALLOW'"),
        ({"q_type": "A"}, "rules[\"it\"].q_type: got 'A'"),
        ({"redirection": Redirection.TRUST}, "rules[\"it\"].redirection: got 'TRUST'"),
        ({}, None),
        ({"action": RuleAction.override("sink.internal", ttl=5)}, None),
    ],
)
def test_what_aws_does_not_take_beside_a_threat(rule: dict[str, Any], said: str | None) -> None:
    threat = ThreatProtection.dns_tunneling(Confidence.LOW)
    given = Rule(**{"action": RuleAction.block_nodata(), "domains": threat, "priority": 1, **rule})
    problems = list(check_rules("rules", {"it": given}))
    assert [str(problem).startswith(said or "") for problem in problems] == ([True] if said else [])


def test_threats_need_bindings_that_know_them() -> None:
    threat = Rule(action=RuleAction.alert(), domains=ThreatProtection.dga(Confidence.HIGH), priority=1)
    other = Rule(action=RuleAction.alert(), domains=Domains.of("a.example"), priority=2)
    rules = {"first": {"other": other}, "last": {"dga": threat}}
    assert list(check_threats(rules, supported=True)) == []
    (problem,) = check_threats(rules, supported=False)
    assert (problem.where, problem.given) == ('last["dga"].domains', "ThreatProtection DGA")
    assert "cdktn-provider-aws" in problem.fix


def test_an_override_of_a_star_without_a_dot_is_refused_with_what_to_write() -> None:
    (problem,) = check_override_domain("it", "*example.com")
    assert "`*.example.com`" in problem.fix
    assert list(check_domain("it", "*example.com")) == []
    assert list(check_domain("it", "**example.com"))
