"""The Glue tables of an archive, as plain values; pure."""

from __future__ import annotations

from collections.abc import Sequence

from northsouth.logs.archive_source import ArchiveColumn

TEXT_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
TEXT_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
REGEX_SERDE = "org.apache.hadoop.hive.serde2.RegexSerDe"
PARQUET_INPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
PARQUET_OUTPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
PARQUET_SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"


def projection(location: str, since: str) -> dict[str, str]:
    """Return the parameters that let Athena compute the raw table's partitions instead of looking them up.

    Args:
        location: the logs' address, with a slash at its end; the delivery day follows, as ``yyyy/MM/dd``.
        since: the first day, in the same form; days before it yield no row and no error.

    Returns:
        Table parameters. ``$${day}`` is Terraform's way to write Athena's ``${day}``. The range ends tomorrow, because
        a partition outside of it is silently empty.

    """
    return {
        "EXTERNAL": "TRUE",
        "projection.enabled": "true",
        "projection.day.type": "date",
        "projection.day.format": "yyyy/MM/dd",
        "projection.day.range": f"{since},NOW+1DAYS",
        "projection.day.interval": "1",
        "projection.day.interval.unit": "DAYS",
        "storage.location.template": f"{location}$${{day}}",
    }


def archive_parameters(*, crawler: bool) -> dict[str, str]:
    """Return the parameters of an archive's table.

    A crawler takes a table without ``compressionType`` for one of other files, and registers no partition
    (github.com/aws-solutions-library-samples/cloud-intelligence-dashboards-data-collection/issues/463).
    """
    parameters = {"EXTERNAL": "TRUE", "classification": "parquet"}
    return {**parameters, "compressionType": "none"} if crawler else parameters


def partition_storage(columns: Sequence[ArchiveColumn]) -> dict[str, object]:
    """Return the storage descriptor of a partition, as Glue's API takes it, without its location.

    It is the table's own, so both come from the same list and change together.
    """
    return {
        "Columns": [{"Name": column.name, "Type": column.type} for column in columns],
        "InputFormat": PARQUET_INPUT,
        "OutputFormat": PARQUET_OUTPUT,
        "SerdeInfo": {"SerializationLibrary": PARQUET_SERDE},
    }
