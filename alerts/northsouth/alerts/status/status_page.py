"""A public status page on S3, which one state machine keeps up to date and only the page's own script reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from cdktf import TerraformProvider, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_website_configuration import (
    S3BucketWebsiteConfiguration,
    S3BucketWebsiteConfigurationIndexDocument,
)
from cdktf_cdktf_provider_aws.s3_object import S3Object
from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.sfn_state_machine import SfnStateMachine, SfnStateMachineLoggingConfiguration
from constructs import Construct

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.composite import CompositeAlarm
from northsouth.alerts.dashboards.board import judged
from northsouth.alerts.status import page, policies, rules
from northsouth.alerts.status.component import AnyAlarm, Component, component_problems, degraded_problems
from northsouth.alerts.status.workflow import WHOLE, StatusWorkflow, Watched
from northsouth.bucket_names import judge_bucket_names
from northsouth.errors import refuse
from northsouth.identity import place_of, role_with_policy
from northsouth.policies import Statement, trust

LOG_RETENTION_DAYS = 30
MISSED_RUNS = 3
"""After as many intervals without news, the page says that it has none."""
REFRESH_SECONDS = 60
_SECONDS = 60


class StatusPage(Construct):
    """A static website that shows whether an alarm is raised, since when, its history, and the graph of a measure.

    A state machine asks CloudWatch every few minutes and at every change of an alarm. It writes ``status.json``,
    ``uptime.json`` and ``feed.json`` beside the page, and the page's script draws them. There is no function and no
    server, and nobody has to update the page.

    The bucket is public on purpose. Everybody may read the page and these three files, and nothing else. If the account
    or organization blocks public buckets (S3 Block Public Access), AWS refuses the bucket's policy at apply. Put a page
    for such an account behind CloudFront.

    Example::

        StatusPage(
            self, "status", name="shop-status", bucket_name="status.example.com", title="Shop",
            alarm=success, success=pack.alarms["success-rate-slow"],
        )

    Attributes:
        bucket: the bucket.
        ownership_controls: no ACLs.
        public_access_block: no public ACLs; a public policy is allowed.
        policy: who may read what.
        website: the bucket as a website.
        page: the page as an object.
        role: what the state machine may do.
        role_policy: its policy.
        log_group: errors of the runs.
        state_machine: writes the status.
        schedule: starts it every few minutes.
        schedule_role: what the schedule may do.
        schedule_policy: its policy.
        rule: sees the alarm change.
        target: starts the state machine then.
        rule_role: what the rule may do.
        rule_policy: its policy.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        bucket_name: str,
        title: str,
        alarm: CompositeAlarm | Alarm,
        degraded: CompositeAlarm | Alarm | None = None,
        components: Sequence[Component] = (),
        success: Alarm | None = None,
        about: str = "",
        interval_minutes: int = 5,
        allow_destroy: bool = False,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the page and what keeps it up to date.

        Args:
            scope: where it belongs.
            id: its name within ``scope``.
            name: what the state machine, its schedule and its rule are called.
            bucket_name: the bucket's name; that of the domain (``status.example.com``) if one shall point to it.
            title: the page's heading: what the customers know it as.
            alarm: the alarm that speaks for the customers: operational while it is ``OK``, an outage in ``ALARM``.
            degraded: the alarm that is raised while the service works, but badly; none if not given. While one of the
                components is not well, the service counts as degraded, too.
            components: the parts of the service that the page lists, each with its own alarms; at most 20.
            success: the alarm whose measure is drawn for the last 24 hours with its threshold, in points of five
                minutes or more; no graph if not given.
            about: a sentence below the heading.
            interval_minutes: minutes between two runs. After three without news the page says so.
            allow_destroy: let Terraform destroy the bucket with everything in it.
            provider: the Region and account it lives in: that of the alarm.
            tags: tags of everything that has tags.

        Raises:
            ConfigurationError: with every problem of the declaration.

        """
        super().__init__(scope, id)
        refuse(
            f"StatusPage {id!r}",
            rules.page_problems(
                name=name, bucket_name=bucket_name, title=title, about=about, interval_minutes=interval_minutes
            ),
            degraded_problems(alarm, degraded),
            component_problems(components),
        )
        lines = (Component(name=WHOLE, alarm=alarm, degraded=degraded), *components)
        self._name = name
        self._provider = provider
        self._tags = dict(tags) if tags else None
        self._place = place_of(self, provider, account_id="caller")
        self._declare_bucket(bucket_name, allow_destroy=allow_destroy)
        self.page = S3Object(
            self,
            "page",
            bucket=self.bucket.id,
            key=policies.PAGE_KEY,
            content=page.page(
                title,
                about=about,
                stale_seconds=MISSED_RUNS * interval_minutes * _SECONDS,
                refresh_seconds=REFRESH_SECONDS,
            ),
            content_type="text/html; charset=utf-8",
            cache_control="max-age=300",
            provider=provider,
        )
        self._declare_machine(title, lines, success)
        self._declare_schedule(interval_minutes)
        self._declare_rule(_alarms(lines))

    @property
    def url(self) -> str:
        """The page's address with TLS; not for a bucket with dots in its name, where S3's certificate does not hold."""
        return f"https://{self.bucket.bucket_regional_domain_name}/{policies.PAGE_KEY}"

    @property
    def website_url(self) -> str:
        """The address of the S3 website, which has no TLS; what a domain of the bucket's name points to."""
        return f"http://{self.website.website_endpoint}"

    def _declare_bucket(self, bucket_name: str, *, allow_destroy: bool) -> None:
        provider = self._provider
        judge_bucket_names(self)
        self.bucket = S3Bucket(
            self,
            "bucket",
            bucket=bucket_name,
            force_destroy=allow_destroy,
            lifecycle=None if allow_destroy else TerraformResourceLifecycle(prevent_destroy=True),
            tags=self._tags,
            provider=provider,
        )
        self.ownership_controls = S3BucketOwnershipControls(
            self,
            "ownership",
            bucket=self.bucket.id,
            rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
            provider=provider,
        )
        self.public_access_block = S3BucketPublicAccessBlock(
            self,
            "public-access",
            bucket=self.bucket.id,
            block_public_acls=True,
            ignore_public_acls=True,
            block_public_policy=False,
            restrict_public_buckets=False,
            provider=provider,
        )
        self.policy = S3BucketPolicy(
            self,
            "policy",
            bucket=self.bucket.id,
            policy=json.dumps(policies.public_policy(self._place, self.bucket.id)),
            # A new bucket blocks public policies until this is in place.
            depends_on=[self.public_access_block],
            provider=provider,
        )
        self.website = S3BucketWebsiteConfiguration(
            self,
            "website",
            bucket=self.bucket.id,
            index_document=S3BucketWebsiteConfigurationIndexDocument(suffix=policies.PAGE_KEY),
            provider=provider,
        )

    def _declare_machine(self, title: str, lines: Sequence[Component], success: Alarm | None) -> None:
        place, provider = self._place, self._provider
        self.role, self.role_policy = self._role(
            "publish",
            "states.amazonaws.com",
            place.arn("states", f"stateMachine:{self._name}"),
            policies.publish_statements(place, self.bucket.id),
        )
        self.log_group = CloudwatchLogGroup(
            self,
            "log-group",
            name=f"/aws/vendedlogs/states/{self._name}",
            retention_in_days=LOG_RETENTION_DAYS,
            tags=self._tags,
            provider=provider,
        )
        workflow = StatusWorkflow(
            partition=place.partition,
            title=title,
            address=self.url,
            watched=_watched(lines),
            bucket=self.bucket.id,
            queries=() if success is None else judged(success.condition),
            unit="" if success is None else success.condition.unit.symbol,
            limit=None if success is None else success.condition.threshold,
        )
        self.state_machine = SfnStateMachine(
            self,
            "state-machine",
            name=self._name,
            # Short runs by the thousand, and a second one does no harm: a fiftieth of the price of STANDARD.
            type="EXPRESS",
            role_arn=self.role.arn,
            definition=workflow.text(),
            logging_configuration=SfnStateMachineLoggingConfiguration(
                level="ERROR", include_execution_data=True, log_destination=f"{self.log_group.arn}:*"
            ),
            # Step Functions checks at creation that the role may set the log delivery up.
            depends_on=[self.role_policy],
            tags=self._tags,
            provider=provider,
        )

    def _declare_schedule(self, interval_minutes: int) -> None:
        self.schedule_role, self.schedule_policy = self._role(
            "schedule", "scheduler.amazonaws.com", None, policies.start_statements(self.state_machine.arn)
        )
        unit = "minute" if interval_minutes == 1 else "minutes"
        self.schedule = SchedulerSchedule(
            self,
            "schedule",
            name=self._name,
            schedule_expression=f"rate({interval_minutes} {unit})",
            flexible_time_window=SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
            target=SchedulerScheduleTarget(
                arn=self.state_machine.arn,
                role_arn=self.schedule_role.arn,
                input="{}",
                # The next run comes soon, so an old one need not be made up for.
                retry_policy=SchedulerScheduleTargetRetryPolicy(
                    maximum_event_age_in_seconds=_SECONDS, maximum_retry_attempts=2
                ),
            ),
            depends_on=[self.schedule_policy],
            provider=self._provider,
        )

    def _declare_rule(self, alarms: Sequence[AnyAlarm]) -> None:
        self.rule = CloudwatchEventRule(
            self,
            "rule",
            name=self._name,
            description=f"{alarms[0].name} changes: write it to the status page",
            event_pattern=json.dumps(
                {
                    "source": ["aws.cloudwatch"],
                    "detail-type": ["CloudWatch Alarm State Change"],
                    "resources": [alarm.arn for alarm in alarms],
                }
            ),
            tags=self._tags,
            provider=self._provider,
        )
        self.rule_role, self.rule_policy = self._role(
            "rule", "events.amazonaws.com", self.rule.arn, policies.start_statements(self.state_machine.arn)
        )
        self.target = CloudwatchEventTarget(
            self,
            "target",
            rule=self.rule.name,
            arn=self.state_machine.arn,
            role_arn=self.rule_role.arn,
            input="{}",
            depends_on=[self.rule_policy],
            provider=self._provider,
        )

    def _role(
        self, purpose: str, service: str, source_arn: str | None, statements: list[Statement]
    ) -> tuple[IamRole, IamRolePolicy]:
        return role_with_policy(
            self,
            purpose,
            trusted=trust(service, self._place.account, source_arn),
            statements=statements,
            description=f"{self._name}: {purpose}",
            name=f"{self._name}-{purpose}",
            provider=self._provider,
            tags=self._tags,
        )


def _alarms(lines: Sequence[Component]) -> list[AnyAlarm]:
    """Return every alarm of a page once."""
    alarms = {id(alarm): alarm for line in lines for alarm in (line.alarm, line.degraded) if alarm is not None}
    return list(alarms.values())


def _watched(lines: Sequence[Component]) -> tuple[Watched, ...]:
    # Each reference is made once: two of the same alarm are two tokens.
    names = {id(alarm): alarm.alarm_name for alarm in _alarms(lines)}
    return tuple(
        Watched(name=line.name, alarm=names[id(line.alarm)], degraded=names.get(id(line.degraded), ""))
        for line in lines
    )
