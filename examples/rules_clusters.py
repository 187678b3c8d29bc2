"""Clusters that fall silent: rules on the metrics they send, and a heartbeat of the rules themselves."""

# northsouth comes first: it makes the imports after it fast
from northsouth.alerts import Response
from northsouth.alerts.packs import ManagedPrometheusAlarms
from northsouth.alerts.prometheus import PrometheusRules, PrometheusWorkspace
from northsouth.alerts.prometheus.packs import ClusterSignal, HostRules, SilentClusterRules, TargetRules
from northsouth.metrics.units import gigabits_per_second, percent

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct

RUNBOOK = "https://wiki.example.com/alerts"


class Rules(TerraformStack):
    """One workspace that all clusters write to; its rules, and two alarms in CloudWatch on these."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        workspace = PrometheusWorkspace(self, "metrics", alias="hub", retention_days=150)
        silent = SilentClusterRules(
            runbook=RUNBOOK,
            clusters=["eu-prod", "us-prod"],  # the inventory: the names your stacks declare
            signal=ClusterSignal.arrives("up", {"job": "prometheus"}),
            retention="150d",
        )
        hosts = HostRules(runbook=RUNBOOK, cpu_over=percent(85), network_capacity=gigabits_per_second(10))
        targets = TargetRules(runbook=RUNBOOK, jobs=["node", "api"])
        PrometheusRules(self, "rules", workspace=workspace, packs=[silent, hosts, targets])

        pager = SnsTopic(self, "pager", name="pager")
        outside = ManagedPrometheusAlarms(
            self,
            "prometheus",
            workspace_id=workspace.workspace_id,
            respond=Response.notify(RUNBOOK, pager.arn),
        )
        outside.ingestion_stopped()
        for group in silent.groups():
            outside.rules_stopped(silent.name, group.name)


if __name__ == "__main__":
    app = App()
    Rules(app, "rules")
    app.synth()
