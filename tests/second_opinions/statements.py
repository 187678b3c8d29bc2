"""What dt-sql-parser says of every statement that is declared for Athena, or written by a command.

Athena runs queries by Trino's grammar and DDL by Hive's. Trino has no ``UNLOAD``: the query inside is asked about.
Tables are declared in Glue: they are asked about as the DDL that Athena shows of them.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from northsouth.egress.flows import engine
from tests.egress.flows.records import GB, REGIONAL, V11, Flow, regional, sender, written
from tests.harness.jsonata import evaluate
from tests.second_opinions import environments
from tests.second_opinions.declared import stacks
from tests.second_opinions.table import Answer, Difference, Opinion, UnavailableError

READER = Path(__file__).parent / "readers" / "read_sql.mjs"
RUN = {
    "window": {
        "from": "2026-11-21T22",
        "day": "2026-11-21",
        "hour": "22",
        "days": "'2026/11/21'",
        "paths": "\"$path\" LIKE '%20261121T22%'",
        "earliest": "2026-11-20T22",
        "latest": "2026-11-21T22",
    },
    "day": "2026/11/21",
    "before": "2026/11/20",
    "states": {"context": {"Execution": {"Name": "x", "RedriveCount": 0}, "State": {"RetryCount": 0}}},
}
"""Variables of the machines when they ask Athena."""
UNLOAD = re.compile(r"UNLOAD\s*\((.*)\)\s*TO\s*'[^']*'\s*WITH\s*\([^()]*\)", re.DOTALL)
Statement = tuple[str, str, str]
"""Where it stands, the grammar, and the SQL."""


def plain(text: str) -> str:
    """Return a text of a stack as it is deployed, with an ``x`` for each reference."""
    return re.sub(r"(?<!\$)\$\{[^}]*\}", "x", text).replace("$${", "${")


def read_by(where: str, sql: str) -> Statement:
    """Return a query for Trino's grammar, that inside an ``UNLOAD`` without it."""
    unload = UNLOAD.fullmatch(sql.strip())
    return where, "trino", unload[1] if unload else sql


def declared(documents: Mapping[str, Mapping[str, Any]]) -> Iterator[Statement]:
    """Yield the statements of stacks: saved queries, queries of state machines, and tables."""
    for stack, document in documents.items():
        resources = document.get("resource", {})
        for query in resources.get("aws_athena_named_query", {}).values():
            yield read_by(f"{stack}: the saved query {query['name']}", plain(query["query"]))
        for machine in resources.get("aws_sfn_state_machine", {}).values():
            for state, asked in queries(json.loads(machine["definition"])):
                yield read_by(f"{stack}: {plain(machine['name'])}, {state}", evaluate(plain(asked), RUN))
        for table in resources.get("aws_glue_catalog_table", {}).values():
            yield f"{stack}: the table {table['name']}", "hive", ddl(table)


def queries(value: Any, state: str = "") -> Iterator[tuple[str, str]]:
    """Yield the state and the expression of each query of a definition."""
    for name, each in value.items() if isinstance(value, Mapping) else ():
        if name == "QueryString":
            yield state, each
        elif name == "States":
            for inner, fields in each.items():
                yield from queries(fields, inner)
        else:
            yield from queries(each, state)


def ddl(table: Mapping[str, Any]) -> str:
    """Return what Athena shows of a table (``SHOW CREATE TABLE``)."""
    storage = table["storage_descriptor"]
    serde = storage["ser_de_info"]
    partitions = table.get("partition_keys", [])
    parts = [
        f"CREATE EXTERNAL TABLE `{plain(table['database_name'])}`.`{table['name']}` ({_columns(storage['columns'])})",
        f"PARTITIONED BY ({_columns(partitions)})" if partitions else "",
        f"ROW FORMAT SERDE {_text(serde['serialization_library'])}",
        f"WITH SERDEPROPERTIES ({_properties(serde['parameters'])})" if "parameters" in serde else "",
        f"STORED AS INPUTFORMAT {_text(storage['input_format'])} OUTPUTFORMAT {_text(storage['output_format'])}",
        f"LOCATION {_text(storage['location'])}",
        f"TBLPROPERTIES ({_properties(table['parameters'])})",
    ]
    return "\n".join(filter(None, parts))


def _columns(columns: list[Mapping[str, str]]) -> str:
    return ", ".join(
        f"`{each['name']}` {each['type']}{' COMMENT ' + _text(each['comment']) if each.get('comment') else ''}"
        for each in columns
    )


def _properties(properties: Mapping[str, str]) -> str:
    return ", ".join(f"{_text(name)} = {_text(value)}" for name, value in properties.items())


def _text(text: str) -> str:
    return "'" + plain(text).replace("\\", "\\\\").replace("'", "\\'") + "'"


def of_commands() -> Iterator[Statement]:
    """Yield what ``northsouth egress explain``, the one command that writes Athena's SQL, asks about a day."""
    asked: list[str] = []
    original = engine.translated
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "translated", lambda statement: asked.append(statement) or original(statement))
        flow = Flow("10.0.1.7", "52.216.20.20", GB, GB, "S3", instance="i-0a")
        records = written(Path(folder) / "flows.log", [*regional(flow), *sender(flow)], V11)
        vpc = engine.Vpc(cidrs=("10.0.0.0/16",), gateways=(engine.Gateway(REGIONAL),))
        twins = {"web.example": "web.internal.example"}
        engine.explain(engine.Question(files=[records], vpc=vpc, region="us-east-1", twins=twins))
    for number, sql in enumerate(dict.fromkeys(asked), start=1):
        yield read_by(f"northsouth egress explain: {number}", sql)


def bundle() -> Path:
    """Return the reader with the parser in one file.

    Raises:
        UnavailableError: it cannot be made.

    """
    modules = environments.node_modules("statements")
    file = modules.parent / "read_sql.cjs"
    options = ["--bundle", "--platform=node", "--log-level=error", f"--outfile={file}"]
    done = subprocess.run(
        [str(modules / ".bin" / "esbuild"), str(READER), *options],
        env={"NODE_PATH": str(modules)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode:
        raise UnavailableError(f"dt-sql-parser cannot be bundled: {done.stderr.strip()[:200]}")
    return file


def ask() -> Answer:
    """Let the grammars read every statement."""
    reader = bundle()
    statements = [*declared(stacks()), *of_commands()]
    said = environments.ask(["node", reader], [{"grammar": grammar, "sql": sql} for _, grammar, sql in statements])
    tables = sum(grammar == "hive" for _, grammar, _ in statements)
    return Answer(
        f"{len(statements) - tables} queries, {tables} tables of {len(stacks())} stacks",
        [Difference(where, error) for (where, _, _), errors in zip(statements, said, strict=True) for error in errors],
    )


def opinion() -> Opinion:
    """Return the row of the table."""
    question = "Do the grammars of Trino and Hive read every statement for Athena?"
    return Opinion("statements", f"dt-sql-parser {environments.pinned('dt-sql-parser')} (npm)", question, ask)
