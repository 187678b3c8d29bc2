"""A Glue crawler that finds partitions: folders named ``key=value`` below the tables of its catalog target.

What real Glue does differently: a crawl takes minutes, infers the schema from samples, groups folders whose schemas
differ, updates the table's own parameters, and may add columns. Here it adds the partitions and nothing else, with the
table's own columns, and none to a table whose parameters say no ``compressionType``: Glue takes that for another one
(github.com/aws-solutions-library-samples/cloud-intelligence-dashboards-data-collection/issues/463).
"""

from __future__ import annotations

from typing import Any

from moto.glue.models import GlueBackend

from northsouth.emulator import objects, patching


def install() -> None:
    """Let a crawl find something."""
    patching.require(GlueBackend, "get_crawler", "get_table")

    def start_crawler(backend: GlueBackend, name: str) -> None:
        original(backend, name)
        crawler = backend.get_crawler(name)
        crawler.crawls[-1].status = "COMPLETED"
        for target in crawler.targets.get("CatalogTargets", []):
            for table in target["Tables"]:
                _crawl(backend.get_table(target["DatabaseName"], table))

    original = patching.replace(GlueBackend, "start_crawler", start_crawler)


def _crawl(table: Any) -> None:
    if "compressionType" not in table.as_dict().get("Parameters", {}):
        return
    storage = table.as_dict()["StorageDescriptor"]
    keys = [key["Name"] for key in table.as_dict()["PartitionKeys"]]
    known = {tuple(partition.values) for partition in table.get_partitions("")}
    found: dict[tuple[str, ...], str] = {}
    for bucket, key in objects.below(storage["Location"]):
        address = f"s3://{bucket}/{key}"
        folders = address.removeprefix(storage["Location"]).split("/")[: len(keys)]
        if [folder.partition("=")[0] for folder in folders] == keys:
            values = tuple(folder.partition("=")[2] for folder in folders)
            found[values] = storage["Location"] + "/".join(folders) + "/"
    for values, location in found.items():
        if values not in known:
            table.create_partition({"Values": list(values), "StorageDescriptor": {**storage, "Location": location}})
