"""A load balancer's logs, archived hour by hour as Parquet, with the success rate of each hour and an alarm on it."""

from northsouth.logs import AlbLogBucket, AlbSource, ArchiveSchedule, Lifecycle, LogArchive
from northsouth.logs.metrics import success_rate

# northsouth first: it makes the imports below fast
# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.lb import Lb
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct


class Web(TerraformStack):
    """An Application Load Balancer, its log bucket, and the archive of its logs."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="eu-central-1")
        logs = AlbLogBucket(
            self, "logs", name="acme-web-alb-logs", region="eu-central-1", lifecycle=Lifecycle.expire(30)
        )
        web = Lb(self, "web", name="web", subnets=["subnet-0aaaaaaaaaaaaaaa1", "subnet-0bbbbbbbbbbbbbbb2"])
        logs.attach(web)
        LogArchive(
            self,
            "archive",
            name="web",
            bucket_name="acme-web-archive",
            sources={
                "alb": AlbSource(
                    bucket=logs.bucket.id,
                    prefix=logs.prefix,
                    load_balancer=web.arn_suffix,
                    since="2026/11/01",
                    retention_days=30,
                )
            },
            schedule=ArchiveSchedule.hourly(catch_up_minutes=12 * 60),
            scan_limit_bytes=50 * 10**9,
        )
        rate = success_rate("web", "alb")
        CloudwatchMetricAlarm(
            self,
            "archive-rate",
            alarm_name="web-archive-rate",
            alarm_description="Less than 99 % of the last hour's requests reached the archive",
            namespace=rate.namespace,
            metric_name=rate.name,
            dimensions=dict(rate.dimensions),
            statistic=rate.statistic,
            period=rate.period,
            evaluation_periods=2,
            comparison_operator="LessThanThreshold",
            threshold=0.99,
            # An hour without requests has no rate, and says nothing about the hours before.
            treat_missing_data="ignore",
        )


if __name__ == "__main__":
    app = App()
    Web(app, "web")
    app.synth()
