"""The example, deployed: the real provider applies it, a second plan is empty, AWS's own APIs show it, and it goes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from northsouth.emulator import outbound, permissions
from northsouth.emulator.server import Emulator
from tests.alerts.dashboards.grafana_schema import faults
from tests.alerts.routes.receiver import receiver
from tests.harness.account import prepare
from tests.harness.plugin import MakeTerraform
from tests.harness.terraform import MANY_AT_ONCE
from tests.stacks.life import live
from tests.stacks.statements import every_statement_counts
from tests.stacks.test_app import synthesize

pytestmark = pytest.mark.deploy

THROUGHPUT = "example-alarms-nat-throughput"
HOSTS = (
    "hooks.slack.com",
    "discord.com",
    "prod-12.westus.logic.azure.com",
    "matrix.example.org",
    "api.statuspage.io",
    "incidents.example.com",
)
"""The hosts that the example's routes call."""


def client(emulator: Emulator, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=emulator.endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def test_the_example_lives_is_repaired_and_leaves_nothing(
    terraform_dir: MakeTerraform, emulator: Emulator, tmp_path: Path
) -> None:
    document, _ = synthesize(tmp_path)
    prepare(emulator.endpoint, "us-east-1")
    terraform = terraform_dir(document)
    with permissions.recorded() as asked:
        terraform.apply(MANY_AT_ONCE)
    assert terraform.plan().empty

    sns = client(emulator, "sns")
    ec2 = client(emulator, "ec2")
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.40.0.0/16"]}])["Vpcs"]
    here = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
    gateways = ec2.describe_nat_gateways(Filters=here)["NatGateways"]
    assert len({gateway["NatGatewayAddresses"][0]["PublicIp"] for gateway in gateways}) == 3
    assert len(ec2.describe_subnets(Filters=here)["Subnets"]) == 6
    assert overridden(emulator, vpc["VpcId"]) == {
        "hub.example.com.": ("hub.internal.example.com.", 60),
        "cdn-lfs.hub.example.com.": ("lfs.internal.example.com.", 60),
        "registry.example.com.": ("registry.internal.example.com.", 300),
    }

    s3 = client(emulator, "s3")
    policy = json.loads(s3.get_bucket_policy(Bucket="northsouth-example-alb-logs")["Policy"])
    assert "logdelivery.elasticloadbalancing.amazonaws.com" in json.dumps(policy)

    cloudwatch = client(emulator, "cloudwatch")
    described = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=100)
    plain = {alarm["AlarmName"]: alarm for alarm in described["MetricAlarms"]}
    composite = {alarm["AlarmName"]: alarm for alarm in described["CompositeAlarms"]}
    topics = {topic["TopicArn"].rsplit(":", 1)[1]: topic["TopicArn"] for topic in sns.list_topics()["Topics"]}
    assert set(topics) == {"example-critical", "example-warning", "example-watchdog"}
    assert not [name for name in (*plain, *composite) if not name.startswith("example-")]
    assert declared(document, "aws_cloudwatch_metric_alarm") == set(plain)
    assert declared(document, "aws_cloudwatch_composite_alarm") == set(composite)
    throughput = plain["example-alarms-nat-throughput"]
    assert throughput["TreatMissingData"] == "missing"
    assert throughput["AlarmActions"] == [topics["example-warning"]]
    assert "https://runbooks.example.com/northsouth/nat#throughput" in throughput["AlarmDescription"]
    gateway_ids = {gateway["NatGatewayId"] for gateway in gateways}
    assert dimensions(throughput, "NatGatewayId") == gateway_ids
    failed = plain["example-alarms-meta-critical-failed-notifications-critical"]
    assert failed["AlarmActions"] == [topics["example-warning"]]
    pipes = {pipe["Name"] for pipe in client(emulator, "pipes").list_pipes()["Pipes"]}
    assert pipes == {f"example-to-{name}" for name in ("discord", "incidents", "matrix", "slack", "status", "teams")}
    found = client(emulator, "stepfunctions").list_state_machines()["stateMachines"]
    machines = {machine["name"]: machine["stateMachineArn"] for machine in found}
    named = {"example-hub", "example-hub-reconcile", "example-status", "example-quiet-start"}
    assert set(machines) == named | pipes
    assert dimensions(plain["example-alarms-archive-hub-failed-runs"], "StateMachineArn") == {machines["example-hub"]}
    assert client(emulator, "glue").get_database(Name="example")["Database"]["Name"] == "example"

    dashboard = cloudwatch.get_dashboard(DashboardName="example")["DashboardBody"]
    assert not [
        alarm["AlarmArn"] for alarm in (*plain.values(), *composite.values()) if alarm["AlarmArn"] not in dashboard
    ]
    for_grafana = terraform.run("output", "-raw", "grafana_dashboard").stdout
    assert faults(json.loads(for_grafana)) == []
    for text in (dashboard, for_grafana):
        assert all(gateway in text for gateway in gateway_ids)
        assert "${" not in text
    page = s3.get_object(Bucket="northsouth-example-status", Key="index.html")["Body"].read().decode()
    assert "<h1>Example hub</h1>" in page
    the_workspace_has_its_rules(emulator, document)
    a_workload_off_its_private_path_is_reported(emulator, sorted(gateway_ids))
    with permissions.recorded() as asked_later:
        live(emulator, HOSTS)
    every_statement_counts(emulator, {*asked, *asked_later})

    point_elsewhere(emulator)
    (changed,) = terraform.plan().updates
    assert changed.startswith("aws_route53_resolver_firewall_rule.")
    terraform.apply()
    assert terraform.plan().empty

    terraform.destroy(MANY_AT_ONCE)
    assert terraform.addresses() == []
    assert ec2.describe_vpcs(VpcIds=[])["Vpcs"] == [vpc for vpc in ec2.describe_vpcs()["Vpcs"] if vpc["IsDefault"]]
    assert ec2.describe_addresses()["Addresses"] == []
    assert s3.list_buckets()["Buckets"] == []
    described = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    assert described["MetricAlarms"] + described["CompositeAlarms"] == []
    assert sns.list_topics()["Topics"] == []
    assert client(emulator, "stepfunctions").list_state_machines()["stateMachines"] == []
    assert cloudwatch.list_dashboards()["DashboardEntries"] == []
    assert client(emulator, "glue").get_databases()["DatabaseList"] == []
    assert client(emulator, "amp").list_workspaces()["workspaces"] == []
    assert client(emulator, "sqs").list_queues().get("QueueUrls", []) == []
    assert client(emulator, "pipes").list_pipes()["Pipes"] == []
    events = client(emulator, "events")
    assert events.list_rules()["Rules"] == []
    assert events.list_connections()["Connections"] == []
    assert client(emulator, "chatbot").describe_slack_channel_configurations()["SlackChannelConfigurations"] == []
    assert client(emulator, "iam").list_roles()["Roles"] == []
    resolver = client(emulator, "route53resolver")
    assert resolver.list_firewall_rule_groups()["FirewallRuleGroups"] == []
    assert [
        found
        for found in resolver.list_firewall_domain_lists()["FirewallDomainLists"]
        if not found.get("ManagedOwnerName")
    ] == []


