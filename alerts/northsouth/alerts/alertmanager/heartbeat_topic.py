"""The topic that gets the alert that always fires."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from constructs import Construct

from northsouth.alerts.prometheus.amp import Workspace
from northsouth.alerts.routes import policies
from northsouth.alerts.routes.rules import topic_name_problems
from northsouth.errors import refuse
from northsouth.identity import place_of


class HeartbeatTopic(Construct):
    """An SNS topic that gets the alert ``Watchdog`` of a workspace again and again.

    SNS counts what is published there; :meth:`~northsouth.alerts.packs.ManagedPrometheusAlarms.watchdog_silent`
    raises an alarm when that stops. Nobody needs to subscribe.

    Example::

        heard = HeartbeatTopic(self, "watchdog", name="edge-watchdog", workspace=workspace)
        AlertManagerDefinition(self, "alert-manager", ..., heartbeat_topic=heard.topic.arn)
        ManagedPrometheusAlarms(self, "prometheus", ...).watchdog_silent("edge-watchdog")

    Attributes:
        topic: the topic.
        policy: its policy, which lets the workspace publish and nobody else.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        workspace: Workspace,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the topic.

        Args:
            scope: where it belongs.
            id: its name within ``scope``.
            name: the topic's name: 1 to 256 letters, digits, hyphens and underscores.
            workspace: the workspace of the alert.
            provider: the Region and account of the workspace.
            tags: tags of the topic.

        Raises:
            ConfigurationError: if SNS would not accept the name.

        """
        super().__init__(scope, id)
        refuse(f"HeartbeatTopic {id!r}", topic_name_problems("name", name))
        place = place_of(self, provider)
        self.topic = SnsTopic(self, "topic", name=name, provider=provider, tags=tags)
        self.policy = SnsTopicPolicy(
            self,
            "policy",
            arn=self.topic.arn,
            policy=json.dumps(policies.topic(place, self.topic.arn, [workspace.workspace_id], alarms=False)),
            provider=provider,
        )
