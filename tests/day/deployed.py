"""The example with its egress analysis, deployed by the real provider to an emulator in this process."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from northsouth.emulator import objects
from northsouth.emulator.server import Emulator
from tests.harness.account import prepare
from tests.harness.provider import REPOSITORY
from tests.harness.terraform import MANY_AT_ONCE, Terraform

REGION = "us-east-1"
FLOW_LOGS = "acme-flow-logs"
CHANGED = {
    "interval_minutes = 5\n": "interval_minutes = 15\n",
    "#   [egress.analysis]": "[egress.analysis]",
    '#   flow_logs_bucket = "acme-flow-logs"': f'flow_logs_bucket = "{FLOW_LOGS}"',
    '#   bucket = "acme-egress" ': 'bucket = "acme-egress" ',
    '#   since = "2026/11/01"': 'since = "2026/11/01"',
    "#   avoidable = { over = 5 }": "avoidable = { over = 5 }",
    '#   traffic.s3 = { over = "20 GB"': 'traffic.s3 = { over = "20 GB"',
}
"""What the day changes in the example.

The egress analysis is commented out there, because recording costs money. The status page looks at its alarm less often
than there: EventBridge starts it at each change.
"""


def environment() -> str:
    """Return the example's environment file, with the egress analysis."""
    text = (REPOSITORY / "environments" / "example.toml").read_text(encoding="utf-8")
    for commented, active in CHANGED.items():
        if text.count(commented) != 1:
            raise SystemExit(
                f"environments/example.toml: {commented!r} is there {text.count(commented)} times, not once"
            )
        text = text.replace(commented, active)
    return text


def synthesized(folder: Path) -> dict[str, Any]:
    """Return the document that the app writes of it."""
    file, output = folder / "day.toml", folder / "out"
    file.write_text(environment(), encoding="utf-8")
    env = {**os.environ, "NORTHSOUTH_ENVIRONMENTS": str(file), "CDKTF_OUTDIR": str(output)}
    subprocess.run([sys.executable, "main.py"], cwd=REPOSITORY, env=env, check=True)
    document: dict[str, Any] = json.loads((output / "stacks" / "example" / "cdk.tf.json").read_text(encoding="utf-8"))
    return document


def deploy(folder: Path, emulator: Emulator, document: dict[str, Any]) -> dict[str, Any]:
    """Apply a document; return Terraform's state of it as ``terraform show -json`` writes it."""
    emulator.client("s3").create_bucket(Bucket=FLOW_LOGS)
    prepare(emulator.endpoint, REGION)
    # The bucket's policy demands TLS, which the emulator lacks: its objects are put past the API.
    files = document["resource"]["aws_s3_object"]
    lookups = [files.pop(name) for name in list(files) if "content_base64" in files[name]]
    terraform = Terraform(folder / "terraform", document, emulator.endpoint)
    terraform.apply(MANY_AT_ONCE)
    for each in lookups:
        objects.put("acme-egress", each["key"], base64.b64decode(each["content_base64"]))
    state: dict[str, Any] = json.loads(terraform.run("show", "-json").stdout)
    return state
