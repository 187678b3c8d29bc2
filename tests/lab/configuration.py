"""The files of the lab: rules and alertmanager.yml as northsouth exports them, shortened and turned to loopback."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from northsouth.alerts.alertmanager import alertmanager_yaml
from northsouth.alerts.prometheus.rendering import document as written
from northsouth.cli.main import main as northsouth
from tests.lab import shortened
from tests.lab.declared import CHATS, CONFIG
from tests.lab.programs import LabError

KNOWS_TEAMS = (0, 28)
"""The version of Alertmanager that first knows Teams' workflows, and files that hold Discord's address."""
PACKS = "tests.lab.declared:PACKS"
LOOKBACK = "5s"
"""How long the last sample of a series counts: Prometheus' 5m, shortened like all else."""


def write_rules(folder: Path) -> None:
    """Export the packs into ``exported``, and write them shortened into ``rules``."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = northsouth(["rules", "export", PACKS, str(folder / "exported")])
    if code:
        raise LabError(f"northsouth rules export {PACKS} ended with {code}: {output.getvalue()}")
    (folder / "rules").mkdir()
    for file in sorted((folder / "exported").glob("*.yaml")):
        rules = shortened.document(yaml.safe_load(file.read_text(encoding="utf-8")))
        (folder / "rules" / file.name).write_text(written(rules), encoding="utf-8")


def write_alertmanager(folder: Path, receiver: str, version: tuple[int, int]) -> None:
    """Export alertmanager.yml into ``exported``, and write it shortened, with its secrets on loopback.

    Args:
        folder: the folder of the lab.
        receiver: the address of the lab's receiver.
        version: Alertmanager's.

    """
    secrets = folder / "secrets"
    secrets.mkdir()
    for chat in CHATS:
        (secrets / chat.name).write_text(f"{receiver}/{chat.name}", encoding="utf-8")
    (secrets / "heartbeat").write_text("the heartbeat's secret", encoding="utf-8")
    exported = alertmanager_yaml(CONFIG, secrets=str(secrets))
    (folder / "exported").mkdir(exist_ok=True)
    (folder / "exported" / "alertmanager.yml").write_text(exported, encoding="utf-8")
    document = shortened.document(yaml.safe_load(exported))
    for each in document["receivers"]:
        for hook in each.get("webhook_configs", []):
            hook["url"] = f"{receiver}/heartbeat"
    if version < KNOWS_TEAMS:
        document["receivers"] = [for_older(each, receiver) for each in document["receivers"]]
    (folder / "alertmanager.yml").write_text(written(document), encoding="utf-8")


def for_older(receiver: Mapping[str, Any], address: str) -> dict[str, Any]:
    """Return a receiver as an Alertmanager before 0.28 takes it; Debian's is such a one.

    Discord's address stands in the file itself. Teams is told by Slack's integration, with the same texts; the
    receiver makes of them the card that 0.28 sends (:func:`tests.lab.receiver.card`).
    """
    changed = dict(receiver)
    if "discord_configs" in changed:
        changed["discord_configs"] = [
            {
                **{key: value for key, value in each.items() if key != "webhook_url_file"},
                "webhook_url": f"{address}/discord",
            }
            for each in changed["discord_configs"]
        ]
    for_teams = [
        {
            "send_resolved": each["send_resolved"],
            "api_url_file": each["webhook_url_file"],
            "title": each["title"],
            "text": each["text"],
            "color": '{{ if eq .Status "firing" }}Attention{{ else }}Good{{ end }}',
        }
        for each in changed.pop("msteamsv2_configs", [])
    ]
    if for_teams:
        changed["slack_configs"] = [*changed.get("slack_configs", []), *for_teams]
    return changed


def hub(*, targets: Mapping[str, str], alertmanager: int) -> str:
    """Return the configuration of the Prometheus that evaluates the rules.

    Args:
        targets: by job, host and port.
        alertmanager: the port of Alertmanager.

    """
    return written(
        {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": ["rules/*.yaml"],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}]},
            "scrape_configs": [
                {"job_name": job, "static_configs": [{"targets": [target], "labels": {"instance": f"lab-{job}"}}]}
                for job, target in targets.items()
            ],
        }
    )


def cluster(name: str, *, own: int, store: int) -> str:
    """Return the configuration of a cluster's Prometheus: it scrapes itself and sends to the hub."""
    return written(
        {
            "global": {"scrape_interval": "1s", "external_labels": {"cluster": name}},
            "scrape_configs": [{"job_name": "prometheus", "static_configs": [{"targets": [f"127.0.0.1:{own}"]}]}],
            "remote_write": [
                {
                    "url": f"http://127.0.0.1:{store}/api/v1/write",
                    "queue_config": {"batch_send_deadline": "500ms", "max_shards": 1, "min_backoff": "100ms"},
                    "write_relabel_configs": [{"source_labels": ["__name__"], "regex": "up", "action": "keep"}],
                }
            ],
        }
    )
