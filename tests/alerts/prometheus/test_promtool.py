"""The typed unit tests, run by promtool itself: they pass, and they fail when they should."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from northsouth.alerts.prometheus import AlertTest, ExprTest, Firing, RuleGroup, RuleTest
from northsouth.alerts.prometheus.promtool import PromtoolMissingError, run_pack, run_tests
from northsouth.errors import ConfigurationError
from tests.alerts.prometheus.rules import DOWN, GROUP, SHARE, alert
from tests.harness.promtool import assert_proved, expression_mutants, survivors

pytestmark = pytest.mark.usefixtures("promtool")

UP = 'up{cluster="a",job="api"}'
FIRES = RuleTest(
    name="an API that is down for five minutes",
    series={UP: "1 0x19 1x5"},
    alerts=[
        AlertTest("TargetDown", "5m"),
        AlertTest("TargetDown", "6m", [Firing({"cluster": "a", "job": "api"})]),
        AlertTest("TargetDown", "7m", [Firing({"cluster": "a", "job": "api"}, {"summary": "api of a is down"})]),
        AlertTest("TargetDown", "21m"),
    ],
    exprs=[ExprTest("job:up:avg", "0m", {'job:up:avg{job="api",site="paris",team="edge"}': 1})],
)


@dataclass(frozen=True)
class Pack:
    """A pack of one group."""

    name: str = "targets"
    group: RuleGroup = GROUP
    scenarios: Sequence[RuleTest] = (FIRES,)

    def groups(self) -> Sequence[RuleGroup]:
        return [self.group]

    def tests(self) -> Sequence[RuleTest]:
        return self.scenarios


@pytest.mark.slow
def test_a_pack_that_is_right_is_proved() -> None:
    assert_proved(Pack())


def test_scenarios_of_several_intervals_run_together() -> None:
    slow = replace(
        FIRES, name="slow", interval="5m", series={UP: "0x20"}, exprs=(), alerts=[AlertTest("TargetDown", "0m")]
    )
    assert run_pack(Pack(scenarios=[FIRES, slow])).failures == {}


def test_a_failure_is_told_by_scenario() -> None:
    wrong = replace(FIRES, name="wrong", alerts=[AlertTest("TargetDown", "6m")], exprs=())
    labels = [AlertTest("TargetDown", "6m", [Firing({"cluster": "b", "job": "api"})])]
    other = replace(FIRES, name="labels", alerts=labels, exprs=())
    verdict = run_tests("targets", [GROUP], [FIRES, wrong, other])
    assert list(verdict.failures) == ["wrong", "labels"]
    assert "exp:[" in verdict.failures["wrong"]
    assert 'cluster="b"' in verdict.failures["labels"]


def test_an_expression_loses_each_matcher_and_each_condition() -> None:
    expr = 'rate(x{a="b",c!~"d|}"}[5m] offset 1h) > 1 and on (a) y{a="b"} unless (z or w)'
    assert list(expression_mutants(expr)) == [
        ('without a="b"', 'rate(x{c!~"d|}"}[5m] offset 1h) > 1 and on (a) y unless (z or w)'),
        ('without c!~"d|}"', 'rate(x{a="b"}[5m] offset 1h) > 1 and on (a) y{a="b"} unless (z or w)'),
        ("without unless (z or w)", 'rate(x{a="b",c!~"d|}"}[5m] offset 1h) > 1 and on (a) y{a="b"}'),
        ('without and y{a="b"}', 'rate(x{a="b",c!~"d|}"}[5m] offset 1h) > 1 unless (z or w)'),
        ("without or w", 'rate(x{a="b",c!~"d|}"}[5m] offset 1h) > 1 and on (a) y{a="b"} unless (z)'),
        ("without z or", 'rate(x{a="b",c!~"d|}"}[5m] offset 1h) > 1 and on (a) y{a="b"} unless (w)'),
    ]


@pytest.mark.slow
def test_a_rule_without_a_test_is_found() -> None:
    quiet = replace(FIRES, alerts=[AlertTest("TargetDown", "5m")])
    assert survivors([GROUP], [quiet]) == ["TargetDown: taken out"]
    never_early = replace(FIRES, alerts=[case for case in FIRES.alerts if case.at != "5m"])
    assert survivors([GROUP], [never_early]) == ["TargetDown: without for"]


def test_one_name_with_two_severities_is_told_apart() -> None:
    group = RuleGroup("g", [DOWN, alert(severity="warning", for_="1m")])
    warning = Firing({"cluster": "a", "job": "api", "severity": "warning"})
    test = replace(FIRES, alerts=[AlertTest("TargetDown", "2m", [warning])], exprs=())
    assert run_tests("g", [group], [test]).failures == {}
    vague = replace(test, alerts=[AlertTest("TargetDown", "2m", [Firing({"cluster": "a", "job": "api"})])])
    with pytest.raises(ConfigurationError, match="fit 2 of the rules"):
        run_tests("g", [group], [vague])


def test_wrong_tests_are_told_before_promtool_runs() -> None:
    firing = [Firing({}), Firing({}, {})]
    alerts = [AlertTest("Gone", "5m"), AlertTest("TargetDown", "soon", firing)]
    test = replace(
        FIRES, interval="0s", alerts=alerts, series={"up{": "1", "sum(up)": "1"}, exprs=[ExprTest("up", "x")]
    )
    with pytest.raises(ConfigurationError) as refused:
        run_tests("g", [GROUP], [test])
    report = str(refused.value)
    for part in (
        "interval: got '0s'",
        "alerts['Gone']: got 'Gone'; the rules have TargetDown",
        "alerts['TargetDown'].at: got 'soon'",
        "got annotations for some",
        "got no summary; it is a template",
        "exprs['up'].at: got 'x'",
        "series: got 'up{'",
        "series: got 'sum(up)'",
    ):
        assert part in report


def test_what_promtool_cannot_read_is_told() -> None:
    verdict = run_tests("g", [GROUP], [replace(FIRES, series={UP: "1xx"})])
    assert not verdict.passed
    assert "parse error" in "".join(verdict.failures.values())


def test_without_promtool_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PromtoolMissingError, match="apt install prometheus"):
        run_tests("g", [RuleGroup("g", [SHARE])], [replace(FIRES, alerts=(), exprs=())])
