"""Routes with every kind of receiver that an Alertmanager can tell, for the tests."""

from __future__ import annotations

from northsouth.alerts.alertmanager import Alertmanager, Delivery, Heartbeat, Smtp, TimeInterval
from northsouth.alerts.routes import (
    DiscordWebhook,
    Email,
    Opsgenie,
    PagerDuty,
    Routes,
    Secret,
    SlackWebhook,
    Sms,
    TeamsWebhook,
    Webhook,
)

TEAM = SlackWebhook(name="team", secret=Secret.variable("slack"), note="Ring {{ somebody }}")
DISCORD = DiscordWebhook(name="guild", webhook="123456789012345678", secret=Secret.variable("discord"))
TEAMS = TeamsWebhook(name="office", url="https://example.logic.azure.com/workflows/1", secret=Secret.variable("teams"))
HOOK = Webhook(name="hook", url="https://hook.example.com/alerts", secret=Secret.variable("hook"))
PAGER = PagerDuty(name="pager", secret=Secret.variable("pager"), site="eu")
GENIE = Opsgenie(name="genie", secret=Secret.variable("genie"))
PHONE = Sms(name="phone", number="+15550100")
MAIL = Email(name="mail", address="oncall@example.com")
ROUTES = Routes.by_severity("prod", critical=[PAGER, GENIE, PHONE, TEAM, DISCORD, TEAMS], warning=[TEAM, HOOK, MAIL])
OFFICE = TimeInterval(
    name="office-hours", times=[("09:00", "17:00")], weekdays=["monday:friday"], location="Europe/Berlin"
)
HEARTBEAT = Heartbeat(
    receiver=Webhook(name="dead-man", url="https://heartbeat.example.com/1", secret=Secret.variable("heartbeat"))
)
SMTP = Smtp(smarthost="smtp.example.com:587", sender="alerts@example.com", username="alerts")
CONFIG = Alertmanager(
    routes=ROUTES,
    by_severity={"warning": Delivery(repeat_interval="1d", active_time_intervals=["office-hours"])},
    time_intervals=[OFFICE],
    heartbeat=HEARTBEAT,
)
