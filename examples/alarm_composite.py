"""Grouping and inhibition: one notification for a failing service, and none while it is being upgraded."""

# northsouth comes first: it makes the imports after it fast
from northsouth.alerts import Actions, Alarm, CompositeAlarm, Metric, Response, Suppressor, any_of
from northsouth.alerts.packs import LoadBalancerAlarms
from northsouth.metrics.units import seconds

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct


class Alarms(TerraformStack):
    """The alarms of the pack tell nobody by themselves; the composite does, once."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        pager = SnsTopic(self, "pager", name="pager")
        serving = LoadBalancerAlarms(
            self,
            "serving",
            load_balancer="app/web/50dc6c495c0c9188",
            respond=Response("https://wiki.example.com/serving"),
        )
        failing = serving.success_rate()
        slow = serving.latency(seconds(2))
        upgrade = Alarm(
            self,
            "upgrade",
            when=Metric(namespace="Deployments", name="InProgress", statistic="Maximum", unit="Count") > 0,
            missing="notBreaching",
            severity="info",
            summary="An upgrade is in progress",
            because="errors of a few minutes are expected while instances are replaced",
            runbook="https://wiki.example.com/deployments",
            actions=Actions.none(),
        )
        CompositeAlarm(
            self,
            "web",
            when=any_of(failing, slow),
            suppressor=Suppressor(upgrade, wait=60, extension=300),
            severity="critical",
            summary="The web service fails or is slow",
            because="users see errors or wait",
            runbook="https://wiki.example.com/serving",
            actions=[pager.arn],
        )


if __name__ == "__main__":
    app = App()
    Alarms(app, "alarms")
    app.synth()
