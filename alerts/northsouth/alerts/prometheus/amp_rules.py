"""The rules of a workspace of Amazon Managed Service for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.prometheus_rule_group_namespace import PrometheusRuleGroupNamespace
from constructs import Construct

from northsouth.alerts.prometheus.amp import MAX_RULES, Workspace, namespace_problems
from northsouth.alerts.prometheus.pack import RulePack, groups_by_name
from northsouth.alerts.prometheus.rendering import rule_file
from northsouth.alerts.prometheus.rules import RuleGroup
from northsouth.errors import refuse


class PrometheusRules(Construct):
    """Puts rules into a workspace: a namespace for each pack, and for groups of one's own.

    Example::

        PrometheusRules(
            self, "rules",
            workspace=PrometheusWorkspace.existing("ws-0123"),
            packs=[KubernetesApi(runbook="https://wiki.example.com/runbooks")],
        )

    Attributes:
        namespaces: the ``aws_prometheus_rule_group_namespace`` by name.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        workspace: Workspace,
        packs: Sequence[RulePack] = (),
        namespaces: Mapping[str, Sequence[RuleGroup]] | None = None,
        max_rules: int = MAX_RULES,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the rules.

        Args:
            scope: where they belong.
            id: their name within ``scope``.
            workspace: a :class:`~northsouth.alerts.prometheus.PrometheusWorkspace`, or one that exists.
            packs: each becomes a namespace of its name.
            namespaces: further groups by namespace.
            max_rules: how many rules the workspace takes; AWS raises 2000 on request.
            provider: the Region and account of the workspace.
            tags: tags of the namespaces.

        Raises:
            ConfigurationError: with every problem of all rules.

        """
        super().__init__(scope, id)
        by_namespace, problems = groups_by_name(packs, namespaces or {})
        refuse(f"PrometheusRules {id!r}", problems, namespace_problems(by_namespace, max_rules=max_rules))
        workspace_id = workspace.workspace_id
        self.namespaces = {
            name: PrometheusRuleGroupNamespace(
                self,
                name,
                workspace_id=workspace_id,
                name=name,
                data=rule_file(groups),
                provider=provider,
                tags=tags,
            )
            for name, groups in by_namespace.items()
        }
