"""The three readers of a log line that must agree: the expression in Python, the same in RE2, and the parser."""

from __future__ import annotations

import re
from functools import cache

import duckdb

from northsouth.logs.alb_schema import ALB_ACCESS_LOG
from northsouth.logs.line_parser import Row
from northsouth.logs.schema import LogSchema


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def python_row(schema: LogSchema, line: str) -> Row | None:
    """Return what the expression makes of a line in Python, which fills columns as Hive does."""
    match = _compiled(schema.serde_regex).fullmatch(line)
    return dict(zip(_names(schema), match.groups(), strict=True)) if match else None


def lists_are_quoted(line: str) -> bool:
    """Tell whether an access log line that matches has both its target lists in quotes, as real lines do."""
    match = _compiled(ALB_ACCESS_LOG.serde_regex).fullmatch(line)
    names = _names(ALB_ACCESS_LOG)
    groups = [names.index(name) + 1 for name in ("target_port_list", "target_status_code_list")]
    return match is not None and all(line[match.start(group) - 1] == line[match.end(group)] == '"' for group in groups)


def re2_row(schema: LogSchema, line: str) -> Row | None:
    """Return what the expression makes of a line in DuckDB; a group without a match is '' there, not NULL."""
    query = f"""
        SELECT regexp_full_match($line, $regex), regexp_extract($line, '^(?:' || $regex || ')$', {_names(schema)})
    """
    cursor = _connection().execute(query, {"line": line, "regex": schema.serde_regex})
    [(matched, groups)] = cursor.fetchall()
    return dict(groups) if matched else None


def blank(row: Row | None) -> dict[str, str] | None:
    """Return a row as RE2 shows it."""
    return None if row is None else {name: value or "" for name, value in row.items()}


def _names(schema: LogSchema) -> list[str]:
    return [column.name for column in schema.columns]
