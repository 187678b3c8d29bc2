"""``northsouth index template``: writes the template of an index from a list of fields, and refuses changed types."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

from northsouth.alerts.tables import BROKEN, TableReader
from northsouth.cli import options
from northsouth.cli.options import UsageError, python_object, toml_document
from northsouth.errors import Problem, refuse
from northsouth.errors.reading import fault
from northsouth.logs.archive_times import TimeFormat
from northsouth.logs.index_changes import changed_fields
from northsouth.logs.index_samples import document_misfits
from northsouth.logs.index_template import IndexField, IndexTemplate
from northsouth.logs.index_types import DATE_FORMATS

REFUSED = 1
"""Exit code when a type changed, a document does not fit, or ``--check`` found a difference."""

_EXAMPLES = """\
examples:
  northsouth index template fields.toml template.json
  northsouth index template fields.toml template.json --check --fits tests/samples.jsonl
  git show origin/main:template.json | northsouth index template fields.toml --against -
  curl -s https://logs.example.com/_index_template/app-logs | northsouth index template own.fields:LOGS --against -

FILE is the body of PUT _index_template/NAME. It is not written if a field has another type than in FILE.

exit codes: 0 good, 1 a type changed, a document does not fit or --check found a difference, 2 wrong arguments
"""


def register(commands: options.Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "template",
        help="write an index template of Elasticsearch or OpenSearch from a list of fields, and refuse changed types",
        description="Write an index template from a list of fields. A field whose type changed is refused.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "source",
        metavar="SOURCE",
        type=options.file_name,
        help="a TOML file with the list, or MODULE:NAME of an IndexTemplate",
    )
    parser.add_argument(
        "file", metavar="FILE", type=options.file_name, nargs="?", help="the file to write; standard output without it"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if FILE is not as it would be")
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="STORED",
        type=options.file_name,
        help="a template, or an answer of GET _index_template/NAME or GET INDEX/_mapping, whose types must not change; "
        "- is standard input; may be repeated",
    )
    parser.add_argument(
        "--fits",
        action="append",
        default=[],
        metavar="SAMPLES",
        type=options.file_name,
        help="a file with a JSON document on each line, which must fit the fields; may be repeated",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Judge, and write the file if nothing is wrong."""
    if arguments.check and arguments.file is None:
        raise UsageError("--check compares FILE: name it")
    template = load(arguments.source)
    file = None if arguments.file is None else Path(arguments.file)
    differences = [*_changes(template, file, arguments.against), *_misfits(template, arguments.fits)]
    if arguments.check and file is not None and not differences and not _is_written(template, file):
        differences.append(f"{file} is not up to date")
    if differences:
        sys.stdout.writelines(f"{line}\n" for line in differences)
        return REFUSED
    if not arguments.check:
        _write(template, file, quiet=bool(arguments.against or arguments.fits))
    return 0


def load(source: str) -> IndexTemplate:
    """Return the list of fields that a source has.

    Raises:
        UsageError: if there is none.
        ConfigurationError: if it is wrong.

    """
    if source.endswith(".toml"):
        return _of_table(source, toml_document(Path(source)))
    value = python_object(source, "or a .toml file")
    if not isinstance(value, IndexTemplate):
        raise UsageError(f"{source} is no IndexTemplate")
    return value


def _of_table(source: str, table: dict[str, Any]) -> IndexTemplate:
    """Read a table by the signature of the template; a field is its type, or a table."""
    reader = TableReader({get_type_hints(IndexTemplate)["fields"]: _fields, TimeFormat: _time})
    template = reader.build(IndexTemplate, table, "")
    refuse(source, reader.problems)
    built: IndexTemplate = template
    return built


def _fields(reader: TableReader, value: object, path: str) -> Any:  # noqa: ANN401
    table = reader.table(value, path)
    if table is None:
        return BROKEN
    fields = {name: _field(reader, table_of_field, name, f"{path}.{name}") for name, table_of_field in table.items()}
    return BROKEN if BROKEN in fields.values() else fields


def _field(reader: TableReader, value: object, name: str, path: str) -> Any:  # noqa: ANN401
    """Read a field; ``user.id`` without quotes is a table in TOML."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and ("type" not in value or value.keys() == {"type"}):
        inner = next(iter(value), "id")
        rule = "a field is the name of its type, or a table with type and more"
        fix = f'For a field of an object, write its whole name in quotes: "{name}.{inner}" = "keyword".'
        reader.problems.append(Problem(path, f"a table with {', '.join(value) or 'nothing'}", rule, fix))
        return BROKEN
    return reader.build(IndexField, value, path)


def _time(reader: TableReader, value: object, path: str) -> Any:  # noqa: ANN401
    if value not in tuple(DATE_FORMATS):
        known = ", ".join(f'"{key}"' for key in DATE_FORMATS)
        reader.problems.append(Problem(path, repr(value), f"a time is written as one of {known}", 'Write "iso".'))
        return BROKEN
    kind, _, detail = str(value).partition(" ")
    return TimeFormat(kind, detail)


def _changes(template: IndexTemplate, file: Path | None, against: list[str]) -> Iterator[str]:
    """Yield the fields whose type changed, of the file that would be overwritten too."""
    sources = [*against, *([str(file)] if file is not None and file.exists() else [])]
    for source in sources:
        text = _read(source)
        try:
            changed = changed_fields(json.loads(text), template)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{_source_name(source)}: {fault(error)}") from error
        for change in changed:
            yield (
                f"{_source_name(source)}: {change}. Indices and archived rows keep the old type. Keep the field as it "
                "is, and add one of another name. Or write the documents to an index of another name."
            )


def _misfits(template: IndexTemplate, files: list[str]) -> Iterator[str]:
    for file in files:
        try:
            yield from document_misfits(template, file)
        except OSError as error:
            raise UsageError(f"{file}: {error.strerror}") from error


def _read(source: str) -> str:
    try:
        return sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{_source_name(source)}: {fault(error)}") from error


def _is_written(template: IndexTemplate, file: Path) -> bool:
    return file.exists() and _read(str(file)) == template.text


def _source_name(source: str) -> str:
    return "standard input" if source == "-" else source


def _write(template: IndexTemplate, file: Path | None, *, quiet: bool) -> None:
    if file is None:
        if not quiet:
            sys.stdout.write(template.text)
        return
    try:
        file.write_text(template.text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    sys.stdout.write(f"{file}\n")
