"""What dt-sql-parser is asked: statements as Athena gets them, and tables as Athena shows them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.second_opinions.statements import READER, RUN, declared, plain

TABLE = {
    "database_name": "${aws_glue_catalog_database.d.name}",
    "name": "t",
    "parameters": {"projection.enabled": "true", "storage.location.template": "s3://b/$${day}"},
    "partition_keys": [{"name": "day", "type": "string", "comment": "The day's name"}],
    "storage_descriptor": {
        "columns": [{"name": "a", "type": "struct<b:int>"}, {"name": "c", "type": "string"}],
        "ser_de_info": {"serialization_library": "s", "parameters": {"input.regex": '([^ ]*) "\\d"'}},
        "input_format": "i",
        "output_format": "o",
        "location": "s3://b/",
    },
}
SHOWN = r"""CREATE EXTERNAL TABLE `x`.`t` (`a` struct<b:int>, `c` string)
PARTITIONED BY (`day` string COMMENT 'The day\'s name')
ROW FORMAT SERDE 's'
WITH SERDEPROPERTIES ('input.regex' = '([^ ]*) "\\d"')
STORED AS INPUTFORMAT 'i' OUTPUTFORMAT 'o'
LOCATION 's3://b/'
TBLPROPERTIES ('projection.enabled' = 'true', 'storage.location.template' = 's3://b/${day}')"""


def asked(kind: str, values: dict[str, Any]) -> tuple[str, str, str]:
    (statement,) = declared({"stack": {"resource": {kind: {"one": values}}}})
    return statement


def test_a_table_is_asked_about_as_athena_shows_it() -> None:
    assert asked("aws_glue_catalog_table", TABLE) == ("stack: the table t", "hive", SHOWN)


def test_a_saved_query_has_no_references() -> None:
    values = {"name": "q", "query": "SELECT * FROM ${aws_glue_catalog_database.d.name}.t"}
    assert asked("aws_athena_named_query", values) == ("stack: the saved query q", "trino", "SELECT * FROM x.t")


@pytest.mark.parametrize(
    ("query", "sql"),
    [
        ('{% "SELECT \'" & $window.day & "\'" %}', "SELECT '2026-11-21'"),
        (
            "{% \"UNLOAD (\\nSELECT (1) AS a\\n) TO 's3://b/\" & $window.hour & \"/' WITH (format = 'PARQUET')\" %}",
            "\nSELECT (1) AS a\n",
        ),
    ],
)
def test_a_machine_asks_for_a_window_and_the_query_of_an_unload_is_read(query: str, sql: str) -> None:
    task = {"A": {"Arguments": {"QueryString": query}}}
    definition = {"States": {"Each": {"ItemProcessor": {"States": task}}}}
    values = {"name": "m", "definition": json.dumps(definition)}
    assert asked("aws_sfn_state_machine", values) == ("stack: m, A", "trino", sql)


def test_only_references_are_replaced() -> None:
    assert plain("${aws_vpc.a.id} $${day} $1") == "x ${day} $1"


def test_every_variable_of_a_machine_that_asks_has_a_value() -> None:
    """A variable without a value would leave nothing in its place, and the statement could still be read."""
    assert all(value for value in RUN["window"].values())


def test_the_reader_has_both_grammars() -> None:
    text = READER.read_text(encoding="utf-8")
    assert all(f"{grammar}: new" in text for grammar in ("hive", "trino"))
