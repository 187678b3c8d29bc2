"""The arguments of `northsouth.alerts.status`."""

from __future__ import annotations

from typing import Any

from northsouth.alerts.status import StatusPage
from tests.arguments.alerts import alarm
from tests.arguments.entries import Entry, Late, construct

ENTRIES: list[Entry] = [
    construct(
        StatusPage,
        {
            "name": "shop-status",
            "bucket_name": "status-of-the-shop",
            "title": "Shop",
            "alarm": Late(lambda stack: alarm(stack, "down")),
        },
        changes={
            "name": "other-status",
            "bucket_name": "status-of-another",
            "title": "Another",
            "alarm": Late(lambda stack: alarm(stack, "other")),
            "success": Late(lambda stack: alarm(stack, "success")),
            "about": "All of it",
            "interval_minutes": 10,
        },
        everything={"success": Late(lambda stack: alarm(stack, "success"))},
    ),
]

READS: dict[Any, str] = {}
"""Nothing."""
