"""What the lab runs, as a user declares it: packs of rules, and who is notified. The waits are those of every day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from northsouth.alerts.alertmanager import Alertmanager, Heartbeat
from northsouth.alerts.alertmanager.delivery import SAME_ALERT
from northsouth.alerts.prometheus import AlertRule, AlertTest, Firing, RuleGroup, RuleTest
from northsouth.alerts.prometheus.packs import INHIBITIONS, ClusterSignal, HostRules, ModelRules, SilentClusterRules
from northsouth.alerts.routes import DiscordWebhook, Routes, Secret, SlackWebhook, TeamsWebhook, Webhook

RUNBOOK = "https://wiki.example.com/alerts"
CLUSTERS = ("eu-prod", "us-prod")


@dataclass(frozen=True)
class LatencyRules:
    """A pack of one's own: a model that answers slowly is a warning, and one that hardly answers wakes somebody.

    The critical alert begins sooner and ends later than its warning, so the warning never notifies in its place.
    """

    name: str = "latency"

    def groups(self) -> Sequence[RuleGroup]:
        """Return the rules."""
        return [
            RuleGroup(
                "latency",
                [self._slow("1", "warning", "5m", "5m"), self._slow("3", "critical", "3m", "10m")],
                interval="1m",
            )
        ]

    def _slow(self, over: str, severity: Literal["critical", "warning"], for_: str, keep: str) -> AlertRule:
        buckets = "sum by (model, le) (rate(model_request_duration_seconds_bucket[5m]))"
        return AlertRule(
            alert="ModelSlow",
            expr=f"histogram_quantile(0.99, {buckets}) > {over}",
            for_=for_,
            keep_firing_for=keep,
            severity=severity,
            summary="{{ $labels.model }} takes {{ $value | humanizeDuration }} to answer",
            description=f"One answer in a hundred takes more than {over} s.",
            runbook=f"{RUNBOOK}#modelslow",
        )

    def tests(self) -> Sequence[RuleTest]:
        """Return a test of a model that becomes slow, and of one that hardly answers."""
        firing = [
            Firing({"model": "slow", "severity": "warning"}),
            Firing({"model": "slower", "severity": "warning"}),
            Firing({"model": "slower", "severity": "critical"}),
        ]
        bucket = "model_request_duration_seconds_bucket"
        series = {
            f'{bucket}{{model="{model}",le="{le}"}}': f"0+{60 if float(le) >= last else 0}x10 {600}+60x20"
            if float(le) >= first
            else "0x10 600+60x20"
            for model, first, last in (("slow", 2.5, 2.5), ("slower", 5.0, 5.0), ("fast", 0.25, 0.25))
            for le in ("0.25", "1", "2.5", "5", "+Inf")
        }
        return [
            RuleTest(
                name="models that answer within 2.5 s, 5 s and 0.25 s",
                series=series,
                alerts=[
                    AlertTest("ModelSlow", "3m"),
                    AlertTest("ModelSlow", "9m", firing),
                    AlertTest("ModelSlow", "29m"),
                ],
            )
        ]


MODEL_RULES = ModelRules(runbook=RUNBOOK)
PACKS = [
    MODEL_RULES,
    LatencyRules(),
    HostRules(runbook=RUNBOOK),
    SilentClusterRules(
        runbook=RUNBOOK, clusters=CLUSTERS, signal=ClusterSignal.arrives("up", {"job": "prometheus"}), retention="15d"
    ),
]
CHATS = (
    SlackWebhook(name="slack", secret=Secret.variable("slack"), note="Ask in #models."),
    TeamsWebhook(name="teams", url="https://example.logic.azure.com/workflows/1", secret=Secret.variable("teams")),
    DiscordWebhook(name="discord", webhook="123456789012345678", secret=Secret.variable("discord")),
)
CONFIG = Alertmanager(
    routes=Routes.by_severity("the lab", critical=CHATS, warning=CHATS),
    inhibitions=(SAME_ALERT, *INHIBITIONS),
    heartbeat=Heartbeat(
        receiver=Webhook(name="heartbeat", url="https://heartbeat.example.com/1", secret=Secret.variable("heartbeat"))
    ),
)
