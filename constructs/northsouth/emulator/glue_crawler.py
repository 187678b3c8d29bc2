"""A Glue crawler that finds partitions: folders named ``key=value`` below the tables of its catalog target.

It crawls as its role. What real Glue does differently: a crawl takes minutes, infers the schema from samples, groups
folders whose schemas differ, updates the table's own parameters, and may add columns. Here it adds the partitions and
nothing else, with the table's own columns, and none to a table whose parameters say no ``compressionType``: Glue takes
that for another one
(github.com/aws-solutions-library-samples/cloud-intelligence-dashboards-data-collection/issues/463).
"""

from __future__ import annotations

from typing import Any

from moto.glue.models import FakeCrawler, GlueBackend

from northsouth.emulator import objects, patching, permissions
from northsouth.emulator.objects import ACCOUNT
from northsouth.emulator.session_rights import glue_resources

SERVICE = "glue.amazonaws.com"
UNTRUSTED = "Service is unable to assume provided role. Please verify role's TrustPolicy"
"""What Glue says of a role that it may not take on (github.com/hashicorp/terraform-provider-aws/issues/30371)."""

_LOG_GROUP = "log-group:/aws-glue/crawlers"
_LOG = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
"""What a crawler needs to log, without which it does not start (glue/latest/dg/monitor-cloudwatch)."""


class _DeniedError(Exception):
    """The crawler's role may not do what a crawl does."""


def install() -> None:
    """Let a crawl find something."""
    patching.require(GlueBackend, "get_crawler", "get_table")

    def start_crawler(backend: GlueBackend, name: str) -> None:
        original(backend, name)
        crawler: Any = backend.get_crawler(name)
        crawl = crawler.crawls[-1]
        try:
            _crawl_all(backend, crawler)
        except _DeniedError as denied:
            crawl.status, crawl.error = "FAILED", str(denied)
        else:
            crawl.status, crawl.error = "COMPLETED", None

    def as_dict(crawler: Any) -> dict[str, Any]:
        described: dict[str, Any] = describe(crawler)
        if crawler.crawls and crawler.crawls[-1].error:
            described["LastCrawl"]["ErrorMessage"] = crawler.crawls[-1].error
        return described

    original = patching.replace(GlueBackend, "start_crawler", start_crawler)
    describe = patching.replace(FakeCrawler, "as_dict", as_dict)


def role_arn(role: str) -> str:
    """Return the ARN of a role that a crawler names by its ARN, or by its path and name."""
    return role if role.startswith("arn:") else f"arn:aws:iam::{ACCOUNT}:role/{role.removeprefix('/')}"


def _crawl_all(backend: Any, crawler: Any) -> None:
    role = role_arn(crawler.role)
    if not permissions.assumable(role, SERVICE, {"aws:SourceArn": crawler.arn, "aws:SourceAccount": ACCOUNT}):
        raise _DeniedError(UNTRUSTED)
    with permissions.session(role):
        for action in _LOG:
            _need(action, f"arn:aws:logs:{backend.region_name}:{ACCOUNT}:{_LOG_GROUP}:log-stream:{crawler.name}")
        for target in crawler.targets.get("CatalogTargets", []):
            for table in target["Tables"]:
                _crawl(backend, target["DatabaseName"], table)


def _need(action: str, *resources: str) -> None:
    for resource in resources:
        if not permissions.session_allows(action, resource):
            raise _DeniedError(permissions.denial(action, resource))


def _crawl(backend: Any, database: str, name: str) -> None:
    resources = tuple(glue_resources(f"arn:aws:glue:{backend.region_name}:{ACCOUNT}", database, name))
    _need("glue:GetDatabase", *resources[:2])
    for action in ("glue:GetTable", "glue:GetPartitions"):
        _need(action, *resources)
    table = backend.get_table(database, name)
    storage = table.as_dict()["StorageDescriptor"]
    _need("s3:ListBucket", f"arn:aws:s3:::{storage['Location'].removeprefix('s3://').partition('/')[0]}")
    if "compressionType" not in table.as_dict().get("Parameters", {}):
        return
    keys = [key["Name"] for key in table.as_dict()["PartitionKeys"]]
    known = {tuple(partition.values) for partition in table.get_partitions("")}
    locations: dict[tuple[str, ...], str] = {}
    for bucket, key in objects.below(storage["Location"]):
        _need("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")
        address = f"s3://{bucket}/{key}"
        folders = address.removeprefix(storage["Location"]).split("/")[: len(keys)]
        if [folder.partition("=")[0] for folder in folders] == keys:
            values = tuple(folder.partition("=")[2] for folder in folders)
            locations[values] = storage["Location"] + "/".join(folders) + "/"
    for values, location in locations.items():
        if values not in known:
            _need("glue:BatchCreatePartition", *resources)
            table.create_partition({"Values": list(values), "StorageDescriptor": {**storage, "Location": location}})
