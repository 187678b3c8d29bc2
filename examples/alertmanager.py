"""Prometheus alerts that reach the people whom CloudWatch alarms reach, by the same topics."""

# northsouth comes first: it makes the imports after it fast
from northsouth.alerts.alertmanager import (
    Alertmanager,
    AlertManagerDefinition,
    Delivery,
    Heartbeat,
    HeartbeatTopic,
    TimeInterval,
    alertmanager_yaml,
)
from northsouth.alerts.prometheus import PrometheusRules, PrometheusWorkspace
from northsouth.alerts.prometheus.packs import TargetRules
from northsouth.alerts.routes import NotificationRoutes, PagerDuty, Routes, Secret, SlackWebhook, Webhook

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

RUNBOOK = "https://wiki.example.com/alerts"
ROUTES = Routes.by_severity(
    "production",
    critical=[PagerDuty(name="pager", secret=Secret.variable("pagerduty"))],
    warning=[SlackWebhook(name="team", secret=Secret.variable("slack"))],
)
CONFIG = Alertmanager(
    routes=ROUTES,
    by_severity={"warning": Delivery(repeat_interval="1d", active_time_intervals=["office-hours"])},
    time_intervals=[TimeInterval(name="office-hours", times=[("08:00", "18:00")], weekdays=["monday:friday"])],
    heartbeat=Heartbeat(
        receiver=Webhook(name="dead-man", url="https://heartbeat.example.com/1", secret=Secret.variable("heartbeat"))
    ),
)


def self_run() -> str:
    """Return alertmanager.yml for an Alertmanager of your own, 0.28 or newer."""
    return alertmanager_yaml(CONFIG, secrets="/etc/alertmanager/secrets")


class Managed(TerraformStack):
    """The same with Amazon Managed Prometheus."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        workspace = PrometheusWorkspace(self, "metrics", alias="edge")
        PrometheusRules(self, "rules", workspace=workspace, packs=[TargetRules(runbook=RUNBOOK, jobs=["node"])])
        routes = NotificationRoutes(
            self,
            "routes",
            name="edge",
            routes=ROUTES,
            runbook=RUNBOOK,
            prometheus_workspaces=[workspace.workspace_id],
        )
        watchdog = HeartbeatTopic(self, "watchdog", name="edge-watchdog", workspace=workspace)
        AlertManagerDefinition(
            self,
            "alert-manager",
            workspace=workspace,
            config=CONFIG,
            topics={severity: topic.arn for severity, topic in routes.topics.items()},
            region="us-east-1",
            heartbeat_topic=watchdog.topic.arn,
        )


if __name__ == "__main__":
    app = App()
    Managed(app, "managed")
    app.synth()
