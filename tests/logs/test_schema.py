"""What follows from a list of fields: groups, columns, types, casts."""

import re

import pytest

from northsouth.logs.alb_schema import ALB_ACCESS_LOG
from northsouth.logs.connection_schema import ALB_CONNECTION_LOG
from northsouth.logs.schema import LogSchema

BOTH = pytest.mark.parametrize("schema", [ALB_ACCESS_LOG, ALB_CONNECTION_LOG], ids=lambda schema: schema.name)


@BOTH
def test_there_are_as_many_groups_as_columns(schema: LogSchema) -> None:
    assert re.compile(schema.serde_regex).groups == len(schema.columns) == len(schema.raw_columns())
    for field in schema.fields:
        assert re.compile(field.shape.value).groups == len(field.columns)


def test_the_sizes_are_those_of_the_documents() -> None:
    assert (len(ALB_ACCESS_LOG.fields), len(ALB_ACCESS_LOG.columns)) == (34, 39)
    assert (len(ALB_CONNECTION_LOG.fields), len(ALB_CONNECTION_LOG.columns)) == (13, 14)


@BOTH
def test_the_expression_is_safe_in_sql_json_and_every_engine(schema: LogSchema) -> None:
    assert not set("\\\n\r'$") & set(schema.serde_regex)
    assert not re.search(r"\(\?[^:]", schema.serde_regex), "look-around and named groups are not portable"


@BOTH
def test_column_names_are_unique_and_need_no_quotes_in_sql(schema: LogSchema) -> None:
    names = [column.name for column in schema.columns]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z][a-z_]*", name) for name in names)


@BOTH
def test_fields_are_in_the_order_in_which_they_appeared(schema: LogSchema) -> None:
    years = [field.since for field in schema.fields]
    assert years == sorted(years)


@BOTH
def test_raw_columns_are_strings_and_archive_columns_are_typed(schema: LogSchema) -> None:
    assert {kind for _, kind in schema.raw_columns()} == {"string"}
    kinds = dict(schema.archive_columns())
    assert kinds["time"] == "timestamp"
    assert kinds["client_port"] == "int"
    assert kinds["extra"] == "string"
    assert [name for name, _ in schema.archive_columns()] == [name for name, _ in schema.raw_columns()]


def test_the_types_of_the_access_log() -> None:
    kinds = dict(ALB_ACCESS_LOG.archive_columns())
    assert kinds["sent_bytes"] == "bigint"
    assert kinds["target_processing_time"] == "double"
    assert kinds["request_creation_time"] == "timestamp"
    assert kinds["elb_status_code"] == "int"
    assert kinds["target_status_code_list"] == "string"


def test_the_select_list_casts_what_is_typed_and_passes_text_on() -> None:
    expressions = ALB_ACCESS_LOG.select_list()
    assert len(expressions) == 39
    assert expressions[0] == "type"
    assert "TRY_CAST(sent_bytes AS bigint) AS sent_bytes" in expressions
    assert "translate(client_ip, '[]', '') AS client_ip" in expressions
