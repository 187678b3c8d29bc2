"""The lab itself: everything runs as long as the lab is open, on loopback, and ends with it."""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from northsouth.alerts.prometheus.packs.silent_clusters import SENDING
from tests.harness import child
from tests.harness.ports import free_ports
from tests.lab import configuration, world
from tests.lab.declared import CLUSTERS
from tests.lab.page import Link, State, page
from tests.lab.programs import (
    OWN,
    LabError,
    Programs,
    ask,
    ended,
    find,
    only_one,
    running,
    start,
    version,
    wait_for,
    wait_until_ready,
)
from tests.lab.receiver import Inbox, serving

FOLDER = OWN / "run"


@dataclass
class Lab:
    """What runs, and what can be done to it."""

    folder: Path
    programs: Programs
    alertmanager: int
    hub: int
    inbox: Inbox = field(default_factory=Inbox)
    models: world.Models = field(default_factory=world.Models)
    receiver: str = ""
    clusters: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    others: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.burner = world.Burner(self.folder / "burner.log")

    def start_cluster(self, name: str) -> None:
        """Start a cluster's Prometheus, which sends to the hub."""
        log = self.folder / f"{name}.log"
        options = ("--enable-feature=agent", f"--storage.agent.path={name}", f"--config.file={name}.yml")
        web = f"--web.listen-address=127.0.0.1:{self.ports[name]}"
        self.clusters[name] = start([self.programs.prometheus, *options, web], log)

    def start_clusters(self) -> None:
        """Start all, the last one that stopped first: people were not notified of it, and need not be now."""
        for name in reversed(CLUSTERS):
            self.start_cluster(name)

    def stop_cluster(self, name: str) -> None:
        """Stop it."""
        process = self.clusters.pop(name, None)
        if process is not None:
            child.stop(process)

    def states(self) -> list[State]:
        """Return how everything is."""
        burning, worse = self.burner.is_burning, self.models.is_worse
        return [
            State("models", "worse" if worse else "good", not worse),
            State("processors", "kept busy" if burning else "left alone", not burning),
            *(State(name, "sends" if name in self.clusters else "stopped", name in self.clusters) for name in CLUSTERS),
            State("heartbeats", str(self.inbox.heartbeats), self.inbox.heartbeats > 0),
        ]

    def page(self) -> str:
        """Return the receiver's page."""
        links = [
            Link("Prometheus", f"http://127.0.0.1:{self.hub}/alerts"),
            Link("Alertmanager", f"http://127.0.0.1:{self.alertmanager}/#/alerts?inhibited=true"),
        ]
        return page(self.inbox, self.states(), links)

    def query(self, expr: str) -> float | None:
        """Return the only value of an expression; nothing if it has none."""
        address = f"http://127.0.0.1:{self.hub}/api/v1/query?{urllib.parse.urlencode({'query': expr})}"
        result = ask(address)["data"]["result"]
        return float(result[0]["value"][1]) if result else None

    def busy_elsewhere(self) -> float:
        """Return the share of the processors' time in the last half minute that all programs of this machine took."""
        idle = 'avg without (cpu) (rate(node_cpu_seconds_total{mode=~"idle|iowait"}[30s]))'
        return 1 - (self.query(f"sum({idle})") or 0)

    def silenced(self) -> dict[tuple[str, str], str]:
        """Return which alerts another one inhibits, by name and severity, and the name of that one."""
        alerts: list[Any] = ask(f"http://127.0.0.1:{self.alertmanager}/api/v2/alerts")
        names = {alert["fingerprint"]: alert["labels"]["alertname"] for alert in alerts}
        return {
            (alert["labels"]["alertname"], alert["labels"]["severity"]): names.get(
                alert["status"]["inhibitedBy"][0], ""
            )
            for alert in alerts
            if alert["status"]["inhibitedBy"]
        }

    def check(self) -> None:
        """Refuse to go on if a program has ended that should run."""
        for name, process in (self.others | self.clusters).items():
            if process.poll() is not None:
                raise ended(process, self.folder / f"{name}.log")