def declared(document: dict[str, Any], kind: str) -> set[str]:
    """Return the names of the alarms that were synthesized."""
    return {alarm["alarm_name"] for alarm in document["resource"][kind].values()}


def dimensions(alarm: dict[str, Any], name: str) -> set[str]:
    """Return the values of a dimension in all metrics of an alarm."""
    metrics = [query["MetricStat"]["Metric"] for query in alarm["Metrics"] if "MetricStat" in query]
    return {each["Value"] for metric in metrics for each in metric["Dimensions"] if each["Name"] == name}


def a_workload_off_its_private_path_is_reported(emulator: Emulator, gateways: list[str]) -> None:
    """Put an hour of NAT metrics, 20 minutes of it at 3 Gbit/s, and let the alarms judge it: Slack hears of it.

    Other alarms see no data at all, and some of them report it: only the one alarm is looked at.
    """
    cloudwatch, start = client(emulator, "cloudwatch"), datetime(2026, 11, 21, 12, tzinfo=UTC)
    for minute in range(60):
        gigabits = 3 if 20 <= minute < 40 else 0.5
        data = [
            {
                "MetricName": name,
                "Dimensions": [{"Name": "NatGatewayId", "Value": gateway}],
                "Timestamp": start + timedelta(minutes=minute),
                "Value": gigabits * 1e9 / 8 * 60 / len(gateways) / 2,
                "Unit": "Bytes",
            }
            for gateway in gateways
            for name in ("BytesOutToDestination", "BytesInFromDestination")
        ]
        cloudwatch.put_metric_data(Namespace="AWS/NATGateway", MetricData=data)
    with receiver() as world, outbound.redirected(dict.fromkeys(HOSTS, world.address)):
        heard = lambda: [each for each in world.to("hooks.slack.com") if THROUGHPUT in each.body]  # noqa: E731
        # A message that is no longer true is dropped, so each has to arrive before the next change.
        for until, number in ((35, 1), (60, 2)):
            emulator.judge_alarms(
                start + timedelta(minutes=18 if number == 1 else 36), start + timedelta(minutes=until)
            )
            world.wait_until(lambda number=number: len(heard()) == number, f"Slack to hear of change {number}")
        history = cloudwatch.describe_alarm_history(AlarmName=THROUGHPUT, HistoryItemType="StateUpdate")
        changes = [
            (item["Timestamp"].replace(tzinfo=UTC) - start, json.loads(item["HistoryData"])["newState"]["stateValue"])
            for item in reversed(history["AlarmHistoryItems"])
        ]
        at = {minutes: timedelta(minutes=minutes) for minutes in (18, 30, 46)}
        assert changes == [(at[18], "OK"), (at[30], "ALARM"), (at[46], "OK")]


