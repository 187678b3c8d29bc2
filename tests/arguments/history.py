"""The arguments of `northsouth.alerts.history`."""

from __future__ import annotations

from northsouth.alerts.history import HistoryCost, HistoryPrices, MetricHistory, history_cost
from northsouth.logs import Lifecycle
from northsouth.metrics.units import seconds
from tests.arguments.alerts import ERRORS, TAIL, alarm
from tests.arguments.entries import Entry, Late, construct

ENTRIES: list[Entry] = [
    construct(
        MetricHistory,
        {"bucket_name": "acme-history", "alarms": Late(lambda stack: [alarm(stack, "a")])},
        changes={
            "bucket_name": "acme-other",
            "alarms": Late(lambda stack: [alarm(stack, "a", when=seconds(1) < TAIL, low_samples="ignore")]),
            "metrics": [TAIL],
            "name": "other",
            "lifecycle": Lifecycle.expire(30),
            "buffer_seconds": 60,
            "buffer_mebibytes": 5,
            "kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/0",
            "log_retention_days": 7,
        },
        everything={"kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/0", "metrics": [ERRORS]},
    ),
]

READS: dict[object, str] = {
    HistoryCost: "a result: tests/alerts/history/test_rules.py",
    HistoryPrices: "prices for history_cost: tests/alerts/history/test_rules.py",
    history_cost: "computes a price: tests/alerts/history/test_rules.py",
}
"""Callables that declare nothing."""
