"""One alarm made of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from cdktf import TerraformProvider, TerraformResource, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudwatch_composite_alarm import (
    CloudwatchCompositeAlarm,
    CloudwatchCompositeAlarmActionsSuppressor,
)
from constructs import Construct

from northsouth.alerts import rules
from northsouth.alerts.alarm import default_name, names_of, remember
from northsouth.alerts.composition import Named, Rule
from northsouth.alerts.meaning import Actions, Severity, SeverityName, describe
from northsouth.errors import refuse
from northsouth.terraform_data import terraform_data


@dataclass(frozen=True, slots=True)
class Suppressor:
    """An alarm that holds back another's notifications while it is raised: Alertmanager's ``inhibit_rules``.

    Attributes:
        alarm: the alarm that explains the other one: a failed zone, a deployment in progress.
        wait: seconds that the composite waits for this alarm to be raised too before it notifies. AWS advises 60
            (alarm-suppression); a cause that is measured more slowly than its effect needs its own delay.
        extension: seconds that notifications stay held back after this alarm is over, for the effect to end as well.

    """

    alarm: Named
    wait: int = 60
    extension: int = 60


class CompositeAlarm(Construct):
    """An alarm on the state of other alarms: it groups them, and it alone notifies.

    Give the children ``Actions.none()`` and let the composite tell somebody once. A composite has no missing data: it
    is ``ALARM`` if its rule holds, else ``OK``.

    CloudWatch refuses to delete an alarm that a composite names, and Terraform would delete a removed child before it
    updates the composite. The composite is therefore replaced whenever the set of its children changes: Terraform then
    deletes it first, the child after it, and creates it anew. Its state starts again, so it may notify once more; its
    history ends. (``create_before_destroy`` on the children would avoid that, but Terraform spreads that setting to
    everything they refer to, such as NAT gateways and load balancers, which cannot be created twice.)

    Attributes:
        resource: the ``aws_cloudwatch_composite_alarm``.
        children: the ``terraform_data`` that remembers the names of the children.
        judged: the alarms that its rule names.
        members: the names of the children, and of the children of those that are composites.
        actions: what it does at each change of state.
        is_enabled: whether it does that.
        name: the alarm's name as declared.
        severity: how soon somebody has to act.
        summary: what is wrong when it is raised.
        runbook: where it says what to do.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        when: Rule,
        severity: Severity | SeverityName,
        summary: str,
        because: str,
        runbook: str,
        actions: Actions | Sequence[str] = (),
        suppressor: Suppressor | None = None,
        name: str | None = None,
        enabled: bool = True,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the composite.

        Args:
            scope: where it belongs.
            id: its name within ``scope``.
            when: the rule, made with ``all_of``, ``any_of``, ``at_least`` and ``unless``.
            severity: ``critical``, ``warning`` or ``info``.
            summary: what is wrong, in one line.
            because: why it matters.
            runbook: address of the page that says what to do.
            actions: ARNs notified of ``ALARM`` and ``OK``, or :class:`~northsouth.alerts.meaning.Actions`. A composite
                can notify SNS, call a function or open an OpsItem or incident; nothing else.
            suppressor: an alarm that holds back these actions while it is raised.
            name: the alarm's name in CloudWatch; the construct's path with dashes if not given.
            enabled: whether its actions run; off, the state still changes.
            provider: the Region and account it lives in; that of its children.
            tags: tags of the alarm.

        Raises:
            ConfigurationError: with every problem of the declaration.

        """
        super().__init__(scope, id)
        self.name = name if name is not None else default_name(scope, id)
        names = names_of(scope, provider)
        by_state = Actions.of(actions)
        refuse(
            f"CompositeAlarm {id!r}",
            rules.composite_problems(
                when,
                name=self.name,
                taken=names,
                severity=severity,
                summary=summary,
                because=because,
                runbook=runbook,
                actions=by_state,
                suppressor=None if suppressor is None else (suppressor.wait, suppressor.extension),
            ),
        )
        names.add(self.name)
        remember(scope, self, provider)
        self.severity = Severity(severity)
        self.summary = summary
        self.runbook = runbook
        self.judged = tuple(when.alarms())
        self.actions = by_state
        self.is_enabled = enabled
        self.members = _members([*when.alarms(), *([suppressor.alarm] if suppressor else [])])
        self.children = terraform_data(self, "children", input={"alarms": ",".join(sorted(self.members))})
        self.resource = CloudwatchCompositeAlarm(
            self,
            "alarm",
            alarm_name=self.name,
            alarm_description=describe(severity=self.severity, summary=summary, because=because, runbook=runbook),
            alarm_rule=when.write(lambda alarm: alarm.alarm_name),
            actions_suppressor=None if suppressor is None else _suppressed(suppressor),
            actions_enabled=enabled,
            alarm_actions=list(by_state.alarm) or None,
            ok_actions=list(by_state.ok) or None,
            insufficient_data_actions=list(by_state.insufficient_data) or None,
            lifecycle=TerraformResourceLifecycle(replace_triggered_by=[address(self.children)]),
            provider=provider,
            tags=tags,
        )

    @cached_property
    def alarm_name(self) -> str:
        """The name as Terraform knows it: a reference, so that what uses it is created after the alarm."""
        return self.resource.alarm_name

    @cached_property
    def arn(self) -> str:
        """The alarm's ARN."""
        return self.resource.arn


def address(resource: TerraformResource) -> str:
    """Return a resource's address: cdktf writes ``${…}`` for a resource here, which Terraform's JSON does not take."""
    return f"{resource.terraform_resource_type}.{resource.friendly_unique_id}"


def _members(alarms: Iterable[Named]) -> frozenset[str]:
    """Return all names a composite depends on: when an inner composite is replaced, the outer one must be too."""
    names: set[str] = set()
    for alarm in alarms:
        names |= {alarm.name}
        if isinstance(alarm, CompositeAlarm):
            names |= alarm.members
    return frozenset(names)


def _suppressed(suppressor: Suppressor) -> CloudwatchCompositeAlarmActionsSuppressor:
    return CloudwatchCompositeAlarmActionsSuppressor(
        alarm=suppressor.alarm.alarm_name, wait_period=suppressor.wait, extension_period=suppressor.extension
    )
