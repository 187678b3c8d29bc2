"""Keeps new alarms quiet until they have had data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.sfn_state_machine import SfnStateMachine
from constructs import Construct

from northsouth.alerts.alarm import Alarm, default_name
from northsouth.alerts.composite import CompositeAlarm, address
from northsouth.alerts.packs.pack import AnyAlarm, Pack, alarms_of, noisy_at_first, raises_without_data
from northsouth.alerts.quiet import rules
from northsouth.alerts.quiet.workflow import QuietStartWorkflow
from northsouth.errors import refuse
from northsouth.identity import place_of, role_with_policy
from northsouth.policies import trust


class QuietStart(Construct):
    """Keeps new alarms quiet for an hour, or until their first data are good.

    An alarm that takes missing data for bad is raised at its creation, because there are no data yet. In a new
    environment that is a pager full of alarms that mean nothing. Data that never come are reported once, after
    ``minutes``.

    If the provider's bindings know ``warm_up_configuration`` of ``aws_cloudwatch_metric_alarm`` (cdktn-provider-aws
    25.8), the alarms get that, and nothing else is declared. AWS ends the warm-up as soon as an alarm's window is full.

    Otherwise the alarms are created with their actions off, and Terraform ignores later changes of that argument. An
    EventBridge rule on their changes of state starts a state machine: at ``OK`` it switches the actions on; an alarm
    that is still raised after ``minutes`` gets its actions, too, and is judged anew, so that it notifies. Alarms that
    exist already keep their actions on. An alarm whose actions somebody switches off by hand is switched on at its next
    ``OK``; use ``enabled=False`` instead.

    Declare it after the alarms::

        QuietStart(self, "quiet-start")

    Attributes:
        held: by name, the alarms that stay quiet: those that notify and are raised without data.
        role: what the state machine may do; like all below, ``None`` with the warm-up of the bindings.
        role_policy: its policy.
        state_machine: switches the actions on.
        rules: see the alarms change. One has as many alarms as its pattern can hold.
        targets: start the state machine then.
        rule_role: what the rules may do.
        rule_policy: its policy.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        alarms: Iterable[AnyAlarm | Pack] | None = None,
        minutes: int = 60,
        name: str | None = None,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Hold the alarms back.

        Args:
            scope: where it belongs.
            id: its name within ``scope``.
            alarms: alarms and packs; if not given, all of this stack under the same provider so far.
            minutes: how long a new alarm that has no good data stays quiet, 1 to 2880.
            name: what the state machine, its rules and roles are called; the construct's path with dashes if not given.
            provider: the Region and account of the alarms.
            tags: tags of everything that has tags.

        Raises:
            ConfigurationError: with every problem of the declaration, also if no alarm needs it.

        """
        super().__init__(scope, id)
        every = alarms_of(self, alarms, provider)
        self.held = {alarm.name: alarm for alarm in noisy_at_first(every)}
        named = name if name is not None else default_name(scope, id)
        refuse(
            f"QuietStart {id!r}",
            rules.quiet_start_problems(name=named, minutes=minutes, alarms=list(self.held)),
        )
        self.role: IamRole | None = None
        self.role_policy: IamRolePolicy | None = None
        self.rule_role: IamRole | None = None
        self.rule_policy: IamRolePolicy | None = None
        self.state_machine: SfnStateMachine | None = None
        self.rules: tuple[CloudwatchEventRule, ...] = ()
        self.targets: tuple[CloudwatchEventTarget, ...] = ()
        if hasattr(CloudwatchMetricAlarm, "put_warm_up_configuration"):
            for alarm in every:
                if isinstance(alarm, Alarm) and raises_without_data(alarm):
                    resource: Any = alarm.resource
                    resource.put_warm_up_configuration(warm_up_period_duration_in_minutes=minutes)
        else:
            self._declare(named, minutes, provider, dict(tags) if tags else None)

    def _declare(
        self, name: str, minutes: int, provider: TerraformProvider | None, tags: dict[str, str] | None
    ) -> None:
        place = place_of(self, provider, account_id="caller")
        behind = {alarm_name: _behind(alarm) for alarm_name, alarm in self.held.items()}
        settable = sorted({*self.held, *(below for names in behind.values() for below in names)})
        role, role_policy = role_with_policy(
            self,
            "switch",
            trusted=trust("states.amazonaws.com", place.account, place.arn("states", f"stateMachine:{name}")),
            statements=rules.machine_statements(place, settable),
            description=f"{name}: switches the actions of new alarms on",
            name=f"{name}-switch",
            provider=provider,
            tags=tags,
        )
        workflow = QuietStartWorkflow(partition=place.partition, minutes=minutes, behind=behind)
        machine = SfnStateMachine(
            self,
            "state-machine",
            name=name,
            role_arn=role.arn,
            definition=json.dumps(workflow.definition(), ensure_ascii=False),
            depends_on=[role_policy],
            tags=tags,
            provider=provider,
        )
        patterns = rules.patterns(list(self.held))
        self.rules = tuple(
            CloudwatchEventRule(
                self,
                f"rule-{number}",
                name=f"{name}-{number}",
                description=f"New alarms change: {name} may switch their actions on",
                event_pattern=pattern,
                tags=tags,
                provider=provider,
            )
            for number, pattern in enumerate(patterns, start=1)
        )
        rule_role, rule_policy = role_with_policy(
            self,
            "rule",
            trusted=trust("events.amazonaws.com", place.account, place.arn("events", f"rule/{name}-*")),
            statements=rules.start_statements(machine.arn),
            description=f"{name}: starts the state machine",
            name=f"{name}-rule",
            provider=provider,
            tags=tags,
        )
        self.targets = tuple(
            CloudwatchEventTarget(
                self,
                f"target-{number}",
                rule=rule.name,
                arn=machine.arn,
                role_arn=rule_role.arn,
                depends_on=[rule_policy],
                provider=provider,
            )
            for number, rule in enumerate(self.rules, start=1)
        )
        self.role, self.role_policy, self.state_machine = role, role_policy, machine
        self.rule_role, self.rule_policy = rule_role, rule_policy
        targets = [address(target) for target in self.targets]
        for alarm in self.held.values():
            alarm.resource.actions_enabled = False
            alarm.resource.add_override("lifecycle.ignore_changes", ["actions_enabled"])
            # An alarm changes within a minute of its creation. No change may be missed.
            alarm.resource.depends_on = targets


def _behind(alarm: object) -> list[str]:
    """Return the metric alarms that raise an alarm while there are no data."""
    if isinstance(alarm, CompositeAlarm):
        return sorted({name for query in alarm.judged if raises_without_data(query) for name in _behind(query)})
    return [alarm.name] if isinstance(alarm, Alarm) else []
