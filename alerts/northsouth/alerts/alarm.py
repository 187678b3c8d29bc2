"""One CloudWatch alarm on a condition of metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypedDict
from weakref import WeakKeyDictionary

from cdktf import TerraformProvider, TerraformStack
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import (
    CloudwatchMetricAlarm,
    CloudwatchMetricAlarmMetricQuery,
    CloudwatchMetricAlarmMetricQueryMetric,
)
from constructs import Construct

from northsouth.alerts import rules
from northsouth.alerts.meaning import (
    Actions,
    LowSamples,
    MissingData,
    MissingDataName,
    Severity,
    SeverityName,
    describe,
)
from northsouth.errors import Problem, refuse
from northsouth.identity import provider_region
from northsouth.metrics.algebra import Condition, Truth
from northsouth.metrics.catalogue import is_at_home_everywhere, region_problems
from northsouth.metrics.metric import metrics_of
from northsouth.metrics.render import Query, Rendered, render
from northsouth.metrics.rules import is_percentile
from northsouth.tree import child_path, path_of, stack_of

_NAMES: WeakKeyDictionary[TerraformStack, dict[str, set[str]]] = WeakKeyDictionary()
_DECLARED: WeakKeyDictionary[TerraformStack, dict[str, list[tuple[str, Construct]]]] = WeakKeyDictionary()


class _Measured(TypedDict, total=False):
    """The arguments of the resource that say what is measured."""

    namespace: str
    metric_name: str
    dimensions: Mapping[str, str]
    period: int
    statistic: str
    extended_statistic: str
    metric_query: list[CloudwatchMetricAlarmMetricQuery]


class Alarm(Construct):
    """A CloudWatch alarm that says what it measures, what a gap means, how bad it is and what to do.

    Example::

        Alarm(
            self, "archival",
            when=(archived / requests < 0.98).for_datapoints(3, of=4),
            missing="ignore",
            severity="critical",
            summary="Less than 98 % of the requests reached the archive",
            because="what is not archived today is deleted with the bucket's raw logs in 30 days",
            runbook="https://wiki.example.com/runbooks/archival",
            actions=[topic.arn],
        )

    Attributes:
        resource: the ``aws_cloudwatch_metric_alarm``.
        name: the alarm's name as declared.
        condition: what it waits for, in CloudWatch's terms.
        severity: how soon somebody has to act.
        missing: what a gap in the data means.
        low_samples: for a percentile, what too few samples mean.
        actions: what it does at each change of state.
        is_enabled: whether it does that.
        summary: what is wrong when it is raised.
        runbook: where it says what to do.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        when: Condition | Truth,
        missing: MissingData | MissingDataName,
        severity: Severity | SeverityName,
        summary: str,
        because: str,
        runbook: str,
        actions: Actions | Sequence[str] = (),
        name: str | None = None,
        low_samples: LowSamples | None = None,
        measured: str = "",
        ends: str = "",
        enabled: bool = True,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the alarm.

        Args:
            scope: where it belongs.
            id: its name within ``scope``.
            when: the condition; a bare comparison means one data point of one.
            missing: ``missing``, ``ignore``, ``breaching`` or ``notBreaching``; there is no default, because the right
                answer depends on why the metric would stop (see :class:`~northsouth.alerts.meaning.MissingData`).
            severity: ``critical``, ``warning`` or ``info``.
            summary: what is wrong, in one line.
            because: why it matters.
            runbook: address of the page that says what to do.
            actions: ARNs notified of ``ALARM`` and of ``OK`` (and of missing data where that is a state), or
                :class:`~northsouth.alerts.meaning.Actions` for each state on its own. At most 5 for each.
            name: the alarm's name in CloudWatch; the construct's path with dashes if not given.
            low_samples: for a percentile: ``ignore`` keeps the state while there are too few samples, ``evaluate``
                judges them all the same. Required for percentiles, refused for others.
            measured: what is measured, in words for the description; the metric math itself if not given.
            ends: how it ends, for the description; for an alarm that ends though nothing is repaired.
            enabled: whether its actions run; off, the state still changes.
            provider: the Region and account it lives in.
            tags: tags of the alarm.

        Raises:
            ConfigurationError: with every problem of the declaration.

        """
        super().__init__(scope, id)
        condition = when if isinstance(when, Condition) else Condition(when)
        self.name = name if name is not None else default_name(scope, id)
        names = names_of(scope, provider)
        by_state = Actions.of(actions, missing)
        refuse(
            f"Alarm {id!r}",
            _region_problems(scope, condition, provider),
            rules.alarm_problems(
                condition,
                name=self.name,
                taken=names,
                missing=missing,
                severity=severity,
                summary=summary,
                because=because,
                runbook=runbook,
                actions=by_state,
                low_samples=low_samples,
                measured=measured,
                ends=ends,
            ),
        )
        names.add(self.name)
        remember(scope, self, provider)
        self.condition = render(condition)
        self.severity = Severity(severity)
        self.missing = MissingData(missing)
        self.low_samples = low_samples
        self.actions = by_state
        self.is_enabled = enabled
        self.summary = summary
        self.runbook = runbook
        self.resource = CloudwatchMetricAlarm(
            self,
            "alarm",
            alarm_name=self.name,
            alarm_description=describe(
                severity=self.severity,
                summary=summary,
                because=because,
                runbook=runbook,
                condition=self.condition,
                measured=measured,
                missing=self.missing,
                ends=ends,
            ),
            comparison_operator=self.condition.comparison_operator,
            threshold=self.condition.threshold,
            evaluation_periods=self.condition.evaluation_periods,
            datapoints_to_alarm=self.condition.datapoints_to_alarm,
            treat_missing_data=self.missing.value,
            evaluate_low_sample_count_percentiles=low_samples,
            actions_enabled=enabled,
            alarm_actions=list(by_state.alarm) or None,
            ok_actions=list(by_state.ok) or None,
            insufficient_data_actions=list(by_state.insufficient_data) or None,
            provider=provider,
            tags=tags,
            **_measured(self.condition),
        )

    @cached_property
    def alarm_name(self) -> str:
        """The name as Terraform knows it: a reference, so that what uses it is created after the alarm."""
        return self.resource.alarm_name

    @cached_property
    def arn(self) -> str:
        """The alarm's ARN."""
        return self.resource.arn


