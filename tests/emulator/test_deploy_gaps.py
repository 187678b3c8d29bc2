"""What moto lacks and the extensions add, seen by the real provider: applied, planned again, and removed."""

from typing import Any

import pytest

from northsouth.emulator.server import Emulator
from tests.harness.plugin import MakeTerraform

METRIC = {
    "namespace": "AWS/NATGateway",
    "metric_name": "ErrorPortAllocation",
    "comparison_operator": "GreaterThanThreshold",
    "evaluation_periods": 1,
    "period": 60,
    "statistic": "Sum",
    "threshold": 0,
}

RESOURCES: dict[str, Any] = {
    "aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}},
    "aws_s3_bucket": {"flows": {"bucket": "northsouth-flows"}},
    "aws_flow_log": {
        "s3": {
            "vpc_id": "${aws_vpc.main.id}",
            "traffic_type": "ALL",
            "log_destination_type": "s3",
            "log_destination": "${aws_s3_bucket.flows.arn}",
            "destination_options": {
                "file_format": "parquet",
                "per_hour_partition": True,
                "hive_compatible_partitions": True,
            },
        }
    },
    "aws_route53_resolver_firewall_rule_group": {"shared": {"name": "shared"}},
    "aws_ram_resource_share": {"share": {"name": "dns", "tags": {"team": "network"}}},
    "aws_ram_resource_association": {
        "group": {
            "resource_arn": "${aws_route53_resolver_firewall_rule_group.shared.arn}",
            "resource_share_arn": "${aws_ram_resource_share.share.arn}",
        }
    },
    "aws_ram_principal_association": {
        "account": {"principal": "210987654321", "resource_share_arn": "${aws_ram_resource_share.share.arn}"}
    },
    "aws_cloudwatch_log_group": {"queries": {"name": "queries"}},
    "aws_route53_resolver_query_log_config": {
        "queries": {
            "name": "queries",
            "destination_arn": "${aws_cloudwatch_log_group.queries.arn}",
            "tags": {"team": "network"},
        }
    },
    "aws_route53_resolver_query_log_config_association": {
        "queries": {
            "resolver_query_log_config_id": "${aws_route53_resolver_query_log_config.queries.id}",
            "resource_id": "${aws_vpc.main.id}",
        }
    },
    "aws_cloudwatch_metric_alarm": {
        "ports": {"alarm_name": "ports", **METRIC},
        "upgrade": {"alarm_name": "upgrade", **METRIC},
    },
    "aws_cloudwatch_composite_alarm": {
        "egress": {
            "alarm_name": "egress",
            "alarm_rule": 'ALARM("${aws_cloudwatch_metric_alarm.ports.alarm_name}")',
            "actions_suppressor": {
                "alarm": "${aws_cloudwatch_metric_alarm.upgrade.alarm_name}",
                "wait_period": 60,
                "extension_period": 60,
            },
            "tags": {"team": "network"},
        }
    },
}

DOCUMENT = {
    "terraform": {"required_providers": {"aws": {"source": "aws", "version": "5.100.0"}}},
    "provider": {"aws": [{"region": "us-east-1"}]},
    "resource": RESOURCES,
}


@pytest.mark.deploy
def test_the_provider_applies_reads_and_removes_them(emulator: Emulator, terraform_dir: MakeTerraform) -> None:
    terraform = terraform_dir(DOCUMENT)
    terraform.apply()
    assert str(terraform.plan()) == "no changes"
    terraform.destroy()
    assert terraform.addresses() == []
    resolver = emulator.client("route53resolver")
    assert resolver.list_resolver_query_log_configs()["ResolverQueryLogConfigs"] == []
    assert emulator.client("cloudwatch").describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"] == []
    shares = emulator.client("ram").get_resource_shares(resourceOwner="SELF")["resourceShares"]
    assert [share["status"] for share in shares] == ["DELETED"]
