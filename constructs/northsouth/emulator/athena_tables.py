"""Finds the objects of a Glue table and loads them into DuckDB, as Athena's readers would.

What real Athena does differently: it streams and splits objects and reads columns only where they are needed; it knows
every SerDe, projection type and file format. Here there are the ones this library declares: lines through RegexSerDe
(Python's ``re`` stands for Java's) and the OpenX JSON SerDe, plain, gzip or bzip2, and Parquet; one projected partition
column of type ``date`` without ``NOW`` as its upper end. Athena also reads a partition's string as a whole number.
Objects are left out by the partition column and ``"$path"`` before they are read, as Trino does; whether Athena prunes
by ``"$path"`` is not documented. A line ends with LF, CR or both, and bytes that are not UTF-8 become U+FFFD, as in
Hadoop's readers.
"""

from __future__ import annotations

import bz2
import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from moto.glue.models import GlueBackend

from northsouth.comparison.column_types import is_readable
from northsouth.emulator import objects, permissions
from northsouth.emulator.objects import ACCOUNT
from northsouth.emulator.session_rights import glue_resources

PATH = "$path"
_PARQUET_SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
_REGEX_SERDE = "org.apache.hadoop.hive.serde2.RegexSerDe"
_JSON_SERDE = "org.openx.data.jsonserde.JsonSerDe"
_TYPES = {
    "string": "VARCHAR",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}
_LINE_END = re.compile(rb"\r\n|\n|\r")
_READERS = {".gz": gzip.decompress, ".bz2": bz2.decompress}
_UNREADABLE = (OSError, EOFError, zlib.error, ValueError)
_DAMAGES: Mapping[type[Exception], str] = {
    EOFError: "Unexpected end of input stream",
    gzip.BadGzipFile: "incorrect header check",
    zlib.error: "invalid block type",
}
"""What Athena says of a damaged object, without its name (repost.aws/knowledge-center/athena-hive-cursor-error)."""


def duckdb_type(glue: str) -> str:
    """Return DuckDB's name of a Glue type; a decimal has the same in both."""
    return _TYPES.get(glue, glue.upper())


class QueryFailed(Exception):  # noqa: N818
    """What Athena would give as the reason of a failed query."""


def need(action: str, *resources: str) -> None:
    """Fail a query whose caller may not do this: Athena reads and writes with the rights of who started it.

    Raises:
        QueryFailed: a right is missing (athena/latest/ug/security-iam-athena).

    """
    for resource in resources:
        if not permissions.session_allows(action, resource):
            denial = permissions.denial(action, resource)
            raise QueryFailed(f"PERMISSION_DENIED: Insufficient permissions to execute the query. {denial}")


@dataclass(frozen=True)
class File:
    """One object of a table."""

    bucket: str
    key: str
    partition: Mapping[str, str]
    types: Mapping[str, str] = field(default_factory=dict)
    """The types of its partition's own columns; empty if it has none."""

    @property
    def path(self) -> str:
        """Its address, which is what ``"$path"`` is in a query."""
        return f"s3://{self.bucket}/{self.key}"


