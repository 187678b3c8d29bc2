"""The log bucket as it is synthesized."""

import json
from collections.abc import Callable
from typing import Any

import cdktf
import pytest
from cdktf import TerraformStack, TerraformVariable
from cdktf_cdktf_provider_aws.lb import Lb, LbAccessLogs, LbConnectionLogs
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.errors import ConfigurationError
from northsouth.logs import AlbLogBucket, Lifecycle
from northsouth.logs.delivery import LEGACY_ACCOUNTS
from tests.harness.synth import resources, synth

ACCOUNT = "123456789012"


def declare(**arguments: Any) -> dict[str, Any]:
    where = str(arguments.get("region", "us-east-1"))
    return synth(lambda stack: AlbLogBucket(stack, "logs", **{"name": "acme-logs", **arguments}), region=where)


def only(document: dict[str, Any], kind: str) -> dict[str, Any]:
    [found] = resources(document, kind).values()
    return found


def policy(document: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(only(document, "aws_s3_bucket_policy")["policy"])
    return result


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    def build(stack: TerraformStack) -> None:
        bucket = AlbLogBucket(
            stack,
            "logs",
            name="acme-logs",
            region="us-east-1",
            prefix="edge",
            source_accounts=[ACCOUNT],
            tags={"team": "edge"},
        )
        balancer = Lb(stack, "web", name="web", depends_on=[AlbLogBucket(stack, "other", name="other-logs").bucket])
        bucket.attach(balancer)

    return synth(build)


def named(document: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(value for name, value in resources(document, kind).items() if name.startswith("logs_"))
    return found


def test_the_bucket_is_protected_and_tagged(document: dict[str, Any]) -> None:
    assert named(document, "aws_s3_bucket") == {
        "bucket": "acme-logs",
        "force_destroy": False,
        "lifecycle": {"prevent_destroy": True},
        "tags": {"team": "edge"},
    }


def test_the_bucket_is_encrypted_owned_closed_and_versioned(document: dict[str, Any]) -> None:
    [rule] = named(document, "aws_s3_bucket_server_side_encryption_configuration")["rule"]
    assert rule == {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}
    assert named(document, "aws_s3_bucket_ownership_controls")["rule"] == {"object_ownership": "BucketOwnerEnforced"}
    assert named(document, "aws_s3_bucket_versioning")["versioning_configuration"] == {"status": "Enabled"}
    block = named(document, "aws_s3_bucket_public_access_block")
    assert [value for name, value in block.items() if name != "bucket"] == [True] * 4


def test_objects_expire_after_90_days_and_old_versions_after_7(document: dict[str, Any]) -> None:
    configuration = named(document, "aws_s3_bucket_lifecycle_configuration")
    assert configuration["rule"] == [
        {
            "id": "age",
            "status": "Enabled",
            "filter": [{}],
            "expiration": [{"days": 90}],
            "noncurrent_version_expiration": [{"noncurrent_days": 7}],
            "abort_incomplete_multipart_upload": [{"days_after_initiation": 7}],
        }
    ]
    assert configuration["depends_on"][0].startswith("aws_s3_bucket_versioning.logs_")


def test_the_policy_of_a_known_region_is_readable_json(document: dict[str, Any]) -> None:
    statements = json.loads(named(document, "aws_s3_bucket_policy")["policy"])["Statement"]
    resource = [
        f"arn:aws:s3:::acme-logs/edge/{folder}AWSLogs/{ACCOUNT}/*"
        for folder in ("", "connection-logs/", "health-check-logs/")
    ]
    assert [(item["Sid"], item["Principal"], item["Resource"]) for item in statements] == [
        ("LoadBalancerLogDelivery", {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}, resource),
        ("LoadBalancerLogDeliveryLegacy", {"AWS": "arn:aws:iam::127311923021:root"}, resource),
        ("TlsOnly", "*", ["arn:aws:s3:::acme-logs", "arn:aws:s3:::acme-logs/*"]),
    ]


def test_attach_sets_the_logs_and_waits_for_the_policy(document: dict[str, Any]) -> None:
    balancer = only(document, "aws_lb")
    [bucket] = [name for name in resources(document, "aws_s3_bucket") if name.startswith("logs_")]
    target = {"bucket": f"${{aws_s3_bucket.{bucket}.id}}", "enabled": True}
    assert balancer["access_logs"] == {**target, "prefix": "edge"}
    assert balancer["connection_logs"] == {**target, "prefix": "edge/connection-logs"}
    [policy_name] = [name for name in resources(document, "aws_s3_bucket_policy") if name.startswith("logs_")]
    assert len(balancer["depends_on"]) == 2, "what the load balancer waited for before is kept"
    assert balancer["depends_on"][1] == f"aws_s3_bucket_policy.{policy_name}"


@pytest.mark.parametrize(
    ("region", "partition", "principals"),
    [("cn-north-1", "aws-cn", 2), ("us-gov-west-1", "aws-us-gov", 2), ("il-central-1", "aws", 1)],
)
def test_the_policy_follows_region_and_partition(region: str, partition: str, principals: int) -> None:
    statements = policy(declare(region=region, source_accounts=[ACCOUNT]))["Statement"]
    assert len(statements) == principals + 1
    assert f'"arn:{partition}:s3:::acme-logs' in json.dumps(statements)
    assert {part.split(":")[1] for part in json.dumps(statements).split('"') if part.startswith("arn:")} == {partition}


@pytest.mark.parametrize("given", ["nothing", "a variable"])
def test_a_region_unknown_at_synth_is_looked_up_by_terraform(given: str) -> None:
    def build(stack: TerraformStack) -> None:
        region = None if given == "nothing" else TerraformVariable(stack, "region_name", type="string").string_value
        AlbLogBucket(stack, "logs", name="acme-logs", region=region)

    document = synth(build)
    expression = only(document, "aws_s3_bucket_policy")["policy"]
    assert expression.startswith("${jsonencode(")
    assert expression.count("${") == 1, "cdktf warns on the terminal about values inside a function's texts"
    [legacy] = [value for name, value in document["locals"].items() if "legacy" in name]
    for region, account in LEGACY_ACCOUNTS.items():
        assert f'"{region}" = "arn:' in legacy["Principal"]["AWS"]
        assert account in legacy["Principal"]["AWS"]
        assert f'"{region}"' in expression
    assert ("var.region_name" in expression) == (given == "a variable")
    assert ("aws_region" in document["data"]) == (given == "nothing")
    assert set(document["data"]) >= {"aws_partition", "aws_caller_identity"}
    assert "aws_elb_service_account" not in document["data"]


def test_a_bucket_that_may_be_destroyed_warns_about_its_name() -> None:
    app = cdktf.Testing.app()
    stack = TerraformStack(app, "stack")
    AwsProvider(stack, "aws", region="us-east-1")
    bucket = AlbLogBucket(stack, "logs", name="acme-logs", allow_destroy=True)
    [warning] = [entry.data for entry in bucket.node.metadata]
    assert "whoever creates a bucket of that name next" in warning
    found = only(json.loads(cdktf.Testing.synth(stack)), "aws_s3_bucket")
    assert found == {"bucket": "acme-logs", "force_destroy": True}


BASE: dict[str, Any] = {"region": "us-east-1", "source_accounts": [ACCOUNT]}


@pytest.mark.parametrize("region", ["us-east-1", None])
def test_statements_are_added_under_a_known_and_an_unknown_region(region: str | None) -> None:
    extra = {
        "Sid": "Tools",
        "Effect": "Allow",
        "Principal": {"AWS": ACCOUNT},
        "Action": "s3:GetObject",
        "Resource": "x",
    }
    document = declare(region=region, statements=[extra])
    assert "Tools" in (json.dumps(document["locals"]) if region is None else json.dumps(policy(document)))


def test_the_provider_reaches_every_resource_and_data_source() -> None:
    def build(stack: TerraformStack) -> None:
        other = AwsProvider(stack, "other", region="eu-west-1", alias="other")
        AlbLogBucket(stack, "logs", name="acme-logs", provider=other)

    document = synth(build)
    blocks = [block for kind in ("resource", "data") for found in document[kind].values() for block in found.values()]
    assert len(blocks) == 10
    assert {block["provider"] for block in blocks} == {"aws.other"}


def test_everything_wrong_is_in_one_report_and_nothing_is_created() -> None:
    stack = TerraformStack(cdktf.Testing.app(), "stack")
    with pytest.raises(ConfigurationError) as caught:
        AlbLogBucket(
            stack,
            "logs",
            name="Acme",
            region="us-east-1a",
            prefix="AWSLogs",
            source_accounts=["1"],
            encryption="aws:kms",
            lifecycle=Lifecycle.expire(0),
        )
    assert [problem.where for problem in caught.value.problems] == [
        "name",
        "region",
        "prefix",
        "source_accounts[0]",
        "encryption",
        "lifecycle.expire_after_days",
    ]
    assert caught.value.subject == "AlbLogBucket 'logs'"
    assert stack.node.children == []


ATTACHMENTS: list[tuple[Callable[[TerraformStack], Lb], dict[str, Any], str]] = [
    (lambda stack: Lb(stack, "lb", load_balancer_type="network"), {}, "load_balancer.load_balancer_type"),
    (lambda stack: Lb(stack, "lb", access_logs=LbAccessLogs(bucket="x")), {}, "load_balancer.access_logs"),
    (lambda stack: Lb(stack, "lb", connection_logs=LbConnectionLogs(bucket="x")), {}, "load_balancer.connection_logs"),
]


@pytest.mark.parametrize(("balancer", "arguments", "where"), ATTACHMENTS)
def test_load_balancers_that_cannot_log_here_are_refused(
    balancer: Callable[[TerraformStack], Lb], arguments: dict[str, Any], where: str
) -> None:
    stack = TerraformStack(cdktf.Testing.app(), "stack")
    bucket = AlbLogBucket(stack, "logs", name="acme-logs")
    with pytest.raises(ConfigurationError) as caught:
        bucket.attach(balancer(stack), **arguments)
    assert [problem.where for problem in caught.value.problems] == [where]


def test_connection_logs_can_be_left_off_or_go_elsewhere() -> None:
    def build(stack: TerraformStack) -> None:
        balancer = Lb(stack, "lb", connection_logs=LbConnectionLogs(bucket="elsewhere"))
        AlbLogBucket(stack, "logs", name="acme-logs").attach(balancer, connection_logs=False)

    balancer = only(synth(build), "aws_lb")
    assert balancer["connection_logs"] == {"bucket": "elsewhere"}
    assert "prefix" not in balancer["access_logs"]


@pytest.mark.skipif(hasattr(Lb, "put_health_check_logs"), reason="these bindings know health check logs")
def test_health_check_logs_are_refused_under_bindings_that_do_not_know_them() -> None:
    stack = TerraformStack(cdktf.Testing.app(), "stack")
    bucket = AlbLogBucket(stack, "logs", name="acme-logs")
    with pytest.raises(ConfigurationError, match=r"health_check_logs: got True; .* AWS provider 6"):
        bucket.attach(Lb(stack, "lb"), health_check_logs=True)


class BalancerOfProvider6(Lb):
    """A load balancer as the bindings of AWS provider 6 have it."""

    def put_health_check_logs(self, **settings: Any) -> None:
        self.add_override("health_check_logs", settings)


def test_health_check_logs_get_a_prefix_of_their_own() -> None:
    def build(stack: TerraformStack) -> None:
        bucket = AlbLogBucket(stack, "logs", name="acme-logs", prefix="edge")
        bucket.attach(BalancerOfProvider6(stack, "lb"), health_check_logs=True)

    settings = only(synth(build), "aws_lb")["health_check_logs"]
    assert settings["enabled"] is True
    assert settings["prefix"] == "edge/health-check-logs"


def test_a_load_balancer_of_another_stack_waits_for_the_whole_stack() -> None:
    app = cdktf.Testing.app()
    stacks = [TerraformStack(app, name) for name in ("logs", "web")]
    for stack in stacks:
        AwsProvider(stack, "aws", region="us-east-1")
    bucket = AlbLogBucket(stacks[0], "logs", name="acme-logs")
    bucket.attach(Lb(stacks[1], "lb"))
    assert stacks[1].depends_on(stacks[0])
    balancer = only(json.loads(cdktf.Testing.synth(stacks[1])), "aws_lb")
    assert "depends_on" not in balancer
