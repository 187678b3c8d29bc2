"""A public page that tells customers whether the service works, without a service or a human in between."""

# northsouth comes first: it makes the imports after it fast
from northsouth.alerts import Alarm, Response
from northsouth.alerts.packs import LoadBalancerAlarms
from northsouth.alerts.status import Component, StatusPage
from northsouth.metrics.units import seconds

# isort: split
from cdktf import App, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct


class Shop(TerraformStack):
    """The alarm that speaks for the customers, and the page that repeats it."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        serving = LoadBalancerAlarms(
            self,
            "serving",
            load_balancer="app/shop/50dc6c495c0c9188",
            respond=Response("https://wiki.example.com/serving"),
        )
        success = serving.success_rate()
        slow = serving.alarms["success-rate-slow"]
        api = LoadBalancerAlarms(
            self, "api", load_balancer="app/api/60dc6c495c0c9189", respond=Response("https://wiki.example.com/api")
        )
        page = StatusPage(
            self,
            "status",
            name="shop-status",
            bucket_name="status.example.com",
            title="Example shop",
            about="The web shop and its API.",
            alarm=success,
            degraded=serving.latency(seconds(2)),
            components=[Component(name="API", alarm=api.success_rate())],
            success=slow if isinstance(slow, Alarm) else None,
        )
        TerraformOutput(self, "status_page", value=page.website_url)


if __name__ == "__main__":
    app = App()
    Shop(app, "shop")
    app.synth()