def the_workspace_has_its_rules(emulator: Emulator, document: dict[str, Any]) -> None:
    """Compare the Prometheus workspace with what was synthesized."""
    amp = client(emulator, "amp")
    (workspace,) = amp.list_workspaces(alias="example")["workspaces"]
    named = {"workspaceId": workspace["workspaceId"]}
    listed = amp.list_rule_groups_namespaces(**named)["ruleGroupsNamespaces"]
    written = document["resource"]["aws_prometheus_rule_group_namespace"].values()
    assert {each["name"] for each in listed} == {each["name"] for each in written} >= {"kubernetes-api", "hosts"}
    assert amp.describe_workspace_configuration(**named)["workspaceConfiguration"]["retentionPeriodInDays"] == 90
    log = amp.describe_logging_configuration(**named)["loggingConfiguration"]["logGroupArn"]
    assert log.endswith(":log-group:/aws/vendedlogs/prometheus/example-prometheus-workspace:*")


def point_elsewhere(emulator: Emulator) -> None:
    """Change the target of one override behind Terraform's back."""
    resolver = client(emulator, "route53resolver")
    (group,) = resolver.list_firewall_rule_groups()["FirewallRuleGroups"]
    rule = resolver.list_firewall_rules(FirewallRuleGroupId=group["Id"])["FirewallRules"][0]
    resolver.update_firewall_rule(
        FirewallRuleGroupId=group["Id"],
        FirewallDomainListId=rule["FirewallDomainListId"],
        BlockOverrideDomain="elsewhere.example.net.",
    )


def overridden(emulator: Emulator, vpc_id: str) -> dict[str, tuple[str, int]]:
    """Return what the VPC's rule groups override, as the Resolver API tells it."""
    resolver = client(emulator, "route53resolver")
    found: dict[str, tuple[str, int]] = {}
    for association in resolver.list_firewall_rule_group_associations(VpcId=vpc_id)["FirewallRuleGroupAssociations"]:
        for rule in resolver.list_firewall_rules(FirewallRuleGroupId=association["FirewallRuleGroupId"])[
            "FirewallRules"
        ]:
            domains = resolver.list_firewall_domains(FirewallDomainListId=rule["FirewallDomainListId"])["Domains"]
            found.update(dict.fromkeys(domains, (rule["BlockOverrideDomain"], rule["BlockOverrideTtl"])))
    return found
