"""Every bad environment file is refused: file, key and reason on standard error, exit code 2, nothing written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from northsouth.errors import ConfigurationError
from northsouth.stacks.loading import in_file, load_environments, read_environment

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = re.sub(
    r"^#.*\n", "", (ROOT / "environments" / "example.toml").read_text(encoding="utf-8"), flags=re.MULTILINE
)
"""The example without its comments, so that a case changes what the file says and not what it explains."""

SECRET = '{{ stored = "arn:aws:secretsmanager:us-east-1:123456789012:secret:northsouth/alerts", key = "{}" }}'

PYTHON = re.compile(r"[A-Za-z_]\w*\(|(?<!\S)\w+=|\b(?:None|True|False)\b")
"""A call, an argument or a value that only Python knows: the fix of a file's problem is in TOML."""

BAD = {
    "malformed TOML": ("[state]", "[state", "", "TOML 1.0"),
    "an unknown key": ("mode = ", "mood = ", "nat.mood", "Did you mean 'mode'?"),
    "an unknown key two tables down": (
        "ttl = 60",
        "ttl = 60\ntlt = 60",
        "dns.override_sets.hub.tlt",
        "Did you mean 'ttl'?",
    ),
    "an unknown section": ("[endpoints]", "[endpoint]", "endpoint", "Did you mean 'endpoints'?"),
    "a missing key": ('region = "us-east-1"', "", "environment.region", "required"),
    "a missing section": ("[network]", "[net]", "network", "every environment needs it"),
    "a form that is neither": ("for_each = false", 'for_each = "names"', "dns.for_each", "boolean"),
    "a wrong type": ("ttl = 60", 'ttl = "60"', "dns.override_sets.hub.ttl", "integer"),
    "an unknown mode": ('mode = "per_az"', 'mode = "per_zone"', "nat.mode", "'per_az', 'single' or 'none'"),
    "a stack name with a space": ('name = "example"', 'name = "an example"', "environment.name", "lower-case"),
    "a CIDR that is none": ("10.40.0.0/16", "10.40.0.0/33", "network.cidr", "10.40.0.0/33"),
    "a CIDR with host bits": ("10.40.0.0/16", "10.40.0.1/16", "network.cidr", "10.40.0.0/16"),
    "a CIDR too small for its subnets": ("10.40.0.0/16", "10.40.0.0/27", "network", "/27"),
    "a zone of another Region": ('"us-east-1c"]', '"us-west-2c"]', "network.zones[2]", "us-west-2c"),
    "a zone twice": ('"us-east-1c"]', '"us-east-1b"]', "network.zones[2]", "us-east-1b"),
    "a VPC both made and existing": ("cidr =", 'vpc_id = "vpc-0a1b2c3d4e5f60718"\ncidr =', "network", "one of the two"),
    "a NAT zone without a subnet": ('"per_az"\n', '"single"\nzone = "us-east-1f"\n', "nat.zone", "us-east-1f"),
    "one mode with the zone of another": ('"per_az"\n', '"per_az"\nzone = "us-east-1a"\n', "nat.zone", "single"),
    "single without its zone": ('"per_az"\n', '"single"\n', "nat.zone", "Name the zone"),
    "fewer addresses than gateways": (
        "protect_addresses = false",
        'eip_allocation_ids = { us-east-1a = "eipalloc-0aaaaaaaaaaaaaaa1" }',
        "nat.eip_allocation_ids",
        "us-east-1b",
    ),
    "more addresses than gateways": (
        'mode = "per_az"\n',
        (
            'mode = "single"\nzone = "us-east-1a"\neip_allocation_ids = { us-east-1a = "eipalloc-0aaaaaaaaaaaaaaa1", '
            'us-east-1b = "eipalloc-0aaaaaaaaaaaaaaa2" }\n'
        ),
        "nat.eip_allocation_ids",
        "us-east-1b",
    ),
    "two overrides for one name": (
        '"registry.example.com" =',
        '"HUB.example.com." =',
        "dns.override_sets",
        "hub.example.com",
    ),
    "a target equal to its own domain": (
        '"registry.internal.example.com"',
        '"Registry.example.com."',
        "dns.override_sets.registry",
        "a CNAME to itself",
    ),
    "overrides that lead back to each other": (
        '"hub.internal.example.com"',
        '"registry.example.com"\n"registry.internal.example.com" = "hub.example.com"',
        "dns.override_sets",
        "hub.example.com",
    ),
    "names of endpoints that are not declared": (
        'gateway = ["s3"]',
        'gateway = []\nnames = { aws_vpc_endpoint = { example-s3 = "legacy" } }',
        "endpoints.names",
        "no endpoint is declared",
    ),
    "names of a VPC that exists": (
        'cidr = "10.40.0.0/16"\nzones = ["us-east-1a", "us-east-1b", "us-east-1c"]\n',
        (
            'vpc_id = "vpc-0123456789abcdef0"\npublic_subnet_ids = { us-east-1a = "subnet-0123456789abcdef0" }\n'
            'private_route_table_ids = { us-east-1a = "rtb-0123456789abcdef0" }\n'
            'names = { aws_vpc = { example = "legacy" } }\n'
        ),
        "network.names",
        "a VPC that exists is not declared",
    ),
    "a name for nothing": (
        "moved = false",
        'moved = false\nnames = { aws_route53_resolver_firewall_rule_group = { exmple = "legacy" } }',
        "dns.names",
        "Write 'example'",
    ),
    "a TTL that the provider drops": ("ttl = 300", "ttl = 0", "dns.override_sets.registry.ttl", "never sends it"),
    "a bucket name that S3 refuses": (
        "northsouth-example-alb-logs",
        "Northsouth_Logs",
        "logs.bucket",
        "Northsouth_Logs",
    ),
    "a prefix containing AWSLogs": ('prefix = "edge"', 'prefix = "edge/AWSLogs"', "logs.prefix", "AWSLogs"),
    "an encryption ALB cannot use": ('"AES256"\n', '"aws:kms"\n', "logs.encryption", "aws:kms"),
    "logs that expire at once": (
        "expire_after_days = 30",
        "expire_after_days = 0",
        "logs.expire_after_days",
        "at least 1",
    ),
    "a threshold that is not a rate": ("2 Gbit/s", "2 Gbit", "alerts.nat.throughput.over", "not a rate"),
    "a threshold in no unit": ("2 Gbit/s", "2 furlongs/s", "alerts.nat.throughput.over", "not a unit"),
    "a threshold of another kind": ('"2 Gbit/s"', '"2 /s"', "alerts.nat.throughput.over", "data per time"),
    "a budget without a price": (" at 0.045 USD/GB", "", "alerts.nat.daily_budget.budget", "0.045 USD/GB"),
    "a share that is a number": ('"80 %"', '"80"', "alerts.nat.bandwidth.share", "not a ratio"),
    "a capacity that is an amount": ('"100 Gbit/s"', '"100 Gbit"', "alerts.nat.bandwidth.capacity", "not a rate"),
    "a floor below nothing": ("floor = 100000", "floor = -1", "alerts.nat.dropped_packets.floor", "greater than"),
    "a latency without a time": ('over = "2 s"', 'over = "2"', "alerts.load_balancers.hub.latency.over", "not a time"),
    "an expiry within a size": ('"30 days"', '"30 GiB"', "alerts.certificates.www.within", "not a time"),
    "an unknown severity": ('"warning" }', '"severe" }', "alerts.nat.throughput.severity", "critical"),
    "an unknown alarm": ("\nthrottled =", "\nthrotled =", "alerts.kubernetes.throtled", "Did you mean 'throttled'?"),
    "a runbook that is no address": ("https://runbooks", "runbooks", "alerts.runbook", "http"),
    "alarms without a runbook": ('runbook = "', '#"', "alerts.runbook", "required"),
    "more data points than there are": ("datapoints = 10", "datapoints = 16", "alerts.nat.throughput", "16 of 15"),
    "half a window": ("datapoints = 10, ", "", "alerts.nat.throughput.datapoints", "written together"),
    "a window longer than CloudWatch keeps": ("of = 15", "of = 1500", "alerts.nat.throughput", "at most"),
    "a period that CloudWatch has not": (
        "period = 60",
        "period = 61",
        "alerts.nat.throughput.period",
        "multiple of 60",
    ),
    "a topic SNS refuses": (
        'label = "example"\n',
        'topics = { critical = "a topic" }\n',
        "alerts.routes.topics.critical",
        "letters, digits",
    ),
    "two topics of one name": (
        'label = "example"\n',
        'topics = { critical = "example-warning" }\n',
        "alerts.routes.topics",
        "topics of one name",
    ),
    "an address that is none": ("oncall@example.com", "oncall", "alerts.routes.email.oncall.address", "name@example"),
    "a receiver without a secret": (
        'site = "us"',
        'site = "us"\n[alerts.routes.pagerduty.other]\nseverities = ["critical"]',
        "alerts.routes.pagerduty.other.secret",
        "lets nobody in",
    ),
    "a secret in plain text": (
        SECRET.format("slack"),
        '"T0000/B0000/hunter2"',
        "alerts.routes.slack_webhook.slack.secret",
        "plain text of 19 characters",
    ),
    "a secret in place of its ARN": (
        SECRET.format("slack"),
        '{ stored = "T0000/B0000/hunter2" }',
        "alerts.routes.slack_webhook.slack.secret",
        "named by its ARN",
    ),
    "a secret in two places": (
        'key = "slack" }',
        'variable = "slack" }',
        "alerts.routes.slack_webhook.slack.secret",
        "one of the two",
    ),
    "a severity that tells nobody": (
        'severities = ["warning"] }',
        'severities = ["info"] }',
        "alerts.routes.email.team.severities[0]",
        "notify nobody",
    ),
    "a severity of a receiver that is none": (
        'severities = ["warning"] }',
        'severities = ["warning", "severe"] }',
        "alerts.routes.email.team.severities[1]",
        "critical or warning",
    ),
    "a receiver of no severity": (
        'severities = ["warning"] }',
        "severities = [] }",
        "alerts.routes.email.team.severities",
        "one severity or more",
    ),
    "a webhook without HTTPS": (
        "https://incidents.",
        "http://incidents.",
        "alerts.routes.webhook.incidents.url",
        "HTTPS alone",
    ),
    "a webhook with its signature in sight": (
        "?api-version=2016-06-01",
        "?api-version=2016-06-01&sig=hunter2",
        "alerts.routes.teams_webhook.teams.url",
        "with sig=",
    ),
    "a message over the limit": (
        "Runbooks: https",
        "x" * 3000,
        "alerts.routes.slack_webhook.slack.note",
        "Shorten it by",
    ),
    "a pace, which there was before": (
        'webhook = "112233445566778899"',
        'webhook = "112233445566778899"\nrate_per_second = 9',
        "alerts.routes.discord_webhook.discord.rate_per_second",
        "there is no such key",
    ),
    "a receiver twice": (
        "team = { address = ",
        'boss = { address = "oncall@example.com", severities = ["warning"] }\nteam = { address = ',
        "alerts.routes.email.boss",
        "message twice",
    ),
    "two receivers of one name": (
        "phone = {",
        "oncall = {",
        "alerts.routes.sms.oncall.name",
        "one name",
    ),
    "a key that alarms cannot use": (
        'label = "example"\n',
        'kms_key_arn = "alias/aws/sns"\n',
        "alerts.routes.kms_key_arn",
        "does not let alarms publish",
    ),
    "alarms on gateways that are not there": ('"per_az"\n', '"none"\n', "alerts.nat", "nothing to measure"),
    "a load balancer by its name": (
        'alerts.load_balancers.hub]\narn_suffix = "app/hub/',
        'alerts.load_balancers.hub]\narn_suffix = "hub/',
        "alerts.load_balancers.hub.arn_suffix",
        "begins with app/",
    ),
    "a target group by its name": (
        "targetgroup/api/",
        "api/",
        "alerts.load_balancers.hub.unhealthy_hosts.api.target_group",
        "begins with targetgroup/",
    ),
    "a storm without its latency": (
        'latency = { over = "2 s", statistic = "p99", low_samples = "adapt", period = 300 }',
        "",
        "alerts.load_balancers.hub.latency",
        "cold_start_storm",
    ),
    "a certificate by its name": (
        "arn:aws:acm:us-east-1:123456789012:certificate/",
        "certificate/",
        "alerts.certificates.www.certificate_arn",
        "begins with arn:",
    ),
    "a metric in no unit": (
        'name = "ArchivedRecords"',
        'name = "ArchivedRecords", unit = "Records"',
        "alerts.archival.search.archived.unit",
        "CloudWatch's units",
    ),
    "a metric that counts nothing": (
        'name = "ArchivedRecords"',
        'name = "ArchivedRecords", unit = "Bytes"',
        "alerts.archival.search.archived.unit",
        "a metric that counts",
    ),
    "a latency that is no percentile": ('"p99"', '"Average"', "alerts.load_balancers.hub.latency.statistic", "p99"),
    "a cluster twice": ('["hub-a", "hub-b"]', '["hub-a", "hub-a"]', "alerts.kubernetes.clusters[1]", "already"),
    "an override watched twice": (
        'names = ["hub.example.com"]',
        'names = ["hub.example.com", "HUB.example.com."]',
        "alerts.dns.override_unused.names[1]",
        "already",
    ),
    "a metric with no statistic": (
        'name = "Watchdog"',
        'name = "Watchdog", statistic = "Mean"',
        "alerts.meta.heartbeats.watchdog.signal.statistic",
        "Average",
    ),
    "an override that is not declared": (
        'names = ["hub.example.com"]',
        'names = ["hub.example.org"]',
        "alerts.dns.override_unused.names[0]",
        "dns.override_sets",
    ),
    "an archive in the log bucket": (
        'bucket = "northsouth-example-archive"',
        'bucket = "northsouth-example-alb-logs"',
        "logs.archive.bucket",
        "a bucket of its own",
    ),
    "an archive that Athena cannot name": ('schedule = "', 'name = "Ex-1"\nschedule = "', "logs.archive.name", "a-z"),
    "a bucket for results that S3 refuses": (
        'schedule = "',
        'results_bucket = "results_"\nschedule = "',
        "logs.archive.results_bucket",
        "results_",
    ),
    "a scan limit below the minimum": ('"50 GB"', '"5 MB"', "logs.archive.scan_limit", "at least 10 MB"),
    "a scan limit that is a rate": ('"50 GB"', '"50 GB/day"', "logs.archive.scan_limit", "not an amount"),
    "runs that meet each other": (
        "run_timeout_minutes = 55",
        "run_timeout_minutes = 90",
        "logs.archive.run_timeout_minutes",
        "overlaps itself",
    ),
    "logs that expire before they are archived": (
        "catch_up_minutes = 360",
        "catch_up_minutes = 43200",
        "logs.expire_after_days",
        "the reconciliation",
    ),
    "tiers out of order": (
        "{ STANDARD_IA = 30, GLACIER_IR = 90 }",
        "{ GLACIER_IR = 30, STANDARD_IA = 90 }",
        "logs.archive.transitions[1]",
        "GLACIER",
    ),
    "an archive that expires before its last tier": (
        "expire_after_days = 730",
        "expire_after_days = 60",
        "logs.archive.expire_after_days",
        "more than 90",
    ),
    "a first day in another order": (
        '"2026/11/01"',
        '"01/11/2026"',
        "logs.archive.load_balancers.hub.since",
        "YYYY/MM/DD",
    ),
    "an archive of nothing by name": (
        'archive.load_balancers.hub]\narn_suffix = "app/',
        'archive.load_balancers.hub]\narn_suffix = "net/',
        "logs.archive.load_balancers.hub.arn_suffix",
        "app/NAME/ID",
    ),
    "a runbook of rules that is no address": (
        '[prometheus]\nrunbook = "https:',
        '[prometheus]\nrunbook = "page:',
        "prometheus.runbook",
        "http(s) address",
    ),
    "a pack of rules that does not exist": (
        "[prometheus.packs.targets]",
        "[prometheus.packs.target]",
        "prometheus.packs.target",
        "Did you mean 'targets'?",
    ),
    "a parameter that the pack does not have": (
        'errors_over = "3 %"',
        'error_over = "3 %"',
        "prometheus.packs.kubernetes_api.error_over",
        "Did you mean 'errors_over'?",
    ),
    "a share in the unit of a rate": (
        'errors_over = "3 %"',
        'errors_over = "3 count/s"',
        "prometheus.packs.kubernetes_api.errors_over",
        "a share between 0% and 100%",
    ),
    "a cluster remembered for longer than samples are kept": (
        'retention = "90d"',
        'retention = "1d"',
        "prometheus.packs.silent_clusters",
        "1d",
    ),
    "rules that a workspace evaluates too often": (
        "[prometheus.packs.targets]\n",
        '[prometheus.packs.targets]\ninterval = "10s"\n',
        "prometheus.packs.namespaces['targets'].groups['targets'].interval",
        "every 30 s",
    ),
    "more rules than the workspace takes": ("max_rules = 2000", "max_rules = 20", "prometheus.packs", "takes 20"),
    "alerts repeated after longer than Amazon's alert manager can": (
        'repeat_interval = "4h"',
        'repeat_interval = "6d"',
        "prometheus.alert_manager.repeat_interval",
        "after 5d at the latest",
    ),
    "warnings that wait for hours that nobody declared": (
        'active_time_intervals = ["office-hours"]',
        'active_time_intervals = ["mornings"]',
        "prometheus.alert_manager.warning",
        "the time intervals are office-hours",
    ),
    "office hours that end before they begin": (
        'end_time = "18:00"',
        'end_time = "07:00"',
        "prometheus.alert_manager.time_intervals.office-hours.times",
        "the first before the second",
    ),
    "a heartbeat at no interval": (
        'heartbeat = "5m"',
        'heartbeat = "often"',
        "prometheus.alert_manager.heartbeat",
        "a duration of Prometheus",
    ),
    "a retention that CloudWatch Logs does not know": (
        "log_retention_days = 14",
        "log_retention_days = 15",
        "prometheus.workspace.log_retention_days",
        "1, 3, 5",
    ),
    "a workspace both made and existing": (
        'alias = "example"',
        'id = "ws-1"\nalias = "example"',
        "prometheus.workspace.alias",
        "Remove alias, or the id",
    ),
    "a limit on a label that cannot be": (
        'labels = { cluster = "hub-b" }',
        'labels = { "a b" = "hub-b" }',
        "prometheus.workspace.series_limits[0].labels",
        "letters, digits and _",
    ),
    "samples in the unit of bytes": (
        'below = "1 count/s"',
        'below = "1 GB/s"',
        "alerts.prometheus.ingestion_stopped.below",
        "count/s",
    ),
    "a watchdog without its topic": (
        'watchdog_silent = { topic = "example-watchdog" }',
        "watchdog_silent = {}",
        "alerts.prometheus.watchdog_silent.topic",
        "required",
    ),
    "a dashboard that CloudWatch cannot name": (
        "[dashboard]\n",
        '[dashboard]\nname = "the edge"\n',
        "dashboard.name",
        "letters, digits",
    ),
    "a status page in a bucket that S3 refuses": (
        "northsouth-example-status",
        "Example_Status",
        "status_page.bucket",
        "Example_Status",
    ),
    "a status page without a title": ('title = "Example hub"', 'title = " "', "status_page.title", "1 to 100"),
    "a status page that looks too rarely": (
        "interval_minutes = 5",
        "interval_minutes = 90",
        "status_page.interval_minutes",
        "1 to 60",
    ),
    "a status page on what is not watched": (
        'load_balancer = "hub"',
        'load_balancer = "web"',
        "status_page.load_balancer",
        "Name one of them: hub",
    ),
    "a status page without its alarm": (
        'success_rate = { below = "99 %", floor = 100, fast = [2, 3], slow = [10, 15], quiet = [3, 4] }',
        "",
        "status_page.load_balancer",
        "Add alerts.load_balancers.hub.success_rate",
    ),
    "a history in a bucket that S3 refuses": (
        "northsouth-example-metric-history",
        "Example_History",
        "metrics.history.bucket",
        "Example_History",
    ),
    "a history that is collected too long": (
        "buffer_seconds = 900",
        "buffer_seconds = 901",
        "metrics.history.buffer_seconds",
        "60 to 900",
    ),
    "a history that expires before it begins": (
        "expire_after_days = 455",
        "expire_after_days = 0",
        "metrics.history.expire_after_days",
        "at least 1",
    ),
    "a history with errors kept for a time CloudWatch does not know": (
        "log_retention_days = 30",
        "log_retention_days = 31",
        "metrics.history.log_retention_days",
        "one of 1, 3, 5",
    ),
    "a bucket for local state": ('"local"\n', '"local"\nbucket = "acme-state"\n', "state.bucket", 'backend = "s3"'),
    "S3 state without a bucket": ('"local"\n', '"s3"\n', "state.bucket", "Name a bucket"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_with_key_and_reason(case: str, tmp_path: Path) -> None:
    before, after, where, reason = BAD[case]
    assert EXAMPLE.count(before) >= 1, "the example has changed: the case replaces nothing"
    file = tmp_path / "bad.toml"
    file.write_text(EXAMPLE.replace(before, after, 1), encoding="utf-8")
    environment, problems = read_environment(file)
    assert environment is None
    assert any(problem.where.startswith(where) and reason in str(problem) for problem in problems), problems
    for problem in problems:
        fix = in_file(problem, file).fix
        assert not PYTHON.search(fix), fix


def test_alarms_on_what_the_file_does_not_declare(tmp_path: Path) -> None:
    """Two sections are needed for these rules; a section of a wrong type is reported for that alone."""
    file = tmp_path / "bad.toml"
    without = EXAMPLE[: EXAMPLE.index("[logs]")] + EXAMPLE[EXAMPLE.index("[alerts]") :]
    file.write_text(without, encoding="utf-8")
    _, problems = read_environment(file)
    assert [problem.where for problem in problems] == ["alerts.archive", "alerts.meta.dead_letters"]
    file.write_text(without + "\n[logs]\nbucket = 1\n", encoding="utf-8")
    _, problems = read_environment(file)
    assert [problem.where for problem in problems] == ["logs.bucket"]


def test_alarms_on_a_workspace_that_the_file_does_not_declare(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    without = EXAMPLE[: EXAMPLE.index("[prometheus]")] + EXAMPLE[EXAMPLE.index("[dashboard]") :]
    file.write_text(without, encoding="utf-8")
    _, problems = read_environment(file)
    assert [problem.where for problem in problems] == ["alerts.prometheus"]
    file.write_text(f"{without}\n[prometheus]\nrunbook = 1\n", encoding="utf-8")
    _, problems = read_environment(file)
    assert [problem.where for problem in problems] == ["prometheus.runbook"]


def test_pages_of_nothing(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    without = EXAMPLE[: EXAMPLE.index("[alerts]")] + EXAMPLE[EXAMPLE.index("[dashboard]") :]
    file.write_text(without, encoding="utf-8")
    _, problems = read_environment(file)
    assert [problem.where for problem in problems] == ["metrics.history", "dashboard", "status_page.load_balancer"]
    file.write_text(f"{without}\n[alerts]\nrunbook = 1\n", encoding="utf-8")
    _, problems = read_environment(file)
    assert [problem.where for problem in problems] == ["alerts.runbook"]


def test_an_alarm_on_a_topic_must_not_be_sent_through_it(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(re.sub(r'severities = .*"warning"\]', 'severities = ["critical"]', EXAMPLE), encoding="utf-8")
    _, problems = read_environment(file)
    assert [problem.where for problem in problems] == [
        "alerts.meta.failed_notifications",
        "prometheus.alert_manager.warning",
    ]
    assert "the other topic" in str(problems[0])


def test_a_report_never_repeats_a_secret(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    for case in ("a secret in plain text", "a secret in place of its ARN", "a webhook with its signature in sight"):
        file.write_text(EXAMPLE.replace(*BAD[case][:2], 1), encoding="utf-8")
        _, problems = read_environment(file)
        assert problems
        assert "hunter2" not in str(problems)


@pytest.mark.slow
def test_routes_that_no_alarm_uses(tmp_path: Path) -> None:
    file = tmp_path / "late.toml"
    alarms = '[alerts.nat]\nthroughput = { over = "2 Gbit/s", severity = "info" }\n'
    text = EXAMPLE[: EXAMPLE.index("[alerts.nat]")] + alarms
    file.write_text(text, encoding="utf-8")
    done = run_app(file, tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for where in (
        "routes.email.oncall.severities[0]: got 'critical'; no alarm has this severity",
        "routes.slack_channel.slack-room.severities[1]: got 'warning'; no alarm has this severity",
        "routes.statuspage_component.status.alarm: got 'example-alarms-serving-hub-success-rate'; no alarm has this",
    ):
        assert f"  - {file}: alerts.{where}" in done.stderr


@pytest.mark.slow
def test_all_problems_come_in_one_report_and_nothing_is_written(tmp_path: Path) -> None:
    text = EXAMPLE
    cases = [
        "an unknown key",
        "a zone of another Region",
        "a prefix containing AWSLogs",
        "a threshold that is not a rate",
        "a receiver without a secret",
        "a secret in plain text",
        "a severity that tells nobody",
        "a webhook without HTTPS",
    ]
    for case in cases:
        text = text.replace(BAD[case][0], BAD[case][1], 1)
    file = tmp_path / "bad.toml"
    file.write_text(text, encoding="utf-8")
    done = run_app(file, tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for case in cases:
        assert f"{file}: {BAD[case][2]}" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.toml"]


@pytest.mark.slow
def test_what_only_a_construct_can_tell_is_refused_with_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "late.toml"
    file.write_text(EXAMPLE.replace("stale = {}", "stale = { datapoints = 1, of = 200 }", 1), encoding="utf-8")
    done = run_app(file, tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert f"  - {file}: alerts.archive.stale.datapoints: got 200 data points of 1 h" in done.stderr
    assert not list(tmp_path.rglob("cdk.tf.json"))


def test_environments_that_take_each_others_names(tmp_path: Path) -> None:
    for name in ("one", "two"):
        text = EXAMPLE.replace('name = "example"\n', f'name = "{name}"\n', 1)
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_environments([tmp_path / "one.toml", tmp_path / "two.toml"])
    buckets = ["logs.bucket", "logs.archive.bucket", "status_page.bucket", "metrics.history.bucket"]
    assert [problem.where for problem in refused.value.problems] == buckets


def test_two_buckets_of_one_name_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "one.toml"
    file.write_text(EXAMPLE.replace("northsouth-example-status", "northsouth-example-archive"), encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_environments([file])
    [problem] = refused.value.problems
    assert problem.where == f"{file}: status_page.bucket"
    assert problem.allowed == "logs.archive.bucket names this bucket already"


@pytest.mark.slow
def test_an_environment_that_has_no_file(tmp_path: Path) -> None:
    done = run_app(tmp_path / "none.toml", tmp_path)
    assert done.returncode == 2
    assert "none.toml" in done.stderr
    assert "Traceback" not in done.stderr


def run_app(file: Path, outdir: Path) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "NORTHSOUTH_ENVIRONMENTS": str(file), "CDKTF_OUTDIR": str(outdir / "cdktf.out")}
    return subprocess.run(
        [sys.executable, "main.py"], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