def default_name(scope: Construct, id: str) -> str:
    """Return an alarm's name from its path: ``edge-nat-throughput``. Paths are unique within an app."""
    return child_path(scope, id).replace("/", "-")


def names_of(scope: Construct, provider: TerraformProvider | None) -> set[str]:
    """Return the names that alarms already have in this stack and under this provider; new ones are to be added."""
    return _NAMES.setdefault(stack_of(scope), {}).setdefault(provider_key(provider), set())


def remember(scope: Construct, alarm: Construct, provider: TerraformProvider | None) -> None:
    """Keep an alarm, plain or composite, for what shows all of a stack; with the path of what it belongs to."""
    owner = "/".join(path_of(scope).split("/")[1:])
    declared_in(scope, provider).append((owner, alarm))


def declared_in(scope: Construct, provider: TerraformProvider | None) -> list[tuple[str, Construct]]:
    """Return the alarms that this stack has under this provider so far, each with the path of what it belongs to."""
    return _DECLARED.setdefault(stack_of(scope), {}).setdefault(provider_key(provider), [])


def provider_key(provider: TerraformProvider | None) -> str:
    """Return what tells one provider of a stack from another: its reference, or nothing for the default."""
    return provider.fqn if provider is not None else ""


def _region_problems(scope: Construct, condition: Condition, provider: TerraformProvider | None) -> Iterator[Problem]:
    """Yield metrics that are published in another Region than the alarm's."""
    metrics = metrics_of(condition.truth) if isinstance(condition.truth, Truth) else ()
    if not all(map(is_at_home_everywhere, metrics)):
        region = provider_region(scope, provider) or ""
        for metric in metrics:
            yield from region_problems(metric, region)


def _measured(condition: Rendered) -> _Measured:
    """Return the arguments that say what is measured: one metric, or metric math."""
    metric = condition.metric
    if metric is None:
        return {"metric_query": [_query(query) for query in condition.queries]}
    measured: _Measured = {
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "dimensions": metric.dimensions,
        "period": metric.period,
    }
    if is_percentile(metric.statistic):
        measured["extended_statistic"] = metric.statistic
    else:
        measured["statistic"] = metric.statistic
    return measured


def _query(query: Query) -> CloudwatchMetricAlarmMetricQuery:
    metric = query.metric
    if metric is None:
        return CloudwatchMetricAlarmMetricQuery(
            id=query.id, expression=query.expression, label=query.label, return_data=True
        )
    return CloudwatchMetricAlarmMetricQuery(
        id=query.id,
        account_id=metric.account_id or None,
        label=query.label,
        return_data=False,
        metric=CloudwatchMetricAlarmMetricQueryMetric(
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions=metric.dimensions,
            period=metric.period,
            stat=metric.statistic,
        ),
    )
