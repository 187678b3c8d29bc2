"""SQL that reads the records of files, under the names that Parquet files and Athena tables have; pure."""

from __future__ import annotations

from collections.abc import Sequence

from northsouth.egress.flow_log_fields import FIELDS, INTEGER_FIELDS, column
from northsouth.egress.flows.files import REFUSED, File


def records(files: Sequence[File], fields: Sequence[str], *, tolerant: bool = False) -> str:
    """Return SQL that reads some fields of all files; those that the files lack are NULL.

    Args:
        files: the files.
        fields: the fields wanted.
        tolerant: whether words of a line may be several blanks apart, which takes longer.

    """
    groups: dict[tuple[object, ...], list[File]] = {}
    for file in files:
        groups.setdefault((file.parquet, file.compressed, file.header, tuple(file.columns.items())), []).append(file)
    return "\nUNION ALL\n".join(_group(group, fields, tolerant=tolerant) for group in groups.values())


def _group(group: Sequence[File], fields: Sequence[str], *, tolerant: bool) -> str:
    first = group[0]
    paths = "[" + ", ".join(_literal(str(file.path)) for file in group) + "]"
    if first.parquet:
        items = ", ".join(_from_parquet(field, first) for field in fields)
        return f"SELECT {items} FROM read_parquet({paths}, union_by_name=true)"
    items = ", ".join(_from_text(field, first) for field in fields)
    lines = _split(first, paths) if tolerant else _lines(first, paths)
    return f"SELECT {items} FROM {lines} WHERE bytes <> 'bytes'"


def _from_parquet(field: str, file: File) -> str:
    if field not in file.columns:
        return f"NULL::{_type(field)} AS {_quoted(column(field))}"
    return f"{_quoted(file.columns[field])}::{_type(field)} AS {_quoted(column(field))}"


def _from_text(field: str, file: File) -> str:
    name = _quoted(column(field))
    if field not in file.columns:
        return f"NULL::{_type(field)} AS {name}"
    if field not in INTEGER_FIELDS:
        return name
    header = refusing(
        "'another header'", "one flow log, whose lines have one format", "Explain each format in a run of its own."
    )
    number = refusing(f"concat('{field} ', {name})", f"{field} is a number", "Correct or remove the line.")
    names = ", ".join(f"'{field}'" for field in FIELDS)
    wrong = f"CASE WHEN {name} IN ({names}) THEN {header} ELSE {number} END"
    return (
        f"CASE WHEN {name} = '-' THEN NULL WHEN try_cast({name} AS BIGINT) IS NULL THEN {wrong}"
        f" ELSE try_cast({name} AS BIGINT) END AS {name}"
    )


def _lines(file: File, paths: str) -> str:
    columns = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in file.columns.values())
    return f"read_csv({paths}, {_options(file)}, delim=' ', columns={{{columns}}})"


def _split(file: File, paths: str) -> str:
    """Return SQL for lines whose words are any number of blanks apart."""
    names = list(file.columns.values())
    items = ", ".join(f"words[{position + 1}] AS {_quoted(name)}" for position, name in enumerate(names))
    wrong = refusing("array_to_string(parts, ' ')", f"a line has {len(names)} words", "Correct or remove the line.")
    lines = f"read_csv({paths}, {_options(file)}, delim='\\x01', columns={{'line': 'VARCHAR'}})"
    split = f"SELECT regexp_split_to_array(trim(line), '\\s+') AS parts FROM {lines} WHERE trim(line) <> ''"
    checked = f"SELECT CASE WHEN len(parts) = {len(names)} THEN parts ELSE {wrong} END AS words FROM ({split})"
    return f"(SELECT {items} FROM ({checked}))"


def _options(file: File) -> str:
    compression = "gzip" if file.compressed else "none"
    return f"auto_detect=false, header=false, skip={int(file.header)}, quote='', escape='', compression='{compression}'"


def refusing(text: str, allowed: str, fix: str) -> str:
    """Return SQL that refuses a row; ``text`` is SQL for what was given."""
    return f"error(concat('{REFUSED}|', {text}, '|{allowed}|{fix}|'))"


def _type(field: str) -> str:
    return "BIGINT" if field in INTEGER_FIELDS else "VARCHAR"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
