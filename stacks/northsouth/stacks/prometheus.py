"""The Prometheus workspace of one environment, and the rules that its file names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdktf import TerraformOutput
from constructs import Construct

from northsouth.alerts.alertmanager.definition import AlertManagerDefinition
from northsouth.alerts.alertmanager.heartbeat_topic import HeartbeatTopic
from northsouth.alerts.prometheus.amp import Workspace
from northsouth.alerts.prometheus.amp_rules import PrometheusRules
from northsouth.alerts.prometheus.pack_tables import read_packs
from northsouth.alerts.prometheus.workspace import PrometheusWorkspace
from northsouth.alerts.routes.route import Routes
from northsouth.errors import refuse
from northsouth.stacks.prometheus_wording import alert_manager, series_limits, watchdog_topic
from northsouth.stacks.settings import PrometheusSection, WorkspaceSection


class Prometheus(Construct):
    """A workspace, made or existing, with the rules of all packs.

    Attributes:
        workspace: the workspace.
        rules: the namespaces of rules.
        groups: the namespace and the name of each group of rules.
        notifies: whether the environment's receivers are notified of the alerts.
        watchdog: the topic that receives the alert that always fires, once :meth:`notify` has declared it.
        alert_manager: the alert manager, once :meth:`notify` has declared it.

    """

    def __init__(self, scope: Construct, id: str, *, section: PrometheusSection, environment: str) -> None:
        """Declare the workspace and the rules.

        Args:
            scope: the stack.
            id: the name within it.
            section: the file's section.
            environment: the environment's name; the alias of the workspace unless the file gives one.

        """
        super().__init__(scope, id)
        packs, problems = read_packs(section.packs, runbook=section.runbook)
        refuse("prometheus.packs", problems)
        self._section, self._environment, self._packs = section, environment, packs
        self.notifies = section.alert_manager is not None
        self.watchdog: HeartbeatTopic | None = None
        self.alert_manager: AlertManagerDefinition | None = None
        self.groups = [(pack.name, group.name) for pack in packs for group in pack.groups()]
        self.workspace = self._declare_workspace(section.workspace, environment)
        self.rules = PrometheusRules(
            self, "rules", workspace=self.workspace, packs=packs, max_rules=section.workspace.max_rules
        )

    def notify(self, routes: Routes, topics: Mapping[str, str], region: str) -> None:
        """Declare the alert manager that notifies the environment's receivers, if the file has one.

        Args:
            routes: the routes of the environment.
            topics: by severity, the ARN of the topic.
            region: the environment's Region.

        """
        section = self._section.alert_manager
        if section is None:
            return
        if section.heartbeat:
            name = watchdog_topic(self._environment)
            self.watchdog = HeartbeatTopic(self, "watchdog", name=name, workspace=self.workspace)
        self.alert_manager = AlertManagerDefinition(
            self,
            "alert-manager",
            workspace=self.workspace,
            config=alert_manager(section, routes, self._packs),
            topics=topics,
            region=region,
            heartbeat_topic=self.watchdog.topic.arn if self.watchdog else None,
        )

    def _declare_workspace(self, section: WorkspaceSection, environment: str) -> Workspace:
        if section.id is not None:
            return PrometheusWorkspace.existing(section.id)
        settings: dict[str, Any] = {
            "kms_key_arn": section.kms_key_arn,
            "log_retention_days": section.log_retention_days,
            "retention_days": section.retention_days,
            "protect": section.protect,
        }
        workspace = PrometheusWorkspace(
            self,
            "workspace",
            alias=section.alias or environment,
            series_limits=series_limits(section),
            **{key: value for key, value in settings.items() if value is not None},
        )
        endpoint = TerraformOutput(
            self,
            "endpoint",
            value=workspace.endpoint,
            description="Prometheus servers send samples to this address, followed by api/v1/remote_write",
        )
        endpoint.override_logical_id("prometheus_endpoint")
        return workspace
