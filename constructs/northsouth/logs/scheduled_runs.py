"""State machines that EventBridge Scheduler starts, and the queue for runs that failed: the wiring of all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetDeadLetterConfig,
    SchedulerScheduleTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.scheduler_schedule_group import SchedulerScheduleGroup
from cdktf_cdktf_provider_aws.sfn_state_machine import SfnStateMachine, SfnStateMachineLoggingConfiguration
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from northsouth.identity import role_with_policy
from northsouth.logs.archive_states import State
from northsouth.policies import ArnScope, Statement, document, trust

DEAD_LETTER_SECONDS = 14 * 24 * 3600
"""SQS keeps no message longer: a failed run waits two weeks to be looked at."""
LOG_RETENTION_DAYS = 90
_SCHEDULER_ATTEMPTS = 5
_SCHEDULER_EVENT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class RunGroup:
    """What the state machines of one construct share: the queue for runs that failed, and the schedules' group."""

    dead_letters: SqsQueue
    dead_letter_policy: SqsQueuePolicy
    schedule_group: SchedulerScheduleGroup


def run_group(
    scope: Construct,
    name: str,
    place: ArnScope,
    *,
    provider: TerraformProvider | None = None,
    tags: Mapping[str, str] | None = None,
) -> RunGroup:
    """Declare ``dead-letters``, its policy, and ``schedules`` in a construct; all are named after ``name``."""
    own_tags = dict(tags) if tags else None
    queue = SqsQueue(
        scope,
        "dead-letters",
        name=f"{name}-dead-letters",
        message_retention_seconds=DEAD_LETTER_SECONDS,
        sqs_managed_sse_enabled=True,
        tags=own_tags,
        provider=provider,
    )
    # The rules of EventBridge send the runs that ended without a message of their own.
    statement: Statement = {
        "Sid": "TimedOutRuns",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue.arn,
        "Condition": {"ArnLike": {"aws:SourceArn": place.arn("events", f"rule/{name}-*")}},
    }
    policy = SqsQueuePolicy(
        scope,
        "dead-letters-policy",
        queue_url=queue.url,
        policy=json.dumps(document([statement])),
        provider=provider,
    )
    group = SchedulerScheduleGroup(scope, "schedules", name=name, tags=own_tags, provider=provider)
    return RunGroup(queue, policy, group)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledRuns:
    """Declares state machines in a construct, with what starts them and what they leave behind.

    Attributes:
        scope: the construct.
        name: begins the names of all.
        place: partition, Region and account.
        dead_letter_arn: the queue for runs that failed or could not start.
        schedule_group: the schedules' group.
        enabled: whether the schedules run.
        provider: the provider (Region, account) to use instead of the default.
        tags: tags of everything that has tags.

    """

    scope: Construct
    name: str
    place: ArnScope
    dead_letter_arn: str
    schedule_group: str
    enabled: bool = True
    provider: TerraformProvider | None = None
    tags: dict[str, str] | None = None

    def role(
        self, purpose: str, service: str, trusted: str | None, statements: Sequence[Statement]
    ) -> tuple[IamRole, IamRolePolicy]:
        """Declare a role of a service and what it may do; ``trusted`` is the resource that may take it on."""
        source_arn = self.place.arn(service.split(".")[0], trusted) if trusted else None
        return role_with_policy(
            self.scope,
            purpose,
            trusted=trust(service, self.place.account, source_arn),
            statements=statements,
            description=f"{self.name}: {purpose}",
            name_prefix=f"{self.name}-"[:38],
            provider=self.provider,
            tags=self.tags,
        )

    def log_group(self) -> CloudwatchLogGroup:
        """Declare the log group of the machines' errors."""
        return CloudwatchLogGroup(
            self.scope,
            "log-group",
            # Under this name AWS keeps the resource policy that log delivery needs small.
            name=f"/aws/vendedlogs/states/{self.name}",
            retention_in_days=LOG_RETENTION_DAYS,
            tags=self.tags,
            provider=self.provider,
        )

    def machine(
        self,
        id: str,
        name: str,
        definition: State,
        role: tuple[IamRole, IamRolePolicy],
        log_group: CloudwatchLogGroup,
    ) -> SfnStateMachine:
        """Declare a state machine."""
        return SfnStateMachine(
            self.scope,
            id,
            name=name,
            role_arn=role[0].arn,
            definition=json.dumps(definition, ensure_ascii=False),
            logging_configuration=SfnStateMachineLoggingConfiguration(
                level="ERROR", include_execution_data=True, log_destination=f"{log_group.arn}:*"
            ),
            # Step Functions checks at creation that the role may set the log delivery up.
            depends_on=[role[1]],
            tags=self.tags,
            provider=self.provider,
        )

    def timed_out(self, machines: Sequence[str]) -> CloudwatchEventRule:
        """Let EventBridge send the runs that end without a message of their own to the dead letters.

        A run that reaches its time-out, or that somebody stops, catches nothing. The event's ``detail.input`` is the
        input of another run (docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html).
        """
        pattern = {
            "source": ["aws.states"],
            "detail-type": ["Step Functions Execution Status Change"],
            "detail": {"status": ["TIMED_OUT", "ABORTED"], "stateMachineArn": list(machines)},
        }
        rule = CloudwatchEventRule(
            self.scope,
            "timed-out-runs",
            name=f"{self.name}-timed-out-runs",
            description=f"Runs of {self.name} that were given up or stopped go to the dead letters",
            event_pattern=json.dumps(pattern),
            tags=self.tags,
            provider=self.provider,
        )
        CloudwatchEventTarget(
            self.scope, "timed-out-runs-target", rule=rule.name, arn=self.dead_letter_arn, provider=self.provider
        )
        return rule

    def schedule(
        self,
        run: str,
        cron: str,
        machine: SfnStateMachine,
        role: tuple[IamRole, IamRolePolicy],
        inputs: Mapping[str, object],
    ) -> SchedulerSchedule:
        """Declare what starts a machine, in UTC.

        Args:
            run: the schedule's name within the group, behind ``name``.
            cron: when.
            machine: the machine.
            role: the role of EventBridge Scheduler.
            inputs: the input beside ``scheduledTime``: the time that the run was meant for, also if it starts late.

        """
        text = {"scheduledTime": "<aws.scheduler.scheduled-time>", **inputs}
        return SchedulerSchedule(
            self.scope,
            f"schedule-{run}",
            name=f"{self.name}-{run}",
            group_name=self.schedule_group,
            schedule_expression=cron,
            schedule_expression_timezone="UTC",
            state="ENABLED" if self.enabled else "DISABLED",
            flexible_time_window=SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
            target=SchedulerScheduleTarget(
                arn=machine.arn,
                role_arn=role[0].arn,
                input=json.dumps(text),
                dead_letter_config=SchedulerScheduleTargetDeadLetterConfig(arn=self.dead_letter_arn),
                retry_policy=SchedulerScheduleTargetRetryPolicy(
                    maximum_event_age_in_seconds=_SCHEDULER_EVENT_SECONDS,
                    maximum_retry_attempts=_SCHEDULER_ATTEMPTS,
                ),
            ),
            depends_on=[role[1]],
            provider=self.provider,
        )
