"""One receiver that a state machine calls: its credential, its queue, its pipe, its machine and its dead letters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cdktf import TerraformLocal, Token
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
)
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.pipes_pipe import (
    PipesPipe,
    PipesPipeSourceParameters,
    PipesPipeSourceParametersSqsQueueParameters,
    PipesPipeTargetParameters,
    PipesPipeTargetParametersStepFunctionStateMachineParameters,
)
from cdktf_cdktf_provider_aws.sfn_state_machine import SfnStateMachine, SfnStateMachineLoggingConfiguration
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from northsouth.alerts.routes import policies
from northsouth.alerts.routes.api_receiver import ApiReceiver
from northsouth.alerts.routes.context import Context
from northsouth.alerts.routes.credentials import Credentials
from northsouth.alerts.routes.machine import Machine
from northsouth.alerts.routes.names import called_name
from northsouth.alerts.routes.secret import HOLE
from northsouth.logs.jsonata import expression, literal
from northsouth.policies import Document

ATTEMPT_SECONDS = 60
"""From one attempt to the next: how long SQS hides a message that a pipe has taken. A run is given up before."""
LOG_RETENTION_DAYS = 30
SNS, EVENTS = "sns.amazonaws.com", "events.amazonaws.com"


class CalledReceiver(Construct):
    """A receiver that a state machine calls: one queue, one pipe and one machine for all its messages.

    Attributes:
        receiver: what it is.
        connection: the ``aws_cloudwatch_event_connection``; EventBridge keeps its credential in Secrets Manager.
        queue: the messages that wait.
        dead_letters: the queue of messages that were given up.
        subscriptions: of the queue, by severity; none if it is notified by events.
        rule: what sends it events, if it is notified so.
        target: of the rule.
        machine: the state machine that reads a message and sends it.
        machine_role: what the machine may do.
        machine_policy: its policy.
        log_group: failures of the machine.
        pipe: gives the machine one message at a time.
        role: what the pipe may do.
        policy: its policy.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        receiver: ApiReceiver,
        topics: Mapping[str, SnsTopic],
        others: Mapping[str, list[str]],
        credentials: Credentials,
        context: Context,
    ) -> None:
        """Declare it.

        Args:
            scope: the routes.
            id: the receiver's name.
            receiver: what it is.
            topics: the topics whose messages it gets, by severity.
            others: the names of the other receivers, by severity.
            credentials: gives its secret.
            context: what all receivers share.

        """
        super().__init__(scope, id)
        self.receiver, self._context, self._credentials = receiver, context, credentials
        self._name = called_name(context.name, receiver.name)
        self.connection = self._connect()
        self.subscriptions: dict[str, SnsTopicSubscription] = {}
        self.rule: CloudwatchEventRule | None = None
        self.target: CloudwatchEventTarget | None = None
        if receiver.events:
            self._follow_events()
        else:
            self._subscribe(topics)
        self._declare_machine(self._settings(topics, others))
        self._declare_pipe()

    def _connect(self) -> CloudwatchEventConnection:
        key, value = self.receiver.call.header
        query = [
            CloudwatchEventConnectionAuthParametersInvocationHttpParametersQueryString(
                key=name, value=self._filled(text), is_value_secret=HOLE in text
            )
            for name, text in self.receiver.call.query.items()
        ]
        return CloudwatchEventConnection(
            self,
            "connection",
            name=f"{self._context.name}-{self.receiver.name}",
            authorization_type="API_KEY",
            auth_parameters=CloudwatchEventConnectionAuthParameters(
                api_key=CloudwatchEventConnectionAuthParametersApiKey(key=key, value=self._filled(value)),
                invocation_http_parameters=CloudwatchEventConnectionAuthParametersInvocationHttpParameters(
                    query_string=query
                )
                if query
                else None,
            ),
            provider=self._context.provider,
        )

    def _filled(self, text: str) -> str:
        return self._credentials.fill(text, self.receiver.secret, self.receiver.name)

    def _settings(self, topics: Mapping[str, SnsTopic], others: Mapping[str, list[str]]) -> dict[str, Any]:
        return {
            "label": self._context.label,
            "note": self.receiver.note,
            "severity": next(iter(topics)) if len(topics) == 1 else "",
            "topics": [{"arn": topic.arn, "severity": severity} for severity, topic in topics.items()],
            "others": [{"severity": severity, "names": names} for severity, names in others.items()],
        }

    def _subscribe(self, topics: Mapping[str, SnsTopic]) -> None:
        arns = {severity: topic.arn for severity, topic in topics.items()}
        self._declare_queues(list(arns.values()), SNS)
        wanted = self.receiver.filter_policy()
        for severity, arn in arns.items():
            self.subscriptions[severity] = SnsTopicSubscription(
                self,
                f"{severity}-subscription",
                topic_arn=arn,
                protocol="sqs",
                endpoint=self.queue.arn,
                filter_policy_scope="MessageBody" if wanted else None,
                filter_policy=json.dumps(wanted) if wanted else None,
                redrive_policy=json.dumps({"deadLetterTargetArn": self.dead_letters.arn}),
                provider=self._context.provider,
            )

    def _follow_events(self) -> None:
        context = self._context
        self._declare_queues([context.place.arn("events", f"rule/{self._name}")], EVENTS)
        self.rule = CloudwatchEventRule(
            self,
            "rule",
            name=self._name,
            description=f"Tells {self.receiver.name} of alarms that change",
            event_pattern=json.dumps(self.receiver.event_pattern()),
            tags=context.tags,
            provider=context.provider,
        )
        self.target = CloudwatchEventTarget(
            self,
            "target",
            rule=self.rule.name,
            target_id=self.receiver.name,
            arn=self.queue.arn,
            dead_letter_config=CloudwatchEventTargetDeadLetterConfig(arn=self.dead_letters.arn),
            provider=context.provider,
        )

    def _declare_queues(self, senders: list[str], service: str) -> None:
        context, receiver = self._context, self.receiver
        self.dead_letters = context.dead_letters(self, receiver.name, senders, service)
        self.queue = context.queue(
            self,
            "queue",
            name=self._name,
            policy=policies.queue(context.place.arn("sqs", self._name), senders, service),
            visibility_seconds=ATTEMPT_SECONDS,
            kept_seconds=receiver.kept_seconds,
            redrive_policy=json.dumps(
                {"deadLetterTargetArn": self.dead_letters.arn, "maxReceiveCount": receiver.attempts}
            ),
        )

    def _declare_machine(self, settings: Mapping[str, Any]) -> None:
        context, receiver, call = self._context, self.receiver, self.receiver.call
        arn = context.place.arn("states", f"stateMachine:{self._name}")
        self.machine_role, self.machine_policy = self._role(
            "machine-",
            "states.amazonaws.com",
            arn,
            policies.machine(
                arn,
                connection=self.connection.arn,
                secret=self.connection.secret_arn,
                method=call.method,
                endpoint=call.url.replace(HOLE, "*") + ("*" if call.path else ""),
            ),
        )
        self.log_group = CloudwatchLogGroup(
            self,
            "log-group",
            name=f"/aws/vendedlogs/states/{self._name}",
            retention_in_days=LOG_RETENTION_DAYS,
            tags=context.tags,
            provider=context.provider,
        )
        address = call.url.replace(HOLE, self._secret_in_json()) if HOLE in call.url else call.url
        machine = Machine(
            partition=context.place.partition,
            settings=settings,
            method=call.method,
            address=expression(f"{literal(address)} & {call.path}") if call.path else address,
            connection_arn=self.connection.arn,
            body=receiver.body(),
            skip=receiver.skip,
            alarms=receiver.asked_alarms,
        )
        self.machine = SfnStateMachine(
            self,
            "machine",
            name=self._name,
            type="EXPRESS",
            role_arn=self.machine_role.arn,
            definition=json.dumps(machine.definition(), ensure_ascii=False),
            # Without the data of a run: the address of some services is their secret.
            logging_configuration=SfnStateMachineLoggingConfiguration(
                level="ERROR", include_execution_data=False, log_destination=f"{self.log_group.arn}:*"
            ),
            # Step Functions checks at creation that the role may set the log delivery up.
            depends_on=[self.machine_policy],
            tags=context.tags,
            provider=context.provider,
        )

    def _secret_in_json(self) -> str:
        """Return a reference to the secret, escaped for the definition; a local, for references have no quotes."""
        secret = self._filled(HOLE)
        if not Token.is_unresolved(secret):  # a token is resolved without its braces
            secret = secret.removeprefix("${").removesuffix("}")
        value = f'${{trimsuffix(trimprefix(jsonencode({secret}), "\\""), "\\"")}}'
        return TerraformLocal(self, "secret", value).as_string

    def _declare_pipe(self) -> None:
        context = self._context
        self.role, self.policy = self._role(
            "",
            "pipes.amazonaws.com",
            context.place.arn("pipes", f"pipe/{self._name}"),
            policies.pipe(self.machine.arn, self.queue.arn, context.kms_key_arn),
        )
        self.pipe = PipesPipe(
            self,
            "pipe",
            name=self._name,
            description=f"Tells {self.receiver.name} of alarms",
            role_arn=self.role.arn,
            source=self.queue.arn,
            target=self.machine.arn,
            source_parameters=PipesPipeSourceParameters(
                sqs_queue_parameters=PipesPipeSourceParametersSqsQueueParameters(batch_size=1)
            ),
            target_parameters=PipesPipeTargetParameters(
                step_function_state_machine_parameters=PipesPipeTargetParametersStepFunctionStateMachineParameters(
                    invocation_type="REQUEST_RESPONSE"
                )
            ),
            depends_on=[self.policy],
            tags=context.tags,
            provider=context.provider,
        )

    def _role(self, owner: str, service: str, source: str, policy: Document) -> tuple[IamRole, IamRolePolicy]:
        """Declare the role of the pipe or, with a prefix, the role of another resource."""
        context = self._context
        role = IamRole(
            self,
            f"{owner}role",
            name_prefix=f"{context.name}-{self.receiver.name}-"[:38],
            description=f"Calls {self.receiver.name} about alarms",
            assume_role_policy=json.dumps(policies.trust(service, context.place, [source])),
            tags=context.tags,
            provider=context.provider,
        )
        return role, IamRolePolicy(
            self, f"{owner}policy", name="call", role=role.id, policy=json.dumps(policy), provider=context.provider
        )
