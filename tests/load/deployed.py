"""What is put under load: routes to a chat, a patient chat and a pager, alarms that use them, and an archive.

It is smaller than the example: there each change would reach eight receivers, which measures the emulator.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from cdktf import TerraformStack

from northsouth.alerts import Alarm, Metric, MissingData
from northsouth.alerts.routes import NotificationRoutes, Routes
from northsouth.emulator.server import Emulator
from northsouth.logs import AlbLogBucket, AlbSource, LogArchive
from tests.alerts.routes.receivers import ARN, PAGERDUTY, WEBHOOK
from tests.harness.synth import synth
from tests.harness.terraform import MANY_AT_ONCE, Terraform
from tests.logs.archive_runs import LOAD_BALANCER, REGION

CHAT_HOST, PATIENT_HOST, PAGER_HOST = "chat.example.com", "patient.example.com", "events.pagerduty.com"
CHAT = replace(WEBHOOK, name="chat", url=f"https://{CHAT_HOST}/hook")
PATIENT = replace(WEBHOOK, name="patient", url=f"https://{PATIENT_HOST}/hook", attempts=75)
"""It is tried for longer than an hour, once a minute."""
CRITICAL = tuple(f"load-critical-{number}" for number in range(50))
"""Alarms that the chat and the pager are notified of."""
WARNING = tuple(f"load-warning-{number}" for number in range(10))
"""Alarms that the chat and the patient chat are notified of."""
RUNBOOK = "https://wiki.example.com"
LOGS, ARCHIVE, PREFIX = "load-logs", "load-archive", "edge"


def declare(stack: TerraformStack) -> None:
    """Declare it."""
    receivers = Routes.by_severity("load", critical=[CHAT, PAGERDUTY], warning=[CHAT, PATIENT])
    routes = NotificationRoutes(stack, "routes", routes=receivers, name="load", runbook=RUNBOOK)
    response = routes.response(RUNBOOK)
    for severity, actions, names in (("critical", response.critical, CRITICAL), ("warning", response.warning, WARNING)):
        for name in names:
            metric = Metric(namespace="Load", name=name, statistic="Sum", unit="Count")
            Alarm(
                stack,
                name,
                name=name,
                when=metric > 0,
                missing=MissingData.NOT_BREACHING,
                severity=severity,
                summary="It is broken",
                because="nobody gets in",
                runbook=RUNBOOK,
                actions=actions,
            )
    logs = AlbLogBucket(stack, "logs", name=LOGS, region=REGION, prefix=PREFIX, allow_destroy=True)
    source = AlbSource(bucket=logs.bucket.bucket, prefix=logs.prefix, load_balancer=LOAD_BALANCER, since="2026/01/01")
    LogArchive(stack, "archive", name="load", bucket_name=ARCHIVE, sources={"alb": source}, allow_destroy=True)


def deploy(folder: Path, emulator: Emulator) -> None:
    """Deploy it with the real provider."""
    secrets = json.dumps({"pagerduty": "p-secret", "hook": "h-secret"})
    emulator.client("secretsmanager").create_secret(Name="alerts", SecretString=secrets)
    document = json.loads(json.dumps(synth(declare)).replace(ARN, ARN.removesuffix("-AbCdEf")))
    Terraform(folder, document, emulator.endpoint).apply(MANY_AT_ONCE)