@contextmanager
def opened(folder: Path = FOLDER, *, proc: Path = Path("/proc")) -> Iterator[Lab]:
    """Run the lab until the block ends.

    Args:
        folder: where all files are written; what is there is removed.
        proc: where the node exporter reads how busy the processors are.

    Raises:
        ToolMissing: a program is missing.
        LabError: a program did not start.

    """
    programs = find()
    with only_one(folder):
        yield from _opened(folder, programs, proc)


def _opened(folder: Path, programs: Programs, proc: Path) -> Iterator[Lab]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    hub, alertmanager, exporter, *own = free_ports(3 + len(CLUSTERS))
    lab = Lab(folder, programs, alertmanager, hub, ports=dict(zip(CLUSTERS, own, strict=True)))
    pages = {"/": lambda: ("text/html", lab.page()), "/metrics": lambda: ("text/plain", lab.models.metrics())}
    with ExitStack() as stack:
        port = stack.enter_context(serving(lab.inbox, pages))
        lab.receiver = f"http://127.0.0.1:{port}"
        configuration.write_rules(folder)
        configuration.write_alertmanager(folder, lab.receiver, version(programs.alertmanager))
        targets = {"models": f"127.0.0.1:{port}", "node": f"127.0.0.1:{exporter}"}
        (folder / "prometheus.yml").write_text(
            configuration.hub(targets=targets, alertmanager=alertmanager), encoding="utf-8"
        )
        write_history(lab)
        stack.callback(lab.burner.stop)
        run_programs(lab, stack, exporter, proc)
        for name in CLUSTERS:
            text = configuration.cluster(name, own=lab.ports[name], store=hub)
            (folder / f"{name}.yml").write_text(text, encoding="utf-8")
            stack.callback(lab.stop_cluster, name)
        lab.start_clusters()
        stack.callback(keep_page, lab)
        wait_for(lambda: _is_watching(lab), 60, "the clusters' metrics in the hub, and a heartbeat")
        yield lab


def _is_watching(lab: Lab) -> bool:
    lab.check()
    sending = lab.query(f"count({SENDING} == 1)")
    return sending == len(CLUSTERS) and lab.inbox.heartbeats > 0


def run_programs(lab: Lab, stack: ExitStack, exporter: int, proc: Path) -> None:
    """Run Alertmanager, the node exporter and the hub, and wait until they answer."""
    programs, folder = lab.programs, lab.folder
    commands = {
        "alertmanager": (
            lab.alertmanager,
            [programs.alertmanager, "--config.file=alertmanager.yml", "--storage.path=alerts"],
            ["--cluster.listen-address="],
        ),
        "node_exporter": (
            exporter,
            [programs.node_exporter, "--collector.disable-defaults", "--collector.cpu"],
            [f"--path.procfs={proc}"],
        ),
        "prometheus": (
            lab.hub,
            [programs.prometheus, "--config.file=prometheus.yml", "--storage.tsdb.path=data"],
            [
                "--web.enable-remote-write-receiver",
                "--rules.alert.resend-delay=1s",
                f"--query.lookback-delta={configuration.LOOKBACK}",
            ],
        ),
    }
    for name, (port, command, options) in commands.items():
        log = folder / f"{name}.log"
        listen = f"--web.listen-address=127.0.0.1:{port}"
        lab.others[name] = stack.enter_context(running([*command, *options, listen], log))
    for name, (port, _, _) in commands.items():
        path = "/metrics" if name == "node_exporter" else "/-/ready"
        wait_until_ready(lab.others[name], f"http://127.0.0.1:{port}{path}", folder / f"{name}.log")


def write_history(lab: Lab) -> None:
    """Give the hub the past week of the models' quality."""
    (lab.folder / "history.txt").write_text(world.history(time.time()), encoding="utf-8")
    command = [lab.programs.promtool, "tsdb", "create-blocks-from", "openmetrics", "history.txt", "data"]
    log = lab.folder / "promtool.log"
    with log.open("w", encoding="utf-8") as output:
        code = subprocess.run(command, cwd=lab.folder, stdout=output, stderr=output, check=False).returncode
    if code:
        raise LabError(f"promtool ended with {code}; the end of {log}:\n{log.read_text(encoding='utf-8')[-1000:]}")


def keep_page(lab: Lab) -> None:
    """Keep the page after the lab has ended."""
    (lab.folder / "messages.html").write_text(lab.page(), encoding="utf-8")
