"""A workspace of Amazon Managed Service for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdktf import TerraformProvider, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.prometheus_workspace import (
    PrometheusWorkspace as Resource,
)
from cdktf_cdktf_provider_aws.prometheus_workspace import (
    PrometheusWorkspaceLoggingConfiguration,
)
from cdktf_cdktf_provider_aws.prometheus_workspace_configuration import (
    PrometheusWorkspaceConfiguration,
    PrometheusWorkspaceConfigurationLimitsPerLabelSet,
    PrometheusWorkspaceConfigurationLimitsPerLabelSetLimits,
)
from constructs import Construct

from northsouth.alerts.prometheus.amp import ExistingWorkspace, SeriesLimit, workspace_problems
from northsouth.errors import refuse


class PrometheusWorkspace(Construct):
    """A workspace: it stores the samples of all clusters and evaluates the rules on them.

    Example::

        workspace = PrometheusWorkspace(self, "metrics", alias="hub", retention_days=150)
        PrometheusRules(self, "rules", workspace=workspace, packs=[KubernetesApi(runbook=runbook)])

    Attributes:
        resource: the ``aws_prometheus_workspace``.
        log_group: the log of rules and notifications that fail; ``None`` without a log.
        configuration: retention and limits, if any were given.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        alias: str | None = None,
        kms_key_arn: str | None = None,
        log_retention_days: int | None = 30,
        retention_days: int | None = None,
        series_limits: Sequence[SeriesLimit] = (),
        protect: bool = True,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the workspace.

        Args:
            scope: where it belongs.
            id: its name within ``scope``.
            alias: a name for people, 1 to 100 characters.
            kms_key_arn: the key that encrypts the samples; AWS's own if not given. A change makes a new workspace.
            log_retention_days: how long errors of rules and of the alert manager are kept in CloudWatch Logs; 0 for
                ever, ``None`` for no log. Without one, a rule that fails to evaluate is only a number in CloudWatch.
            retention_days: how long samples are kept, 1 to 1095; AWS's 150 if not given.
            series_limits: how many series with certain labels are taken in.
            protect: whether Terraform refuses to destroy the workspace, and the samples with it.
            provider: the Region and account it lives in.
            tags: tags of the workspace and its log group.

        Raises:
            ConfigurationError: with every problem of the declaration.

        """
        super().__init__(scope, id)
        refuse(
            f"PrometheusWorkspace {id!r}",
            workspace_problems(
                alias=alias,
                log_retention_days=log_retention_days,
                retention_days=retention_days,
                series_limits=series_limits,
            ),
        )
        self.log_group: CloudwatchLogGroup | None = None
        if log_retention_days is not None:
            self.log_group = CloudwatchLogGroup(
                self,
                "log",
                # Below this prefix, AWS needs no resource policy for each group. An account can have only ten of those.
                name=f"/aws/vendedlogs/prometheus/{self.node.path.replace('/', '-')}",
                retention_in_days=log_retention_days,
                provider=provider,
                tags=tags,
            )
        self.resource = Resource(
            self,
            "workspace",
            alias=alias,
            kms_key_arn=kms_key_arn,
            logging_configuration=(
                PrometheusWorkspaceLoggingConfiguration(log_group_arn=f"{self.log_group.arn}:*")
                if self.log_group
                else None
            ),
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protect else None,
            provider=provider,
            tags=tags,
        )
        self.configuration: PrometheusWorkspaceConfiguration | None = None
        if retention_days is not None or series_limits:
            self.configuration = PrometheusWorkspaceConfiguration(
                self,
                "configuration",
                workspace_id=self.resource.id,
                retention_period_in_days=retention_days,
                limits_per_label_set=[_limit(limit) for limit in series_limits] or None,
                provider=provider,
            )

    @classmethod
    def existing(cls, workspace_id: str, *, arn: str = "") -> ExistingWorkspace:
        """Return a workspace that was made elsewhere, for rules to be put into."""
        return ExistingWorkspace(workspace_id, arn)

    @property
    def workspace_id(self) -> str:
        """Its id."""
        return self.resource.id

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self.resource.arn

    @property
    def endpoint(self) -> str:
        """The address that remote writes and queries begin with."""
        return self.resource.prometheus_endpoint


def _limit(limit: SeriesLimit) -> PrometheusWorkspaceConfigurationLimitsPerLabelSet:
    return PrometheusWorkspaceConfigurationLimitsPerLabelSet(
        label_set=dict(limit.labels),
        limits=[PrometheusWorkspaceConfigurationLimitsPerLabelSetLimits(max_series=limit.max_series)],
    )
