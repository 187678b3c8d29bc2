"""A real Alertmanager: what one cause sets off comes in one message. The alerts are those that promtool has shown."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from northsouth.alerts.alertmanager import Alertmanager, Delivery
from northsouth.alerts.alertmanager.delivery import SAME_ALERT
from northsouth.alerts.alertmanager.self_run import document
from northsouth.alerts.prometheus.packs import INHIBITIONS
from northsouth.alerts.routes import Routes
from tests.alerts.alertmanager.routes import HOOK
from tests.alerts.alertmanager.test_live import Outside, loopback, serving, start_alertmanager, wait_for
from tests.alerts.prometheus.packs.every_pack import EVERY_ALERT
from tests.alerts.prometheus.packs.test_inhibitions import BLOCKED_CLUSTER, DRAIN_LOOP, Labels, in_main
from tests.harness.ports import free_ports

pytestmark = pytest.mark.slow

HOOK_PATH, PAGER_PATH = "/hook.example.com", "/pager.example.com"
PAGER = replace(HOOK, name="pager", url="https://pager.example.com/alerts")
WAIT = Delivery(group_wait="2s", group_interval="1s", repeat_interval="1h")


def declared(alert: str, labels: Labels) -> dict[str, object]:
    """Return an alert as Prometheus sends it, with the labels that its rule adds."""
    rule = next(rule for rule in EVERY_ALERT if rule.alert == alert)
    return {
        "labels": {"alertname": alert, **rule.all_labels, **labels},
        "annotations": {"summary": alert, "description": "-", "runbook_url": rule.runbook},
    }


def send(port: int, alerts: Sequence[dict[str, object]]) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v2/alerts",
        json.dumps(alerts).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[set[str]]]:
    """Send what four causes set off, and return the alerts of each message by the receiver's path."""
    folder: Path = tmp_path_factory.mktemp("one-cause")
    outside = Outside()
    (folder / "hook").write_text("secret", encoding="utf-8")
    (folder / "pager").write_text("secret", encoding="utf-8")
    config = Alertmanager(
        routes=Routes.by_severity("test", critical=[PAGER], warning=[HOOK]),
        delivery=WAIT,
        inhibitions=(SAME_ALERT, *INHIBITIONS),
    )
    (port,) = free_ports(1)
    with ExitStack() as stack:
        endpoint = stack.enter_context(serving(outside))
        start_alertmanager(
            stack, "alertmanager", loopback(document(config, secrets=str(folder)), endpoint), port, folder
        )
        wait_for(lambda: answers(port), folder)
        send(port, [declared(alert, in_main(labels)) for alert, all_ in DRAIN_LOOP.items() for labels in all_])
        nodes = [in_main({"job": "node", "instance": f"10.0.0.{number}:9100"}) for number in range(40)]
        send(port, [declared("TargetDown", node) for node in nodes])
        api = [{"cluster": "other", "job": "api", "instance": f"api-{number}:80"} for number in range(3)]
        send(port, [declared("TargetDown", each) for each in api])
        send(port, [declared("JobDown", {"cluster": "other", "job": "api"})])
        send(port, [declared(alert, in_main(labels)) for alert, all_ in BLOCKED_CLUSTER.items() for labels in all_])
        wait_for(
            lambda: len(outside.received.get(HOOK_PATH, [])) > 2 and len(outside.received.get(PAGER_PATH, [])) > 2,
            folder,
        )
    return {
        path: [{alert["labels"]["alertname"] for alert in body["alerts"]} for body in outside.bodies(path)]
        for path in outside.received
    }


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=10).close()
    except OSError:
        return False
    return True


def test_a_drain_loop_is_one_message_of_the_alerts_that_say_most(
    messages: dict[str, list[set[str]]],
) -> None:
    about_the_api = [alerts for alerts in messages[HOOK_PATH] if any(name.startswith("Kube") for name in alerts)]
    assert about_the_api == [{"KubernetesApiRefused", "KubernetesApiFlowRejected", "KubernetesApiOneClient"}]


def test_forty_nodes_that_are_down_are_one_message_that_wakes_nobody(messages: dict[str, list[set[str]]]) -> None:
    assert [alerts for alerts in messages[HOOK_PATH] if "TargetDown" in alerts] == [{"TargetDown"}]


def test_a_job_that_is_down_pages_once_and_silences_its_targets(messages: dict[str, list[set[str]]]) -> None:
    assert {"JobDown"} in messages[PAGER_PATH]


def test_a_cluster_that_takes_no_writes_silences_the_backlogs_behind_it_and_no_loss(
    messages: dict[str, list[set[str]]],
) -> None:
    assert {"LogstashDeadLetters"} in messages[HOOK_PATH]
    assert sorted(map(sorted, messages[PAGER_PATH])) == [["ElasticsearchReadOnly"], ["FilebeatDropped"], ["JobDown"]]
    backlogs = {name for name in BLOCKED_CLUSTER if "Stalled" in name or "Blocked" in name or "Queue" in name}
    assert not backlogs & set().union(*messages[HOOK_PATH], *messages[PAGER_PATH])
