"""Which fields a file of flow log records has, by its first line or by the format that the user wrote; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from northsouth.egress.flow_log_fields import DEFAULT_FORMAT, FIELDS, SOURCE, plain
from northsouth.errors import Problem, refuse

NEEDED = ("pkt-srcaddr", "pkt-dstaddr", "bytes", "start", "end")
"""Fields without which nothing can be counted."""
PLACES = ("interface-id", "resource-id", "next-hop-interface-type")
"""Fields that say whose record it is; one of them is needed."""
_TRANSIT = re.compile(r"tgw(-attach)?-[0-9a-f]+|tgw[-_](id|attachment[-_]id|src[-_].*|dst[-_].*|pair[-_].*)")
_TRANSIT_SOURCE = "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html"


def fields_of_line(line: str, name: str) -> tuple[str, ...] | None:
    """Return the fields that a file's first line names, or ``None`` if it is a record.

    Args:
        line: the line.
        name: what messages call the file.

    Raises:
        ConfigurationError: if it names fields that no VPC flow log has, or those of a transit gateway.

    """
    words = line.split()
    refuse(name, _transit(words))
    names = tuple(plain(word) for word in words)
    known = [name for name in names if name in FIELDS]
    if len(known) * 2 < len(names):
        return None
    refuse(name, check_names(names))
    return names


def fields_of_format(text: str) -> tuple[str, ...]:
    """Return the fields of a format, as AWS writes it (``${srcaddr} ${dstaddr}``) or with bare names.

    Raises:
        ConfigurationError: if it names a field twice, or one that no VPC flow log has.

    """
    names = tuple(plain(word) for word in text.replace(",", " ").split())
    refuse("--format", _transit(names), check_names(names))
    return names


def fields_of_columns(columns: Sequence[str], name: str) -> dict[str, str]:
    """Return the column of each field of a Parquet file; columns of other kinds, such as partitions, are left out.

    Raises:
        ConfigurationError: if it holds flow logs of a transit gateway.

    """
    refuse(name, _transit(columns))
    return {plain(column): column for column in columns if plain(column) in FIELDS}


def default_fields(line: str, name: str) -> tuple[str, ...]:
    """Return the fields of a record in a file without a header: AWS's default format, if it can be that.

    Raises:
        ConfigurationError: if it cannot be.

    """
    words = line.split()
    if len(words) == len(DEFAULT_FORMAT) and words[0] == "2":
        return DEFAULT_FORMAT
    given = f"a first line of {len(words)} words without field names: {line[:60]!r}"
    allowed = "the first line names the fields, as in files on S3"
    refuse(name, [Problem("line 1", given, allowed, "Write the flow log's format: --format '${version} …'.", SOURCE)])
    return ()


def check_answers(fields: Sequence[str]) -> Iterator[Problem]:
    """Yield what a format lacks to say who uses NAT."""
    missing = [field for field in NEEDED if field not in fields]
    if missing:
        lack = "cannot join source and destination" if missing[0].startswith("pkt") else "cannot be counted"
        yield Problem(
            "fields",
            f"{len(fields)} fields without {', '.join(missing)}",
            f"{lack}: needs {', '.join(NEEDED)}",
            "Record a flow log with these fields, as FlowLogs.for_egress declares it; a format cannot be changed.",
            SOURCE,
        )
    if not any(field in fields for field in PLACES):
        given = f"{len(fields)} fields without {', '.join(PLACES)}"
        allowed = "one of them says whose record it is"
        yield Problem("fields", given, allowed, "Record a flow log with interface-id and resource-id.", SOURCE)


def check_names(names: Sequence[str]) -> Iterator[Problem]:
    """Yield a problem for each name that is no field, or is there twice."""
    for position, name in enumerate(names):
        where = f"field {position + 1}"
        if name in names[:position]:
            yield Problem(where, repr(name), "a field is there once", "Correct the format.", SOURCE)
        elif name not in FIELDS:
            near = get_close_matches(name, FIELDS, n=1)
            fix = f"Write {near[0]}." if near else "Write the names that AWS documents."
            yield Problem(where, repr(name), "not a field of a VPC flow log", fix, SOURCE)


def _transit(words: Sequence[str]) -> Iterator[Problem]:
    sign = next((word for word in words if _TRANSIT.fullmatch(word.strip("${}").lower())), None)
    if sign:
        yield Problem(
            "fields",
            repr(sign),
            "a transit gateway's flow log is another kind of record",
            "Read a flow log of the VPC or of its NAT gateways.",
            _TRANSIT_SOURCE,
        )
