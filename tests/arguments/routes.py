"""The arguments of `northsouth.alerts.routes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdktf import TerraformOutput, TerraformStack, TerraformVariable

from northsouth.alerts.routes import (
    DiscordWebhook,
    Email,
    MatrixRoom,
    NotificationRoutes,
    Opsgenie,
    PagerDuty,
    Receiver,
    Route,
    Routes,
    Secret,
    SlackChannel,
    SlackWebhook,
    Sms,
    StatuspageComponent,
    TeamsChannel,
    TeamsWebhook,
    Webhook,
)
from tests.alerts.routes.receivers import ALL, ARN, EMAIL, SLACK, SLACK_CHANNEL, TEAMS_CHANNEL
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


def receiver(kind: Any, base: Mapping[str, Any], unseen: Mapping[str, str] | None = None, **changes: Any) -> Entry:
    """Describe a receiver; all have a name, and some a secret."""
    common = {"secret": OTHER_SECRET} if "secret" in base else {}
    named = {"name": "other", **common, **changes}
    return value(kind, tell, {"name": "it", **base}, changes=named, unseen=unseen or {})


REFUSED = {
    (MatrixRoom, "events"): "refused: tests/alerts/routes/test_rules.py",
    (StatuspageComponent, "note"): "refused: tests/alerts/routes/test_rules.py",
    (SlackWebhook, "rate_per_second"): "the service takes one a second: tests/alerts/routes/test_rules.py",
    (StatuspageComponent, "rate_per_second"): "the service takes one a second: tests/alerts/routes/test_rules.py",
}


def called(kind: Any, base: Mapping[str, Any] | None = None, **changes: Any) -> Entry:
    """Describe a receiver that EventBridge calls."""
    rate = 1 if kind is DiscordWebhook else 2
    common = {"note": "Ask in #edge.", "attempts": 3, "events": ("edge-*",), "rate_per_second": rate}
    unseen = {argument: why for (refused, argument), why in REFUSED.items() if refused is kind}
    seen = {argument: other for argument, other in common.items() if argument not in unseen}
    return receiver(kind, {"secret": SECRET, **(base or {})}, unseen, **seen, **changes)


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
    receiver(Email, {"address": "a@example.com"}, address="b@example.com"),
    receiver(Sms, {"number": "+15550100000"}, number="+15550100001"),
    receiver(PagerDuty, {"secret": SECRET}, site="eu"),
    receiver(Opsgenie, {"secret": SECRET}, site="eu"),
    receiver(
        SlackChannel,
        {"workspace": SLACK_CHANNEL.workspace, "channel": SLACK_CHANNEL.channel},
        workspace="T07EA123LEQ",
        channel="C07EZ1ABC24",
    ),
    receiver(
        TeamsChannel,
        {"tenant": TEAMS_CHANNEL.tenant, "team": TEAMS_CHANNEL.team, "channel": TEAMS_CHANNEL.channel},
        tenant=TEAMS_CHANNEL.team,
        team=TEAMS_CHANNEL.tenant,
        channel=TEAMS_CHANNEL.channel.replace("b6ef", "b6ee"),
    ),
    called(SlackWebhook),
    called(DiscordWebhook, {"webhook": "112233445566778899"}, webhook="112233445566778898"),
    called(
        TeamsWebhook,
        {"url": "https://prod-12.westus.logic.azure.com/workflows/0a1b/invoke?api-version=2016-06-01"},
        url="https://prod-13.westus.logic.azure.com/workflows/0a1b/invoke?api-version=2016-06-01",
    ),
    called(
        MatrixRoom,
        {"homeserver": "https://matrix.example.org", "room": "!abc:example.org"},
        homeserver="https://other.example.org",
        room="!other:example.org",
    ),
    called(
        StatuspageComponent,
        {"page": "kctbh9vrtdwd", "component": "8kbf7d35c070", "alarm": "edge-customers"},
        page="kctbh9vrtdwe",
        component="8kbf7d35c071",
        alarm="edge-others",
        down="partial_outage",
    ),
    called(
        Webhook,
        {"url": "https://hooks.example.com/alarms"},
        url="https://hooks.example.com/others",
        header="X-Token",
        scheme="",
    ),
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

READS = {NotificationRoutes.refuse_unused: "decides what is accepted: tests/alerts/routes/test_notification_routes.py"}
"""Methods that declare nothing."""
