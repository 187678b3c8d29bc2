"""Files of flow logs: which there are, and what each holds.

Flow logs: text as AWS delivers it to S3 (``.log.gz`` or plain), Parquet, and what comes out of CloudWatch Logs
(:mod:`~northsouth.egress.flows.messages`). All files of one run have the same fields, in any order.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from northsouth.egress.flow_log_fields import column
from northsouth.egress.flows import header, messages
from northsouth.errors import ConfigurationError, Problem, refuse
from northsouth.errors.reading import fault

if TYPE_CHECKING:
    import duckdb

SUBJECT = "the flow logs"
REFUSED = "northsouth"
"""How the text of an error begins that a query of this package raises."""
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_HEAD = 64 * 1024
_FLOW_LOG = re.compile(r"_vpcflowlogs_(?P<region>[a-z0-9-]+)_(?P<id>fl-[0-9a-f]+)_")
"""How AWS names a file: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html"""


@dataclass(frozen=True, slots=True)
class File:
    """A file whose beginning was looked at.

    Attributes:
        path: what DuckDB reads.
        name: what messages call it.
        columns: the column of each field, in the file's order.
        parquet: whether it is Parquet.
        compressed: whether it is compressed with gzip.
        header: whether the first line names the fields.

    """

    path: Path
    name: str
    columns: Mapping[str, str]
    parquet: bool = False
    compressed: bool = False
    header: bool = False

    @property
    def flow_log(self) -> str:
        """The id of its flow log, if its name says it."""
        match = _FLOW_LOG.search(self.path.name)
        return match["id"] if match else ""

    @property
    def region(self) -> str:
        """The Region of its flow log, if its name says it."""
        match = _FLOW_LOG.search(self.path.name)
        return match["region"] if match else ""


def listed(inputs: Iterable[str | Path], endings: Sequence[str] = (".log", ".gz", ".parquet", ".json")) -> list[Path]:
    """Return files, and the log files below folders (by the end of their names), each once.

    Raises:
        ConfigurationError: if one does not exist, or a folder has no such file.

    """
    paths: dict[Path, None] = {}
    for path in map(Path, inputs):
        if not path.is_dir():
            paths[path] = None
            continue
        below = sorted(path for path in path.rglob("*") if path.is_file() and path.name.endswith(tuple(endings)))
        if not below:
            raise unreadable(
                str(path), "a folder without such files", f"files end in {', '.join(endings)}", "Name them."
            )
        paths.update(dict.fromkeys(below))
    return list(paths)


def opened(inputs: Iterable[str | Path], database: duckdb.DuckDBPyConnection, format: str, folder: Path) -> list[File]:
    """Return the files of flow logs.

    Args:
        inputs: files and folders.
        database: what reads Parquet.
        format: the fields of files that do not name them; empty if they do.
        folder: where lines from other forms are written to.

    Raises:
        ConfigurationError: if a file is no flow log, has too few fields, or other fields than the first.

    """
    fields = header.fields_of_format(format) if format else ()
    files = [_opened(path, database, fields, folder) for path in listed(inputs)]
    if not files:
        raise unreadable("files", "none", "at least one file of flow logs", "Name files or folders.")
    first = files[0]
    refuse(first.name, header.check_answers(list(first.columns)))
    for file in files[1:]:
        if set(file.columns) != set(first.columns):
            more, less = set(file.columns) - set(first.columns), set(first.columns) - set(file.columns)
            given = "; ".join(
                f"{word} {', '.join(sorted(names))}" for word, names in (("also", more), ("not", less)) if names
            )
            allowed = f"all files have the fields of {first.name}: a flow log cannot change its format"
            raise unreadable(file.name, f"other fields: {given}", allowed, "Explain each flow log in a run of its own.")
    return files


def _opened(path: Path, database: duckdb.DuckDBPyConnection, fields: tuple[str, ...], folder: Path) -> File:
    name = str(path)
    try:
        with path.open("rb") as content:
            magic = content.read(4)
        if magic == _PARQUET:
            return File(path, name, header.fields_of_columns(_parquet_columns(path, database), name), parquet=True)
        compressed = magic.startswith(_GZIP)
        with gzip.open(path) if compressed else path.open("rb") as content:
            head = content.read(_HEAD)
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable(name, fault(error), "a file that is whole", "Fetch it again.") from error
    text = _text(head, name)
    if messages.is_export(text):
        path, compressed = messages.lines_of(path, folder, compressed=compressed), False
        with path.open(encoding="utf-8") as lines:
            text = "".join(islice(lines, 1))
    first = text.split("\n", 1)[0]
    named = header.fields_of_line(first, name) if first.strip() else None
    if not first.strip() and not fields:
        raise unreadable(name, "an empty file", "lines of records", "Leave it out.")
    names = named or fields or header.default_fields(first, name)
    return File(path, name, {name: column(name) for name in names}, compressed=compressed, header=named is not None)


def _text(head: bytes, name: str) -> str:
    try:
        return head[: head.rfind(b"\n") + 1 or len(head)].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        allowed = "text, gzip or Parquet as AWS delivers it"
        raise unreadable(name, f"a byte that is no UTF-8 at {error.start}", allowed, "Fetch it again.") from error


def _parquet_columns(path: Path, database: duckdb.DuckDBPyConnection) -> list[str]:
    with our_words(str(path)):
        rows = database.execute("DESCRIBE SELECT * FROM read_parquet($path)", {"path": str(path)}).fetchall()
    return [name for name, *_ in rows]


@contextmanager
def our_words(where: str) -> Iterator[None]:
    """Turn DuckDB's errors about files into ours.

    Args:
        where: what messages call the files.

    """
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        text = str(error)
        refusal = re.search(rf"{REFUSED}\|(.*?)\|(.*?)\|([^|]*?)\|", text, flags=re.DOTALL)
        if refusal:
            raise unreadable(where, refusal[1][:200], refusal[2], refusal[3]) from error
        # DuckDB ends some messages with options of its own reader, which nobody can set here.
        without_advice = re.sub(r"^[A-Z][\w ]*Error: |;? ?Try setting .*", "", text)
        lines = [line.strip() for line in without_advice.split("\n") if line.strip()]
        raise unreadable(where, "; ".join(lines[:2])[:300], "files that are whole", "Fetch it again.") from error


def unreadable(where: str, given: str, allowed: str, fix: str) -> ConfigurationError:
    """Return the error of a file that cannot be read."""
    return ConfigurationError(SUBJECT, [Problem(where, given, allowed, fix)])
