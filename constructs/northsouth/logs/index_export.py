"""Runs in AWS Glue (5.0): writes the documents of a window of time as lines of JSON, as they are in the index.

Its text is uploaded; it imports nothing of northsouth. Only :func:`documents` needs Glue's connector for OpenSearch,
and only :func:`credential` needs AWS. The rest is tested with PySpark alone. Documents are read as the JSON of their
``_source``. Read as rows, one value of another type than the mapping's would fail the whole job.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

ARGUMENTS = ("domain", "index", "time_field", "secret", "folder", "start", "end")


def query(time_field: str, start: str, end: str) -> str:
    """Return the query of a window; the state machine counts by the same one."""
    return json.dumps(
        {"query": {"range": {time_field: {"gte": start, "lt": end, "format": "strict_date_optional_time"}}}}
    )


def options(domain: str, index: str, wanted: str, user: str, password: str) -> dict[str, str]:
    """Return the options of the connector (github.com/opensearch-project/opensearch-hadoop)."""
    return {
        "opensearch.nodes": f"https://{domain}",
        "opensearch.port": "443",
        "opensearch.net.ssl": "true",
        # The nodes of a domain have no addresses of their own.
        "opensearch.nodes.wan.only": "true",
        "opensearch.net.http.auth.user": user,
        "opensearch.net.http.auth.pass": password,
        "opensearch.resource": index,
        "opensearch.query": wanted,
        # The document as it is, and not as the mapping says it is.
        "opensearch.output.json": "true",
    }


def documents(context: Any, settings: Mapping[str, str]) -> Any:  # noqa: ANN401 - PySpark is not installed everywhere
    """Return the documents, each as JSON. Only AWS can run this."""
    pairs = context.newAPIHadoopRDD(
        inputFormatClass="org.opensearch.hadoop.mr.OpenSearchInputFormat",
        keyClass="org.apache.hadoop.io.Text",
        valueClass="org.apache.hadoop.io.Text",
        conf=dict(settings),
    )
    return pairs.values()


def credential(secret: str) -> tuple[str, str]:
    """Return user and password. Only AWS can run this."""
    import boto3

    stored = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"])
    return stored["USERNAME"], stored["PASSWORD"]


def line(document: str) -> str:
    """Return a document on one line: only if it was sent with line breaks it has some."""
    if "\n" not in document and "\r" not in document:
        return document
    try:
        return json.dumps(json.loads(document), ensure_ascii=False)
    except ValueError:
        return document.replace("\r", " ").replace("\n", " ")


def write(spark: Any, found: Any, folder: str) -> None:  # noqa: ANN401 - as above
    """Write documents to a folder, in place of what an attempt before has left there."""
    frame = spark.createDataFrame(found.map(lambda document: (line(document),)), "value string")
    frame.write.mode("overwrite").option("compression", "gzip").text(folder)


def parsed(words: Sequence[str]) -> dict[str, str]:
    """Return the job's arguments; Glue adds some of its own.

    Raises:
        SystemExit: if one is missing.

    """
    given = {name.removeprefix("--"): value for name, value in pairwise(words) if name[:2] == "--"}
    missing = [name for name in ARGUMENTS if name not in given]
    if missing:
        raise SystemExit(f"missing arguments: {', '.join(missing)}")
    return {name: given[name] for name in ARGUMENTS}


def main(words: Sequence[str]) -> None:
    """Export one window."""
    from pyspark.sql import SparkSession

    arguments = parsed(words)
    user, password = credential(arguments["secret"])
    wanted = query(arguments["time_field"], arguments["start"], arguments["end"])
    spark = SparkSession.builder.getOrCreate()
    found = documents(spark.sparkContext, options(arguments["domain"], arguments["index"], wanted, user, password))
    write(spark, found, arguments["folder"])


if __name__ == "__main__":
    main(sys.argv[1:])
