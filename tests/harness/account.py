"""What the example takes for granted in its account, made in an emulator: the secret of its receivers."""

from __future__ import annotations

import json

from northsouth.emulator.server import client

SECRET = "northsouth/alerts"
KEYS = ("pagerduty", "opsgenie", "slack", "discord", "teams", "matrix", "statuspage", "incidents")


def prepare(endpoint: str, region: str) -> None:
    """Make what the example refers to and does not declare, and Terraform must find."""
    values = {key: f"{key}-secret" for key in KEYS}
    client(endpoint, "secretsmanager", region).create_secret(Name=SECRET, SecretString=json.dumps(values))
