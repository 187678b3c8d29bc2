"""An alarm of your own: metrics are values, their arithmetic is metric math, thresholds carry their unit."""

# northsouth comes first: it makes the imports after it fast
from northsouth.alerts import IF, Alarm, Metric
from northsouth.metrics.units import count, percent

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct


class Alarms(TerraformStack):
    """Tells when less than 98 % of the requests are archived, in two hours of three with traffic."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        pager = SnsTopic(self, "pager", name="pager")
        requests = Metric(
            namespace="AWS/ApplicationELB",
            name="RequestCount",
            statistic="Sum",
            unit="Count",
            dimensions={"LoadBalancer": "app/web/50dc6c495c0c9188"},
            period=3600,
        )
        archived = Metric(namespace="Archive", name="Archived", statistic="Sum", unit="Count", period=3600)
        rate = IF(requests >= count(1000), archived / requests, 1)
        Alarm(
            self,
            "archival",
            when=(rate < percent(98)).for_datapoints(2, of=3),
            missing="notBreaching",
            severity="critical",
            summary="Less than 98 % of the requests reached the archive",
            because="what is not archived cannot be searched later, and the raw logs expire",
            runbook="https://wiki.example.com/edge#archival",
            actions=[pager.arn],
        )


if __name__ == "__main__":
    app = App()
    Alarms(app, "alarms")
    app.synth()
