"""Which column types of a deployed table may be changed."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack

from northsouth.comparison import Comparison, compare, decided, declared_state, planned, render
from northsouth.comparison.column_types import is_readable, unreadable_columns
from northsouth.logs import ArchiveColumn, JsonSource, LogArchive
from northsouth.template import parse_plan
from northsouth.template.model import freeze
from tests.drift.plans import change, plan
from tests.harness.synth import synth

TABLE = "aws_glue_catalog_table.t"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
TEXT = "org.apache.hadoop.mapred.TextInputFormat"


@pytest.mark.parametrize(
    ("stored", "table", "readable"),
    [
        ("int", "int", True),
        ("int", "INTEGER", True),
        ("decimal(10,2)", "decimal(10, 2)", True),
        ("tinyint", "bigint", True),
        ("smallint", "int", True),
        ("int", "bigint", True),
        ("float", "double", True),
        ("bigint", "int", False),
        ("int", "double", False),
        ("double", "float", False),
        ("string", "int", False),
        ("int", "string", False),
        ("decimal(10,2)", "decimal(12,2)", False),
        ("timestamp", "date", False),
        ("array<int>", "array<bigint>", False),
    ],
)
def test_only_wider_numbers_are_read_as_another_type(stored: str, table: str, readable: bool) -> None:
    assert is_readable(stored, table) == readable


def unreadable(before: dict[str, Any], after: dict[str, Any], address: str = TABLE) -> tuple[str, ...]:
    return unreadable_columns(address, freeze(before, "before"), freeze(after, "after"))


def table(kind: str, *, form: str = PARQUET, keys: bool = True, projected: bool = False) -> dict[str, Any]:
    columns = [{"name": "at", "type": "timestamp"}, {"name": "took", "type": kind}]
    return {
        "name": "t",
        "partition_keys": [{"name": "day", "type": "string"}] if keys else [],
        "parameters": {"projection.enabled": "true"} if projected else {},
        "storage_descriptor": {"input_format": form, "columns": columns},
    }


@pytest.mark.parametrize(
    ("shape", "keeps"),
    [
        ({}, True),
        ({"projected": True}, True),
        ({"keys": False}, True),
        ({"form": TEXT}, True),
        # Text has no types of its own, and projected partitions have those of the table.
        ({"form": TEXT, "projected": True}, False),
        ({"form": TEXT, "keys": False}, False),
    ],
)
def test_where_types_are_stored(shape: dict[str, Any], keeps: bool) -> None:
    found = unreadable(table("int", **shape), table("double", **shape))
    assert found == (("took",) if keeps else ())


def test_what_is_no_change_of_a_type() -> None:
    before = table("int")
    fewer = {**before, "storage_descriptor": {"input_format": PARQUET, "columns": []}}
    other = {**before, "storage_descriptor": {"input_format": PARQUET, "columns": [{"name": "took_s", "type": "date"}]}}
    for after in (before, fewer, other, table("${var.kind}"), table("bigint")):
        assert unreadable(before, after) == ()
    assert unreadable(fewer, before) == ()
    assert unreadable(before, table("date"), "data.aws_glue_catalog_table.t") == ()
    assert unreadable(before, table("date"), f"module.logs.{TABLE}") == ("took",)


def archived(kind: str) -> dict[str, Any]:
    columns = (ArchiveColumn(name="at", type="timestamp"), ArchiveColumn(name="took", type=kind))
    source = JsonSource(bucket="app-logs", since="2026/11/01", time="at", columns=columns)

    def build(stack: TerraformStack) -> None:
        LogArchive(stack, "archive", name="web", bucket_name="acme-web", sources={"app": source})

    return declared_state(synth(build))


def test_another_type_of_an_archives_column_is_an_error_before_it_is_merged() -> None:
    compared = compare(archived("int"), archived("double"))

    [table] = compared.destructive
    assert (str(table.action), table.unreadable) == ("unreadable", ("took",))
    lines = render(compared).splitlines()
    assert lines[0].startswith("! aws_glue_catalog_table.archive_app_table")
    assert lines[0].endswith(": rows that are stored cannot be read any more (type of took)")
    assert '    storage_descriptor.columns[name=took].type: "int" → "double"' in lines
    assert lines[-2].startswith(f"Error: {table.address} would get another type for took.")
    assert "add one of another name" in lines[-2]
    assert lines[-1].startswith("1 to make unreadable, ")
    # Nothing else is destroyed with it.
    assert [each.address for each in compared.destructive] == [table.address]


def by_plan(*actions: str) -> Comparison:
    comparison = compare(
        {"resource": {"aws_glue_catalog_table": {"t": table("int")}}},
        {"resource": {"aws_glue_catalog_table": {"t": table("double")}}},
    )
    return decided(comparison, parse_plan(plan([entry(*actions)])))


def entry(*actions: str) -> dict[str, Any]:
    before, after = ({**it, "storage_descriptor": [it["storage_descriptor"]]} for it in (table("int"), table("double")))
    return change(TABLE, *actions, before=before, after=after)


def test_a_plan_says_it_too() -> None:
    assert [(str(each.action), each.unreadable) for each in by_plan("update")] == [("unreadable", ("took",))]
    assert [str(each.action) for each in by_plan("delete", "create")] == ["replaced"]
    [alone] = planned(parse_plan(plan([entry("update")])))
    assert (str(alone.action), alone.unreadable, alone.destructive) == ("unreadable", ("took",), True)
    # The deployed table differs from what was declared before.
    [seen] = decided(Comparison(), parse_plan(plan([entry("update")])))
    assert (seen.planned, seen.unreadable) == (True, ("took",))
