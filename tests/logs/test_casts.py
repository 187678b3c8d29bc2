"""The casts into the archive, run on the samples: typed, and never failing on what is no value."""

from datetime import datetime

import duckdb
import pytest

from northsouth.logs.alb_schema import ALB_ACCESS_LOG
from northsouth.logs.connection_schema import ALB_CONNECTION_LOG
from northsouth.logs.line_parser import Row
from northsouth.logs.schema import LogSchema
from tests.logs.samples import samples

# What DuckDB calls the types of the Glue catalog.
DUCKDB_TYPES = {"string": "VARCHAR", "int": "INTEGER", "bigint": "BIGINT", "double": "DOUBLE", "timestamp": "TIMESTAMP"}


def archived(schema: LogSchema, rows: list[Row]) -> list[dict[str, object]]:
    names = [column.name for column in schema.columns]
    values = ", ".join(f"({', '.join('?::VARCHAR' for _ in names)})" for _ in rows)
    query = f"WITH raw({', '.join(names)}) AS (VALUES {values}) SELECT {', '.join(schema.select_list())} FROM raw"
    with duckdb.connect(config={"threads": 1}) as connection:
        cursor = connection.execute(query, [row[name] for row in rows for name in names])
        assert cursor.description is not None
        kinds = [str(entry[1]) for entry in cursor.description]
        assert kinds == [DUCKDB_TYPES[kind] for _, kind in schema.archive_columns()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.parametrize(("schema", "name"), [(ALB_ACCESS_LOG, "alb-access"), (ALB_CONNECTION_LOG, "alb-connection")])
def test_every_sample_becomes_typed_values(schema: LogSchema, name: str) -> None:
    rows = [row for _, row in samples(name)]
    for row, values in zip(rows, archived(schema, rows), strict=True):
        for column in schema.columns:
            raw, value = row[column.name], values[column.name]
            if column.type.glue == "string":
                assert value == (raw if raw is None else raw.strip("[]") if column.name.endswith("ip") else raw)
            elif raw in (None, "-"):
                assert value is None
            else:
                assert value is not None, (column.name, raw)


def test_values_of_one_line() -> None:
    row = samples("alb-access")[1][1]
    [values] = archived(ALB_ACCESS_LOG, [row])
    assert values["time"] == datetime(2018, 7, 2, 22, 23, 0, 186000)  # noqa: DTZ001 - the archive's are UTC without a zone
    assert values["client_port"] == 2817
    assert values["target_processing_time"] == 0.048
    assert values["sent_bytes"] == 57
    assert values["matched_rule_priority"] == 1


def test_a_time_is_cut_to_milliseconds_and_stays_in_its_hour() -> None:
    row = {**samples("alb-access")[0][1], "time": "2018-07-02T22:59:59.999999Z"}
    [values] = archived(ALB_ACCESS_LOG, [row])
    assert values["time"] == datetime(2018, 7, 2, 22, 59, 59, 999000)  # noqa: DTZ001


def test_brackets_of_addresses_are_dropped() -> None:
    [values] = archived(ALB_ACCESS_LOG, [samples("alb-access")[15][1]])
    assert (values["client_ip"], values["target_ip"]) == ("fe80::202:b3ff:fe1e:8329", "2001:db8::1")


def test_nothing_fails_a_cast() -> None:
    row: Row = dict.fromkeys((column.name for column in ALB_ACCESS_LOG.columns), "not a value")
    [values] = archived(ALB_ACCESS_LOG, [row])
    assert {name for name, value in values.items() if value is None} == {
        column.name for column in ALB_ACCESS_LOG.columns if column.type.glue != "string"
    }
