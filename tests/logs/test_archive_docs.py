"""The archive's documentation says what is so: its table of scanned bytes, and its example."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import cdktf
import pytest

from northsouth.logs.archive_schedule import ArchiveSchedule
from tests.harness.synth import resources

ROOT = Path(__file__).parents[2]
TERABYTES_A_DAY = 10
SLOT = 5  # minutes: one log object for each
MARGIN = 10


def scanned(schedule: ArchiveSchedule, *, pruned: bool) -> float:
    """Return the terabytes that a day's runs read: 288 objects a day, each delivered when it ends."""
    total = 0
    day = 24 * 60
    for start in range(10 * day, 11 * day, schedule.minutes):
        end = start + schedule.minutes
        # The unload and the count of the first run, and the count of the catch-up run.
        for runs, offset in ((2, schedule.first_offset_minutes), (1, schedule.last_offset_minutes)):
            first_object = start // day * day + SLOT
            ends = range(first_object, start + offset + 1, SLOT)
            total += runs * sum(1 for stamp in ends if not pruned or start <= stamp <= end + MARGIN)
    # The reconciliation reads the day once.
    total += 288
    return total * TERABYTES_A_DAY / 288


@pytest.mark.parametrize(
    ("label", "schedule", "pruned"),
    [
        ("hourly, whole days", ArchiveSchedule.hourly(), False),
        ("hourly, pruned", ArchiveSchedule.hourly(), True),
        ("daily, whole days", ArchiveSchedule.daily(), False),
        ("daily, pruned", ArchiveSchedule.daily(), True),
    ],
)
def test_the_table_of_scanned_bytes(label: str, schedule: ArchiveSchedule, pruned: bool) -> None:
    page = (ROOT / "docs" / "logs-archive.md").read_text(encoding="utf-8")
    [row] = [line for line in page.splitlines() if line.startswith(f"| {label}")]
    terabytes, dollars = (int(number) for number in re.findall(r"\| (\d+) ", row))
    assert terabytes == round(scanned(schedule, pruned=pruned))
    assert dollars == round(5 * scanned(schedule, pruned=pruned))


def test_the_example_archives_its_load_balancer() -> None:
    stack = runpy.run_path(str(ROOT / "examples" / "logs_archive.py"))["Web"](cdktf.Testing.app(), "web")
    document = json.loads(cdktf.Testing.synth(stack, True))
    definitions = [machine["definition"] for machine in resources(document, "aws_sfn_state_machine").values()]
    assert any("AWS/ApplicationELB" in definition for definition in definitions)
    [alarm] = resources(document, "aws_cloudwatch_metric_alarm").values()
    assert alarm["dimensions"] == {"Archive": "web", "Source": "alb", "Run": "first"}
