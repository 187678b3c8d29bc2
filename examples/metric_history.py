"""Keeps the minutes that a web service's alarms judge, to try other alarms on them later."""

# northsouth comes first: it makes the imports after it fast
from northsouth.alerts import Response
from northsouth.alerts.history import MetricHistory
from northsouth.alerts.packs import LoadBalancerAlarms
from northsouth.metrics.units import seconds

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct


class Web(TerraformStack):
    """The alarms of a web service, and the history of what they judge."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        serving = LoadBalancerAlarms(
            self,
            "serving",
            load_balancer="app/web/50dc6c495c0c9188",
            respond=Response("https://wiki.example.com/serving"),
        )
        serving.success_rate()
        serving.latency(seconds(2))

        MetricHistory(self, "history", bucket_name="acme-metric-history", alarms=[serving])


if __name__ == "__main__":
    app = App()
    Web(app, "web")
    app.synth()
