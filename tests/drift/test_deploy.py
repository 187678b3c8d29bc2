"""`northsouth drift` against the emulator: what is changed by hand is told from what is not applied, and repaired."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from northsouth.emulator.server import Emulator
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing, find_or_download
from tests.harness.terraform import Terraform, binary, environment, mirror_configuration, required_version

pytestmark = pytest.mark.deploy
PROGRAM = Path(__file__).with_name("program.py")
ROOTS = Path(__file__).parents[2]


class App:
    """The app in a folder of its own, and the command run in it."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.folder = folder / "app"
        self.folder.mkdir()
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        shutil.copy(PROGRAM, self.folder / "main.py")
        (self.folder / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
        # The sources of this repository, whatever is installed.
        self.sources = os.pathsep.join(str(ROOTS / each) for each in ("constructs", "alerts", "stacks", "."))
        self.env = environment(emulator.endpoint) | {"PYTHONPATH": self.sources, "TMPDIR": str(self.temporary)}
        self._endpoint = emulator.endpoint

    def synthesize(self) -> dict[str, Any]:
        """Synthesize where the `cdktf` command would, and return the document of the stack that is deployed."""
        env = self.env | {"CDKTF_OUTDIR": "cdktf.out"}
        subprocess.run([sys.executable, "main.py"], cwd=self.folder, env=env, check=True)
        document: dict[str, Any] = json.loads((self.home / "cdk.tf.json").read_text(encoding="utf-8"))
        provider = find_or_download(required_version(document), binary())
        config = mirror_configuration(provider, self.folder.parent / "terraform")
        self.env |= {"TF_CLI_CONFIG_FILE": str(config)}
        return document

    @property
    def home(self) -> Path:
        """Where the `cdktf` command would run Terraform."""
        return self.folder / "cdktf.out" / "stacks" / "edge"

    def apply(self, document: dict[str, Any]) -> None:
        """Deploy, with the state where the document's backend has it."""
        terraform = Terraform(self.folder.parent / "work", document, self._endpoint)
        terraform.apply(f"-state={self.folder / 'terraform.edge.tfstate'}")

    def northsouth(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the command in the app's folder."""
        command = [sys.executable, "-m", "northsouth.cli.main", *arguments]
        env = self.env | variables
        return subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False)

    def files(self) -> dict[str, bytes]:
        """Return every file of the app's folder, and of the folder for temporary files."""
        return {
            str(file): file.read_bytes()
            for folder in (self.folder, self.temporary)
            for file in folder.rglob("*")
            if file.is_file() and "__pycache__" not in file.parts
        }


def test_what_was_changed_by_hand_is_found_and_repaired(emulator: Emulator, tmp_path: Path) -> None:
    app = App(tmp_path, emulator)
    try:
        document = app.synthesize()
    except ToolMissing as missing:
        skip_or_fail(missing)
        raise
    app.apply(document)
    point_elsewhere(emulator)
    raise_the_threshold(emulator)
    open_the_bucket(emulator)
    delete_the_route(emulator)

    before = app.files()
    done = app.northsouth("drift", "--json", RELEASE="2")
    assert done.returncode == 2, done.stdout + done.stderr
    assert app.files() == before
    edge, later, unreachable = json.loads(done.stdout)["stacks"]
    assert [(each["kind"], each["deploy"], each["address"]) for each in edge["findings"]] == [
        ("gone", "create", "aws_route.default"),
        ("changed-outside", "update", "aws_cloudwatch_metric_alarm.alarm"),
        ("changed-outside", "update", "aws_route53_resolver_firewall_rule.rule"),
        ("changed-outside", "update", "aws_s3_bucket_policy.policy"),
        ("not-applied", "update", "aws_cloudwatch_metric_alarm.alarm"),
        ("not-applied", "create", "aws_sns_topic.more"),
    ]
    assert [each["differences"] for each in edge["findings"]] == [
        [],
        [{"path": "threshold", "before": 5, "after": 50}],
        [
            {
                "path": "block_override_domain",
                "before": "hub.internal.example.com.",
                "after": "elsewhere.example.net.",
            }
        ],
        [{"path": "policy.Statement[Sid=TlsOnly].Effect", "before": "Deny", "after": "Allow"}],
        [{"path": "alarm_description", "before": "the first release", "after": "the second release"}],
        [],
    ]
    assert (later["status"], later["resources"]) == ("not-deployed", 1)
    assert unreachable["status"] == "failed"
    assert 'S3 bucket "a-bucket-that-is-not-there" does not exist' in unreachable["error"]

    app.apply(document)
    done = app.northsouth("drift", "edge", "--output", "cdktf.out")
    assert (done.returncode, done.stdout, done.stderr) == (0, "edge: as declared (12 resources)\n", "")
    assert list(app.temporary.iterdir()) == []


def point_elsewhere(emulator: Emulator) -> None:
    resolver = emulator.client("route53resolver")
    (group,) = resolver.list_firewall_rule_groups()["FirewallRuleGroups"]
    (rule,) = resolver.list_firewall_rules(FirewallRuleGroupId=group["Id"])["FirewallRules"]
    resolver.update_firewall_rule(
        FirewallRuleGroupId=group["Id"],
        FirewallDomainListId=rule["FirewallDomainListId"],
        BlockOverrideDomain="elsewhere.example.net.",
    )


def raise_the_threshold(emulator: Emulator) -> None:
    cloudwatch = emulator.client("cloudwatch")
    (alarm,) = cloudwatch.describe_alarms()["MetricAlarms"]
    names = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    kept = {name: value for name, value in alarm.items() if name in names and value != []}
    cloudwatch.put_metric_alarm(**kept | {"Threshold": 50})


def open_the_bucket(emulator: Emulator) -> None:
    s3 = emulator.client("s3")
    (bucket,) = s3.list_buckets()["Buckets"]
    # Every new bucket blocks public policies, so who opens one by hand begins here.
    s3.delete_public_access_block(Bucket=bucket["Name"])
    policy = s3.get_bucket_policy(Bucket=bucket["Name"])["Policy"]
    s3.put_bucket_policy(Bucket=bucket["Name"], Policy=policy.replace("Deny", "Allow"))


def delete_the_route(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    (table,) = [
        each
        for each in ec2.describe_route_tables()["RouteTables"]
        if any(route.get("DestinationCidrBlock") == "0.0.0.0/0" for route in each["Routes"])
    ]
    ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")
