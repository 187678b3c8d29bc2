"""The arguments of `northsouth.alerts.status`."""

from __future__ import annotations

from typing import Any

from northsouth.alerts.status import Component, StatusPage
from tests.arguments.alerts import alarm
from tests.arguments.entries import Entry, Late, construct, value

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
            "degraded": Late(lambda stack: alarm(stack, "slow")),
            "components": Late(lambda stack: [Component(name="API", alarm=alarm(stack, "api"))]),
            "about": "All of it",
            "interval_minutes": 10,
        },
        everything={"success": Late(lambda stack: alarm(stack, "success"))},
    ),
    value(
        Component,
        lambda stack, it: StatusPage(
            stack, "it", name="s", bucket_name="status-of", title="S", alarm=alarm(stack, "whole"), components=[it]
        ),
        {"name": "API", "alarm": Late(lambda stack: alarm(stack, "api"))},
        changes={
            "name": "Shop",
            "alarm": Late(lambda stack: alarm(stack, "other")),
            "degraded": Late(lambda stack: alarm(stack, "slow")),
        },
    ),
]

READS: dict[Any, str] = {}
"""Nothing."""
