from __future__ import annotations

from typing import Any

import promql_parser as promql
import pytest

from northsouth.alerts.prometheus import AlertRule, RuleFile, RulePack
from northsouth.alerts.prometheus.packs import Clients, KubernetesApiRules
from northsouth.alerts.prometheus.promtool import run_tests
from northsouth.alerts.prometheus.rules import plain
from northsouth.alerts.prometheus.selectors import Like
from northsouth.errors import ConfigurationError
from northsouth.metrics.units import bytes_, count, count_per_second, days, gibibytes, percent, seconds
from tests.harness.promtool import survivors, verdict

RUNBOOK = "https://wiki.example.com/kubernetes-api"
USUAL = KubernetesApiRules(runbook=RUNBOOK)
OTHER: dict[str, Any] = {
    "match": {"job": Like("kube-.*", example="kube-apiserver"), "team": "edge"},
    "label": "k8s_cluster",
    "floor": count_per_second(20),
    "errors_over": percent(60),
    "refused_over": percent(0.5),
    "rejected_over": count_per_second(3),
    "born_over": count(500),
    "evictions_over": count_per_second(0.5),
    "clients": Clients.by_user_agent("audit_requests_total", refused={"status": "429"}),
    "one_client_over": percent(30),
    "one_client_floor": count_per_second(2),
    "slow_over": seconds(2.5),
    "waits_over": seconds(0.2),
    "objective": percent(99.9),
    "latency": "apiserver_request_slo_duration_seconds",
    "expires_within": days(30),
    "expires_now": days(2),
    "storage_quota": gibibytes(2),
    "storage_over": percent(50),
    "storage_full": percent(90),
    "aggregated_over": percent(35),
    "terminated_over": percent(20),
    "interval": "30s",
}


def alerts(pack: KubernetesApiRules) -> dict[str, AlertRule]:
    return {rule.alert: rule for group in pack.groups() for rule in group.rules if isinstance(rule, AlertRule)}


@pytest.mark.slow
def test_every_rule_is_proved(promtool: str) -> None:  # noqa: ARG001
    assert verdict(USUAL).failures == {}


@pytest.mark.slow
@pytest.mark.mutants
def test_the_tests_of_the_pack_kill_every_mutant_of_its_rules(promtool: str) -> None:  # noqa: ARG001
    # test_every_selector_of_the_api_server_selects_by_match notices these.
    assert survivors(USUAL.groups(), USUAL.tests(), apart_from=['without job="apiserver"']) == []


@pytest.mark.slow
def test_other_parameters_are_proved_with_the_same_scenarios(promtool: str) -> None:  # noqa: ARG001
    pack = KubernetesApiRules(runbook=RUNBOOK, **OTHER)
    short = [test for test in pack.tests() if test.interval == "1m"]
    assert len(short) == len(pack.tests()) - 1  # all but the burns, which take hours
    assert run_tests(pack.name, pack.groups(), short).failures == {}


def test_every_selector_of_the_api_server_selects_by_match() -> None:
    selectors: list[Any] = []
    for group in KubernetesApiRules(runbook=RUNBOOK, **OTHER).groups():
        for rule in group.rules:
            promql.walk(promql.parse(plain(rule.expr)), selectors.append)
    own = [each for each in selectors if getattr(each, "name", "").startswith("apiserver_")]
    assert own
    for selector in own:
        assert {"job", "team"} <= {matcher.name for matcher in selector.matchers.matchers}, selector.prettify()


def test_it_is_a_pack_whose_rules_have_no_problems() -> None:
    assert isinstance(USUAL, RulePack)
    assert "KubernetesApiOneClient" in RuleFile(USUAL.groups()).yaml()


@pytest.mark.parametrize("name", OTHER)
def test_every_parameter_reaches_the_rules_and_their_tests(name: str) -> None:
    changed = KubernetesApiRules(runbook=RUNBOOK, **{name: OTHER[name]})
    assert changed.groups() != USUAL.groups()
    if name != "interval":
        assert changed.tests() != USUAL.tests()


def test_each_alert_links_to_its_section() -> None:
    found = alerts(USUAL)
    assert {rule.runbook for rule in found.values()} == {f"{RUNBOOK}#{name.lower()}" for name in found}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"runbook": "wiki"}, "runbook: got 'wiki'"),
        ({"match": {"a-b": "x"}}, "match.a-b: got 'a-b'"),
        ({"label": "__cluster"}, "label: got '__cluster'"),
        ({"latency": "a b"}, "latency: got 'a b'"),
        ({"interval": "0s"}, "interval: got '0s'"),
        ({"errors_over": percent(100)}, "errors_over: got 100%; it is a share"),
        ({"objective": seconds(1)}, "objective: got 1 s; it is a share"),
        ({"refused_over": percent(0)}, "refused_over: got 0%; it is a share"),
        ({"floor": count(5)}, "floor: got 5; this is"),
        ({"born_over": count_per_second(5)}, "born_over: got 5"),
        ({"slow_over": seconds(0)}, "slow_over: got 0 s; a threshold is more than nothing"),
        ({"slow_over": percent(5)}, "slow_over: got 5%; this is"),
        (
            {"expires_within": days(14)},
            "expires_within: got 14 day; the API server counts certificates that end within",
        ),
        ({"storage_quota": count(8)}, "storage_quota: got 8; this is"),
        ({"storage_quota": bytes_(0)}, "storage_quota: got 0 B; a threshold is more than nothing"),
        ({"storage_over": percent(95)}, "storage_full: got 95%; it is above storage_over, 95%"),
        ({"aggregated_over": percent(0)}, "aggregated_over: got 0%; it is a share"),
        ({"terminated_over": seconds(1)}, "terminated_over: got 1 s; it is a share"),
        ({"clients": Clients("a b", ["x"])}, "clients.metric: got 'a b'"),
        ({"clients": Clients("a", [])}, "clients.labels: got none"),
        ({"clients": Clients("a", ["x", "x"])}, "clients.labels[1]: got 'x'; it is used already"),
        ({"clients": Clients("a", ["cluster"])}, "clients.labels[0]: got 'cluster'; it is used already"),
        ({"clients": Clients("a", ["x"], {"0": "x"})}, "clients.refused.0: got '0'"),
    ],
)
def test_wrong_parameters_are_told(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        KubernetesApiRules(**{"runbook": RUNBOOK, **changes})
    assert expected in str(refused.value)
    assert len(refused.value.problems) == 1
