"""One receiver that EventBridge calls: its credential, its address, its pace, its ways in and its dead letters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property

from cdktf_cdktf_provider_aws.cloudwatch_event_api_destination import CloudwatchEventApiDestination
from cdktf_cdktf_provider_aws.cloudwatch_event_connection import (
    CloudwatchEventConnection,
    CloudwatchEventConnectionAuthParameters,
    CloudwatchEventConnectionAuthParametersApiKey,
    CloudwatchEventConnectionAuthParametersInvocationHttpParameters,
    CloudwatchEventConnectionAuthParametersInvocationHttpParametersQueryString,
)
from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetDeadLetterConfig,
    CloudwatchEventTargetInputTransformer,
    CloudwatchEventTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.pipes_pipe import (
    PipesPipe,
    PipesPipeSourceParameters,
    PipesPipeSourceParametersSqsQueueParameters,
    PipesPipeTargetParameters,
    PipesPipeTargetParametersHttpParameters,
)
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from constructs import Construct

from northsouth.alerts.routes import policies
from northsouth.alerts.routes.api_receiver import ApiReceiver
from northsouth.alerts.routes.context import Context
from northsouth.alerts.routes.credentials import Credentials
from northsouth.alerts.routes.message import PIPE, RULE, RULE_PATHS, STATES, Message, State
from northsouth.alerts.routes.names import pipe_name
from northsouth.alerts.routes.secret import HOLE
from northsouth.policies import Document

ATTEMPT_SECONDS = 60
"""From one attempt to the next: how long SQS hides a message that a pipe has taken. A call is given up after 5."""


class CalledReceiver(Construct):
    """A receiver that an API destination calls, from queues by pipes, or from events by rules.

    One queue, subscription and pipe for each severity and each of firing and resolved: a template has no conditions,
    and two pipes on one queue would share its messages.

    Attributes:
        connection: the ``aws_cloudwatch_event_connection``; EventBridge keeps its credential in Secrets Manager.
        destination: the ``aws_cloudwatch_event_api_destination``.
        role: what pipes or rules call it as.
        dead_letters: the queue of messages that were given up.
        queues: by severity and state, ``critical-firing``.
        subscriptions: of the queues, by the same keys.
        pipes: by the same keys.
        rules: of the direct way, by the same keys.
        targets: of the rules.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        receiver: ApiReceiver,
        topics: Mapping[str, SnsTopic],
        credentials: Credentials,
        context: Context,
    ) -> None:
        """Declare it.

        Args:
            scope: the routes.
            id: the receiver's name.
            receiver: what it is.
            topics: the topics whose messages it gets, by severity.
            credentials: gives its secret.
            context: what all receivers share.

        """
        super().__init__(scope, id)
        self._receiver, self._context = receiver, context
        self.connection = self._connect(credentials)
        self.destination = CloudwatchEventApiDestination(
            self,
            "destination",
            name=f"{context.name}-{receiver.name}",
            connection_arn=self.connection.arn,
            http_method=receiver.call.method,
            invocation_endpoint=credentials.fill(receiver.call.url, receiver.secret, receiver.name),
            invocation_rate_limit_per_second=receiver.rate_per_second,
            provider=context.provider,
        )
        self.queues: dict[str, SqsQueue] = {}
        self.subscriptions: dict[str, SnsTopicSubscription] = {}
        self.pipes: dict[str, PipesPipe] = {}
        self.rules: dict[str, CloudwatchEventRule] = {}
        self.targets: dict[str, CloudwatchEventTarget] = {}
        names = {
            (severity, state): pipe_name(context.name, severity, receiver.name, state)
            for severity in topics
            for state in STATES
        }
        if receiver.events:
            self._by_events(names)
        else:
            self._by_queues(names, topics)

    def _connect(self, credentials: Credentials) -> CloudwatchEventConnection:
        call, secret, receiver = self._receiver.call, self._receiver.secret, self._receiver.name
        key, value = call.header
        query = [
            CloudwatchEventConnectionAuthParametersInvocationHttpParametersQueryString(
                key=name, value=credentials.fill(text, secret, receiver), is_value_secret=HOLE in text
            )
            for name, text in call.query.items()
        ]
        return CloudwatchEventConnection(
            self,
            "connection",
            name=f"{self._context.name}-{self._receiver.name}",
            authorization_type="API_KEY",
            auth_parameters=CloudwatchEventConnectionAuthParameters(
                api_key=CloudwatchEventConnectionAuthParametersApiKey(
                    key=key, value=credentials.fill(value, secret, receiver)
                ),
                invocation_http_parameters=CloudwatchEventConnectionAuthParametersInvocationHttpParameters(
                    query_string=query
                )
                if query
                else None,
            ),
            provider=self._context.provider,
        )

    def _role(self, service: str, sources: Sequence[str], policy: Document) -> IamRolePolicy:
        context = self._context
        self.role = IamRole(
            self,
            "role",
            name_prefix=f"{context.name}-{self._receiver.name}-"[:38],
            description=f"Calls {self._receiver.name} about alarms",
            assume_role_policy=json.dumps(policies.trust(service, context.place, sources)),
            tags=context.tags,
            provider=context.provider,
        )
        return IamRolePolicy(
            self, "policy", name="call", role=self.role.id, policy=json.dumps(policy), provider=context.provider
        )

    @cached_property
    def _destination_arn(self) -> str:
        return self.destination.arn

    @cached_property
    def _dead_letters_arn(self) -> str:
        return self.dead_letters.arn

    @cached_property
    def _role_arn(self) -> str:
        return self.role.arn

    def _message(self, severity: str, state: State) -> Message:
        return Message(state, severity, self._context.label, self._receiver.note)

    def _by_queues(self, names: Mapping[tuple[str, State], str], topics: Mapping[str, SnsTopic]) -> None:
        context, receiver = self._context, self._receiver
        arns = [context.place.arn("sqs", name) for name in names.values()]
        senders = [topic.arn for topic in topics.values()]
        self.dead_letters = context.dead_letters(self, receiver.name, senders, "sns.amazonaws.com")
        self.policy = self._role(
            "pipes.amazonaws.com",
            [context.place.arn("pipes", f"pipe/{name}") for name in names.values()],
            policies.caller(self._destination_arn, arns, context.kms_key_arn),
        )
        for (severity, state), name in names.items():
            self._pipe(f"{severity}-{state}", name, topics[severity], self._message(severity, state))

    def _pipe(self, key: str, name: str, topic: SnsTopic, message: Message) -> None:
        context, receiver = self._context, self._receiver
        topic_arn = topic.arn
        policy = policies.queue(context.place.arn("sqs", name), [topic_arn])
        self.queues[key] = context.queue(
            self,
            f"{key}-queue",
            name=name,
            policy=policy,
            visibility_seconds=ATTEMPT_SECONDS,
            kept_seconds=receiver.kept_seconds,
            redrive_policy=json.dumps(
                {"deadLetterTargetArn": self._dead_letters_arn, "maxReceiveCount": receiver.attempts}
            ),
        )
        queue_arn = self.queues[key].arn
        self.subscriptions[key] = SnsTopicSubscription(
            self,
            f"{key}-subscription",
            topic_arn=topic_arn,
            protocol="sqs",
            endpoint=queue_arn,
            raw_message_delivery=True,
            filter_policy_scope="MessageBody",
            filter_policy=json.dumps(receiver.message_filter(message.state)),
            redrive_policy=json.dumps({"deadLetterTargetArn": self._dead_letters_arn}),
            provider=context.provider,
        )
        path = receiver.path_values
        self.pipes[key] = PipesPipe(
            self,
            f"{key}-pipe",
            name=name,
            description=f"Tells {receiver.name} of {message.severity} alarms: {message.state}",
            role_arn=self._role_arn,
            source=queue_arn,
            target=self._destination_arn,
            source_parameters=PipesPipeSourceParameters(
                sqs_queue_parameters=PipesPipeSourceParametersSqsQueueParameters(batch_size=1)
            ),
            target_parameters=PipesPipeTargetParameters(
                input_template=receiver.template(message, PIPE),
                http_parameters=PipesPipeTargetParametersHttpParameters(path_parameter_values=list(path))
                if path
                else None,
            ),
            depends_on=[self.policy],
            tags=context.tags,
            provider=context.provider,
        )

    def _by_events(self, names: Mapping[tuple[str, State], str]) -> None:
        context, receiver = self._context, self._receiver
        sources = [context.place.arn("events", f"rule/{name}") for name in names.values()]
        self.dead_letters = context.dead_letters(self, receiver.name, sources, "events.amazonaws.com")
        self.policy = self._role("events.amazonaws.com", sources, policies.caller(self._destination_arn))
        for (severity, state), name in names.items():
            self._rule(f"{severity}-{state}", name, self._message(severity, state))

    def _rule(self, key: str, name: str, message: Message) -> None:
        context, receiver = self._context, self._receiver
        self.rules[key] = CloudwatchEventRule(
            self,
            f"{key}-rule",
            name=name,
            description=f"Tells {receiver.name} of {message.severity} alarms: {message.state}",
            event_pattern=json.dumps(receiver.event_pattern(message.state)),
            tags=context.tags,
            provider=context.provider,
        )
        template = receiver.template(message, RULE)
        self.targets[key] = CloudwatchEventTarget(
            self,
            f"{key}-target",
            rule=self.rules[key].name,
            target_id=receiver.name,
            arn=self._destination_arn,
            role_arn=self._role_arn,
            input_transformer=CloudwatchEventTargetInputTransformer(
                input_paths={name: path for name, path in RULE_PATHS.items() if f"<{name}>" in template},
                input_template=template,
            ),
            retry_policy=CloudwatchEventTargetRetryPolicy(
                maximum_event_age_in_seconds=max(60, receiver.attempts * ATTEMPT_SECONDS),
                maximum_retry_attempts=receiver.attempts,
            ),
            dead_letter_config=CloudwatchEventTargetDeadLetterConfig(arn=self._dead_letters_arn),
            depends_on=[self.policy],
            provider=context.provider,
        )
