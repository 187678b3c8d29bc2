from __future__ import annotations

import json

import pytest
import yaml
from cdktf import TerraformStack

from northsouth.alerts.alertmanager import Alertmanager, AlertManagerDefinition
from northsouth.alerts.alertmanager.amp import document
from northsouth.alerts.prometheus import PrometheusWorkspace
from northsouth.alerts.routes import NotificationRoutes
from northsouth.errors import ConfigurationError
from tests.alerts.alertmanager.routes import CONFIG, ROUTES
from tests.alerts.alertmanager.test_delivery_rules import PAGER_KEY, TOPICS
from tests.harness.synth import resources, synth


def test_the_receivers_of_the_routes_are_told_by_their_topics() -> None:
    def build(stack: TerraformStack) -> None:
        workspace = PrometheusWorkspace(stack, "metrics")
        routes = NotificationRoutes(
            stack,
            "routes",
            routes=ROUTES,
            name="edge",
            runbook="https://runbooks.example.com",
            prometheus_workspaces=[workspace.workspace_id],
        )
        AlertManagerDefinition(
            stack,
            "alert-manager",
            workspace=workspace,
            config=CONFIG,
            topics={severity: topic.arn for severity, topic in routes.topics.items()},
            region="us-east-1",
            pagerduty={"critical": PAGER_KEY},
        )

    found = synth(build)
    (declared,) = resources(found, "aws_prometheus_alert_manager_definition").values()
    ((workspace, _),) = resources(found, "aws_prometheus_workspace").items()
    assert declared["workspace_id"] == f"${{aws_prometheus_workspace.{workspace}.id}}"
    config = yaml.safe_load(yaml.safe_load(declared["definition"])["alertmanager_config"])
    arns = {kind: f"${{aws_sns_topic.{kind}.arn}}" for kind in resources(found, "aws_sns_topic")}
    topics = {severity: next(arn for kind, arn in arns.items() if severity in kind) for severity in TOPICS}
    assert config == document(CONFIG, topics=topics, region="us-east-1", pagerduty={"critical": PAGER_KEY})
    for policy in resources(found, "aws_sns_topic_policy").values():
        _, alerts = json.loads(policy["policy"])["Statement"]
        assert alerts["Principal"] == {"Service": "aps.amazonaws.com"}
        (source,) = alerts["Condition"]["ArnEquals"]["aws:SourceArn"]
        assert source.endswith(f":workspace/${{aws_prometheus_workspace.{workspace}.id}}")


def test_problems_are_one_report_and_nothing_is_made() -> None:
    def build(stack: TerraformStack) -> None:
        with pytest.raises(ConfigurationError) as raised:
            AlertManagerDefinition(
                stack,
                "alert-manager",
                workspace=PrometheusWorkspace.existing("ws-1"),
                config=Alertmanager(routes=ROUTES, leave_out=["x"]),
                topics={"critical": TOPICS["critical"]},
                region="us-east-1",
            )
        assert [problem.where for problem in raised.value.problems] == ["leave_out", "topics"]

    assert "resource" not in synth(build)
