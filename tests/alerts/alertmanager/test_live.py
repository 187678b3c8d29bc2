"""A real Prometheus and a real Alertmanager: an alert fires and resolves through to HTTP receivers on loopback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml

from northsouth.alerts.alertmanager import Alertmanager, Delivery
from northsouth.alerts.alertmanager import amp as amp_config
from northsouth.alerts.alertmanager.self_run import document
from northsouth.alerts.prometheus import AlertRule, RuleFile, RuleGroup
from northsouth.alerts.routes import Routes
from tests.alerts.alertmanager.routes import HEARTBEAT, HOOK, TEAM
from tests.harness.plugin import skip_or_fail
from tests.harness.ports import free_ports
from tests.harness.provider import ToolMissing

pytestmark = pytest.mark.slow

HOSTILE = 'a"b\\c <!channel> & \n@everyone {{ .x }} \N{SNOWMAN}'
"""A label's value that ends strings, opens markup and begins templates, wherever it is not taken care of."""
TOPIC = "arn:aws:sns:us-east-1:123456789012:edge-critical"
RULES = RuleFile(
    [
        RuleGroup(
            "hub",
            [
                AlertRule(
                    alert="HubDown",
                    expr="hub_up == 0",
                    for_="0s",
                    severity="critical",
                    summary="{{ $labels.cluster }} is down",
                    description="It does not answer.",
                    runbook="https://runbooks.example.com/hub",
                ),
                AlertRule(
                    alert="Watchdog",
                    expr="vector(1)",
                    for_="0s",
                    severity="info",
                    summary="Alerts get through",
                    description="It always fires.",
                    runbook="https://runbooks.example.com/watchdog",
                ),
            ],
            interval="1s",
        )
    ]
)
CONFIG = Alertmanager(
    routes=Routes.by_severity("test", critical=[TEAM, HOOK]),
    delivery=Delivery(group_wait="0s", group_interval="1s", repeat_interval="1h"),
    heartbeat=replace(HEARTBEAT, every="1s"),
)


@dataclass
class Outside:
    """What is scraped, and everything that receives."""

    up: int = 1
    received: dict[str, list[str]] = field(default_factory=dict)
    authorization: dict[str, str | None] = field(default_factory=dict)

    def bodies(self, path: str) -> list[Any]:
        return [json.loads(body) for body in self.received.get(path, [])]

    def metrics(self) -> str:
        text = HOSTILE.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'hub_up{{cluster="{text}"}} {self.up}\n'


@contextmanager
def serving(outside: Outside) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = outside.metrics().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            path = self.path.rstrip("/")
            outside.authorization[path] = self.headers["Authorization"]
            outside.received.setdefault(path, []).append(body)
            self.send_response(200)
            self.end_headers()
            if path == "/sns":
                self.wfile.write(b"<PublishResponse><PublishResult/></PublishResponse>")
            else:
                self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def running(name: str, package: str, *options: str, folder: Path) -> Iterator[None]:
    binary = shutil.which(name) or shutil.which(package)
    if binary is None:
        skip_or_fail(ToolMissing(f"{name} is not installed: apt install {package}"))
        return
    env = os.environ | {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    with (folder / f"{name}.log").open("a", encoding="utf-8") as log:
        process = subprocess.Popen([binary, *options], cwd=folder, env=env, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def wait_for(state: Callable[[], bool], folder: Path) -> None:
    deadline = time.monotonic() + 120
    while not state():
        if time.monotonic() > deadline:
            logs = "\n".join(log.read_text(encoding="utf-8")[-3000:] for log in folder.glob("*.log"))
            pytest.fail(f"it did not come to that in two minutes\n{logs}")
        time.sleep(0.1)


def loopback(config: dict[str, Any], endpoint: str) -> dict[str, Any]:
    """Turn the addresses of a configuration to loopback; nothing else is changed."""
    for receiver in config["receivers"]:
        for hook in receiver.get("webhook_configs", []):
            hook["url"] = f"{endpoint}/{hook['url'].split('/')[2]}"
        for topic in receiver.get("sns_configs", []):
            topic["api_url"] = f"{endpoint}/sns"
    return config


def start_alertmanager(stack: ExitStack, name: str, config: dict[str, Any], port: int, folder: Path) -> None:
    (folder / f"{name}.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    options = (f"--config.file={name}.yml", f"--storage.path={name}", f"--web.listen-address=127.0.0.1:{port}")
    stack.enter_context(
        running("alertmanager", "prometheus-alertmanager", *options, "--cluster.listen-address=", folder=folder)
    )


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Outside:
    """Let the hub go down and come up again, and keep what everyone was told."""
    folder = tmp_path_factory.mktemp("live")
    outside = Outside()
    (folder / "rules.yml").write_text(RULES.yaml(), encoding="utf-8")
    secrets = folder / "secrets"
    secrets.mkdir()
    ports = free_ports(3)
    with ExitStack() as stack:
        endpoint = stack.enter_context(serving(outside))
        (secrets / "team").write_text(f"{endpoint}/slack", encoding="utf-8")
        (secrets / "hook").write_text("hook's secret", encoding="utf-8")
        (secrets / "dead-man").write_text("heartbeat's secret", encoding="utf-8")
        self_run = loopback(document(CONFIG, secrets=str(secrets)), endpoint)
        start_alertmanager(stack, "self-run", self_run, ports[0], folder)
        amp = amp_config.document(CONFIG, topics={"critical": TOPIC}, region="us-east-1")
        start_alertmanager(stack, "amp", loopback(amp, endpoint), ports[1], folder)
        targets = [f"127.0.0.1:{port}" for port in ports[:2]]
        prometheus = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": ["rules.yml"],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": targets}]}]},
            "scrape_configs": [
                {"job_name": "hub", "static_configs": [{"targets": [endpoint.removeprefix("http://")]}]}
            ],
        }
        (folder / "prometheus.yml").write_text(yaml.safe_dump(prometheus), encoding="utf-8")
        # An alert that resolves is sent again for as long; a lost first attempt would otherwise end the story.
        options = ("--config.file=prometheus.yml", "--storage.tsdb.path=data", "--rules.alert.resend-delay=1s")
        web = f"--web.listen-address=127.0.0.1:{ports[2]}"
        stack.enter_context(running("prometheus", "prometheus", *options, web, folder=folder))
        wait_for(lambda: "/heartbeat.example.com" in outside.received, folder)
        outside.up = 0
        paths = ("/slack", "/hook.example.com", "/sns")
        wait_for(lambda: all(outside.received.get(path) for path in paths), folder)
        while_down = {path: list(bodies) for path, bodies in outside.received.items()}
        outside.up = 1
        wait_for(lambda: all(len(outside.received[path]) > len(while_down[path]) for path in paths), folder)
    return outside


