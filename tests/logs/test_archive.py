"""What LogArchive declares."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.lb import Lb

from northsouth.logs.alb_schema import ALB_ACCESS_LOG
from northsouth.logs.archive import LogArchive, PartitionMode
from northsouth.logs.archive_alb import AlbSource, raw_columns, raw_regex
from northsouth.logs.archive_rules import MINIMUM_SCAN_BYTES
from northsouth.logs.archive_schedule import ArchiveSchedule
from northsouth.logs.archive_source import ArchiveColumn, SourceTable
from northsouth.logs.archive_storage import ObjectLock, Replica
from northsouth.logs.lifecycle import Lifecycle, Transition
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing
from tests.harness.synth import resources, synth
from tests.harness.terraform import Terraform, TerraformError
from tests.logs.archive_runs import line

ALB = AlbSource(bucket="logs", load_balancer="app/web/1", since="2024/01/01")
OWN = SourceTable(database="apps", table="app", bucket="app-logs", time='"at"', columns=(ArchiveColumn(name="at"),))
KEY = "arn:aws:kms:us-east-1:123456789012:key/k"
USUAL: dict[str, Any] = {"name": "edge", "bucket_name": "edge-archive", "sources": {"alb": ALB, "app": OWN}}


def declared(**changes: Any) -> dict[str, Any]:
    return synth(lambda stack: LogArchive(stack, "archive", **{**USUAL, **changes}))


@pytest.fixture(scope="module")
def usual() -> dict[str, Any]:
    return declared()


@pytest.fixture(scope="module")
def guarded() -> dict[str, Any]:
    return declared(
        kms_key_arn=KEY,
        lock=ObjectLock.compliance(365),
        replica=Replica(bucket_arn="arn:aws:s3:::copy", kms_key_arn=f"{KEY}2"),
        lifecycle=Lifecycle.expire(3000, transitions=(Transition("STANDARD_IA", 40), Transition("GLACIER_IR", 120))),
        tags={"team": "edge"},
    )


@pytest.fixture(scope="module")
def crawled() -> dict[str, Any]:
    return declared(partitions=PartitionMode.crawler(), schedule=ArchiveSchedule.daily(), enabled=False)


def only(document: dict[str, Any], kind: str, part: str) -> dict[str, Any]:
    [found] = [value for name, value in resources(document, kind).items() if part in name]
    return found


def statements(document: dict[str, Any], part: str) -> dict[str, dict[str, Any]]:
    policy = json.loads(only(document, "aws_iam_role_policy", part)["policy"])
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def test_the_raw_table_has_as_many_columns_as_its_expression_has_groups(usual: dict[str, Any]) -> None:
    table = only(usual, "aws_glue_catalog_table", "alb-raw")["storage_descriptor"]
    regex = table["ser_de_info"]["parameters"]["input.regex"]
    assert re.compile(regex).groups == len(table["columns"]) == len(raw_columns(ALB_ACCESS_LOG))


def test_a_line_of_the_format_and_any_other_line_match_the_raw_expression() -> None:
    pattern = re.compile(raw_regex(ALB_ACCESS_LOG))
    good = pattern.fullmatch(line(datetime(2026, 11, 21, 22, tzinfo=UTC)))
    assert good is not None
    assert (good[1], good[2]) == (good[0], "http")
    assert good[pattern.groups] is None
    for odd in ("", "no log line", 'http 2026 app/x "'):
        other = pattern.fullmatch(odd)
        assert other is not None
        assert set(other.groups()[1:]) == {None}
        assert other[1] == odd


def test_athenas_placeholder_survives_terraform(usual: dict[str, Any]) -> None:
    parameters = only(usual, "aws_glue_catalog_table", "alb-raw")["parameters"]
    assert parameters["storage.location.template"].endswith("/$${day}")
    assert parameters["projection.day.range"] == "2024/01/01,NOW+1DAYS"


def test_the_archive_table_is_not_projected(usual: dict[str, Any]) -> None:
    """Projection would make Athena ignore the pointers in the catalog."""
    table = only(usual, "aws_glue_catalog_table", "alb_table")
    assert "projection.enabled" not in table["parameters"]
    assert [key["name"] for key in table["partition_keys"]] == ["day", "hour"]


def test_the_schedules_start_the_machine_with_the_time_they_were_meant_for(usual: dict[str, Any]) -> None:
    found = {
        value["name"]: (value["schedule_expression"], json.loads(value["target"]["input"]))
        for value in resources(usual, "aws_scheduler_schedule").values()
    }
    time = {"scheduledTime": "<aws.scheduler.scheduled-time>"}
    assert found["edge-alb-first"] == ("cron(30 * * * ? *)", {**time, "offsetMinutes": 90, "run": "first"})
    assert found["edge-alb-catch-up"] == ("cron(30 * * * ? *)", {**time, "offsetMinutes": 450, "run": "catch-up"})
    # A day is reconciled when its last hour, and the hour after it for clocks that are ahead, are done.
    offset = 24 * 60 + 30 + 6 * 60 + 55
    reconciliation = {"offsetMinutes": offset, "run": "reconciliation"}
    assert found["edge-alb-reconciliation"] == ("cron(25 7 * * ? *)", {**time, **reconciliation})
    assert found["edge-app-reconciliation"][0] == "cron(25 8 * * ? *)"
    runs = ("first", "catch-up", "reconciliation")
    assert set(found) == {f"edge-{source}-{run}" for source in ("alb", "app") for run in runs}
    for value in resources(usual, "aws_scheduler_schedule").values():
        assert value["schedule_expression_timezone"] == "UTC"
        assert value["target"]["dead_letter_config"]["arn"].startswith("${aws_sqs_queue.")


def test_roles_reach_their_own_source_and_folder_only(usual: dict[str, Any]) -> None:
    alb, app = statements(usual, "alb_job-policy"), statements(usual, "app_job-policy")
    partition = re.escape(alb["ReadSource"]["Resource"][0].split(":")[1])
    assert re.fullmatch(
        rf"arn:{partition}:s3:::logs/AWSLogs/\${{.*account_id}}/elasticloadbalancing/\${{.*}}/\*",
        alb["ReadSource"]["Resource"][0],
    )
    assert [arn.split(":::")[1] for arn in app["ReadSource"]["Resource"]] == ["app-logs/*"]
    assert [arn.split(":::")[1] for arn in app["WriteArchive"]["Resource"]] == [
        "edge-archive/app/*",
        "edge-archive-results/*",
    ]
    assert "EmptyFolders" not in alb
    assert "UseKeys" not in alb
    assert alb["PublishMetrics"]["Condition"] == {"StringEquals": {"cloudwatch:namespace": "NorthSouth/LogArchive"}}


def test_no_arn_has_a_literal_partition(usual: dict[str, Any], guarded: dict[str, Any]) -> None:
    for document in (usual, guarded):
        text = json.dumps(document["resource"])
        literal = set(re.findall(r"arn:aws[a-z-]*:[^\"\\]*", text))
        assert literal <= {KEY, f"{KEY}2", "arn:aws:s3:::copy", "arn:aws:s3:::copy/*"}


def test_trust_is_for_this_account(usual: dict[str, Any]) -> None:
    for role in resources(usual, "aws_iam_role").values():
        [statement] = json.loads(role["assume_role_policy"])["Statement"]
        assert "aws:SourceAccount" in statement["Condition"]["StringEquals"]


def test_the_bucket_is_private_versioned_and_protected(usual: dict[str, Any]) -> None:
    assert only(usual, "aws_s3_bucket", "archive_bucket")["lifecycle"] == {"prevent_destroy": True}
    assert only(usual, "aws_s3_bucket", "archive_results")["force_destroy"] is True
    for part in ("archive_bucket", "archive_results"):
        assert only(usual, "aws_s3_bucket_public_access_block", part)["restrict_public_buckets"] is True
        assert "aws:SecureTransport" in only(usual, "aws_s3_bucket_policy", part)["policy"]
        assert only(usual, "aws_s3_bucket_versioning", part)["versioning_configuration"]["status"] == "Enabled"
    tiers = only(usual, "aws_s3_bucket_lifecycle_configuration", "archive_bucket")["rule"][0]["transition"]
    assert [(tier["days"], tier["storage_class"]) for tier in tiers] == [(30, "STANDARD_IA"), (90, "GLACIER_IR")]


def test_a_key_encrypts_archive_results_and_queries(guarded: dict[str, Any]) -> None:
    for configuration in resources(guarded, "aws_s3_bucket_server_side_encryption_configuration").values():
        [rule] = configuration["rule"]
        assert rule["apply_server_side_encryption_by_default"] == {
            "sse_algorithm": "aws:kms",
            "kms_master_key_id": KEY,
        }
        assert rule["bucket_key_enabled"] is True
    [workgroup] = resources(guarded, "aws_athena_workgroup").values()
    encryption = workgroup["configuration"]["result_configuration"]["encryption_configuration"]
    assert encryption == {"encryption_option": "SSE_KMS", "kms_key_arn": KEY}
    assert statements(guarded, "alb_job-policy")["UseKeys"]["Resource"] == [KEY]


def test_lock_and_replica(guarded: dict[str, Any]) -> None:
    assert only(guarded, "aws_s3_bucket", "archive_bucket")["object_lock_enabled"] is True
    [lock] = resources(guarded, "aws_s3_bucket_object_lock_configuration").values()
    assert lock["rule"]["default_retention"] == {"mode": "COMPLIANCE", "days": 365}
    [replication] = resources(guarded, "aws_s3_bucket_replication_configuration").values()
    [rule] = replication["rule"]
    assert rule["destination"]["bucket"] == "arn:aws:s3:::copy"
    assert rule["destination"]["encryption_configuration"]["replica_kms_key_id"] == f"{KEY}2"
    assert rule["delete_marker_replication"]["status"] == "Disabled"


def test_crawler_mode(crawled: dict[str, Any]) -> None:
    crawler = only(crawled, "aws_glue_crawler", "alb")
    assert crawler["schema_change_policy"]["delete_behavior"] == "LOG"
    table = only(crawled, "aws_glue_catalog_table", "alb_table")
    assert table["lifecycle"]["ignore_changes"] == ["parameters", "storage_descriptor"]
    # What a crawler needs to register partitions, with the table's types (HIVE_PARTITION_SCHEMA_MISMATCH).
    assert table["parameters"]["compressionType"] == "none"
    partitions = json.loads(crawler["configuration"])["CrawlerOutput"]["Partitions"]
    assert partitions == {"AddOrUpdateBehavior": "InheritFromTable"}
    job = statements(crawled, "alb_job-policy")
    assert "PointPartitions" not in job
    assert job["EmptyFolders"]["Action"] == ["s3:DeleteObject"]
    assert {value["state"] for value in resources(crawled, "aws_scheduler_schedule").values()} == {"DISABLED"}


def test_runs_that_end_without_a_message_go_to_the_dead_letters(usual: dict[str, Any]) -> None:
    rule = only(usual, "aws_cloudwatch_event_rule", "alb")
    pattern = json.loads(rule["event_pattern"])
    assert pattern["detail"]["status"] == ["TIMED_OUT", "ABORTED"]
    assert len(pattern["detail"]["stateMachineArn"]) == 2
    [policy] = resources(usual, "aws_sqs_queue_policy").values()
    [statement] = json.loads(policy["policy"])["Statement"]
    assert statement["Condition"]["ArnLike"]["aws:SourceArn"].endswith(":rule/edge-*")


def test_without_a_reconciliation_there_is_none() -> None:
    document = declared(sources={"app": OWN}, schedule=ArchiveSchedule.hourly(reconcile=False))
    assert len(resources(document, "aws_sfn_state_machine")) == 1
    assert len(resources(document, "aws_scheduler_schedule")) == 2


def test_lake_formation_and_an_encrypted_catalog() -> None:
    document = declared(
        sources={"app": OWN},
        lake_formation=True,
        catalog_kms_key_arn=KEY,
        partitions=PartitionMode.crawler(),
        schedule=ArchiveSchedule.daily(),
    )
    for part in ("job-policy", "reconciliation-policy", "crawler-policy"):
        allowed = statements(document, part)
        assert allowed["GetData"]["Action"] == ["lakeformation:GetDataAccess"]
        assert allowed["UseCatalogKey"]["Action"] == ["kms:GenerateDataKey", "kms:Decrypt", "kms:Encrypt"]
        assert allowed["UseCatalogKey"]["Resource"] == [KEY]
    grants = {
        name.rsplit("_", 1)[0]: grant for name, grant in resources(document, "aws_lakeformation_permissions").items()
    }
    tables = {
        name.removeprefix("archive_app_"): (grant["table"]["name"], grant["permissions"])
        for name, grant in grants.items()
        if "table" in grant
    }
    write = ["SELECT", "DESCRIBE", "INSERT", "ALTER"]
    archive = only(document, "aws_glue_catalog_table", "app_table")["name"]
    assert {name: permissions for name, (_, permissions) in tables.items()} == {
        "job-grant-archive": write,
        "job-grant-source": ["SELECT", "DESCRIBE"],
        "reconciliation-grant-archive": ["SELECT", "DESCRIBE"],
        "reconciliation-grant-source": ["SELECT", "DESCRIBE"],
        "crawler-grant-archive": write,
    }
    assert tables["job-grant-source"][0] == "app"
    assert archive == "app"
    databases = [grant for grant in grants.values() if "database" in grant]
    assert {tuple(grant["permissions"]) for grant in databases} == {("DESCRIBE",)}


def test_adding_a_source_changes_nothing_that_is_there(usual: dict[str, Any]) -> None:
    more = declared(sources={"new": OWN, **USUAL["sources"]})
    for kind, before in usual["resource"].items():
        for name, value in before.items():
            assert resources(more, kind)[name] == value


def test_a_token_for_the_load_balancer_becomes_a_terraform_expression() -> None:
    def build(stack: TerraformStack) -> None:
        balancer = Lb(stack, "lb", name="web")
        source = AlbSource(bucket="logs", load_balancer=balancer.arn_suffix, since="2024/01/01")
        LogArchive(stack, "archive", **{**USUAL, "sources": {"alb": source}})

    machine = only(synth(build), "aws_sfn_state_machine", "alb_state-machine")
    assert '${replace(aws_lb.lb.arn_suffix, \\"/\\", \\".\\")}' in machine["definition"] or (
        '${replace(aws_lb.lb.arn_suffix, "/", ".")}' in machine["definition"]
    )


def test_a_token_amid_other_words_becomes_one_too(capfd: pytest.CaptureFixture[str]) -> None:
    def build(stack: TerraformStack) -> None:
        name = Lb(stack, "lb", name="web").name
        source = AlbSource(bucket="logs", load_balancer=f"app/{name}/1", since="2024/01/01")
        LogArchive(stack, "archive", **{**USUAL, "sources": {"alb": source}})

    machine = only(synth(build), "aws_sfn_state_machine", "alb_state-machine")
    assert "app.${replace(aws_lb.lb.name, " in machine["definition"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.deploy
def test_the_real_provider_accepts_every_kind(
    usual: dict[str, Any], guarded: dict[str, Any], crawled: dict[str, Any], tmp_path: Path
) -> None:
    for name, document in {"usual": usual, "guarded": guarded, "crawled": crawled}.items():
        validated(document, tmp_path / name)


@pytest.mark.deploy
def test_the_real_provider_refuses_athenas_own_minimum(tmp_path: Path) -> None:
    """Why the limit is 10 MiB here: the API takes 10,000,000 bytes, the provider does not."""
    document = declared(scan_limit_bytes=MINIMUM_SCAN_BYTES)
    [workgroup] = resources(document, "aws_athena_workgroup").values()
    validated(document, tmp_path / "least")
    workgroup["configuration"]["bytes_scanned_cutoff_per_query"] = 10_000_000
    with pytest.raises(TerraformError, match="bytes_scanned_cutoff_per_query"):
        validated(document, tmp_path / "less")


def validated(document: dict[str, Any], folder: Path) -> None:
    try:
        terraform = Terraform(folder, document, "http://127.0.0.1:1")
    except ToolMissing as missing:
        skip_or_fail(missing)
        raise
    terraform.validate()
