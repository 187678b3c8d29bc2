"""One channel that the chat service of AWS notifies: its configuration, and the role that draws graphs."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cdktf_cdktf_provider_aws.chatbot_slack_channel_configuration import ChatbotSlackChannelConfiguration
from cdktf_cdktf_provider_aws.chatbot_teams_channel_configuration import ChatbotTeamsChannelConfiguration
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct

from northsouth.alerts.routes import policies
from northsouth.alerts.routes.chat_receiver import ChatReceiver
from northsouth.alerts.routes.context import Context

Configuration = ChatbotSlackChannelConfiguration | ChatbotTeamsChannelConfiguration
_CONFIGURATIONS: Mapping[str, type[Configuration]] = {
    "slack": ChatbotSlackChannelConfiguration,
    "teams": ChatbotTeamsChannelConfiguration,
}


class ChatChannel(Construct):
    """A channel that Amazon Q Developer in chat applications notifies.

    Attributes:
        role: what the service draws graphs as.
        policy: the role's rights: to read metrics and alarms.
        configuration: the channel's configuration.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        receiver: ChatReceiver,
        topics: Mapping[str, SnsTopic],
        context: Context,
    ) -> None:
        """Declare it.

        Args:
            scope: the routes.
            id: the receiver's name.
            receiver: what it is.
            topics: the topics whose messages it gets, by severity.
            context: what all receivers share.

        """
        super().__init__(scope, id)
        self.role = IamRole(
            self,
            "role",
            name_prefix=f"{context.name}-{receiver.name}-"[:38],
            description=f"Draws graphs of alarms for {receiver.name}",
            assume_role_policy=json.dumps(policies.trust("chatbot.amazonaws.com", context.place)),
            tags=context.tags,
            provider=context.provider,
        )
        self.policy = IamRolePolicy(
            self,
            "policy",
            name="read",
            role=self.role.id,
            policy=json.dumps(policies.chat()),
            provider=context.provider,
        )
        self.configuration = _CONFIGURATIONS[receiver.service](
            self,
            "channel",
            configuration_name=f"{context.name}-{receiver.name}",
            iam_role_arn=self.role.arn,
            sns_topic_arns=[topic.arn for topic in topics.values()],
            # Without a guardrail the service lets a channel's members do whatever their roles can.
            guardrail_policy_arns=[f"arn:{context.place.partition}:iam::aws:policy/CloudWatchReadOnlyAccess"],
            logging_level="ERROR",
            provider=context.provider,
            tags=context.tags,
            **receiver.channel_ids,
        )
