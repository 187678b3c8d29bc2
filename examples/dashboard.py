"""One dashboard of everything a stack alarms on, for CloudWatch and for Grafana."""

# northsouth comes first: it makes the imports after it fast
from northsouth.alerts import Metric, Response
from northsouth.alerts.dashboards import Dashboard, Graph
from northsouth.alerts.packs import LoadBalancerAlarms
from northsouth.metrics.units import seconds

# isort: split
from cdktf import App, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct


class Web(TerraformStack):
    """The alarms of a web service, and the dashboard people open when one is raised."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        balancer = "app/web/50dc6c495c0c9188"
        serving = LoadBalancerAlarms(
            self, "serving", load_balancer=balancer, respond=Response("https://wiki.example.com/serving")
        )
        serving.success_rate()
        serving.latency(seconds(2))

        requests = Metric(
            namespace="AWS/ApplicationELB",
            name="RequestCount",
            statistic="Sum",
            unit="Count",
            dimensions={"LoadBalancer": balancer},
        )
        dashboard = Dashboard(
            self,
            "dashboard",
            name="web",
            region="us-east-1",
            graphs={"serving": [Graph.of("Requests", requests.per_second())]},
        )
        # Not a secret: hidden, or each apply would print all of it.
        TerraformOutput(self, "grafana", value=dashboard.grafana, sensitive=True)


if __name__ == "__main__":
    app = App()
    Web(app, "web")
    app.synth()
