"""The arguments of `northsouth.alerts.routes`."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from cdktf import TerraformOutput, TerraformStack, TerraformVariable

from northsouth.alerts.routes import NotificationRoutes, PagerDuty, Receiver, Route, Routes, Secret
from northsouth.alerts.routes.api_receiver import ApiReceiver
from tests.alerts.routes.receivers import ALL, ARN, CASES, EMAIL, SLACK, SLACK_CHANNEL
from tests.alerts.routes.receivers.case import Case
from tests.arguments.entries import Entry, Late, construct, method, value

RUNBOOK = "https://wiki.example.com/alerts"
KEY = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000001"
ROUTES = Routes.by_severity(critical=[SLACK])
SECRET = Secret.stored(ARN, "key")
OTHER_SECRET = Secret.stored(ARN, "other")


def declare(stack: TerraformStack, routes: Routes = ROUTES) -> NotificationRoutes:
    return NotificationRoutes(stack, "it", routes=routes, name="edge", runbook=RUNBOOK)


def tell(stack: TerraformStack, receiver: Receiver) -> NotificationRoutes:
    return declare(stack, Routes.by_severity(critical=[receiver]))


def receiver(case: Case) -> Entry:
    """Describe a kind of receiver; all have a name, some a secret, and some the fields of a called receiver."""
    kind = type(case.example)
    values = {field.name: getattr(case.example, field.name) for field in fields(kind)}
    base = {field.name: values[field.name] for field in fields(kind) if values[field.name] != field.default}
    changes: dict[str, Any] = {"name": "other", **({"secret": OTHER_SECRET} if "secret" in base else {})}
    if issubclass(kind, ApiReceiver):
        changes |= {"note": "Ring Ada.", "attempts": 3, "events": ("edge-*",)}
    changes |= case.other
    where = "tests/alerts/routes/receivers"
    unseen = {
        argument: f"{why}: {where}/{kind.__module__.rpartition('.')[2]}.py" for argument, why in case.fixed.items()
    }
    changes = {argument: other for argument, other in changes.items() if argument not in unseen}
    return value(kind, tell, base, changes=changes, unseen=unseen)


ENTRIES: list[Entry] = [
    construct(
        NotificationRoutes,
        {"routes": ROUTES, "name": "edge", "runbook": RUNBOOK},
        changes={
            "routes": Routes.by_severity(warning=[SLACK]),
            "runbook": f"{RUNBOOK}/other",
            "name": "other",
            "kms_key_arn": KEY,
            "prometheus_workspaces": ["ws-1"],
        },
        everything={"routes": Routes.by_severity(critical=ALL)},
    ),
    method(
        NotificationRoutes.response,
        declare,
        {"runbook": RUNBOOK},
        changes={"runbook": f"{RUNBOOK}/other"},
        then=lambda stack, it: TerraformOutput(stack, "page", value=it.page("x")),
    ),
    value(
        Route,
        lambda stack, it: declare(stack, Routes([it])),
        {"severity": "critical", "receivers": [EMAIL]},
        changes={"severity": "warning", "receivers": [SLACK_CHANNEL], "topic": "other"},
    ),
    value(
        Routes.by_severity,
        declare,
        {"receivers": {"critical": [SLACK]}},
        changes={"label": "production", "receivers": {"warning": [SLACK]}},
    ),
    *[receiver(case) for case in CASES.values()],
    *[
        value(make, lambda stack, it: tell(stack, PagerDuty(name="it", secret=it)), base, changes=changes)
        for make, base, changes in (
            (Secret.stored, {"arn": ARN}, {"arn": ARN.replace("alerts", "others"), "key": "pagerduty"}),
            (Secret.variable, {"name": "one"}, {"name": "two"}),
            (
                Secret.reference,
                {"expression": Late(lambda stack: TerraformVariable(stack, "one").string_value)},
                {"expression": Late(lambda stack: TerraformVariable(stack, "two").string_value)},
            ),
        )
    ],
]

READS = {
    Receiver: "the base of all kinds, which declares nothing itself: tests/alerts/routes/test_receivers.py",
    NotificationRoutes.refuse_unused: "decides what is accepted: tests/alerts/routes/test_notification_routes.py",
}
"""Methods that declare nothing."""
