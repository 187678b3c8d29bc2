"""The resources from alarms to receivers: a topic for each severity, and behind it what each receiver needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from constructs import Construct

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.composite import CompositeAlarm
from northsouth.alerts.meaning import MissingData, Severity
from northsouth.alerts.packs.meta import AlarmsOnAlarms
from northsouth.alerts.response import Response
from northsouth.alerts.routes import delivery_policy, policies
from northsouth.alerts.routes.api_receiver import ApiReceiver
from northsouth.alerts.routes.chat_receiver import ChatReceiver
from northsouth.alerts.routes.context import Context
from northsouth.alerts.routes.credentials import Credentials
from northsouth.alerts.routes.receiver import Receiver
from northsouth.alerts.routes.route import Routes
from northsouth.alerts.routes.rules import key_problems, route_problems, topic_name, unused_problems
from northsouth.alerts.routes.sns_receiver import SnsReceiver
from northsouth.errors import refuse
from northsouth.identity import place_of
from northsouth.metrics.metric import Metric
from northsouth.metrics.units import seconds

if TYPE_CHECKING:
    from northsouth.alerts.routes.caller import CalledReceiver
    from northsouth.alerts.routes.chat import Configuration

LONGEST_WAIT_SECONDS = 900
"""A message that waits longer raises an alarm: more than the ten attempts of a receiver take."""


class NotificationRoutes(Construct):
    """A topic for each severity, and everything behind it that notifies the receivers when alarms fire and resolve.

    Example::

        chat = SlackWebhook(name="team", secret=Secret.stored(ARN, "slack"))
        pager = PagerDuty(name="pager", secret=Secret.stored(ARN, "pagerduty"))
        routes = NotificationRoutes(
            self, "routes",
            name="edge",
            routes=Routes.by_severity("production", critical=[pager, chat], warning=[chat]),
            runbook="https://wiki.example.com/alerts",
        )
        NatAlarms(self, "nat-alarms", gateways=nat, respond=routes.response("https://wiki.example.com/nat"))

    Attributes:
        topics: the SNS topics by severity.
        topic_policies: their policies, by severity.
        subscriptions: of e-mail, telephones and pagers, by severity and receiver: ``critical-oncall``.
        chats: the configurations of the chat service, by receiver.
        chat_roles: their roles, by receiver.
        called: receivers that a state machine calls, by name.
        dead_letters: queues of what could not be delivered, by receiver.
        alarms: the alarms on these queues, by receiver, and on the age of what waits for a called receiver, by
            ``<receiver>-waiting``; they notify every topic.
        credentials: what reads the secrets.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        routes: Routes,
        name: str,
        runbook: str,
        kms_key_arn: str | None = None,
        prometheus_workspaces: Sequence[str] = (),
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the routes.

        Args:
            scope: where they belong.
            id: the name within ``scope``.
            routes: the receivers of each severity.
            name: what the names of all that is made begin with.
            runbook: address of the page for the alarms on the routes themselves.
            kms_key_arn: your own key for topics and queues. Its policy must let ``cloudwatch.amazonaws.com`` and
                ``sns.amazonaws.com`` use it, for workspaces ``aps.amazonaws.com``, and for direct receivers
                ``events.amazonaws.com``. AWS's key of SNS does not, and alarms would be lost. Without one, queues are
                encrypted with SQS's own key and topics are not.
            prometheus_workspaces: ids of workspaces of Amazon Managed Prometheus whose alerts are sent too
                (:class:`~northsouth.alerts.alertmanager.AlertManagerDefinition`).
            provider: the Region and account of the alarms.
            tags: tags of everything that takes them.

        Raises:
            ConfigurationError: with every problem of the routes.

        """
        super().__init__(scope, id)
        refuse(f"NotificationRoutes {id!r}", route_problems(routes, name=name), key_problems(kms_key_arn))
        self._routes, self._provider, self._tags = routes, provider, tags
        self._context = Context(
            name=name,
            label=routes.label,
            place=place_of(self, provider),
            kms_key_arn=kms_key_arn,
            provider=provider,
            tags=tags,
        )
        self.credentials = Credentials(self, "credentials", provider=provider)
        self.topics: dict[str, SnsTopic] = {}
        self.topic_policies: dict[str, SnsTopicPolicy] = {}
        for route in routes.routes:
            self._declare_topic(route.severity, topic_name(route, name), prometheus_workspaces)
        self.subscriptions: dict[str, SnsTopicSubscription] = {}
        self.chats: dict[str, Configuration] = {}
        self.chat_roles: dict[str, IamRole] = {}
        self.called: dict[str, CalledReceiver] = {}
        self.dead_letters: dict[str, SqsQueue] = {}
        receivers = Construct(self, "to")
        for receiver in routes.receivers.values():
            topics = {severity: self.topics[severity] for severity in routes.severities(receiver.name)}
            self._declare_receiver(receivers, receiver, topics)
        self.alarms = self._watch(runbook)

    def response(self, runbook: str) -> Response:
        """Return who answers a pack's alarms; what the packs take.

        Args:
            runbook: address of the pack's page.

        """
        arns = {severity: (topic.arn,) for severity, topic in self.topics.items()}
        return Response(runbook, critical=arns.get("critical", ()), warning=arns.get("warning", ()))

    def refuse_unused(self, alarms: Iterable[Alarm | CompositeAlarm]) -> None:
        """Refuse routes that none of these alarms uses.

        Args:
            alarms: every alarm that uses these routes.

        Raises:
            ConfigurationError: with each such route, and each receiver that follows an alarm which does not exist.

        """
        declared = list(alarms)
        problems = unused_problems(
            self._routes, {alarm.severity.value for alarm in declared}, alarms={alarm.name for alarm in declared}
        )
        refuse(f"NotificationRoutes {self.node.id!r}", problems)

    def _declare_topic(self, severity: str, name: str, workspaces: Sequence[str]) -> None:
        topic = SnsTopic(
            self,
            f"topic-{severity}",
            name=name,
            kms_master_key_id=self._context.kms_key_arn,
            provider=self._provider,
            tags=self._tags,
        )
        self.topics[severity] = topic
        arn = topic.arn
        self.topic_policies[severity] = SnsTopicPolicy(
            self,
            f"topic-{severity}-policy",
            arn=arn,
            policy=json.dumps(policies.topic(self._context.place, arn, workspaces)),
            provider=self._provider,
        )

    def _declare_receiver(self, scope: Construct, receiver: Receiver, topics: Mapping[str, SnsTopic]) -> None:
        # A way is imported when a receiver takes it: its provider modules cost every other program start-up time.
        match receiver:
            case ApiReceiver():
                from northsouth.alerts.routes.caller import CalledReceiver

                called_receiver = CalledReceiver(
                    scope,
                    receiver.name,
                    receiver=receiver,
                    topics=topics,
                    others=self._other_receivers(receiver.name, topics),
                    credentials=self.credentials,
                    context=self._context,
                )
                self.called[receiver.name] = called_receiver
                self.dead_letters[receiver.name] = called_receiver.dead_letters
            case ChatReceiver():
                from northsouth.alerts.routes.chat import ChatChannel

                channel = ChatChannel(scope, receiver.name, receiver=receiver, topics=topics, context=self._context)
                self.chats[receiver.name] = channel.configuration
                self.chat_roles[receiver.name] = channel.role
            case SnsReceiver():
                self._subscribe(Construct(scope, receiver.name), receiver, topics)

    def _other_receivers(self, name: str, severities: Iterable[str]) -> dict[str, list[str]]:
        of_severity = {route.severity: route.receivers for route in self._routes.routes}
        return {
            severity: [receiver.name for receiver in of_severity[severity] if receiver.name != name]
            for severity in severities
        }

    def _subscribe(self, scope: Construct, receiver: SnsReceiver, topics: Mapping[str, SnsTopic]) -> None:
        protocol, endpoint, secret = receiver.subscription
        retries: dict[str, Any] = {}
        if protocol == "https":
            senders = [topic.arn for topic in topics.values()]
            queue = self._context.dead_letters(scope, receiver.name, senders, "sns.amazonaws.com")
            self.dead_letters[receiver.name] = queue
            retries = {
                "endpoint_auto_confirms": True,
                "delivery_policy": json.dumps(delivery_policy.PAGER.document()),
                "redrive_policy": json.dumps({"deadLetterTargetArn": queue.arn}),
            }
        for severity, topic in topics.items():
            self.subscriptions[f"{severity}-{receiver.name}"] = SnsTopicSubscription(
                scope,
                severity,
                topic_arn=topic.arn,
                protocol=protocol,
                endpoint=self.credentials.fill(endpoint, secret, receiver.name) if secret else endpoint,
                provider=self._provider,
                **retries,
            )

    def _watch(self, runbook: str) -> dict[str, Alarm]:
        """Declare the alarms on the queues. They notify every topic, because one may be broken."""
        respond = Response.notify(runbook, *(topic.arn for topic in self.topics.values()))
        pack = AlarmsOnAlarms(self, "meta", respond=respond, provider=self._provider, tags=self._tags)
        alarms = {name: pack.dead_letters(name, queue.name) for name, queue in self.dead_letters.items()}
        for name, called_receiver in self.called.items():
            alarms[f"{name}-waiting"] = self._watch_waiting(name, called_receiver, respond)
        return alarms

    def _watch_waiting(self, name: str, called_receiver: CalledReceiver, respond: Response) -> Alarm:
        # A receiver may keep messages for less time than the limit: then they would be gone before the alarm.
        limit = min(LONGEST_WAIT_SECONDS, called_receiver.receiver.kept_seconds // 2)
        age = Metric(
            namespace="AWS/SQS",
            name="ApproximateAgeOfOldestMessage",
            statistic="Maximum",
            unit="Seconds",
            dimensions={"QueueName": called_receiver.queue.name},
        )
        return Alarm(
            self,
            f"waiting-{name}",
            when=(age > seconds(limit)).for_datapoints(2),
            # SQS sends no metrics of a queue that has been empty and unused for six hours.
            missing=MissingData.NOT_BREACHING,
            severity=Severity.CRITICAL,
            summary=f"Messages for {name} wait and are not sent",
            because="its pipe has stopped, or its service refuses everything: somebody is not told of alarms",
            runbook=respond.page("waiting"),
            actions=respond.told(Severity.CRITICAL),
            provider=self._provider,
            tags=self._tags,
        )
