"""Runs Athena's SQL on DuckDB: sqlglot translates it, UNLOAD and INSERT INTO write Parquet objects.

What real Athena does differently: its engine is Trino, so functions that sqlglot knows no counterpart for and the limit
of 100 partitions for one INSERT are not tested here. Where the two read the same text differently:

- ``json_parse``: DuckDB also takes ``NaN`` and a comma before a closing bracket, which Trino refuses; Trino sorts keys
  and keeps the last of two equal ones, DuckDB keeps the order and the first.
- ``json_extract_scalar``: NULL for an object in Trino, its JSON in DuckDB; exponents are written differently.
- ``regexp_extract``: what does not match is NULL in Trino, ``''`` in DuckDB.
- ``with_timezone``: a local time that occurs twice, or not at all, when clocks change can become another one.
- a cast of text to a number takes more texts in DuckDB (``12.7`` as an integer, spaces).

UNLOAD refuses a folder with objects in it, as Athena does, and writes no object for no rows; Athena writes many
objects, here there is one.
"""

from __future__ import annotations

import re
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import sqlglot
from moto.glue.models import GlueBackend
from sqlglot import exp

from northsouth.emulator import lake_formation, objects, permissions
from northsouth.emulator.athena_tables import PATH, File, QueryFailed, Table, need

_UNLOAD = re.compile(r"\s*UNLOAD\s*\((.*)\)\s*TO\s*'([^']+)'\s*WITH\s*\((.*)\)\s*", re.DOTALL | re.IGNORECASE)


class LimitExceeded(Exception):  # noqa: N818
    """The workgroup's limit of scanned bytes; Athena cancels the query."""


@dataclass
class Outcome:
    """The result of a query."""

    columns: list[str] = field(default_factory=list)
    rows: list[tuple[object, ...]] = field(default_factory=list)
    scanned: int = 0


class Query:
    """One statement."""

    def __init__(self, glue: GlueBackend, database: str | None, limit: int | None) -> None:
        self._glue = glue
        self._database = database
        self._limit = limit
        self._scanned = 0
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")
        # What sqlglot has no translation for.
        self._connection.execute("CREATE MACRO with_timezone(t, zone) AS timezone(zone, t)")

    def run(self, statement: str) -> Outcome:
        """Run it.

        Raises:
            QueryFailed: Athena would have failed it.
            LimitExceeded: Athena would have cancelled it.

        """
        with tempfile.TemporaryDirectory() as folder:
            try:
                return self._run(statement, Path(folder))
            except (duckdb.Error, sqlglot.errors.SqlglotError) as error:
                raise QueryFailed(f"SYNTAX_ERROR: {error}") from error
            finally:
                self._connection.close()

    def _run(self, statement: str, folder: Path) -> Outcome:
        unload = _UNLOAD.fullmatch(statement)
        if unload:
            self._unload(unload[1], unload[2], folder)
            return Outcome(scanned=self._scanned)
        tree = sqlglot.parse_one(statement, read="athena")
        if isinstance(tree, exp.Insert):
            self._insert(tree, folder)
            return Outcome(scanned=self._scanned)
        result = self._connection.execute(self._translated(tree, folder))
        names = [column[0] for column in result.description or ()]
        return Outcome(names, result.fetchall(), self._scanned)

    def _translated(self, tree: exp.Expr, folder: Path) -> str:
        """Load the tables of a query and return it in DuckDB's words."""
        steps = {node.alias for node in tree.find_all(exp.CTE)}
        tables = [node for node in tree.find_all(exp.Table) if node.db or node.name not in steps]
        for number, node in enumerate(tables):
            name = f"t{number}"
            database = node.db or self._database or ""
            table = Table(self._glue, database, node.name)
            self._authorize(database, node.name, table)
            files = self._pruned(table, node)
            self._scanned += sum(objects.size(file.bucket, file.key) for file in files)
            if self._limit and self._scanned > self._limit:
                raise LimitExceeded("Query cancelled! : Bytes scanned limit was exceeded")
            table.load(self._connection, name, files, folder)
            node.replace(exp.to_table(name, alias=node.alias or None))
        return tree.sql(dialect="duckdb")

    def _authorize(self, database: str, name: str, table: Table) -> None:
        location = str(table.storage.get("Location", ""))
        role = permissions.acting()
        reason = role and lake_formation.refusal(role, self._glue.region_name, database, name, location)
        if reason:
            raise QueryFailed(f"Insufficient permissions to execute the query. {reason}")

    def _pruned(self, table: Table, node: exp.Table) -> Sequence[File]:
        """Leave out the objects that a condition on partition columns and ``"$path"`` alone excludes."""
        files = list(table.files())
        select = node.find_ancestor(exp.Select)
        where = select.args.get("where") if select else None
        known = {*table.keys, PATH}
        parts = where.this.flatten() if where and isinstance(where.this, exp.And) else [where.this] if where else []
        conditions = [part for part in parts if {column.name for column in part.find_all(exp.Column)} <= known]
        if not files or not conditions:
            return files
        columns = ", ".join(f'"{name}" VARCHAR' for name in (*table.keys, PATH))
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE files ({columns}, n INTEGER)")
        self._connection.executemany(
            f"INSERT INTO files VALUES ({', '.join('?' * (len(table.keys) + 2))})",
            [[*file.partition.values(), file.path, number] for number, file in enumerate(files)],
        )
        condition = " AND ".join(f"({part.sql(dialect='duckdb')})" for part in conditions)
        chosen = self._connection.execute(f"SELECT n FROM files WHERE {condition} ORDER BY n").fetchall()
        return [files[number] for (number,) in chosen]

    def _unload(self, select: str, address: str, folder: Path) -> None:
        if any(True for _ in objects.below(address)):
            raise QueryFailed(f"HIVE_PATH_ALREADY_EXISTS: Target directory for table '{address}' already exists")
        sql = self._translated(sqlglot.parse_one(select, read="athena"), folder)
        self._write(sql, address, folder)

    def _write(self, sql: str, address: str, folder: Path) -> None:
        local = folder / f"{uuid.uuid4()}.parquet"
        self._connection.execute(f"COPY ({sql}) TO '{local}' (FORMAT parquet, COMPRESSION zstd)")
        [[rows]] = self._connection.execute(f"SELECT count(*) FROM '{local}'").fetchall()
        if rows:
            bucket, _, prefix = address.removeprefix("s3://").partition("/")
            need("s3:PutObject", f"arn:aws:s3:::{bucket}/{prefix}{local.name}")
            objects.put(bucket, f"{prefix}{local.name}", local.read_bytes())

    def _insert(self, tree: exp.Insert, folder: Path) -> None:
        target = Table(self._glue, tree.this.db or self._database or "", tree.this.name)
        self._connection.execute(f"CREATE TEMP TABLE inserted AS {self._translated(tree.expression, folder)}")
        keys = ", ".join(f'"{key}"' for key in target.keys)
        for values in self._connection.execute(f"SELECT DISTINCT {keys} FROM inserted").fetchall():
            where = " AND ".join(f"\"{key}\" = '{value}'" for key, value in zip(target.keys, values, strict=True))
            # An existing partition's folder is added to: what was there stays, and the rows are there twice.
            address = target.folder([str(value) for value in values])
            self._write(f"SELECT * EXCLUDE ({keys}) FROM inserted WHERE {where}", address, folder)