def test_nobody_hears_of_it_before_it_happens_and_the_heartbeat_goes_on(story: Outside) -> None:
    assert len(story.bodies("/heartbeat.example.com")) > 1
    assert story.authorization["/heartbeat.example.com"] == "Bearer heartbeat's secret"
    assert {alert["labels"]["alertname"] for body in story.bodies("/hook.example.com") for alert in body["alerts"]} == {
        "HubDown"
    }


def test_a_webhook_hears_the_beginning_and_the_end(story: Outside) -> None:
    firing, *_, resolved = story.bodies("/hook.example.com")
    assert (firing["status"], resolved["status"]) == ("firing", "resolved")
    assert firing["commonLabels"]["cluster"] == HOSTILE
    assert story.authorization["/hook.example.com"] == "Bearer hook's secret"


def test_slack_hears_both_and_sees_neither_mention_nor_markup(story: Outside) -> None:
    firing, *_, resolved = (body["attachments"][0] for body in story.bodies("/slack"))
    assert firing["color"] == "danger"
    assert resolved["color"] == "good"
    assert firing["title"] == "\N{LARGE RED CIRCLE} Firing: 1 critical in test"
    assert "&lt;!channel&gt; &amp; " in firing["text"]
    assert "<!channel>" not in firing["text"]
    assert "https://runbooks.example.com/hub" in firing["text"]
    assert firing["text"].endswith("Ring {{ somebody }}")
    assert "Ring" not in resolved["text"]


def test_a_topic_hears_what_an_alarm_would_say(story: Outside) -> None:
    requests = [parse_qs(body) for body in story.received["/sns"]]
    assert {request["TopicArn"][0] for request in requests} == {TOPIC}
    assert all(len(request["Subject"][0]) <= 100 and request["Subject"][0].isascii() for request in requests)
    firing, *_, resolved = (json.loads(request["Message"][0]) for request in requests)
    safe = "a b c <!channel> &  @everyone {{ .x }} \N{SNOWMAN}"
    assert firing["AlarmName"] == f"HubDown {safe}"
    assert firing["AlarmDescription"].split("\n") == [
        f"{safe} is down",
        "Why it matters: It does not answer.",
        "Runbook: https://runbooks.example.com/hub",
    ]
    assert (firing["NewStateValue"], firing["OldStateValue"]) == ("ALARM", "OK")
    assert (resolved["NewStateValue"], resolved["OldStateValue"]) == ("OK", "ALARM")
    assert (firing["AWSAccountId"], firing["Region"]) == ("123456789012", "us-east-1")
    assert firing["StateChangeTime"] <= resolved["StateChangeTime"]
    assert firing["NewStateReason"] == "1 firing, 0 resolved"
