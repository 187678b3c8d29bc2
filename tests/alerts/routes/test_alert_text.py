"""What Alertmanager makes of the texts, by amtool."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from northsouth.alerts.routes.alert_text import AlertText
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing

TEXT = AlertText(severity="warning", label="production")


def rendered(template: str, folder: Path, *statuses: str) -> str:
    """Return what Alertmanager writes about a group of alerts that have these statuses."""
    if shutil.which("amtool") is None:
        skip_or_fail(
            ToolMissing("amtool is not installed; it comes with Alertmanager: apt install prometheus-alertmanager")
        )
    data = {
        "status": "firing" if "firing" in statuses else "resolved",
        "commonLabels": {"severity": "warning"},
        "alerts": [
            {
                "status": status,
                "labels": {"alertname": f"Alert{number}"},
                "annotations": {"summary": f"summary {number}", "runbook_url": f"https://wiki.example.com/{number}"},
            }
            for number, status in enumerate(statuses, 1)
        ],
    }
    file = folder / "data.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    none = folder / "none.tmpl"
    none.write_text("", encoding="utf-8")
    command = ["amtool", "template", "render", f"--template.glob={none}", f"--template.data={file}"]
    done = subprocess.run([*command, f"--template.text={template}"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip("\n")


@pytest.mark.parametrize(
    ("statuses", "title"),
    [
        (["firing", "firing"], "\N{LARGE RED CIRCLE} Firing: 2 warning in production"),
        (["firing", "resolved", "resolved"], "\N{LARGE RED CIRCLE} Firing: 1 warning in production"),
        (["resolved", "resolved"], "\N{LARGE GREEN CIRCLE} Resolved: 2 warning in production"),
    ],
)
def test_a_title_counts_the_alerts_that_have_its_status(statuses: list[str], title: str, tmp_path: Path) -> None:
    assert rendered(TEXT.title, tmp_path, *statuses) == title


def test_a_message_about_alerts_that_fire_says_which_are_over(tmp_path: Path) -> None:
    assert rendered(TEXT.lines("Ask."), tmp_path, "firing", "resolved").splitlines() == [
        "Alert1: summary 1",
        "https://wiki.example.com/1",
        "\N{LARGE GREEN CIRCLE} Resolved: Alert2: summary 2",
        "Ask.",
    ]


def test_a_message_that_all_is_over_says_so_in_its_title_alone(tmp_path: Path) -> None:
    assert rendered(TEXT.lines("Ask."), tmp_path, "resolved", "resolved").splitlines() == [
        "Alert1: summary 1",
        "Alert2: summary 2",
    ]