class Table:
    """A Glue table: its columns, partitions and objects."""

    def __init__(self, backend: GlueBackend, database: str, name: str) -> None:
        self._resources = tuple(glue_resources(f"arn:aws:glue:{backend.region_name}:{ACCOUNT}", database, name))
        need("glue:GetDatabase", *self._resources[:2])
        need("glue:GetTable", *self._resources)
        try:
            table = backend.get_table(database, name)
        except Exception as error:
            raise QueryFailed(f"TABLE_NOT_FOUND: Table 'awsdatacatalog.{database}.{name}' does not exist") from error
        self._table = table
        self.name = f"{database}.{name}"
        latest = table.as_dict()
        self.storage: dict[str, Any] = latest["StorageDescriptor"]
        self.parameters: dict[str, str] = latest.get("Parameters", {})
        self.columns = {column["Name"]: column["Type"] for column in self.storage["Columns"]}
        self.keys = [key["Name"] for key in latest.get("PartitionKeys", [])]

    def files(self) -> Iterator[File]:
        """Yield the objects that Athena reads: not those whose name begins with ``_`` or ``.``."""
        return (file for file in self._files() if not file.key.rpartition("/")[2].startswith(("_", ".")))

    def _files(self) -> Iterator[File]:
        if self.parameters.get("projection.enabled") == "true":
            yield from self._projected()
        elif self.keys:
            need("glue:GetPartitions", *self._resources)
            for partition in self._table.get_partitions(""):
                values = dict(zip(self.keys, partition.values, strict=True))
                storage = partition.partition_input["StorageDescriptor"]
                types = {column["Name"]: column["Type"] for column in storage.get("Columns", ())}
                yield from (File(bucket, key, values, types) for bucket, key in objects.below(storage["Location"]))
        else:
            yield from (File(bucket, key, {}) for bucket, key in objects.below(self.storage["Location"]))

    def folder(self, values: Sequence[str]) -> str:
        """Return a partition's folder; if there is no such partition, make it."""
        for partition in self._table.get_partitions(""):
            if list(partition.values) == list(values):
                location: str = partition.partition_input["StorageDescriptor"]["Location"]
                return location
        need("glue:CreatePartition", *self._resources)
        pairs = "/".join(f"{key}={value}" for key, value in zip(self.keys, values, strict=True))
        location = f"{self.storage['Location']}{pairs}/"
        self._table.create_partition(
            {"Values": list(values), "StorageDescriptor": {**self.storage, "Location": location}}
        )
        return location

    def _projected(self) -> Iterator[File]:
        [name] = self.keys
        before, _, after = self.parameters["storage.location.template"].partition(f"${{{name}}}")
        first = self.parameters[f"projection.{name}.range"].split(",")[0]
        for bucket, key in objects.below(before):
            value = f"s3://{bucket}/{key}"[len(before) :][: len(first)]
            rest = f"s3://{bucket}/{key}"[len(before) + len(first) :]
            if re.fullmatch(r"\d{4}/\d\d/\d\d", value) and value >= first and rest.startswith(after):
                yield File(bucket, key, {name: value})

    def load(self, connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[File], folder: Path) -> None:
        """Make a DuckDB table ``name`` of these objects; it has the column ``"$path"`` too."""
        self._check_types(files)
        need("s3:ListBucket", *sorted({f"arn:aws:s3:::{file.bucket}" for file in files}))
        need("s3:GetObject", *(f"arn:aws:s3:::{file.bucket}/{file.key}" for file in files))
        serde = self.storage["SerdeInfo"]["SerializationLibrary"]
        if serde == _PARQUET_SERDE:
            self._load_parquet(connection, name, files, folder)
            return
        columns = [*self.columns, *self.keys, PATH]
        connection.execute(f"CREATE TABLE {name} ({', '.join(f'{_quoted(column)} VARCHAR' for column in columns)})")
        readers = {_REGEX_SERDE: self._regex_rows, _JSON_SERDE: self._json_rows}
        if serde not in readers:
            raise QueryFailed(f"HIVE_UNSUPPORTED_FORMAT: {serde}")
        rows = [
            [*row, *(file.partition[key] for key in self.keys), file.path]
            for file in files
            for row in readers[serde](_lines(file))
        ]
        if rows:
            # A file, because a statement for each row takes a minute for 10,000.
            local = folder / f"{name}.json"
            with local.open("w", encoding="utf-8", errors="replace") as out:
                out.writelines(
                    f"{json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)}\n" for row in rows
                )
            kinds = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
            lines = f"read_json('{local}', format='newline_delimited', columns={{{kinds}}})"
            connection.execute(f"INSERT INTO {name} SELECT * FROM {lines}")

    def _check_types(self, files: Sequence[File]) -> None:
        for file in files:
            for name, kind in self.columns.items():
                stored = file.types.get(name, kind)
                if not is_readable(stored, kind):
                    where = "/".join(f"{key}={value}" for key, value in file.partition.items())
                    raise QueryFailed(
                        "HIVE_PARTITION_SCHEMA_MISMATCH: There is a mismatch between the table and partition schemas. "
                        "The types are incompatible and cannot be coerced. The column "
                        f"'{name}' in table '{self.name}' is declared as type '{kind}', "
                        f"but partition '{where}' declared column '{name}' as type '{stored}'."
                    )

    def _regex_rows(self, lines: Sequence[str]) -> Iterator[list[str | None]]:
        pattern = re.compile(self.storage["SerdeInfo"]["Parameters"]["input.regex"], re.DOTALL)
        if pattern.groups != len(self.columns):
            raise QueryFailed("HIVE_CURSOR_ERROR: Number of matching groups doesn't match the number of columns")
        for line in lines:
            match = pattern.fullmatch(line)
            yield list(match.groups()) if match else [None] * len(self.columns)

    def _json_rows(self, lines: Sequence[str]) -> Iterator[list[str | None]]:
        for line in lines:
            try:
                record = json.loads(line)
            except ValueError as error:
                raise QueryFailed(f"HIVE_CURSOR_ERROR: Row is not a valid JSON Object - {error}") from error
            yield [_as_text(record.get(column)) for column in self.columns]

    def _load_parquet(
        self, connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[File], folder: Path
    ) -> None:
        columns = [f"{_quoted(column)} {duckdb_type(kind)}" for column, kind in self.columns.items()]
        keys = [f"{_quoted(column)} VARCHAR" for column in (*self.keys, PATH)]
        connection.execute(f"CREATE TABLE {name} ({', '.join([*columns, *keys])})")
        for position, file in enumerate(files):
            local = folder / f"{name}-{position}.parquet"
            local.write_bytes(objects.get(file.bucket, file.key))
            # By name and type, as Athena reads Parquet; a column an old file lacks is NULL.
            here = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM '{local}'").fetchall()}
            items = [
                f"CAST({_quoted(column) if column in here else 'NULL'} AS {duckdb_type(kind)})"
                for column, kind in self.columns.items()
            ]
            values = [file.partition[key] for key in self.keys]
            marks = ["?"] * (len(self.keys) + 1)
            connection.execute(
                f"INSERT INTO {name} SELECT {', '.join([*items, *marks])} FROM '{local}'", [*values, file.path]
            )


def _as_text(value: object) -> str | None:
    """Return a JSON value as the OpenX SerDe has it in a column of type string: an array or object is its JSON."""
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _lines(file: File) -> list[str]:
    body = objects.get(file.bucket, file.key)
    read = next((reader for ending, reader in _READERS.items() if file.key.endswith(ending)), None)
    try:
        content = read(body) if read and body else body
    except _UNREADABLE as error:
        raise QueryFailed(f"HIVE_CURSOR_ERROR: {_DAMAGES.get(type(error), 'incorrect data check')}") from error
    lines = _LINE_END.split(content)
    # What stands after the last line end is a line only if it is something.
    return [line.decode(errors="replace") for line in (lines if lines[-1] else lines[:-1])]


def _quoted(name: str) -> str:
    return f'"{name}"'
