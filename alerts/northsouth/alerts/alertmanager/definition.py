"""The alert manager of a workspace of Amazon Managed Service for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.prometheus_alert_manager_definition import PrometheusAlertManagerDefinition
from constructs import Construct

from northsouth.alerts.alertmanager.amp import definition, document
from northsouth.alerts.alertmanager.delivery import Alertmanager
from northsouth.alerts.alertmanager.delivery_rules import alertmanager_problems, amp_problems, definition_problems
from northsouth.alerts.prometheus.amp import Workspace
from northsouth.alerts.routes.secret import Secret
from northsouth.errors import refuse


class AlertManagerDefinition(Construct):
    """Who gets the alerts of a workspace: the receivers of :class:`NotificationRoutes`, by its topics.

    Example::

        routes = NotificationRoutes(
            self,
            "routes",
            name="edge",
            routes=by_severity,
            runbook=runbook,
            prometheus_workspaces=[workspace.workspace_id],
        )
        AlertManagerDefinition(
            self, "alert-manager",
            workspace=workspace,
            config=Alertmanager(routes=by_severity),
            topics={severity: topic.arn for severity, topic in routes.topics.items()},
            region="us-east-1",
        )

    Attributes:
        resource: the ``aws_prometheus_alert_manager_definition``; a workspace has one.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        workspace: Workspace,
        config: Alertmanager,
        topics: Mapping[str, str],
        region: str,
        pagerduty: Mapping[str, Secret] | None = None,
        heartbeat_topic: str | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Declare the definition.

        Args:
            scope: where it belongs.
            id: its name within ``scope``.
            workspace: the workspace of the alerts.
            config: how they are delivered.
            topics: by severity, the ARN of the topic; its policy must let the workspace publish.
            region: the Region of the topics, which is the workspace's.
            pagerduty: by severity, the secret in Secrets Manager with the key of an "Events API v2" integration; the
                service notifies PagerDuty itself, besides the topic. The secret's policy must let it read.
            heartbeat_topic: the ARN of a topic that gets the alert that always fires, every
                ``config.heartbeat.every``; the webhook of ``config.heartbeat`` itself cannot be called from here.
            provider: the Region and account of the workspace.

        Raises:
            ConfigurationError: with every problem of the declaration.

        """
        super().__init__(scope, id)
        subject = f"AlertManagerDefinition {id!r}"
        refuse(
            subject,
            alertmanager_problems(config),
            amp_problems(config, topics=topics, pagerduty=pagerduty, heartbeat_topic=heartbeat_topic),
        )
        text = definition(
            document(config, topics=topics, region=region, pagerduty=pagerduty, heartbeat_topic=heartbeat_topic)
        )
        refuse(subject, definition_problems(text))
        self.resource = PrometheusAlertManagerDefinition(
            self, "definition", workspace_id=workspace.workspace_id, definition=text, provider=provider
        )
