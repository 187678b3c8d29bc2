"""The declared defaults of every pack, and what its expressions say of known situations."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from cdktf import TerraformStack

from northsouth.alerts import Metric, Response, Severity
from northsouth.alerts.packs import (
    BlockedEvictions,
    ExistingGateways,
    HandoffAlarms,
    KubernetesApiAlarms,
    LoadBalancerAlarms,
    LogArchiveAlarms,
    LogEvents,
    ManagedPrometheusAlarms,
    NatAlarms,
    SilentClusters,
)
from northsouth.alerts.packs.load_balancer import balancer_metric, reliable
from northsouth.errors import ConfigurationError
from northsouth.logs.metrics import ArchiveRun
from northsouth.metrics.units import (
    count,
    percent,
    seconds,
)
from tests.alerts.packs.example import BALANCER, CHAT, PAGER, RESPOND, RUNBOOK, custom, everything
from tests.harness.synth import resources, synth
from tests.metrics.reference import evaluate

METRIC_ALARM, COMPOSITE = "aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"

COMPARISONS = {"<": "LessThanThreshold", ">": "GreaterThanThreshold", ">=": "GreaterThanOrEqualToThreshold"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return synth(everything)


@pytest.fixture(scope="module")
def alarms(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = resources(document, METRIC_ALARM) | resources(document, COMPOSITE)
    return {each["alarm_name"].removeprefix("stack-"): each for each in found.values()}


def period(alarm: dict[str, Any]) -> int:
    return int(alarm.get("period") or alarm["metric_query"][0]["metric"]["period"])


@pytest.mark.parametrize(
    ("name", "severity", "missing", "window", "sign", "threshold"),
    [
        ("nat-throughput", "warning", "missing", (3, 3, 300), ">", 2),
        ("nat-daily-budget", "warning", "missing", (1, 1, 86400), ">", 150),
        ("nat-bandwidth", "critical", "missing", (3, 5, 60), ">", 80),
        ("nat-port-allocation-errors", "critical", "notBreaching", (15, 15, 60), ">", 0),
        ("nat-dropped-packets", "warning", "notBreaching", (5, 5, 60), ">", 0.01),
        ("nat-connections-not-established", "warning", "notBreaching", (3, 3, 300), ">", 10),
        ("archival-rate-low", "critical", "notBreaching", (2, 3, 3600), "<", 98),
        ("archival-rate-high", "warning", "notBreaching", (3, 3, 3600), ">", 105),
        ("archival-requests-vanished", "warning", "notBreaching", (2, 3, 3600), "<", 50),
        ("archival-stale", "critical", "notBreaching", (3, 3, 3600), "<", 0.1),
        ("archival-failed-run", "warning", "notBreaching", (1, 12, 300), ">", 0),
        ("archival-unparsed", "warning", "notBreaching", (1, 1, 3600), ">", 0.1),
        ("archive-rate-low", "critical", "ignore", (2, 3, 3600), "<", 98),
        ("archive-rate-high", "warning", "ignore", (2, 3, 3600), ">", 101),
        ("archive-requests-vanished", "warning", "ignore", (2, 3, 3600), "<", 50),
        ("archive-unparsed", "warning", "notBreaching", (1, 1, 3600), ">", 0.1),
        ("archive-stale", "critical", "breaching", (3, 3, 3600), "<", 1),
        ("archive-failed-runs", "warning", "notBreaching", (1, 1, 3600), ">", 0),
        ("archive-unreconciled", "warning", "notBreaching", (1, 1, 86400), ">", 0),
        ("search-red", "critical", "notBreaching", (1, 1, 60), ">", 0),
        ("search-yellow", "warning", "notBreaching", (20, 20, 60), ">", 0),
        ("search-writes-blocked", "critical", "notBreaching", (1, 1, 300), ">", 0),
        ("search-writes-rejected", "warning", "notBreaching", (5, 10, 60), ">", 0),
        ("search-server-errors", "warning", "notBreaching", (3, 3, 300), ">", 10),
        ("search-storage-low", "critical", "ignore", (1, 1, 60), "<", 20),
        ("search-heap-high", "critical", "notBreaching", (3, 3, 60), ">=", 95),
        ("search-old-generation-high", "warning", "notBreaching", (3, 3, 60), ">=", 80),
        ("search-cpu-high", "warning", "notBreaching", (3, 3, 900), ">=", 80),
        ("search-disk-throttled", "warning", "notBreaching", (3, 3, 300), ">", 0),
        ("search-nodes-missing", "critical", "breaching", (12, 12, 300), "<", 6),
        ("search-snapshot-failed", "warning", "notBreaching", (1, 1, 3600), ">", 0),
        ("search-key-lost", "critical", "notBreaching", (1, 1, 60), ">", 0),
        ("egress-avoidable", "warning", "ignore", (1, 1, 86400), ">", 5),
        ("egress-traffic-s3", "warning", "notBreaching", (1, 1, 86400), ">", 20 * 10**9),
        ("egress-stale", "warning", "breaching", (2, 2, 86400), "<", 1),
        ("api-errors", "critical", "notBreaching", (10, 15, 60), ">", 3),
        ("api-throttled", "warning", "notBreaching", (3, 5, 60), ">", 1),
        ("api-silent", "critical", "breaching", (3, 3, 300), "<", 1),
        ("clusters-cluster-a", "critical", "breaching", (3, 3, 300), "<", 1),
        ("only-cluster-c", "critical", "breaching", (3, 3, 300), "<", 1),
        ("serving-success-rate-fast", "critical", "notBreaching", (2, 3, 60), "<", 95),
        ("serving-success-rate-slow", "critical", "notBreaching", (10, 15, 60), "<", 99),
        ("serving-success-rate-quiet-fast", "critical", "notBreaching", (1, 1, 900), "<", 90),
        ("serving-success-rate-quiet-slow", "critical", "notBreaching", (3, 4, 3600), "<", 99),
        ("serving-burn-rate-1h", "info", "notBreaching", (1, 1, 3600), ">", 1.44),
        ("serving-burn-rate-5min", "info", "notBreaching", (1, 1, 300), ">", 1.44),
        ("serving-burn-rate-6h", "info", "notBreaching", (1, 1, 21600), ">", 0.6),
        ("serving-burn-rate-30min", "info", "notBreaching", (1, 1, 1800), ">", 0.6),
        ("serving-slow-burn-rate-1day", "info", "notBreaching", (1, 1, 86400), ">", 0.3),
        ("serving-slow-burn-rate-2h", "info", "notBreaching", (1, 1, 7200), ">", 0.3),
        ("serving-slow-burn-rate-3days", "info", "notBreaching", (1, 1, 259200), ">", 0.1),
        ("serving-slow-burn-rate-6h", "info", "notBreaching", (1, 1, 21600), ">", 0.1),
        ("serving-no-traffic", "critical", "breaching", (3, 3, 300), "<", 1),
        ("serving-latency", "warning", "notBreaching", (3, 3, 300), ">", 2),
        ("serving-unhealthy-hosts-web", "critical", "breaching", (3, 3, 60), "<", 1),
        ("serving-cold-starts", "info", "notBreaching", (3, 5, 60), ">", 20),
        ("handoff-failed", "critical", "notBreaching", (1, 60, 60), ">", 0),
        ("handoff-open", "info", "notBreaching", (1, 1, 3600), ">", 0),
        ("handoff-in-progress", "info", "notBreaching", (1, 5, 60), ">", 0),
        ("handoff-not-completed", "critical", "notBreaching", (2, 2, 300), ">", 0),
        ("handoff-missing-state", "critical", "breaching", (2, 2, 60), "<", 10),
        ("certificates-expiry-www", "warning", "breaching", (1, 1, 86400), "<", 30),
        ("certificates-client-tls-errors", "warning", "notBreaching", (3, 5, 60), ">", 10),
        ("certificates-target-tls-errors", "critical", "notBreaching", (3, 5, 60), ">", 0),
        ("dns-override-unused-hub", "warning", "breaching", (3, 3, 3600), "<", 1),
        ("dns-blocked-malware", "warning", "notBreaching", (2, 3, 300), ">", 100),
        ("meta-dead-letters-chat", "critical", "notBreaching", (1, 1, 60), ">", 0),
        ("meta-failed-notifications-pager", "critical", "notBreaching", (1, 12, 300), ">", 0),
        ("meta-failed-invocations-chat", "critical", "notBreaching", (1, 12, 300), ">", 0),
        ("meta-heartbeat-ruler", "critical", "breaching", (3, 3, 300), "<", 1),
        ("prometheus-ingestion-stopped", "critical", "breaching", (15, 15, 60), "<", 1),
        ("prometheus-rules-stopped-silent-clusters-silent-clusters", "critical", "breaching", (3, 3, 300), "<", 1),
        ("prometheus-rules-failing-silent-clusters-silent-clusters", "warning", "notBreaching", (3, 3, 300), ">", 0),
        ("prometheus-notifications-failing", "critical", "notBreaching", (1, 12, 300), ">", 0),
        ("prometheus-watchdog-silent", "critical", "breaching", (2, 2, 900), "<", 1),
    ],
)
def test_the_defaults(
    alarms: dict[str, dict[str, Any]],
    name: str,
    severity: str,
    missing: str,
    window: tuple[int, int, int],
    sign: str,
    threshold: float,
) -> None:
    alarm = alarms[name]
    assert alarm["alarm_description"].startswith(f"[{severity}] ")
    assert alarm["treat_missing_data"] == missing
    assert (alarm["datapoints_to_alarm"], alarm["evaluation_periods"], period(alarm)) == window
    assert alarm["comparison_operator"] == COMPARISONS[sign]
    assert alarm["threshold"] == threshold


def test_the_table_above_is_complete(alarms: dict[str, dict[str, Any]]) -> None:
    (mark,) = test_the_defaults.pytestmark
    listed = {row[0] for row in mark.args[1]}
    plain = {name for name, alarm in alarms.items() if "alarm_rule" not in alarm and not name.startswith("fleet-")}
    assert plain - listed == {"clusters-cluster-b"}


def test_every_alarm_is_one_that_cloudwatch_takes(alarms: dict[str, dict[str, Any]]) -> None:
    for name, alarm in alarms.items():
        queries = alarm.get("metric_query", [])
        metrics = [query["metric"] for query in queries if "metric" in query]
        assert len(metrics) <= 10, name
        assert [query["return_data"] for query in queries] == [False] * len(metrics) + [True] * bool(queries), name
        assert len({metric["period"] for metric in metrics}) <= 1, name
        assert not any("unit" in each for each in [alarm, *metrics]), name


def test_every_description_is_for_the_woken(alarms: dict[str, dict[str, Any]]) -> None:
    for name, alarm in alarms.items():
        lines = alarm["alarm_description"].splitlines()
        assert len(alarm["alarm_description"]) < 700, name
        assert lines[-1].startswith(f"Runbook: {RUNBOOK}#"), name
        assert any(line.startswith("Why it matters: ") for line in lines), name
        assert ("alarm_rule" in alarm) != any(line.startswith("Measured: ") for line in lines), name


def test_who_is_told(alarms: dict[str, dict[str, Any]]) -> None:
    for name, alarm in alarms.items():
        severity = alarm["alarm_description"][1:].split("]")[0]
        told = alarm.get("alarm_actions", [])
        assert told in ([], [PAGER] if severity == "critical" else [CHAT]), name
        assert alarm.get("ok_actions", []) == told, name
        part_of_a_composite = name.startswith(
            (
                "clusters-cluster-",
                "serving-success-rate-",
                "serving-cold-starts",
                "serving-burn-rate-",
                "serving-slow-burn-rate-",
                "handoff-open",
                "handoff-in-progress",
                "handoff-not-completed",
            )
        )
        group = name.startswith("fleet-") and name[-1].isdigit()
        assert (told == []) == (part_of_a_composite or group), name


def value(alarm: dict[str, Any], **metrics: float) -> Fraction:
    """Evaluate the expression of an alarm; metrics that are not given are zero, as arithmetic takes missing ones."""
    *inputs, result = alarm["metric_query"]
    given = {query["id"]: Fraction(str(metrics.get(query["id"], 0))) for query in inputs}
    assert set(metrics) <= set(given)
    return evaluate(result["expression"], given, period=period(alarm))


def breaches(alarm: dict[str, Any], **metrics: float) -> bool:
    judged, threshold = value(alarm, **metrics), Fraction(str(alarm["threshold"]))
    return judged < threshold if alarm["comparison_operator"].startswith("Less") else judged > threshold


GB = 10**9


@pytest.mark.parametrize(
    ("name", "metrics", "fires"),
    [
        # 2 Gbit/s are 75 GB in 300 s, counted over the fleet.
        ("nat-throughput", {"bytes_out_to_destination_zone_00": 76 * GB}, True),
        ("nat-throughput", {"bytes_out_to_destination_zone_00": 74 * GB}, False),
        (
            "nat-throughput",
            {"bytes_out_to_destination_zone_00": 40 * GB, "bytes_in_from_destination_zone_02": 36 * GB},
            True,
        ),
        # 150 USD are 3,333 GB at 0.045.
        ("nat-daily-budget", {"bytes_in_from_source_zone_01": 3334 * GB}, True),
        ("nat-daily-budget", {"bytes_in_from_source_zone_01": 3333 * GB}, False),
        # 80 Gbit/s are 600 GB in a minute, through one gateway.
        ("nat-bandwidth", {"bytes_in_from_source_zone_01": 601 * GB}, True),
        (
            "nat-bandwidth",
            {"bytes_in_from_source_zone_00": 400 * GB, "bytes_in_from_source_zone_01": 400 * GB},
            False,
        ),
        ("nat-port-allocation-errors", {"error_port_allocation_zone_02": 1}, True),
        ("nat-port-allocation-errors", {}, False),
        ("nat-dropped-packets", {"packets_in_from_source_zone_00": 1e6, "packets_drop_count_zone_00": 101}, True),
        ("nat-dropped-packets", {"packets_in_from_source_zone_00": 1e6, "packets_drop_count_zone_00": 99}, False),
        ("nat-dropped-packets", {"packets_in_from_source_zone_00": 1000, "packets_drop_count_zone_00": 900}, False),
        (
            "nat-connections-not-established",
            {"connection_attempt_count_zone_01": 2000, "connection_established_count_zone_01": 1700},
            True,
        ),
        (
            "nat-connections-not-established",
            {"connection_attempt_count_zone_01": 2000, "connection_established_count_zone_01": 1900},
            False,
        ),
        ("nat-connections-not-established", {"connection_attempt_count_zone_01": 99}, False),
        ("nat-connections-not-established", {"connection_attempt_count_zone_01": 100}, True),
        # Nothing archived under traffic is the failure; no traffic is not.
        ("archival-rate-low", {"request_count": 5000, "archived": 0}, True),
        ("archival-rate-low", {"request_count": 5000, "archived": 4850}, True),
        ("archival-rate-low", {"request_count": 5000, "archived": 4950}, False),
        ("archival-rate-low", {"request_count": 999, "archived": 900}, False),
        ("archival-rate-low", {"request_count": 999, "archived": 899}, True),
        ("archival-rate-low", {"request_count": 99, "archived": 0}, False),
        ("archival-rate-high", {"request_count": 5000, "archived": 5300}, True),
        ("archival-rate-high", {"request_count": 5000, "archived": 5100}, False),
        ("archival-rate-high", {"archived": 5100}, True),
        ("archival-rate-high", {"archived": 999}, False),
        ("archival-requests-vanished", {"request_count": 2400, "archived": 5000}, True),
        ("archival-requests-vanished", {"request_count": 2600, "archived": 5000}, False),
        ("archival-requests-vanished", {"archived": 999}, False),
        ("archival-stale", {"request_count": 1}, True),
        ("archival-stale", {"request_count": 900, "archived": 1}, False),
        ("archival-unparsed", {"archived": 9980, "unparsed": 20}, True),
        ("archival-unparsed", {"archived": 9995, "unparsed": 5}, False),
        ("archival-unparsed", {"unparsed": 1000}, True),
        ("archive-rate-low", {"measured_requests": 5000, "success_rate": 0.97}, True),
        ("archive-rate-low", {"measured_requests": 5000, "success_rate": 0.99}, False),
        ("archive-rate-low", {"measured_requests": 500, "measured_records": 401, "success_rate": 0.8}, False),
        ("archive-rate-low", {"measured_requests": 500, "measured_records": 400, "success_rate": 0.8}, True),
        ("archive-rate-high", {"measured_requests": 5000, "success_rate": 1.02}, True),
        ("archive-rate-high", {"measured_requests": 5000, "success_rate": 1}, False),
        ("archive-requests-vanished", {"measured_records": 50000}, True),
        ("archive-requests-vanished", {"measured_records": 5000, "measured_requests": 4000}, False),
        ("archive-unparsed", {"measured_requests": 5000, "unparsed_lines": 6}, True),
        ("archive-unparsed", {"measured_requests": 5000, "unparsed_lines": 5}, False),
        ("archive-failed-runs", {"executions_timed_out": 1}, True),
        ("archive-failed-runs", {}, False),
        ("archive-unreconciled", {"missing_records": 0, "surplus_records": 0, "duplicate_records": 1}, True),
        ("archive-unreconciled", {"missing_records": 0, "surplus_records": 0, "duplicate_records": 0}, False),
        ("api-errors", {"apiserver_request_total": 1000, "apiserver_request_total_5xx": 31}, True),
        ("api-errors", {"apiserver_request_total": 1000, "apiserver_request_total_5xx": 29}, False),
        ("api-errors", {"apiserver_request_total": 10, "apiserver_request_total_5xx": 10}, False),
        ("api-throttled", {"apiserver_request_total": 6000, "apiserver_request_total_429": 61}, True),
        ("api-throttled", {"apiserver_request_total": 7000, "apiserver_request_total_429": 61}, False),
        ("api-throttled", {"apiserver_request_total": 1000, "apiserver_request_total_429": 59}, False),
        # All targets are gone: no request reaches one, the balancer answers 503 by itself.
        ("serving-success-rate-fast", {"http_code_elb_5xx_count": 500}, True),
        ("serving-success-rate-slow", {"request_count": 1000, "http_code_target_5xx_count": 11}, True),
        ("serving-success-rate-slow", {"request_count": 1000, "http_code_target_5xx_count": 9}, False),
        ("serving-success-rate-fast", {"request_count": 1000, "http_code_target_5xx_count": 11}, False),
        ("serving-success-rate-slow", {"request_count": 50, "http_code_target_5xx_count": 50}, False),
        ("serving-cold-starts", {"invocations": 100, "cold_starts": 21}, True),
        ("handoff-not-completed", {"handoff_started": 2, "handoff_completed": 1}, True),
        ("handoff-not-completed", {"handoff_started": 1, "handoff_completed": 1}, False),
        ("handoff-not-completed", {"handoff_completed": 1}, False),
        (
            "certificates-client-tls-errors",
            {"new_connection_count": 80, "client_tls_negotiation_error_count": 20},
            True,
        ),
        (
            "certificates-client-tls-errors",
            {"new_connection_count": 1000, "client_tls_negotiation_error_count": 20},
            False,
        ),
        ("certificates-client-tls-errors", {"client_tls_negotiation_error_count": 99}, False),
    ],
)
def test_what_the_expressions_say(
    alarms: dict[str, dict[str, Any]], name: str, metrics: dict[str, float], fires: bool
) -> None:
    assert breaches(alarms[name], **metrics) is fires


def test_a_large_fleet_is_split_and_joined(alarms: dict[str, dict[str, Any]]) -> None:
    groups = {
        name: sum(other.startswith(f"fleet-{name}-") and other[-1].isdigit() for other in alarms)
        for name in ("throughput", "daily-budget", "bandwidth", "port-allocation-errors", "dropped-packets")
    }
    assert groups == {
        "throughput": 3,
        "daily-budget": 3,
        "bandwidth": 3,
        "port-allocation-errors": 2,
        "dropped-packets": 4,
    }
    for name, number in groups.items():
        assert alarms[f"fleet-{name}"]["alarm_rule"].count("ALARM(") == number
    shares = [alarms[f"fleet-throughput-{number}"]["threshold"] for number in (1, 2, 3)]
    assert shares == pytest.approx([2 * 5 / 11, 2 * 5 / 11, 2 / 11])
    # The last group of one gateway needs no math.
    assert alarms["fleet-port-allocation-errors-2"]["metric_name"] == "ErrorPortAllocation"


def test_a_fleet_whose_expression_is_too_long_is_split(alarms: dict[str, dict[str, Any]]) -> None:
    def build(stack: TerraformStack) -> None:
        five = ExistingGateways({f"us-west-2-lax-1{zone}": f"nat-0123456789abcdef{zone}" for zone in "abcde"})
        pack = NatAlarms(stack, "edge", gateways=five, respond=RESPOND)
        # With this floor a share over the limit may be fewer failures than are asked for, so both are asked for.
        pack.connections_not_established(floor=count(200))

    split = resources(synth(build), METRIC_ALARM).values()
    assert len(split) == 2
    expressions = [query["expression"] for each in split for query in each["metric_query"] if "expression" in query]
    assert max(map(len, expressions)) <= 1024
    # Five gateways with the defaults stay one alarm each.
    assert {f"fleet-connections-not-established-{number}" for number in (1, 2, 3)} <= alarms.keys()
    assert "fleet-connections-not-established-4" not in alarms


def test_no_total_over_the_limit_escapes_a_split_fleet(alarms: dict[str, dict[str, Any]]) -> None:
    for busy in range(11):
        zones = {f"zone_{zone:02}": (70 if zone == busy else 1) * GB for zone in range(11)}
        fired = False
        for number, members in ((1, range(5)), (2, range(5, 10)), (3, range(10, 11))):
            metrics = {f"bytes_out_to_destination_zone_{zone:02}": zones[f"zone_{zone:02}"] for zone in members}
            fired = fired or breaches(alarms[f"fleet-throughput-{number}"], **metrics)
        assert sum(zones.values()) > 75 * GB
        assert fired


def test_clusters_are_held_back_when_all_are_silent(alarms: dict[str, dict[str, Any]]) -> None:
    assert alarms["clusters-all"]["alarm_rule"].count(" AND ") == 1
    some = alarms["clusters-some"]
    assert some["alarm_rule"].count(" OR ") == 1
    assert "clusters_all" in some["actions_suppressor"]["alarm"]
    assert not {"only-all", "only-some"} & set(alarms)


def test_a_storm_is_two_of_three(alarms: dict[str, dict[str, Any]]) -> None:
    assert alarms["serving-cold-start-storm"]["alarm_rule"].startswith("AT_LEAST(2, ALARM, (")


def test_events_are_counted_in_the_log(document: dict[str, Any]) -> None:
    filters = {each["name"]: each for each in resources(document, "aws_cloudwatch_log_metric_filter").values()}
    assert filters["HandoffStarted"]["pattern"] == '{ $.event = "handoff_started" }'
    assert filters["HandoffStarted"]["log_group_name"] == "router"
    assert filters["HandoffStarted"]["metric_transformation"] == {
        "name": "HandoffStarted",
        "namespace": "Router",
        "value": "1",
        "unit": "Count",
    }


def one(build: Any) -> dict[str, Any]:
    (alarm,) = resources(synth(build), METRIC_ALARM).values()
    return alarm


def pack(kind: Any, method: str, *args: Any, given: dict[str, Any], **options: Any) -> dict[str, Any]:
    return one(lambda stack: getattr(kind(stack, "pack", respond=RESPOND, **given), method)(*args, **options))


NAT: dict[str, Any] = {"gateways": ExistingGateways({"a": "nat-1"})}
ARCHIVE: dict[str, Any] = {"archived": custom("Archived"), "requests": custom("Requests")}
INFO = {"severity": "info"}
OWN: dict[str, Any] = {"archive": "edge", "source": "alb"}
CLUSTER: dict[str, Any] = {"cluster": "prod"}
WORKSPACE: dict[str, Any] = {"workspace_id": "ws-1"}
BALANCED: dict[str, Any] = {"load_balancer": BALANCER}
WINDOW: list[dict[str, Any]] = [{"datapoints": 1}, {"of": 20}, INFO]


def test_a_regional_gateway_is_asked_zone_by_zone() -> None:
    gateways = ExistingGateways.regional("nat-1", ["us-east-1a", "us-east-1b"])
    alarm = pack(NatAlarms, "port_allocation_errors", given={"gateways": gateways})
    assert [query["metric"]["dimensions"] for query in alarm["metric_query"][:-1]] == [
        {"NatGatewayId": "nat-1", "AvailabilityZone": "us-east-1a"},
        {"NatGatewayId": "nat-1", "AvailabilityZone": "us-east-1b"},
    ]


def test_either_run_of_an_archive_can_be_judged() -> None:
    def run(**given: Any) -> str:
        alarm = pack(LogArchiveAlarms, "stale", given={**OWN, **given})
        return str(alarm["dimensions"]["Run"])

    assert (run(), run(run=ArchiveRun.CATCH_UP)) == ("first", "catch-up")


def test_what_a_pack_was_given_reaches_its_alarms() -> None:
    def build(stack: TerraformStack) -> None:
        respond = Response.notify("https://other.example.com", CHAT)
        nat = NatAlarms(stack, "nat", gateways=NAT["gateways"], respond=respond, tags={"team": "edge"})
        made = nat.port_allocation_errors(severity=Severity.WARNING)
        assert nat.alarms == {"port-allocation-errors": made}

    alarm = one(build)
    assert alarm["tags"] == {"team": "edge"}
    assert alarm["alarm_actions"] == [CHAT]
    assert alarm["alarm_description"].endswith("Runbook: https://other.example.com#port-allocation-errors")


def test_a_bad_severity_is_reported_as_such() -> None:
    with pytest.raises(ConfigurationError, match="'critical', 'warning' or 'info'"):
        pack(HandoffAlarms, "failed", custom("F"), given={}, severity="urgent")


def test_empty_packs_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="gateways: got none"):
        synth(lambda stack: NatAlarms(stack, "nat", gateways=ExistingGateways({}), respond=RESPOND))
    with pytest.raises(ConfigurationError, match="heartbeats: got none"):
        synth(lambda stack: SilentClusters(stack, "clusters", heartbeats={}, respond=RESPOND))


def test_metrics_of_events_must_be_declared() -> None:
    def build(stack: TerraformStack) -> Metric:
        return LogEvents(stack, "e", log_group="g", namespace="N", events={"A": "a"}).metric("B")

    with pytest.raises(KeyError, match="B"):
        synth(build)


def test_a_group_of_rules_is_known_by_its_namespace_too() -> None:
    alarm = pack(ManagedPrometheusAlarms, "rules_stopped", "edge", "api", given=WORKSPACE)
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/Prometheus", "RuleEvaluations")
    assert alarm["dimensions"] == {"Workspace": "ws-1", "RuleGroup": "edge;api"}


def test_samples_are_counted_for_each_workspace() -> None:
    alarm = pack(ManagedPrometheusAlarms, "ingestion_stopped", given=WORKSPACE)
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/Usage", "ResourceCount")
    assert (alarm["dimensions"]["Resource"], alarm["dimensions"]["ResourceId"]) == ("IngestionRate", "ws-1")


def test_a_target_group_is_a_dimension() -> None:
    metric = balancer_metric("HealthyHostCount", BALANCER, target_group="targetgroup/web/1")
    assert metric.dimensions == {"LoadBalancer": BALANCER, "TargetGroup": "targetgroup/web/1"}


def test_the_fast_alarm_follows_the_slow_one() -> None:
    def build(stack: TerraformStack) -> None:
        serving = LoadBalancerAlarms(stack, "serving", load_balancer=BALANCER, respond=RESPOND)
        serving.success_rate(percent(99.9), fast=(1, 1), slow=(5, 5), floor=count(7))

    found = {each["alarm_name"]: each for each in resources(synth(build), METRIC_ALARM).values()}
    fast, slow = found["stack-serving-success-rate-fast"], found["stack-serving-success-rate-slow"]
    assert (fast["threshold"], slow["threshold"]) == (99.5, 99.9)
    assert (fast["evaluation_periods"], slow["evaluation_periods"]) == (1, 5)
    assert ">= 7" in fast["metric_query"][-1]["expression"]


def test_an_archive_by_the_day_is_judged_by_the_day() -> None:
    assert pack(LogArchiveAlarms, "stale", given={**OWN, "period": 86400})["period"] == 86400


def test_blocked_evictions_are_no_throttling() -> None:
    def build(stack: TerraformStack) -> None:
        blocked = BlockedEvictions(stack, "blocked", cluster="prod")
        KubernetesApiAlarms(stack, "api", cluster="prod", respond=RESPOND).throttled(evictions=blocked.metric)

    document = synth(build)
    (alarm,) = resources(document, METRIC_ALARM).values()
    refused = {"apiserver_request_total": 600, "apiserver_request_total_429": 96}
    assert breaches(alarm, **refused)
    assert not breaches(alarm, **refused, blocked_evictions_prod=96)
    assert "PodDisruptionBudget" not in alarm["alarm_description"]
    (filter_,) = resources(document, "aws_cloudwatch_log_metric_filter").values()
    assert filter_["log_group_name"] == "/aws/eks/prod/cluster"


@pytest.mark.parametrize(
    ("statistic", "levels"),
    [
        ("p99", [("p50", 20), ("p90", 100), ("p99", 1000)]),
        ("p99.9", [("p50", 20), ("p90", 100), ("p99.9", 10000)]),
        ("p90", [("p50", 20), ("p90", 100)]),
        ("p50", [("p50", 20)]),
        ("p10", [("p10", 100)]),
        ("p100", [("p50", 20), ("p90", 100), ("p100", 1000)]),
        ("tm99", [("tm99", 20)]),
        ("Average", [("Average", 20)]),
    ],
)
def test_a_percentile_needs_enough_answers(statistic: str, levels: list[tuple[str, int]]) -> None:
    assert reliable(statistic) == levels


@pytest.mark.parametrize("low_samples", ["ignore", "evaluate"])
def test_a_storm_refuses_an_alarm_that_can_be_frozen(low_samples: Any) -> None:
    def build(stack: TerraformStack) -> None:
        serving = LoadBalancerAlarms(stack, "serving", load_balancer=BALANCER, respond=RESPOND)
        latency = serving.latency(seconds(2), low_samples=low_samples)
        serving.cold_start_storm(serving.success_rate(), latency, cold_starts=custom("Cold") / custom("Asked"))

    with pytest.raises(ConfigurationError, match="keeps its state without data"):
        synth(build)


def test_an_alarm_on_an_event_says_that_it_ends_by_itself() -> None:
    alarm = pack(HandoffAlarms, "failed", custom("F"), given={}, hold=7200)
    assert (alarm["datapoints_to_alarm"], alarm["evaluation_periods"]) == (1, 120)
    assert "Ends: by itself, 2 h after the last one. That does not mean it is repaired." in alarm["alarm_description"]
