"""Rules of one's own beside two packs: `northsouth rules` exports and tests them, and a stack declares them."""

from collections.abc import Sequence
from dataclasses import dataclass

# northsouth comes before the provider: it makes the imports after it fast
from northsouth.alerts.prometheus import (
    AlertRule,
    AlertTest,
    Firing,
    PrometheusRules,
    PrometheusWorkspace,
    RuleGroup,
    RuleTest,
    Severity,
)
from northsouth.alerts.prometheus.packs import KubernetesApiRules, SilentClusterRules
from northsouth.metrics.units import percent

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

RUNBOOK = "https://wiki.example.com/alerts"


@dataclass(frozen=True)
class QueueRules:
    """One pack: rules, and what proves them."""

    runbook: str = RUNBOOK
    longest: int = 1000
    name: str = "queues"

    def groups(self) -> Sequence[RuleGroup]:
        """Return the rules."""
        grown = AlertRule(
            alert="QueueGrown",
            expr=f"max by (cluster, queue) (queue_length) > {self.longest}",
            for_="10m",
            keep_firing_for="5m",
            severity=Severity.WARNING,
            summary="{{ $labels.queue }} of {{ $labels.cluster }} holds {{ $value }} jobs",
            description="Its workers are too slow, or gone.",
            runbook=f"{self.runbook}#queuegrown",
        )
        return [RuleGroup("queues", [grown], interval="1m")]

    def tests(self) -> Sequence[RuleTest]:
        """Return a test that it fires when it should, and no sooner or longer, and not for a queue just full."""
        over = self.longest + 1
        firing = Firing({"cluster": "eu", "queue": "mail"}, {"summary": f"mail of eu holds {over} jobs"})
        return [
            RuleTest(
                name="a queue that is too long for half an hour, beside one that is just full",
                series={
                    'queue_length{cluster="eu",queue="mail"}': f"{over}x30 0x30",
                    'queue_length{cluster="eu",queue="logs"}': f"{self.longest}x60",
                },
                alerts=[
                    AlertTest("QueueGrown", "9m"),
                    AlertTest("QueueGrown", "10m", [firing]),
                    AlertTest("QueueGrown", "34m", [firing]),
                    AlertTest("QueueGrown", "36m"),
                ],
            )
        ]


PACKS = [
    KubernetesApiRules(runbook=RUNBOOK, errors_over=percent(2)),
    SilentClusterRules(runbook=RUNBOOK, clusters=["eu", "us"]),
    QueueRules(),
]


class Metrics(TerraformStack):
    """The same rules, evaluated by Amazon Managed Prometheus."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="eu-west-1")
        workspace = PrometheusWorkspace(self, "metrics", alias="hub")
        PrometheusRules(self, "rules", workspace=workspace, packs=PACKS)


if __name__ == "__main__":
    app = App()
    Metrics(app, "metrics")
    app.synth()
