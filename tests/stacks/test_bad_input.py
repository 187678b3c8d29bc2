"""Every bad environment file is refused: file, key and reason on standard error, exit code 2, nothing written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from stacks.loading import read_environment

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = re.sub(
    r"^#.*\n", "", (ROOT / "environments" / "example.toml").read_text(encoding="utf-8"), flags=re.MULTILINE
)
"""The example without its comments, so that a case changes what the file says and not what it explains."""

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
    "a threshold that is not a rate": ("2 Gbit/s", "2 Gbit", "alerts.nat_throughput.threshold", "not a rate"),
    "a threshold in no unit": ("2 Gbit/s", "2 furlongs/s", "alerts.nat_throughput.threshold", "not a unit"),
    "an unknown severity": ('"warning"', '"severe"', "alerts.nat_throughput.severity", "critical"),
    "a runbook that is no address": ("https://runbooks", "runbooks", "alerts.nat_throughput.runbook", "http"),
    "more minutes than there are": ("minutes = 10", "minutes = 16", "alerts.nat_throughput.minutes", "out_of = 15"),
    "a topic SNS refuses": ("northsouth-example-alerts", "example alerts", "alerts.topic.name", "letters, digits"),
    "an address that is none": ("oncall@example.com", "oncall", "alerts.topic.emails[0]", "name@example.com"),
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


def test_all_problems_come_in_one_report_and_nothing_is_written(tmp_path: Path) -> None:
    text = EXAMPLE
    cases = [
        "an unknown key",
        "a zone of another Region",
        "a prefix containing AWSLogs",
        "a threshold that is not a rate",
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
