"""One valid receiver of each kind, and routes with all of them."""

from __future__ import annotations

from northsouth.alerts.routes import (
    DiscordWebhook,
    Email,
    MatrixRoom,
    Opsgenie,
    PagerDuty,
    Receiver,
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

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:alerts-AbCdEf"


def stored(key: str) -> Secret:
    return Secret.stored(ARN, key)


EMAIL = Email(name="oncall", address="oncall@example.com")
SMS = Sms(name="phone", number="+15550100000")
PAGERDUTY = PagerDuty(name="pager", secret=stored("pagerduty"))
OPSGENIE = Opsgenie(name="genie", secret=stored("opsgenie"), site="eu")
SLACK_CHANNEL = SlackChannel(name="slack-room", workspace="T07EA123LEP", channel="C07EZ1ABC23")
TEAMS_CHANNEL = TeamsChannel(
    name="teams-room",
    tenant="0a1b2c3d-0000-4000-8000-000000000001",
    team="0a1b2c3d-0000-4000-8000-000000000002",
    channel="19%3ab6ef35dc342d56ba5654e6fc6d25a071%40thread.tacv2",
)
SLACK = SlackWebhook(name="slack", secret=stored("slack"), note="Ask in #edge; the pager is in the wiki.")
DISCORD = DiscordWebhook(name="discord", webhook="112233445566778899", secret=stored("discord"))
TEAMS = TeamsWebhook(
    name="teams",
    url="https://prod-12.westus.logic.azure.com/workflows/0a1b/triggers/manual/paths/invoke?api-version=2016-06-01",
    secret=stored("teams"),
)
MATRIX = MatrixRoom(
    name="matrix", homeserver="https://matrix.example.org", room="!abc:example.org", secret=stored("matrix")
)
STATUSPAGE = StatuspageComponent(
    name="status", page="kctbh9vrtdwd", component="8kbf7d35c070", alarm="edge-customers", secret=stored("statuspage")
)
WEBHOOK = Webhook(name="hook", url="https://hooks.example.com/alarms?team=edge", secret=stored("hook"))

SUBSCRIBED: tuple[Receiver, ...] = (EMAIL, SMS, PAGERDUTY, OPSGENIE)
CHAT: tuple[Receiver, ...] = (SLACK_CHANNEL, TEAMS_CHANNEL)
CALLED = (SLACK, DISCORD, TEAMS, MATRIX, STATUSPAGE, WEBHOOK)
ALL = (*SUBSCRIBED, *CHAT, *CALLED)
ROUTES = Routes.by_severity("production", critical=ALL, warning=(EMAIL, SLACK))
